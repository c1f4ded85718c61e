import Foundation
import Testing

@testable import Torch

/// What Goldens/make_goldens.py computed with PyTorch in float64.
struct Goldens: Decodable {
  struct Differentiated: Decodable {
    let value: Double
    let gradient: [Double]
    let output: [Double]?
  }
  struct Normalised: Decodable {
    let outputs: [[Double]]
    let mean: [Double]
    let variance: [Double]
    let count: Int
  }
  struct Convolution: Decodable {
    let height, width, kernel, stride, padding: Int
    let output: [Double]
    let gradients: [[Double]]
  }
  struct SmallMap: Decodable {
    let height, width, stride: Int
    let sums: [Double]
  }
  struct Functions: Decodable {
    let conv2d: Differentiated
    let fewOutputs: [Convolution]
    let smallMaps: [SmallMap]
    let maxPool2d, averagePool2d, adaptive, softmax, logSoftmax, logsumexp, normalize: [Double]
  }
  struct Clip: Decodable {
    let norm: Double
    let gradient: [Double]
  }
  struct Random: Decodable { let normal, uniform: [Double] }
  struct Schedules: Decodable { let cosine, multiStep: [Double] }

  let optimizers: [String: [[Double]]]
  let losses: [String: Differentiated]
  let batchNorm1d, batchNorm2d: Normalised
  let functions: Functions
  let clip: Clip
  let random: Random
  let schedules: Schedules

  static func folder() throws -> URL {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Goldens")
  }

  static func load() throws -> Goldens {
    let data = try Data(contentsOf: folder().appendingPathComponent("torch.json"))
    return try JSONDecoder().decode(Goldens.self, from: data)
  }
}

/// The values of `wave` in make_goldens.py, float64: a hash of the index, in [-scale, scale).
func wave(_ shape: [Int], _ seed: UInt64, scale: Double = 1) throws -> Tensor {
  let values = (0..<UInt64(shape.reduce(1, *))).map { i -> Double in
    var h = UInt32(truncatingIfNeeded: i * 2_654_435_761 + seed * 40503 + 12345)
    h ^= h >> 16
    h = h &* 0x85EB_CA6B
    h ^= h >> 13
    return (Double(h >> 8) / 16_777_216 - 0.5) * 2 * scale
  }
  return try Tensor(values, shape: shape)
}

/// Expects equality within `tolerance` of the largest golden value.
func expectClose(
  _ actual: [Double], _ golden: [Double], _ tolerance: Double = 1e-12,
  _ location: SourceLocation = #_sourceLocation
) {
  guard actual.count == golden.count else {
    Issue.record("\(actual.count) values, not \(golden.count)", sourceLocation: location)
    return
  }
  let scale = golden.map(abs).max() ?? 0
  let worst = zip(actual, golden).map { abs($0 - $1) }.max() ?? 0
  #expect(worst <= tolerance * scale, sourceLocation: location)
  #expect(worst.isFinite, sourceLocation: location)
}

/// The error that `body` throws; records an issue when it throws none.
func thrownError(
  _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> TensorError {
  try #require(throws: TensorError.self, sourceLocation: location) { try body() }
}
