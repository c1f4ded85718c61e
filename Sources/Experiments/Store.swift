import CSQLite
public import Foundation

/// The experiment store: one connection to `experiments.sqlite`, used by one thread at a time.
///
/// Any number of processes may have the same store open. Writes happen inside `write`, which takes
/// SQLite's write lock at once and waits for it up to 30 s; reads never wait.
public final class Store {
  public enum Mode: Sendable, Hashable { case readWrite, readOnly }

  /// As given to `init`; `:memory:` is a store that lives as long as this object.
  public let path: String
  public let mode: Mode
  let connection: Connection
  private var reader: Connection?
  /// Row ids by UUID, metric ids by name, current segments by row id. Emptied when a transaction
  /// fails, since what they name may be gone.
  var rowIDs: [String: Int64] = [:]
  var metricIDs: [String: Int64] = [:]
  var segments: [Int64: Int64] = [:]

  /// Opens a store; in `.readWrite` mode a missing file or an empty one becomes a store, and an
  /// older one is brought up to date.
  /// - Throws: `ExperimentsError`: `.cannotOpen`, `.notAStore`, `.damaged`, `.newerVersion`,
  ///   `.readOnly`, `.diskFull`, `.busy`.
  public convenience init(path: String, mode: Mode = .readWrite) throws {
    try self.init(path: path, mode: mode, schema: .current)
  }

  init(path: String, mode: Mode, schema: Schema) throws {
    (self.path, self.mode) = (path, mode)
    switch mode {
    case .readWrite:
      connection = try Connection(path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
      guard !connection.isReadOnly else {
        throw ExperimentsError(
          .readOnly,
          "\(path) may not be written. Check the rights of the file and its folder, "
            + "or work in another folder.", context: ["path": path])
      }
      try Store.useWAL(connection)
      try connection.executeScript("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
    case .readOnly:
      connection = try Connection.readOnly(path: path)
    }
    try schema.prepare(connection, readOnly: mode == .readOnly)
  }

  /// The folder of the store, where `runs/` and `cache/` lie.
  public var folder: URL {
    URL(fileURLWithPath: path == ":memory:" ? "." : path).standardizedFileURL
      .deletingLastPathComponent()
  }

  /// Switches the file to write-ahead logging, which it then keeps. SQLite does not wait for its
  /// lock here, so this does: several processes may open a new store at once.
  private static func useWAL(_ connection: Connection) throws {
    let deadline = Date().addingTimeInterval(30)
    while true {
      do {
        let mode = try connection.scalar("PRAGMA journal_mode").textValue
        if mode != "wal", mode != "memory" {
          try connection.execute("PRAGMA journal_mode = WAL")
        }
        return
      } catch let error as ExperimentsError where error.code == .busy && Date() < deadline {
        Thread.sleep(forTimeInterval: 0.005)
      }
    }
  }
}

// MARK: Reading and writing

extension Store {
  /// The rows of one reading statement, whose `?` take the bindings in order.
  /// - Throws: `ExperimentsError` with `.sql` and a position for a faulty text, `.wrongState` for
  ///   a statement that writes.
  public func query(_ sql: String, _ bindings: [SQLValue] = []) throws -> QueryResult {
    let statement = try connection.prepared(sql)
    defer { statement.reset() }
    try requireReading(statement, sql)
    return try connection.rows(of: statement, sql, bindings)
  }

  /// The rows of a user's own SQL, on a connection that cannot write.
  public func readOnlyQuery(_ sql: String, _ bindings: [SQLValue] = []) throws -> QueryResult {
    let connection = try readingConnection()
    defer { connection.endStrayTransaction() }
    let statement = try connection.prepare(sql)
    try requireReading(statement, sql)
    return try connection.rows(of: statement, sql, bindings)
  }

  /// Runs the body as one transaction: all of its changes are kept, or, where it throws, none.
  /// May be nested; an inner one that throws undoes its own changes only.
  @discardableResult
  public func write<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
    do {
      return try connection.transaction { try body(Transaction(connection: connection)) }
    } catch {
      (rowIDs, metricIDs, segments) = ([:], [:], [:])
      throw error
    }
  }

  private func requireReading(_ statement: Statement, _ sql: String) throws {
    guard statement.isReadOnly else {
      throw ExperimentsError(
        .wrongState, "This statement writes, but only reading is possible here. Write a SELECT.",
        context: ["sql": sql])
    }
  }

  private func readingConnection() throws -> Connection {
    if path == ":memory:" { return connection }
    if let reader { return reader }
    let opened = try Connection.readOnly(path: path)
    reader = opened
    return opened
  }
}

/// An open transaction: the only place where statements may write.
public struct Transaction {
  let connection: Connection

  /// Runs one statement and gives the number of rows that it changed.
  @discardableResult
  public func execute(_ sql: String, _ bindings: [SQLValue] = []) throws -> Int {
    try connection.execute(sql, bindings)
    return connection.changes
  }

  /// The rows of one statement.
  public func query(_ sql: String, _ bindings: [SQLValue] = []) throws -> QueryResult {
    try connection.run(sql, bindings)
  }
}

extension Connection {
  /// A connection that cannot write. A write-ahead log needs a shared-memory file beside the
  /// store; in a folder that cannot be written, and with no log to be read, SQLite is told that
  /// nobody changes the file.
  static func readOnly(path: String) throws -> Connection {
    let files = FileManager.default
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var (address, flags): (String?, Int32) = (nil, SQLITE_OPEN_READONLY)
    if files.fileExists(atPath: path), !files.isWritableFile(atPath: folder),
      !files.fileExists(atPath: path + "-wal"),
      let name = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
    {
      (address, flags) = ("file:\(name)?immutable=1", flags | SQLITE_OPEN_URI)
    }
    let connection = try Connection(path: path, flags: flags, address: address)
    try connection.executeScript("PRAGMA query_only = ON")
    return connection
  }
}
