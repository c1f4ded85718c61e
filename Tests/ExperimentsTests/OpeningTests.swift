import Foundation
import Testing

@testable import Experiments

@Suite struct OpeningTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func code(_ path: String, _ mode: Store.Mode = .readWrite) -> ExperimentsError.Code? {
    do {
      _ = try Store(path: path, mode: mode)
      return nil
    } catch {
      return (error as? ExperimentsError)?.code
    }
  }

  @Test func aNewStoreHasItsSettings() throws {
    let store = try Store(path: folder.store)
    func pragma(_ name: String) throws -> SQLValue {
      try store.connection.scalar("PRAGMA \(name)")
    }
    #expect(try pragma("journal_mode") == .text("wal"))
    #expect(try pragma("foreign_keys") == .integer(1))
    #expect(try pragma("synchronous") == .integer(1))
    #expect(try pragma("busy_timeout") == .integer(30_000))
    #expect(try pragma("user_version") == .integer(Schema.current.version))
    #expect(try pragma("application_id") == .integer(0x6663_6574))
    #expect(try pragma("integrity_check") == .text("ok"))
  }

  @Test func everyTableIsStrict() throws {
    let store = try Store(path: ":memory:")
    let loose = try store.query(
      """
      SELECT name FROM pragma_table_list
      WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'
      """)
    #expect(loose.rows.isEmpty)
    #expect(throws: ExperimentsError.self) {
      try store.write { try $0.execute("INSERT INTO history (text, time) VALUES ('a', 'noon')") }
    }
  }

  @Test func theSchemaFileAndTheMigrationsAgree() throws {
    let store = try Store(path: ":memory:")
    #expect(Schema.current.text.contains("PRAGMA user_version = \(Schema.current.version);"))
    #expect(!Schema.current.body.contains("BEGIN IMMEDIATE;\n"))
    let found = try store.query("SELECT version, name FROM migrations ORDER BY version")
    let expected = Schema.current.migrations.enumerated().map {
      [SQLValue.integer(Int64($0 + 1)), .text($1.name)]
    }
    #expect(found.rows == expected)
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3"), "no sqlite3"))
  func aStoreMadeByTheCommandLineIsOurs() throws {
    let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../experiments.sqlite.sql")
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    shell.arguments = ["-bail", folder.store]
    shell.standardInput = try FileHandle(forReadingFrom: schema)
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    func contents(_ path: String) throws -> [[SQLValue]] {
      let connection = try Connection.readOnly(path: path)
      return try connection.run(
        """
        SELECT type, name, sql FROM sqlite_schema
        UNION ALL SELECT 'mode', journal_mode, NULL FROM pragma_journal_mode ORDER BY 1, 2
        """
      ).rows
    }
    let before = try contents(folder.store)
    _ = try Store(path: folder.store).finished(adaptation())
    #expect(try contents(folder.store) == before)
    let own = folder.path("own.sqlite")
    _ = try Store(path: own)
    #expect(try contents(own) == before)
  }

  @Test func anOlderStoreIsBroughtUpToDateOnce() throws {
    let run = try Store(path: folder.store).finished(adaptation())
    let newer = Schema(
      text: Schema.current.text,
      migrations: Schema.current.migrations + [
        Migration(name: "notes", sql: "ALTER TABLE runs ADD COLUMN note TEXT;"),
        Migration(name: "stars", sql: "ALTER TABLE runs ADD COLUMN stars INTEGER;"),
      ])
    #expect(throws: ExperimentsError.self) {
      try Store(path: folder.store, mode: .readOnly, schema: newer)
    }
    for _ in 0..<2 {
      let store = try Store(path: folder.store, mode: .readWrite, schema: newer)
      #expect(try store.query("SELECT note, stars FROM runs").rows == [[.null, .null]])
      #expect(try store.run(id: run.id)?.status == .finished)
      #expect(
        try store.query("SELECT name FROM migrations ORDER BY version").values(of: "name")
          == newer.migrations.map { .text($0.name) })
    }
    // And the older program now refuses it.
    let error = #expect(throws: ExperimentsError.self) { try Store(path: folder.store) }
    #expect(error?.code == .newerVersion)
    #expect(error?.message.contains("version \(newer.version)") == true)
    #expect(error?.message.contains("Update facet") == true)
  }

  @Test func aStoreOfTheFirstVersionGetsTheTableOfSamples() throws {
    do {
      let store = try Store(path: folder.store)
      try store.connection.executeScript(
        "DROP TABLE dataset_samples; DELETE FROM migrations WHERE version > 1; "
          + "PRAGMA user_version = 1")
    }
    let store = try Store(path: folder.store)
    try store.registerDataset(
      name: "few", specification: .record([:]), fingerprint: "f", counts: [:], samples: ["a"])
    #expect(try store.samples(ofDataset: "few", fingerprint: "f") == ["a"])
    #expect(
      try store.query("SELECT max(version) FROM migrations").rows
        == [[.integer(Schema.current.version)]])
  }

  @Test func aFailingMigrationLeavesTheStoreAsItWas() throws {
    _ = try Store(path: folder.store)
    let broken = Schema(
      text: Schema.current.text,
      migrations: Schema.current.migrations + [
        Migration(name: "broken", sql: "ALTER TABLE runs ADD COLUMN note TEXT; SELECT * FROM no;")
      ])
    #expect(throws: ExperimentsError.self) {
      try Store(path: folder.store, mode: .readWrite, schema: broken)
    }
    let store = try Store(path: folder.store)
    #expect(try !store.query("SELECT * FROM runs").columns.contains("note"))
  }

  @Test func anEmptyFileBecomesAStore() throws {
    try Data().write(to: URL(fileURLWithPath: folder.store))
    #expect(code(folder.store, .readOnly) == .notAStore)
    #expect(code(folder.store) == nil)
    #expect(code(folder.store, .readOnly) == nil)
  }

  @Test func strangersAreRefusedAndLeftAlone() throws {
    let text = folder.path("text.sqlite")
    let bytes = Data(String(repeating: "no database ", count: 100).utf8)
    try bytes.write(to: URL(fileURLWithPath: text))
    #expect(code(text) == .notAStore)
    #expect(try Data(contentsOf: URL(fileURLWithPath: text)) == bytes)

    let other = folder.path("other.sqlite")
    try Connection(path: other, flags: 6).executeScript(
      "CREATE TABLE addresses (name TEXT); PRAGMA user_version = 0")
    #expect(code(other) == .notAStore)
    try Connection(path: other, flags: 6).executeScript("PRAGMA user_version = 1")
    #expect(code(other) == .notAStore)
  }

  @Test func aDamagedStoreIsNamedAsSuch() throws {
    _ = try Store(path: folder.store).finished(adaptation())
    try Connection(path: folder.store, flags: 2).executeScript("PRAGMA wal_checkpoint(TRUNCATE)")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.store))
    bytes.replaceSubrange(100..<4096, with: Data(repeating: 0xA5, count: 3996))
    try bytes.write(to: URL(fileURLWithPath: folder.store))
    let error = #expect(throws: ExperimentsError.self) {
      try Store(path: folder.store).runs()
    }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains(".recover") == true)
  }

  @Test func missingPlacesAreNamed() throws {
    #expect(code(folder.path("none/experiments.sqlite")) == .cannotOpen)
    #expect(code(folder.url.path) == .cannotOpen)
    #expect(code(folder.store, .readOnly) == .cannotOpen)
    #expect(!FileManager.default.fileExists(atPath: folder.store))
    // /proc takes no files, whoever asks.
    #expect(code("/proc/experiments.sqlite") == .cannotOpen)
  }

  @Test func aFullDiskKeepsNothingOfTheStep() throws {
    let store = try Store(path: folder.store)
    let pages = try #require(try store.connection.scalar("PRAGMA page_count").integerValue)
    _ = try store.connection.scalar("PRAGMA max_page_count = \(pages + 3)")
    let error = #expect(throws: ExperimentsError.self) {
      try store.write { _ in
        for _ in 0..<1000 { try store.appendHistory(String(repeating: "x", count: 1000)) }
      }
    }
    #expect(error?.code == .diskFull)
    #expect(try store.history().isEmpty)
    try store.appendHistory("still alive")
    #expect(try store.history() == ["still alive"])
  }

  @Test func aReadOnlyStoreReadsButDoesNotWrite() throws {
    let run = try Store(path: folder.store).finished(adaptation())
    let store = try Store(path: folder.store, mode: .readOnly)
    #expect(try store.run(id: run.id) == run)
    let error = #expect(throws: ExperimentsError.self) { try store.appendHistory("x") }
    #expect(error?.code == .readOnly)
  }
}
