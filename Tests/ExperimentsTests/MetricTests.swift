import Foundation
import Testing

@testable import Experiments

@Suite struct MetricTests {
  let store: Store
  let run: Run

  init() throws {
    store = try Store(path: ":memory:")
    run = try store.createRun(specification: adaptation(), name: "a", dataFingerprint: "abc")
    try store.start(run: run.id, device: "cpu", threads: 2)
  }

  private func point(_ step: Int, _ value: Double, _ name: String = "loss") -> MetricPoint {
    MetricPoint(
      run: run.id, name: name, step: step, value: value,
      time: Date(timeIntervalSince1970: 1000 + Double(step)))
  }

  private func curve(_ name: String = "loss") throws -> [[SQLValue]] {
    try store.metricsTable(run: run.id, names: [name]).rows
  }

  @Test func everyNumberSurvives() throws {
    let values = [
      0.1, -7, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    try store.log(values.enumerated().map { point($0, $1) })
    let found = try curve().map { try #require($0[4].realValue) }
    #expect(found.map(\.description) == values.map(\.description))
    // In SQL, averages see finite values only, and the view tells the others apart.
    let view = try store.query("SELECT step, value, special FROM metrics WHERE special IS NOT NULL")
    #expect(
      view.rows == [
        [.integer(2), .null, .text("nan")],
        [.integer(3), .real(.infinity), .text("inf")],
        [.integer(4), .real(-.infinity), .text("-inf")],
      ])
  }

  @Test func aTableHasRunNameMetricStepValueTime() throws {
    try store.log([point(2, 0.5), point(1, 0.75), point(1, 3, "rate")])
    let table = try store.metricsTable()
    #expect(table.columns == ["run", "name", "metric", "step", "value", "time"])
    #expect(
      table.rows == [
        [.text(run.id), .text("a"), .text("loss"), .integer(1), .real(0.75), .real(1001)],
        [.text(run.id), .text("a"), .text("loss"), .integer(2), .real(0.5), .real(1002)],
        [.text(run.id), .text("a"), .text("rate"), .integer(1), .real(3), .real(1001)],
      ])
    #expect(try store.metricsTable(run: run.id, names: []).rows.isEmpty)
    #expect(throws: ExperimentsError.self) { try store.metricsTable(run: "nobody") }
  }

  @Test func aResumedRunSupersedesButDeletesNothing() throws {
    try store.log((1...6).map { point($0, Double($0)) })
    try store.pause(run: run.id)
    try store.start(run: run.id, device: "cpu", threads: 2, step: 4)
    #expect(try store.supersede(run: run.id, after: 4) == 2)
    try store.log([point(5, 50), point(6, 60), point(7, 70)])
    #expect(try curve().map { $0[4] } == [1, 2, 3, 4, 50, 60, 70].map { .real($0) })
    let kept = try store.query(
      "SELECT step, segment, value FROM metrics WHERE superseded = 1 ORDER BY step")
    #expect(
      kept.rows == [
        [.integer(5), .integer(1), .real(5)], [.integer(6), .integer(1), .real(6)],
      ])
    let latest = try store.query("SELECT name, step, value FROM latest_metrics")
    #expect(latest.rows == [[.text("loss"), .integer(7), .real(70)]])
  }

  @Test func theLastValueOfAStepCounts() throws {
    try store.log([point(1, .nan), point(1, 2)])
    #expect(try curve().map { $0[4] } == [.real(2)])
  }

  @Test func anUnknownRunKeepsNothingOfTheBatch() throws {
    let stranger = MetricPoint(run: "nobody", name: "new-name", step: 1, value: 1)
    let error = #expect(throws: ExperimentsError.self) {
      try store.log([point(1, 1, "new-name"), stranger])
    }
    #expect(error?.code == .notFound)
    #expect(try store.metricsTable().rows.isEmpty)
    // The id of the new name was undone with the rest and is not remembered.
    try store.log([point(1, 1, "new-name")])
    #expect(try curve("new-name").count == 1)
  }
}
