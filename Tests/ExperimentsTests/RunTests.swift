import Foundation
import Testing

@testable import Experiments

@Suite struct RunTests {
  @Test func aNewRunReadsBackAsItWasWritten() throws {
    let store = try Store(path: ":memory:")
    let parent = try store.finished(pretraining(), name: "swav-wild")
    let specification = adaptation(from: parent.cacheKey)
    let run = try store.createRun(
      specification: specification, name: "lm", dataFingerprint: "abc", experiment: "few-shot")
    #expect(run.specification == specification)
    #expect(run.status == .queued)
    #expect(run.parents == [parent.id])  // found by its cache key
    #expect(run.id.count == 36 && run.id == run.id.lowercased())
    #expect(run.cacheKey == (try CacheKey.of(specification, dataFingerprint: "abc")))
    #expect(run.started == nil && run.durationSeconds == 0 && run.process == nil)
    #expect(abs(run.created.timeIntervalSinceNow) < 5)
    #expect(try store.run(id: run.id.uppercased()) == run)
    #expect(
      try store.query("SELECT name FROM experiments").rows == [[.text("few-shot")]])
  }

  @Test func parametersAreTheFlattenedSpecification() throws {
    let store = try Store(path: ":memory:")
    _ = try store.createRun(specification: adaptation(), dataFingerprint: "abc")
    let found = try store.query("SELECT path, type, value FROM parameters ORDER BY path")
    #expect(
      found.rows == [
        [.text("data.kind"), .text("text"), .text("synthetic")],
        [.text("data.sizes.0"), .text("integer"), .integer(3)],
        [.text("data.sizes.1"), .text("real"), .real(0.5)],
        [.text("initialization"), .text("null"), .null],
        [.text("kind"), .text("text"), .text("adapt")],
        [.text("method"), .text("text"), .text("landmarks")],
        [.text("options.augment"), .text("boolean"), .integer(1)],
        [.text("options.labels"), .text("text"), .text("10%")],
        [.text("options.nothing"), .text("empty"), .null],
        [.text("seed"), .text("integer"), .integer(1)],
      ])
  }

  @Test func theNewestOfANameAndOfAKeyCounts() throws {
    let store = try Store(path: ":memory:")
    let first = try store.finished(adaptation(), name: "same")
    let second = try store.finished(adaptation(), name: "same")
    let other = try store.createRun(
      specification: adaptation(seed: 2), name: "other", dataFingerprint: "data")
    #expect(first.cacheKey == second.cacheKey && first.cacheKey != other.cacheKey)
    #expect(try store.run(named: "same")?.id == second.id)
    #expect(try store.finishedRun(cacheKey: first.cacheKey)?.id == second.id)
    #expect(try store.finishedRun(cacheKey: other.cacheKey) == nil)
    #expect(try store.resumableRun(cacheKey: first.cacheKey) == nil)
    #expect(try store.resumableRun(cacheKey: other.cacheKey)?.id == other.id)
    #expect(try store.runs().map(\.id) == [other.id, second.id, first.id])
    #expect(try store.run(named: "nobody") == nil)
  }

  @Test func aFailedInsertLeavesNothing() throws {
    let store = try Store(path: ":memory:")
    let error = #expect(throws: ExperimentsError.self) {
      try store.createRun(
        specification: adaptation(), dataFingerprint: "abc", parents: ["no-such-run"])
    }
    #expect(error?.code == .notFound)
    #expect(try store.runs().isEmpty)
    #expect(try store.query("SELECT * FROM parameters").rows.isEmpty)
  }
}
