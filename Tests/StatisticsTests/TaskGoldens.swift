import Foundation

/// What make_task_goldens.py wrote.
struct TaskGoldens: Decodable {
  struct Agreement: Decodable {
    let predicted: [Double]
    let truth: [Double]
    let icc, ccc, pcc, rmse, mae, sagr, f1: Double
  }
  struct Classification: Decodable {
    let classes: Int
    let truth: [Int]
    let predicted: [Int]
    let confusion: [[Int]]
    let accuracy, balanced, macroF1: Double
  }
  struct Nearest: Decodable {
    let similarities: [Float]
    let same: [Bool]
    let rates: [String: Double]
  }
  struct Identification: Decodable {
    let matrix: [[Float]]
    /// −1 for a person who is not in the gallery.
    let mates: [Int]
    let rank, unenrolled, leftOut: [String: Double]
  }
  struct Templates: Decodable {
    let features: [[Float]]
    let media: [Int]
    let weights: [Float]
    let pooled: [Float]
  }
  struct Alignment: Decodable {
    let source: [[Float]]
    let target: [[Float]]
    let rotation: [[Double]]
    let scale: Double
    /// Mean distances left over without and with a scale.
    let rigid, similar: Double
  }
  struct Yaw: Decodable {
    let counts: [Int]
    let means: [Double]
    let mean: Double
  }

  let agreement: [Agreement]
  let classification: [Classification]
  let nearest: [Nearest]
  let identification: Identification
  let templates: Templates
  let alignment: [Alignment]
  let yaw: Yaw

  static func load() throws -> TaskGoldens {
    guard
      let file = Bundle.module.url(
        forResource: "tasks", withExtension: "json", subdirectory: "Goldens")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(TaskGoldens.self, from: Data(contentsOf: file))
  }
}
