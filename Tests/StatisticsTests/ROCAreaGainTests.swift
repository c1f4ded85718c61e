import Foundation
import Testing

@testable import Statistics

/// Differences of areas under ROC curves, against scikit-learn (make_roc_gain_goldens.py).
@Suite struct ROCAreaGainTests {
  private struct Golden: Decodable {
    let first, second: [Int]
    let scores, rivals: [Float]
    let areas: [Double]
    let weights: [Double]
    let weightedAreas: [Double]
    let lower, upper: Double

    var identities: [(Int, Int)] { Array(zip(first, second)) }
  }

  private static func load() throws -> [Golden] {
    let file = try #require(
      Bundle.module.url(forResource: "roc-gain", withExtension: "json", subdirectory: "Goldens"))
    return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
  }

  @Test(arguments: 0..<2) func areasAreThoseOfScikitLearn(index: Int) throws {
    let golden = try Self.load()[index]
    let isGenuine = golden.identities.map { $0.0 == $0.1 }
    let once = golden.scores.map { _ in 1.0 }
    for (place, scores) in [golden.scores, golden.rivals].enumerated() {
      let curve = ROCAreaGain.Curve(scores, isGenuine)
      let plain = try #require(curve.area(once))
      let weighted = try #require(curve.area(golden.weights))
      #expect(near(plain, golden.areas[place], 1e-12))
      #expect(near(weighted, golden.weightedAreas[place], 1e-12))
    }
  }

  /// The resamples differ; 8,000 of them fix an end to about a fiftieth of the width.
  @Test(arguments: 0..<2) func theIntervalIsThatOfDrawnPeople(index: Int) throws {
    let golden = try Self.load()[index]
    let gain = try ROCAreaGain(
      of: golden.scores, over: golden.rivals, identities: golden.identities)
    var generator = TestGenerator(state: 3)
    let interval = try #require(gain.interval(resamples: 8000, using: &generator))
    let tolerance = 0.04 * (golden.upper - golden.lower)
    #expect(near(interval.estimate, golden.areas[0] - golden.areas[1], 1e-12))
    #expect(abs(interval.lower - golden.lower) < tolerance, "\(interval.lower) \(golden.lower)")
    #expect(abs(interval.upper - golden.upper) < tolerance, "\(interval.upper) \(golden.upper)")
  }

  @Test func equalScoresGainNothing() throws {
    let golden = try Self.load()[0]
    let gain = try ROCAreaGain(
      of: golden.scores, over: golden.scores, identities: golden.identities)
    var generator = TestGenerator(state: 3)
    let interval = try #require(gain.interval(using: &generator))
    #expect(interval.estimate == 0 && interval.lower == 0 && interval.upper == 0)
  }

  @Test func whatIsNoPairOfCurvesIsAnError() {
    func fails(_ scores: [Float], _ rivals: [Float], _ identities: [(Int, Int)]) {
      #expect(throws: StatisticsError.self) {
        try ROCAreaGain(of: scores, over: rivals, identities: identities)
      }
    }
    fails([1], [1, 2], [(0, 0), (0, 1)])
    fails([1, .nan], [1, 2], [(0, 0), (0, 1)])
    fails([1, 2], [1, 2], [(0, 0), (1, 1)])
    fails([], [], [])
  }
}
