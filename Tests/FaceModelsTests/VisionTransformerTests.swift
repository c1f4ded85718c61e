import Foundation
import Testing

@testable import FaceModels
@testable import Torch

/// A small transformer against timm's with the same weights (Goldens/make_transformer.py).
struct VisionTransformerTests {
  struct Golden: Decodable {
    let features, patches, larger: [Double]
    /// norm, sum and the first three values
    let gradients: [String: [Double]]
    /// Names and shapes of timm's vit_tiny_patch16_224.
    let tiny: [String: [Int]]
  }

  private static func golden() throws -> Golden {
    let folder = try #require(Bundle.module.resourceURL)
    return try JSONDecoder().decode(
      Golden.self,
      from: Data(contentsOf: folder.appendingPathComponent("Goldens/transformer.json")))
  }

  private static func network(
    _ pooling: VisionTransformer.Pooling = .classToken
  ) throws -> VisionTransformer {
    let network = try VisionTransformer(
      width: 128, depth: 2, imageSize: 32, patch: 8, pooling: pooling,
      generator: Generator(seed: 1))
    var state: [String: Tensor] = [:]
    for item in network.state {
      let shape = item.tensor.shape
      let u = try hashed(shape, item.name)
      if [2, 4].contains(shape.count) {
        state[item.name] = try u * (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
      } else if item.name.contains("norm"), item.name.hasSuffix("weight") {
        state[item.name] = try u * 0.5 + 1
      } else {
        state[item.name] = try u * 0.1
      }
      state[item.name] = try state[item.name]?.to(.float32)
    }
    try network.load(state)
    try network.move(to: .float64)
    return network
  }

  private static func images(_ shape: [Int], _ name: String) throws -> Tensor {
    try hashed(shape, name).to(.float32).to(.float64)
  }

  @Test("class token and patch tokens are timm's, and gradients too")
  func featuresAndGradients() throws {
    let (network, golden) = (try Self.network(), try Self.golden())
    let images = try Self.images([2, 3, 32, 32], "images")
    let features = try network(images, training: true)
    #expect(features.shape == [2, 128])
    #expect(relativeError(try features.doubles(), golden.features) < 1e-10)
    let map = try network.features(images, training: false)
    #expect(map.map.shape == [2, 128, 4, 4])
    #expect(relativeError(try map.pooled().doubles(), golden.patches) < 1e-10)
    let averaged = try Self.network(.mean)(images, training: false)
    #expect(relativeError(try averaged.doubles(), golden.patches) < 1e-10)
    let cotangent = try hashed(features.shape, "cotangent").to(.float32).to(.float64)
    try (features * cotangent).sum().backward()
    #expect(golden.gradients.count == network.parameters.count)
    for item in network.parameters {
      let gradient = try #require(item.tensor.gradient).contiguous()
      let head = try gradient.flattened().narrow(0, start: 0, length: 3).doubles()
      let actual = [try gradient.norm().item(), try gradient.sum().item()] + head
      #expect(relativeError(actual, try #require(golden.gradients[item.name])) < 1e-9)
    }
  }

  @Test("positions are resampled for another image size as timm does it")
  func otherSize() throws {
    let larger = try Self.network()(Self.images([1, 3, 48, 48], "larger"), training: false)
    #expect(relativeError(try larger.doubles(), try Self.golden().larger) < 1e-6)
  }

  @Test("ViT-Ti has timm's names and shapes")
  func names() throws {
    let tiny = try VisionTransformer(.tiny, imageSize: 224, generator: Generator(seed: 1))
    let own = Dictionary(uniqueKeysWithValues: tiny.state.map { ($0.name, $0.tensor.shape) })
    #expect(own == (try Self.golden().tiny))
  }

  @Test("pictures that are no whole patches are refused")
  func badSizes() throws {
    let network = try Self.network()
    #expect(throws: TensorError.self) {
      try network(Tensor.zeros([1, 3, 30, 32], dtype: .float64), training: false)
    }
    #expect(throws: TensorError.self) {
      try VisionTransformer(.tiny, imageSize: 60, patch: 16, generator: Generator(seed: 1))
    }
  }
}
