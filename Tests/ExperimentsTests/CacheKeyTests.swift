import Testing

@testable import Experiments

@Suite struct CacheKeyTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test(
    "how a run is computed is no part of what it measures",
    arguments: [
      "threads", "checkpoint-every",
    ])
  func incidentalOptions(name: String) throws {
    var one = adaptation()
    var other = adaptation()
    one.options[name] = .integer(1)
    other.options[name] = .integer(2)
    let keys = try [one, other, adaptation()].map { try CacheKey.of($0, dataFingerprint: "a") }
    #expect(Set(keys).count == 1)
    #expect(
      one.differences(from: other, dataFingerprint: "a", otherFingerprint: "a").isEmpty)
    other.options["labels"] = .text("1%")
    #expect(
      one.differences(from: other, dataFingerprint: "a", otherFingerprint: "a")
        == [RunDifference(path: "options.labels", value: "10%", other: "1%")])
  }

  @Test("0.0 is stored as 0, which is no difference")
  func wholeNumbers() throws {
    var one = adaptation()
    one.options["momentum"] = .real(0)
    var stored = one
    stored.options["momentum"] = .integer(0)
    #expect(
      one.differences(from: stored, dataFingerprint: "a", otherFingerprint: "a").isEmpty)
    stored.options["momentum"] = .real(0.5)
    let found = one.differences(from: stored, dataFingerprint: "a", otherFingerprint: "a")
    #expect(found == [RunDifference(path: "options.momentum", value: "0", other: "0.5")])
  }

  @Test("a run that goes on may have other threads, but not other labels")
  func revision() throws {
    let store = try Store(path: ":memory:")
    let run = try store.createRun(specification: adaptation(), dataFingerprint: "a")
    var changed = adaptation()
    changed.options["threads"] = .integer(4)
    #expect(try store.revise(run: run.id, specification: changed).specification == changed)
    changed.options["labels"] = .text("1%")
    #expect(throws: ExperimentsError.self) {
      try store.revise(run: run.id, specification: changed)
    }
  }

  @Test("runs of a store of version 2 are found under the keys of today, children included")
  func renewal() throws {
    var child = adaptation()
    do {
      let store = try Store(path: folder.store)
      var parent = pretraining()
      parent.options["threads"] = .integer(2)
      let old = try store.finished(parent, name: "parent")
      child.initialization = String(repeating: "0", count: 64)
      _ = try store.finished(child, name: "child")
      // The keys as that version had them: any other text of 64 digits does.
      try store.connection.executeScript(
        """
        UPDATE runs SET cache_key = '\(String(repeating: "0", count: 64))' WHERE uuid = '\(old.id)';
        UPDATE runs SET cache_key = '\(String(repeating: "1", count: 64))' WHERE name = 'child';
        DELETE FROM migrations WHERE version > 2;
        PRAGMA user_version = 2;
        """)
    }
    let store = try Store(path: folder.store)
    let parentKey = try CacheKey.of(pretraining(), dataFingerprint: "data")
    #expect(try store.finishedRun(cacheKey: parentKey)?.name == "parent")
    child.initialization = parentKey
    let key = try CacheKey.of(child, dataFingerprint: "data")
    let found = try store.finishedRun(cacheKey: key)
    #expect(found?.name == "child")
    #expect(found?.specification == child)
    #expect(
      try store.query("SELECT value FROM parameters WHERE path = 'initialization' ORDER BY run_id")
        .rows.last == [.text(parentKey)])
  }
}
