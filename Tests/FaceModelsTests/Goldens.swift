import Foundation
import Testing

@testable import FaceModels
@testable import Torch

/// What Goldens/make_goldens.py computed with torchvision in float64.
struct ResNetGolden: Decodable {
  let evaluated, trained: [[Double]]
  let evaluatedNorm, trainedNorm: Double
  /// norm, sum and the first three values
  let gradients: [String: [Double]]
  /// norm
  let statistics: [String: Double]
  let states: [String]
}

struct DifferentiatedGolden: Decodable {
  let value: Double
  let gradient: [Double]
}

func golden<Value: Decodable>(_ file: String) throws -> [String: Value] {
  let folder = try #require(Bundle.module.resourceURL)
  let data = try Data(contentsOf: folder.appendingPathComponent("Goldens/\(file)"))
  return try JSONDecoder().decode([String: Value].self, from: data)
}

/// The values of `hashed` in make_goldens.py, float64, in [-1, 1).
func hashed(_ shape: [Int], _ name: String) throws -> Tensor {
  let seed = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
  let count = shape.reduce(1, *)
  let values = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
    for i in 0..<count {
      var h = UInt32(truncatingIfNeeded: i) &* 2_654_435_761 &+ seed
      h ^= h >> 16
      h = h &* 0x85EB_CA6B
      h ^= h >> 13
      buffer[i] = Double(h >> 8) / 8_388_608 - 1
    }
    filled = count
  }
  return try Tensor(values, shape: shape)
}

/// The weights of `fill` in make_goldens.py.
func fill(_ layer: some Layer) throws {
  var state: [String: Tensor] = [:]
  for item in layer.state {
    let shape = item.tensor.shape
    if item.name.hasSuffix("num_batches_tracked") {
      state[item.name] = try .zeros([], dtype: .int64)
      continue
    }
    let u = try hashed(shape, item.name)
    if shape.count == 4 {
      state[item.name] = try u * (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    } else if item.name.hasSuffix("running_var") || item.name.hasSuffix("weight") {
      state[item.name] = try u * 0.5 + 1
    } else {
      state[item.name] = try u * 0.1
    }
    state[item.name] = try state[item.name]?.to(.float32)
  }
  try layer.load(state)
}

/// ‖actual − golden‖∞ / ‖golden‖∞
func relativeError(_ actual: [Double], _ golden: [Double]) -> Double {
  guard actual.count == golden.count, !golden.isEmpty else { return .infinity }
  let scale = golden.map(abs).max() ?? 0
  let worst = zip(actual, golden).map { abs($0 - $1) }.max() ?? .infinity
  return worst.isNaN || actual.contains(where: \.isNaN) ? .infinity : worst / scale
}
