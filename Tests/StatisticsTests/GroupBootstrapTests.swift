import Foundation
import Testing

@testable import Statistics

/// Bootstrap of items in groups, against SciPy's over the groups (make_group_goldens.py).
@Suite struct GroupBootstrapTests {
  private struct Golden: Decodable {
    let groups: [[Int]]
    let x, y: [Double]
    let statistic: String
    let estimate, lower, upper: Double

    func value(_ items: [Int]) throws -> Double? {
      if statistic == "mean" { return mean(items.map { x[$0] }) }
      return try Agreement(predicted: items.map { x[$0] }, truth: items.map { y[$0] }).correlation
    }
  }

  private static func load() throws -> [Golden] {
    let file = try #require(
      Bundle.module.url(forResource: "groups", withExtension: "json", subdirectory: "Goldens"))
    return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
  }

  /// The resamples differ from SciPy's; 8,000 of them fix an end to about a fiftieth of the width.
  @Test(arguments: 0..<3)
  func agreesWithSciPy(index: Int) throws {
    let golden = try Self.load()[index]
    var generator = TestGenerator(state: 5)
    let interval = try #require(
      try Bootstrap(resamples: 8000).interval(ofGroups: golden.groups, using: &generator) {
        try golden.value($0)
      })
    let tolerance = 0.04 * (golden.upper - golden.lower)
    #expect(near(interval.estimate, golden.estimate, 1e-12))
    #expect(abs(interval.lower - golden.lower) < tolerance, "\(interval.lower) \(golden.lower)")
    #expect(abs(interval.upper - golden.upper) < tolerance, "\(interval.upper) \(golden.upper)")
  }

  @Test func itemsOfOneGroupAreNoIndependentEvidence() throws {
    let golden = try Self.load()[1]
    func width(_ groups: [[Int]]) throws -> Double {
      var generator = TestGenerator(state: 6)
      let interval = try Bootstrap(resamples: 1000).interval(
        ofGroups: groups, using: &generator
      ) { try golden.value($0) }
      return try #require(interval.map { $0.upper - $0.lower })
    }
    let alone = try width(golden.groups.flatMap { $0 }.map { [$0] })
    #expect(try width(golden.groups) > 1.5 * alone)
  }

  @Test func whatIsNotDefinedHasNoInterval() throws {
    var generator = TestGenerator(state: 1)
    let bootstrap = Bootstrap(resamples: 50)
    #expect(try bootstrap.interval(ofGroups: [[0], [1]], using: &generator) { _ in nil } == nil)
    #expect(throws: StatisticsError.self) {
      try bootstrap.interval(ofGroups: [[0], []], using: &generator) { _ in 1 }
    }
  }
}
