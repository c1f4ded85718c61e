import Testing

@testable import Torch

struct BatchNormTests {
  private func check(_ layer: BatchNorm, _ shape: [Int], _ golden: Goldens.Normalised) throws {
    try layer.move(to: .float64)
    try withoutGradient {
      _ = try layer.weight.copy_(from: wave([3], 7) + 1.5)
      _ = try layer.bias.copy_(from: wave([3], 8))
    }
    for (index, output) in golden.outputs.dropLast().enumerated() {
      let x = try wave(shape, UInt64(10 + index), scale: 2) + 0.3
      expectClose(try layer(x, training: true).doubles(), output)
    }
    expectClose(try layer(wave(shape, 20), training: false).doubles(), golden.outputs.last ?? [])
    expectClose(try layer.runningMean.doubles(), golden.mean)
    expectClose(try layer.runningVariance.doubles(), golden.variance)
    #expect(try layer.batchesTracked.int64s() == [Int64(golden.count)])
  }

  @Test func oneDimensionalEqualsPyTorch() throws {
    try check(BatchNorm1d(3), [6, 3], Goldens.load().batchNorm1d)
  }

  @Test func twoDimensionalEqualsPyTorch() throws {
    try check(BatchNorm2d(3), [4, 3, 2, 5], Goldens.load().batchNorm2d)
  }
}

struct LayerTests {
  let generator: Generator
  let network: Sequential

  init() throws {
    generator = try Generator(seed: 3)
    network = Sequential([
      try Conv2d(
        inputs: 2, outputs: 4, window: Window(kernel: 3, padding: 1), generator: generator),
      try BatchNorm2d(4), ReLU(), AdaptiveAveragePool2d(2), Flatten(),
      try Linear(inputs: 16, outputs: 3, generator: generator),
    ])
  }

  @Test func statesHavePyTorchsNamesAndShapes() throws {
    #expect(
      network.state.map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked", "5.weight", "5.bias",
      ])
    #expect(network.parameters.count == 6)
    #expect(network.parameterCount == 4 * 2 * 9 + 4 + 8 + 48 + 3)
    #expect(network.stateDictionary()["5.weight"]?.shape == [3, 16])
    #expect(try network(Tensor.ones([5, 2, 6, 6]), training: true).shape == [5, 3])
  }

  @Test func loadsAllOrNothing() throws {
    var other = Dictionary(
      uniqueKeysWithValues: try network.state.map { ($0.name, try $0.tensor.detached() + 1) })
    let before = try network.state[0].tensor.floats()
    let bias = other.removeValue(forKey: "5.bias")
    other["extra"] = try .ones([1])
    other["0.weight"] = try .ones([4, 2, 1, 1])
    let error = try thrownError { try network.load(other) }
    #expect(error.code == .stateMismatch)
    for part in ["missing: 5.bias", "unexpected: extra", "[4, 2, 1, 1] given, [4, 2, 3, 3] needed"]
    {
      #expect(error.message.contains(part), "\(error.message)")
    }
    #expect(try network.state[0].tensor.floats() == before)
    #expect(throws: TensorError.self) { try network.load(other, strict: false) }

    other["0.weight"] = try network.state[0].tensor.detached() + 1
    let report = try network.load(other, strict: false)
    #expect(report.missing == ["5.bias"] && report.unexpected == ["extra"])
    #expect(try network.state[0].tensor.floats() == before.map { $0 + 1 })
    other["5.bias"] = bias
    other["extra"] = nil
    try network.load(other)
    #expect(network.parameters.allSatisfy { $0.tensor.requiresGradient })
  }

  @Test func initialisesAsPyTorchDoes() throws {
    // Uniform in ±1/√fanIn: the bound is met closely by 7,200 draws, the variance is bound²/3.
    let conv = try Conv2d(inputs: 8, outputs: 100, window: Window(kernel: 3), generator: generator)
    let bound = 1 / Double(72).squareRoot()
    #expect(abs(try conv.weight.max().item() - bound) < 0.01 * bound)
    #expect(try conv.weight.abs().max().item() <= bound)
    #expect(abs(try conv.weight.variance().item() / (bound * bound / 3) - 1) < 0.05)
    #expect(try #require(conv.bias).abs().max().item() <= bound)
    let he = try WeightInitialization.kaimingNormalFanOut.makeWeight(
      [100, 8, 3, 3], generator: generator)
    #expect(abs(try he.variance().item() / (2.0 / 900) - 1) < 0.08)
    #expect(
      try WeightInitialization.zeros.makeWeight([2, 3], generator: generator).norm().item() == 0)
  }

  @Test func movesAndFreezes() throws {
    try network.move(to: .cpu, format: .channelsLast)
    let weight = network.state[0].tensor
    #expect(weight.isChannelsLast && weight.requiresGradient)
    network.setRequiresGradient(false)
    #expect(network.state.allSatisfy { !$0.tensor.requiresGradient })
    try network.move(to: .float64)
    #expect(weight.dtype == .float64)
    #expect(network.stateDictionary()["1.num_batches_tracked"]?.dtype == .int64)
  }
}

struct AutogradTests {
  @Test func gradientsAddUpUntilCleared() throws {
    let x = try Tensor([1, 2] as [Double], shape: [2])
    x.requiresGradient = true
    #expect(x.gradient == nil)
    try (x * x).sum().backward()
    try (x * x).sum().backward()
    #expect(try #require(x.gradient).doubles() == [4, 8])
    x.clearGradient()
    #expect(!x.hasGradient)
    try (x * x).backward(Tensor([1, 10] as [Double], shape: [2]))
    #expect(try #require(x.gradient).doubles() == [2, 40])
  }

  @Test func nothingIsRecordedWithoutGradient() throws {
    let x = try Tensor.ones([2])
    x.requiresGradient = true
    let recorded = try withoutGradient { try (x * 2).requiresGradient }
    #expect(!recorded)
    #expect(try (x * 2).requiresGradient)
    #expect(try !x.detached().requiresGradient)
    struct Stop: Error {}
    #expect(throws: Stop.self) { try withoutGradient { () throws -> Void in throw Stop() } }
    #expect(try (x * 2).requiresGradient)
  }
}

struct AutocastTests {
  @Test func heavyOperationsGiveBFloat16() throws {
    let x = try Tensor.ones([2, 3, 8, 8])
    let generator = try Generator(seed: 1)
    let conv = try Conv2d(inputs: 3, outputs: 4, window: Window(kernel: 3), generator: generator)
    let norm = try BatchNorm2d(4)
    let y = try withAutocast(.bfloat16) { () -> Tensor in
      let map = try conv(x)
      #expect(map.dtype == .bfloat16)
      let inner = try withAutocast(.float32) { try conv(x).dtype }
      #expect(inner == .float32)
      #expect(try conv(x).dtype == .bfloat16)
      return try norm(map, training: true)
    }
    #expect(y.dtype == .bfloat16)
    #expect(norm.runningMean.dtype == .float32)
    #expect(try conv(x).dtype == .float32)
    try y.to(.float32).pow(2).sum().backward()
    #expect(try #require(conv.weight.gradient).dtype == .float32)
  }

  /// A cast made while gradients were off must not serve where they are on.
  @Test func castWeightsKeepTheirGradient() throws {
    let generator = try Generator(seed: 1)
    let layer = try Linear(inputs: 3, outputs: 2, generator: generator)
    let x = try Tensor.ones([4, 3])
    let y = try withAutocast(.bfloat16) { () -> Tensor in
      _ = try withoutGradient { try layer(x) }
      return try layer(x)
    }
    try y.to(.float32).sum().backward()
    #expect(layer.weight.hasGradient)
  }

  @Test func castsAreRenewedAfterAnUpdate() throws {
    let layer = try Linear(inputs: 1, outputs: 1, bias: false, generator: Generator(seed: 1))
    let x = try Tensor.ones([1, 1])
    for value in [1.0, 2.0] {
      try withoutGradient { _ = try layer.weight.fill_(value) }
      let y = try withAutocast(.bfloat16) { try layer(x) }
      #expect(try y.item() == value)
    }
  }
}
