import Foundation

/// What make_goldens.py wrote.
struct Goldens: Decodable {
  struct Landmarks: Decodable {
    let truth: [[Float]]
    let predicted: [[Float]]
    let nme: [String: Double]
  }
  struct Cumulative: Decodable {
    struct Case: Decodable {
      let threshold: Double
      let area: Double
      let failures: Double
    }
    let errors: [Double]
    let cases: [Case]
  }
  struct Verification: Decodable {
    let similarities: [Float]
    let same: [Bool]
    let folds: [Int]
    let area: Double
    let equalErrorRate: Double
    let accepted: [String: Double]
    let accuracy: Double
    let accuracyDeviation: Double
    let gridAccuracy: Double
  }
  struct Tests: Decodable {
    let first: [Double]
    let second: [Double]
    /// Statistic, degrees of freedom, p.
    let welch: [Double]
    let paired: [Double]
  }

  let landmarks: Landmarks
  let cumulative: Cumulative
  let verification: [Verification]
  let tests: [Tests]
  /// x, a, b, I_x(a, b).
  let beta: [[Double]]
  /// t, degrees of freedom, p.
  let student: [[Double]]

  static func load() throws -> Goldens {
    guard
      let file = Bundle.module.url(
        forResource: "statistics", withExtension: "json", subdirectory: "Goldens")
    else {
      throw CocoaError(.fileNoSuchFile)
    }
    return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
  }
}

/// Whether two numbers agree to a share of the greater, or are both nearly zero.
func near(_ first: Double, _ second: Double, _ tolerance: Double) -> Bool {
  abs(first - second) <= tolerance * max(abs(first), abs(second), 1e-300)
}
