import Testing

@testable import FaceModels
@testable import Torch

/// IR-ResNets against a PyTorch network of InsightFace's names with the same weights.
struct IResNetTests {
  private func network(_ depth: Int) throws -> (IResNet, Tensor, ResNetGolden) {
    let goldens: [String: ResNetGolden] = try golden("iresnet.json")
    let network = try IResNet(depth: depth, width: 8, generator: Generator(seed: 1))
    try fill(network)
    try network.move(to: DType.float64)
    let images = try hashed([3, 3, 32, 32], "images").to(.float32).to(.float64)
    return (network, images, try #require(goldens["iresnet\(depth)"]))
  }

  private func firstColumns(_ x: Tensor) throws -> [Double] {
    try x.narrow(1, start: 0, length: 24).doubles()
  }

  @Test("features, gradients and names are those of PyTorch's network", arguments: [18, 50])
  func equality(_ depth: Int) throws {
    let (network, images, golden) = try network(depth)
    #expect(network.state.map(\.name) == golden.states)
    let evaluated = try withoutGradient { try network(images, training: false) }
    #expect(evaluated.shape == [3, 64])
    #expect(relativeError(try firstColumns(evaluated), golden.evaluated.flatMap { $0 }) < 1e-10)
    let trained = try network(images, training: true)
    #expect(relativeError(try firstColumns(trained), golden.trained.flatMap { $0 }) < 1e-10)
    let cotangent = try hashed(trained.shape, "cotangent").to(.float32).to(.float64)
    try (trained * cotangent).sum().backward()
    for item in network.parameters {
      guard let expected = golden.gradients[item.name] else { continue }
      let gradient = try #require(item.tensor.gradient).contiguous()
      let head = try gradient.flattened().narrow(0, start: 0, length: 3).doubles()
      let actual = [try gradient.norm().item(), try gradient.sum().item()] + head
      if expected[0] < 1e-12 {
        // A bias before a batch norm has no gradient but what rounding leaves.
        #expect(actual[0] < 1e-12, "\(item.name)")
      } else {
        #expect(relativeError(actual, expected) < 1e-9, "\(item.name)")
      }
    }
  }

  @Test("its parts hold every parameter once, and its maps halve from stage to stage")
  func shapes() throws {
    let (network, images, _) = try network(18)
    #expect(network.parameterParts.count == 5)
    #expect(Set(network.parameterParts.joined().map(\.name)) == Set(network.parameters.map(\.name)))
    let maps = try withoutGradient { try network.stageMaps(images, training: false) }
    #expect(maps.map { $0.shape[2] } == [16, 8, 4, 2])
    #expect(maps.map { $0.shape[1] } == network.stageChannels)
    #expect(
      try BackboneShape(name: "iresnet18", width: 8, size: 32).make(generator: Generator(seed: 1))
        is IResNet)
    #expect(throws: TensorError.self) { try IResNet(depth: 101, generator: Generator(seed: 1)) }
  }

  @Test("recomputed activations change neither features, gradients nor statistics")
  func recomputed() throws {
    func trained(_ recomputes: Bool) throws -> [[Double]] {
      let (network, images, _) = try network(18)
      network.recomputesActivations = recomputes
      let features = try network(images, training: true)
      try features.pow(2).mean().backward()
      return try [features.doubles()]
        + network.parameters.map { try #require($0.tensor.gradient).doubles() }
        + network.state.filter { $0.kind == .buffer }.map { try $0.tensor.doubles() }
    }
    #expect(try trained(true) == trained(false))
  }
}
