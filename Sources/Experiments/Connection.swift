import CSQLite
import Foundation

/// Owns one SQLite connection with a cache of prepared statements.
final class Connection {
  let path: String
  private let handle: OpaquePointer
  private var statements: [String: Statement] = [:]
  /// Enough for every statement of the store; a report's own queries come and go.
  private let statementLimit = 128
  /// Depth of nested `transaction` calls.
  private(set) var depth = 0

  /// Opens a file, without reading it yet.
  /// - Parameters: flags: SQLITE_OPEN_…; address: the file as a URI, where flags say so.
  init(path: String, flags: Int32, address: String? = nil, busySeconds: Double = 30) throws {
    var opened: OpaquePointer?
    // NOMUTEX: a connection is used by one thread at a time.
    let status = sqlite3_open_v2(address ?? path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard status == SQLITE_OK, let opened else {
      let text = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw Connection.cannotOpen(path: path, reason: text)
    }
    (self.path, handle) = (path, opened)
    sqlite3_extended_result_codes(opened, 1)
    sqlite3_busy_timeout(opened, Int32(busySeconds * 1000))
  }

  deinit {
    statements = [:]
    sqlite3_close_v2(handle)
  }

  /// Whether SQLite could open the file for reading only, whatever was asked for.
  var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }
  var changes: Int { Int(sqlite3_changes64(handle)) }
  var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

  // MARK: Running statements

  /// Runs one statement and gives its rows. Prepared statements are kept for the next call.
  func run(_ sql: String, _ bindings: [SQLValue] = []) throws -> QueryResult {
    let statement = try prepared(sql)
    defer { statement.reset() }
    return try rows(of: statement, sql, bindings)
  }

  /// Runs one statement and hands over each of its rows, to be read column by column.
  func forEachRow(of sql: String, _ body: (Statement) throws -> Void) throws {
    let statement = try prepared(sql)
    defer { statement.reset() }
    try forEachRow(of: statement, sql, [], body)
  }

  /// Runs one statement that gives no rows.
  func execute(_ sql: String, _ bindings: [SQLValue] = []) throws {
    _ = try run(sql, bindings)
  }

  /// Runs a text of many statements.
  func executeScript(_ sql: String) throws {
    let status = sqlite3_exec(handle, sql, nil, nil, nil)
    guard status == SQLITE_OK else { throw failure(status, sql: sql) }
  }

  /// The first value of the first row, or null.
  func scalar(_ sql: String, _ bindings: [SQLValue] = []) throws -> SQLValue {
    try run(sql, bindings).rows.first?.first ?? .null
  }

  /// Runs a kept statement for its effect: what the hot paths use.
  func step(_ statement: Statement, _ sql: String) throws {
    let status = sqlite3_step(statement.handle)
    guard status == SQLITE_DONE || status == SQLITE_ROW else { throw failure(status, sql: sql) }
    sqlite3_reset(statement.handle)
  }

  func rows(
    of statement: Statement, _ sql: String, _ bindings: [SQLValue]
  ) throws -> QueryResult {
    var rows: [[SQLValue]] = []
    try forEachRow(of: statement, sql, bindings) { rows.append($0.row()) }
    return QueryResult(columns: statement.columns, rows: rows)
  }

  private func forEachRow(
    of statement: Statement, _ sql: String, _ bindings: [SQLValue],
    _ body: (Statement) throws -> Void
  ) throws {
    guard statement.parameterCount == bindings.count else {
      throw ExperimentsError(
        .sql,
        "The query has \(statement.parameterCount) parameters, but \(bindings.count) values "
          + "were given.", context: ["sql": sql])
    }
    for (index, value) in bindings.enumerated() {
      let status = statement.bind(value, at: index + 1)
      guard status == SQLITE_OK else { throw failure(status, sql: sql) }
    }
    while true {
      let status = sqlite3_step(statement.handle)
      if status == SQLITE_DONE { return }
      guard status == SQLITE_ROW else { throw failure(status, sql: sql) }
      try body(statement)
    }
  }

  /// A statement from the cache, or a new one.
  func prepared(_ sql: String) throws -> Statement {
    if let statement = statements[sql] { return statement }
    let statement = try prepare(sql)
    if statements.count >= statementLimit { statements.removeAll() }
    statements[sql] = statement
    return statement
  }

  /// A new statement, not kept.
  /// - Throws: `.sql` for a text with no statement or more than one.
  func prepare(_ sql: String) throws -> Statement {
    var statement: OpaquePointer?
    let (status, rest) = sql.withCString { start -> (Int32, String) in
      var tail: UnsafePointer<CChar>?
      let status = sqlite3_prepare_v2(handle, start, -1, &statement, &tail)
      return (status, tail.map { String(cString: $0) } ?? "")
    }
    guard status == SQLITE_OK else { throw failure(status, sql: sql) }
    guard let statement else {
      throw ExperimentsError(.sql, "The query is empty. Write a SELECT.", context: ["sql": sql])
    }
    let owned = Statement(handle: statement)
    guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) || isOnlyComments(rest) else {
      throw ExperimentsError(
        .sql, "The text holds more than one statement. Give them one at a time.",
        context: ["sql": sql], position: sql.utf8.count - rest.utf8.count)
    }
    return owned
  }

  private func isOnlyComments(_ text: String) -> Bool {
    var statement: OpaquePointer?
    let status = sqlite3_prepare_v2(handle, text, -1, &statement, nil)
    defer { sqlite3_finalize(statement) }
    return status == SQLITE_OK && statement == nil
  }

  // MARK: Transactions

  /// Ends a transaction that a user's own BEGIN left open.
  func endStrayTransaction() {
    if depth == 0, sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
  }

  /// Runs the body inside BEGIN IMMEDIATE … COMMIT, or a savepoint of the transaction that is
  /// already open. What the body throws undoes its changes.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    let (begin, commit, rollback) =
      depth == 0
      ? ("BEGIN IMMEDIATE", ["COMMIT"], ["ROLLBACK"])
      : ("SAVEPOINT nested", ["RELEASE nested"], ["ROLLBACK TO nested", "RELEASE nested"])
    try execute(begin)
    depth += 1
    defer { depth -= 1 }
    do {
      let result = try body()
      for sql in commit { try execute(sql) }
      return result
    } catch {
      // A full disk may have rolled back already: then there is nothing to undo.
      for sql in rollback where sqlite3_get_autocommit(handle) == 0 { try? execute(sql) }
      throw error
    }
  }
}

extension Connection {
  /// SQLite's latest error as ours, with what to do about it.
  func failure(_ status: Int32, sql: String) -> ExperimentsError {
    let text = String(cString: sqlite3_errmsg(handle))
    let offset = sqlite3_error_offset(handle)
    let noSpace = sqlite3_system_errno(handle) == ENOSPC
    let context = ["path": path, "sql": sql]
    switch status & 0xff {
    case SQLITE_FULL,
      SQLITE_IOERR where noSpace:
      return ExperimentsError(
        .diskFull,
        "The disk that holds \(path) is full: nothing of this step was kept. "
          + "Free some space and try again.", context: context)
    case SQLITE_BUSY, SQLITE_LOCKED:
      return ExperimentsError(
        .busy,
        "\(path) is locked by another program (\(text)). "
          + "Wait for it to finish, or close it, and try again.", context: context)
    case SQLITE_READONLY:
      return ExperimentsError(
        .readOnly,
        "\(path) cannot be written (\(text)). Check the rights of the file and its "
          + "folder, or work in another folder.", context: context)
    case SQLITE_NOTADB:
      return ExperimentsError(
        .notAStore,
        "\(path) is not an SQLite database. Name another file, or move this one "
          + "away and a new store is made.", context: context)
    case SQLITE_CORRUPT:
      return ExperimentsError(
        .damaged,
        "\(path) is damaged (\(text)). Restore a copy, or save what can be read: "
          + "sqlite3 \"\(path)\" .recover | sqlite3 recovered.sqlite", context: context)
    case SQLITE_CANTOPEN: return Connection.cannotOpen(path: path, reason: text)
    case SQLITE_IOERR:
      return ExperimentsError(
        .cannotOpen,
        "Reading or writing \(path) failed (\(text)). Check the disk and its "
          + "connection.", context: context)
    case SQLITE_CONSTRAINT:
      return ExperimentsError(.constraint, "The store refuses the row: \(text).", context: context)
    default:
      return ExperimentsError(
        .sql, "SQLite refuses the query: \(text)\(place(offset, in: sql)).", context: context,
        position: offset >= 0 ? Int(offset) : nil)
    }
  }

  /// “ at line 2, column 8”, or nothing where SQLite names no place.
  private func place(_ offset: Int32, in sql: String) -> String {
    guard offset >= 0 else { return "" }
    let before = sql.utf8.prefix(Int(offset))
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lastLine =
      before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    return " at line \(line), column \(lastLine.count + 1)"
  }

  static func cannotOpen(path: String, reason: String) -> ExperimentsError {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    let files = FileManager.default
    let context = ["path": path]
    if files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return ExperimentsError(
        .cannotOpen,
        "\(path) is a folder. Name a file in it, such as "
          + "\(path)/experiments.sqlite.", context: context)
    }
    guard files.fileExists(atPath: folder) else {
      return ExperimentsError(
        .cannotOpen, "The folder \(folder) does not exist. Make it, or name a store elsewhere.",
        context: context)
    }
    guard files.fileExists(atPath: path) else {
      return ExperimentsError(
        .cannotOpen,
        "There is no store at \(path), or none can be made there (\(reason)). "
          + "Check the name and the rights of the folder.", context: context)
    }
    return ExperimentsError(
      .cannotOpen, "Cannot open \(path) (\(reason)). Check the rights of the file and its folder.",
      context: context)
  }
}
