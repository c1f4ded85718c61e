import Testing

@testable import Torch

struct GeneratorTests {
  @Test func equalsPyTorchsGenerator() throws {
    let golden = try Goldens.load().random
    let generator = try Generator(seed: 7)
    expectClose(try Tensor.randn([20], generator: generator).doubles(), golden.normal, 1e-6)
    expectClose(try Tensor.uniform([5], generator: generator).doubles(), golden.uniform, 1e-7)
  }

  @Test func theSeedDecides() throws {
    func draw(_ seed: UInt64) throws -> [Float] {
      try Tensor.randn([50], generator: Generator(seed: seed)).floats()
    }
    #expect(try draw(1) == draw(1))
    #expect(try draw(1) != draw(2))
  }

  @Test func goesOnFromAState() throws {
    let generator = try Generator(seed: 5)
    _ = try Tensor.randn([3], generator: generator)
    let state = try generator.state()
    let expected = try Tensor.uniform([9], generator: generator).floats()
    let other = try Generator(seed: 6)
    try other.restore(state)
    #expect(try Tensor.uniform([9], generator: other).floats() == expected)
    #expect(throws: TensorError.self) { try other.restore(Tensor.ones([3])) }
  }

  @Test func permutationsHoldEachNumberOnce() throws {
    let order = try Tensor.randomPermutation(50, generator: Generator(seed: 5)).int64s()
    #expect(order.sorted() == (0..<50).map { Int64($0) })
    #expect(order != order.sorted())
  }
}

struct LeakTests {
  /// Handles of this thread, since other tests run beside this one.
  @Test func aTrainingStepLeavesNoTensor() throws {
    let generator = try Generator(seed: 1)
    let network = Sequential([
      try Conv2d(inputs: 3, outputs: 4, window: Window(kernel: 3), generator: generator),
      try BatchNorm2d(4), ReLU(), AdaptiveAveragePool2d(1), Flatten(),
      try Linear(inputs: 4, outputs: 2, generator: generator),
    ])
    let groups = [ParameterGroup(parameters: network.parameters, weightDecay: 0.1)]
    let optimizers: [any Optimizer] = [try SGD(groups), try AdamW(groups), try LARS(groups)]
    func step(_ optimizer: any Optimizer) throws {
      let x = try normalizedImages(
        bytes: [UInt8](repeating: 9, count: 2 * 8 * 8 * 3), count: 2, size: 8)
      let labels = try Tensor([0, 1] as [Int64], shape: [2])
      let loss = try withAutocast(.bfloat16) {
        try crossEntropy(logits: network(x, training: true), labels: labels)
      }
      optimizer.clearGradients()
      try loss.backward()
      try clipGradients(network.parameters, norm: 1)
      try optimizer.step(learningRate: 0.1)
      _ = try? x + labels
      _ = try loss.to(.float64).topk(1, dim: 0)
    }
    let before = (liveTensorCountOfThread, liveTensorCount)
    #expect(before.0 > 0 && before.1 > 0)
    for optimizer in optimizers { try step(optimizer) }
    #expect(liveTensorCountOfThread == before.0)
    let kept = try Tensor.ones([1])
    #expect(liveTensorCountOfThread == before.0 + 1)
    _ = try kept.item()
  }
}
