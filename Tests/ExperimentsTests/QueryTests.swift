import Foundation
import Testing

@testable import Experiments

@Suite struct QueryTests {
  let folder: ScratchFolder
  let store: Store

  init() throws {
    folder = try ScratchFolder()
    store = try Store(path: folder.store)
  }

  @Test func everyTypeThereAndBack() throws {
    let values: [SQLValue] = [
      .null, .integer(.min), .real(-0.5), .text(""), .text("größer \u{1F600}"), .blob([]),
      .blob([0, 255, 0]),
    ]
    for value in values {
      #expect(try store.readOnlyQuery("SELECT ? AS x", [value]).rows == [[value]])
    }
    #expect(try store.readOnlyQuery("SELECT 1 AS a, 2 AS a").columns == ["a", "a"])
  }

  @Test func theSessionsQuery() throws {
    _ = try store.finished(adaptation(), name: "t")
    let sql = "SELECT name, status, duration FROM runs ORDER BY created DESC LIMIT 5;  -- newest\n"
    let result = try store.readOnlyQuery(sql)
    #expect(result.columns == ["name", "status", "duration"])
    #expect(result.rows.map { $0[..<2] } == [[.text("t"), .text("finished")]])
  }

  @Test(arguments: [
    ("SELECT naem FROM runs", 7, "line 1, column 8"),
    ("SELECT name\nFROM rnus", nil, "no such table: rnus"),
    ("SELECT name,\n  FROM runs", 15, "line 2, column 3"),
    ("SELECT 1; SELECT 2", 9, "one at a time"),
    ("", nil, "empty"),
  ])
  func mistakesAreLocated(sql: String, position: Int?, words: String) {
    let error = #expect(throws: ExperimentsError.self) { try store.readOnlyQuery(sql) }
    #expect(error?.code == .sql)
    #expect(error?.context["sql"] == sql)
    #expect(error?.message.contains(words) == true)
    if let position { #expect(error?.position == position) }
  }

  @Test(arguments: [
    "DELETE FROM runs", "DROP TABLE runs", "PRAGMA user_version = 9", "VACUUM",
    "PRAGMA query_only = OFF", "INSERT INTO history (text, time) VALUES ('x', 0)", "BEGIN",
    "CREATE TEMP TABLE t (x)",
  ])
  func aUsersQueryNeverWrites(sql: String) throws {
    let run = try store.finished(adaptation())
    _ = try? store.readOnlyQuery(sql)
    #expect(throws: ExperimentsError.self) { try store.readOnlyQuery("DELETE FROM runs") }
    #expect(try store.run(id: run.id) != nil)
    #expect(try store.history().isEmpty)
    // Nor does it hold on to an old state of the store.
    try store.appendHistory("later")
    #expect(try store.readOnlyQuery("SELECT text FROM history").rows == [[.text("later")]])
    #expect(try store.query("PRAGMA user_version").rows == [[.integer(Schema.current.version)]])
  }

  @Test func bindingsAreCounted() {
    #expect(throws: ExperimentsError.self) { try store.query("SELECT ?", []) }
    #expect(throws: ExperimentsError.self) { try store.query("DELETE FROM history") }
  }

  @Test func transactionsNest() throws {
    struct Stop: Error {}
    try store.write { transaction in
      try store.appendHistory("kept")
      #expect(throws: Stop.self) {
        try store.write { _ in
          try store.appendHistory("undone")
          throw Stop()
        }
      }
      #expect(try transaction.query("SELECT count(*) FROM history").rows == [[.integer(1)]])
    }
    #expect(try store.history() == ["kept"])
    #expect(throws: Stop.self) {
      try store.write { _ in
        try store.appendHistory("undone too")
        throw Stop()
      }
    }
    #expect(try store.history() == ["kept"])
  }

  @Test func historyKeepsTheLatestInOrder() throws {
    for text in ["a", "  \n", "b", "c"] { try store.appendHistory(text) }
    #expect(try store.history(limit: 2) == ["b", "c"])
  }
}
