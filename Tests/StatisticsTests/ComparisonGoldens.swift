import Foundation

@testable import Statistics

/// What make_comparison_goldens.py wrote.
struct ComparisonGoldens: Decodable {
  struct Distributions: Decodable {
    /// p, Φ⁻¹(p).
    let normal: [[Double]]
    /// x, degrees of freedom, P(X ≥ x).
    let chiSquared: [[Double]]
    /// q, groups, P(R ≤ q).
    let range: [[Double]]
  }
  struct BootstrapCase: Decodable {
    let strata: [[Double]]
    let statistic: String
    let intervals: [String: [Double]]
    let replicates: [Double]
  }
  struct Paired: Decodable {
    let first: [Double]
    let second: [Double]
    /// Statistic, p.
    let result: [Double]
  }
  struct Ranking: Decodable {
    let scores: [[Double]]
    let friedman: [Double]
    let meanRanks: [Double]
    let criticalDifference: Double
    /// Adjusted p of the pairs (0, 1), (0, 2), …
    let holm: [Double]
    let nemenyi: [Double]
  }
  struct Scores: Decodable {
    let first: [[Double]]
    let second: [[Double]]
    let interquartileMean: Double
    let median: Double
    let mean: Double
    let optimalityGap: Double
    let improvement: Double
    let taus: [Double]
    let profile: [Double]
    let replicates: [Double]
    let interval: [Double]
  }
  struct Clustered: Decodable {
    /// Identity, identity, 1 for an error.
    let pairs: [[Int]]
    let rate: Double
    let variance: Double
    let interval: [Double]
  }
  struct Embedding: Decodable {
    let points: [[Double]]
    let directions: [[Double]]
    let variances: [Double]
    let joint: [[Double]]
    let places: [[Double]]
    let divergence: Double
    let gradient: [[Double]]
  }
  struct Shapes: Decodable {
    let values: [Double]
    let quartiles: [Double]
    let binEdges: [Double]
    let binCounts: [Int]
    let densityAt: [Double]
    let density: [Double]
  }

  let distributions: Distributions
  let bootstraps: [BootstrapCase]
  let paired: [Paired]
  let ranking: Ranking
  let scores: Scores
  let clustered: [Clustered]
  let embedding: Embedding
  let shapes: Shapes

  static func load() throws -> ComparisonGoldens {
    guard
      let file = Bundle.module.url(
        forResource: "comparison", withExtension: "json", subdirectory: "Goldens")
    else {
      throw CocoaError(.fileNoSuchFile)
    }
    return try JSONDecoder().decode(ComparisonGoldens.self, from: Data(contentsOf: file))
  }
}

/// A generator for tests: SplitMix64 (Steele, Lea and Flood 2014).
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func normal() -> Double {
    let (u, v) = (max(uniform(), 1e-300), uniform())
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}
