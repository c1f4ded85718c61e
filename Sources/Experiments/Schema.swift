import CSQLite
import Foundation

/// One step that takes a store from a version to the next. Names and order never change: a new
/// step goes to the end, and `experiments.sqlite.sql` to the version that it leads to.
struct Migration: Sendable {
  let name: String
  /// Statements that lead here from the version before. Nil for the first: the schema file.
  let sql: String?
  /// What statements cannot do, after them.
  var convert: (@Sendable (Connection) throws -> Void)?
}

/// The store's schema: makes a new store, brings an old one up to date, refuses a strange one.
struct Schema {
  /// "fcet" in the file's header tells facet's stores from other databases.
  static let applicationID: Int64 = 1_717_790_068

  static let current = Schema(
    text: String(decoding: PackageResources.experiments_sqlite_sql, as: UTF8.self),
    migrations: [
      Migration(name: "first schema", sql: nil),
      Migration(
        name: "samples of subsets",
        sql: """
          CREATE TABLE dataset_samples (
            dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
            sample TEXT NOT NULL,
            PRIMARY KEY (dataset_id, ordinal)
          ) STRICT, WITHOUT ROWID;
          """),
      Migration(
        name: "cache keys of what decides the outcome", sql: nil,
        convert: CacheKeyRenewal.convert),
    ])

  /// The text of `experiments.sqlite.sql`: settings, BEGIN IMMEDIATE, the schema, COMMIT.
  let text: String
  let migrations: [Migration]

  var version: Int64 { Int64(migrations.count) }

  /// What stands between BEGIN IMMEDIATE and COMMIT: to be run in a transaction of ours, so that
  /// several processes may open a new store at once.
  var body: Substring {
    let start = text.range(of: "\nBEGIN IMMEDIATE;\n")?.upperBound ?? text.startIndex
    let end = text.range(of: "\nCOMMIT;", options: .backwards)?.lowerBound ?? text.endIndex
    return text[start..<end]
  }

  /// Makes the connection's file a store of this version, if it is none yet or an older one.
  /// - Throws: `.newerVersion`, `.notAStore`, `.readOnly` for an older store in read-only mode.
  func prepare(_ connection: Connection, readOnly: Bool) throws {
    if try check(connection, readOnly: readOnly) { return }
    try connection.transaction {
      // Another process may have been faster while this one waited for the lock.
      if try check(connection, readOnly: readOnly) { return }
      let found = try version(of: connection)
      if found == 0 {
        try connection.executeScript(String(body))
      } else {
        try migrate(connection, from: found)
      }
    }
  }

  /// True for a store of this very version, false for one to be made or migrated.
  private func check(_ connection: Connection, readOnly: Bool) throws -> Bool {
    let found = try version(of: connection)
    let path = connection.path
    guard found > 0 else {
      let tables = try connection.scalar("SELECT count(*) FROM sqlite_schema")
      if tables == .integer(0), !readOnly { return false }
      throw ExperimentsError(
        .notAStore,
        tables == .integer(0)
          ? "\(path) is empty: no store yet. Open it with facet, without read-only, to make one."
          : "\(path) is an SQLite database, but not a store of facet. Name another file.",
        context: ["path": path])
    }
    guard try connection.scalar("PRAGMA application_id") == .integer(Schema.applicationID) else {
      throw ExperimentsError(
        .notAStore,
        "\(path) is an SQLite database, but not a store of facet. Name another file.",
        context: ["path": path])
    }
    guard found <= version else {
      throw ExperimentsError(
        .newerVersion,
        "\(path) was written by a newer facet: it has schema version \(found), this program "
          + "reads up to \(version). Update facet, or name another store.",
        context: ["path": path, "version": "\(found)"])
    }
    if found < version, readOnly {
      throw ExperimentsError(
        .readOnly,
        "\(path) has the older schema version \(found) and must be brought to \(version). "
          + "Open it once with the right to write.", context: ["path": path])
    }
    return found == version
  }

  private func version(of connection: Connection) throws -> Int64 {
    try connection.scalar("PRAGMA user_version").integerValue ?? 0
  }

  private func migrate(_ connection: Connection, from found: Int64) throws {
    for (index, migration) in migrations.enumerated() where Int64(index) >= found {
      try connection.executeScript(migration.sql ?? "")
      try migration.convert?(connection)
      try connection.execute(
        "INSERT INTO migrations (version, name, applied) VALUES (?, ?, ?)",
        [.integer(Int64(index + 1)), .text(migration.name), SQLValue(Date())])
    }
    try connection.executeScript("PRAGMA user_version = \(version)")
  }
}
