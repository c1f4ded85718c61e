import Testing

@testable import FaceModels
@testable import Torch

/// ResNet-18 and ResNet-50 against torchvision with the same weights.
struct ResNetTests {
  private func network(_ depth: Int, _ dtype: DType) throws -> (ResNet, Tensor, ResNetGolden) {
    let goldens: [String: ResNetGolden] = try golden("resnet.json")
    let network = try ResNet(depth: depth, generator: Generator(seed: 1))
    try fill(network)
    try network.move(to: dtype)
    try network.move(to: .channelsLast)
    let images = try hashed([3, 3, 64, 64], "images").to(.float32).to(dtype)
    return (network, images, try #require(goldens["resnet\(depth)"]))
  }

  private func firstColumns(_ x: Tensor) throws -> [Double] {
    try x.narrow(1, start: 0, length: 24).doubles()
  }

  @Test(arguments: [18, 50])
  func featuresEqualTorchvisionsInFloat32(_ depth: Int) throws {
    let (network, images, golden) = try network(depth, .float32)
    let features = try withoutGradient { try network(images, training: false) }
    #expect(features.shape == [3, network.featureCount])
    #expect(relativeError(try firstColumns(features), golden.evaluated.flatMap { $0 }) < 1e-5)
    #expect(relativeError([try features.norm().item()], [golden.evaluatedNorm]) < 1e-5)
    let trained = try network(images, training: true)
    // Statistics of a last map of 2×2 amplify the rounding, which depends on the thread count;
    // gradientsEqualTorchvisions compares the same features in float64 to 1e-10.
    #expect(relativeError(try firstColumns(trained), golden.trained.flatMap { $0 }) < 1e-3)
  }

  @Test(arguments: [18, 50])
  func gradientsEqualTorchvisions(_ depth: Int) throws {
    let (network, images, golden) = try network(depth, .float64)
    let features = try network(images, training: true)
    #expect(relativeError(try firstColumns(features), golden.trained.flatMap { $0 }) < 1e-10)
    let cotangent = try hashed(features.shape, "cotangent").to(.float32).to(.float64)
    try (features * cotangent).sum().backward()
    #expect(golden.gradients.count == network.parameters.count)
    for item in network.parameters {
      let gradient = try #require(item.tensor.gradient).contiguous()
      let head = try gradient.flattened().narrow(0, start: 0, length: 3).doubles()
      let actual = [try gradient.norm().item(), try gradient.sum().item()] + head
      let expected = try #require(golden.gradients[item.name])
      #expect(relativeError(actual, expected) < 1e-9, "\(item.name)")
    }
    for item in network.state where item.kind == .buffer {
      let expected = try #require(golden.statistics[item.name])
      let norm = try item.tensor.to(.float64).norm().item()
      #expect(relativeError([norm], [expected]) < 1e-10, "\(item.name)")
    }
  }

  @Test(arguments: [18, 50])
  func statesHaveTorchvisionsNamesInItsOrder(_ depth: Int) throws {
    let (network, _, golden) = try network(depth, .float32)
    #expect(network.state.map(\.name) == golden.states)
  }

  @Test func sizesFollowFromDepthWidthAndStem() throws {
    let generator = try Generator(seed: 1)
    // He et al. 2016: 11.2 M and 21.3 M without the classifier.
    #expect(try ResNet(depth: 18, generator: generator).parameterCount == 11_176_512)
    #expect(try ResNet(depth: 34, generator: generator).parameterCount == 21_284_672)
    let images = try Tensor.zeros([2, 3, 64, 64])
    let standard = try ResNet(depth: 18, width: 8, generator: generator)
    let small = try ResNet(depth: 18, width: 8, stem: .small, generator: generator)
    let deep = try ResNet(depth: 50, width: 8, stem: .small, generator: generator)
    #expect(try standard.features(images, training: false).map.shape == [2, 64, 2, 2])
    #expect(try small.features(images, training: false).map.shape == [2, 64, 4, 4])
    #expect(try deep(images, training: false).shape == [2, 256])
    #expect(deep.featureCount == 256)
    #expect(small.stateDictionary()["conv1.weight"]?.shape == [8, 3, 3, 3])
  }

  @Test func refusesWhatItCannotBe() throws {
    let generator = try Generator(seed: 1)
    #expect(throws: TensorError.self) { try ResNet(depth: 20, generator: generator) }
    let network = try ResNet(depth: 18, width: 8, generator: generator)
    let error = try #require(throws: TensorError.self) {
      _ = try network(Tensor.zeros([2, 1, 64, 64]), training: false)
    }
    #expect(error.code == .shapeMismatch && error.message.contains("[2, 1, 64, 64]"))
  }

  @Test func theSeedDecidesTheWeights() throws {
    func weights(_ seed: UInt64) throws -> [Float] {
      let network = try ResNet(depth: 18, width: 4, generator: Generator(seed: seed))
      return try network.parameters.flatMap { try $0.tensor.floats() }
    }
    #expect(try weights(3) == weights(3))
    #expect(try weights(3) != weights(4))
  }

  @Test func autocastGivesCloseFeaturesAndLeavesNoTensor() throws {
    let network = try ResNet(depth: 18, width: 8, stem: .small, generator: Generator(seed: 1))
    let images = try hashed([2, 3, 32, 32], "images").to(.float32)
    let before = liveTensorCountOfThread
    do {
      let exact = try withoutGradient { try network(images, training: false) }
      let rounded = try withAutocast(.bfloat16) { try network(images, training: false) }
      #expect(rounded.dtype == .bfloat16)
      let error = relativeError(try rounded.doubles(), try exact.doubles())
      #expect(error > 1e-5 && error < 0.05)
      try rounded.to(.float32).sum().backward()
      network.clearGradients()
    }
    #expect(liveTensorCountOfThread == before)
  }
}
