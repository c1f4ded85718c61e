import Testing

@testable import Torch

/// The free functions against PyTorch, in float64.
struct FunctionTests {
  let goldens: Goldens.Functions
  let x: Tensor
  let logits: Tensor

  init() throws {
    goldens = try Goldens.load().functions
    x = try wave([2, 4, 7, 6], 30)
    logits = try wave([3, 5], 33, scale: 4)
  }

  @Test(arguments: [MemoryFormat.standard, .channelsLast])
  func convolution(_ format: MemoryFormat) throws {
    let (weight, bias) = (try wave([6, 2, 3, 3], 31), try wave([6], 32))
    let input = try x.contiguous(format).detached()
    input.requiresGradient = true
    let y = try conv2d(input, weight: weight, bias: bias, stride: 2, padding: 1, groups: 2)
    expectClose(try y.doubles(), goldens.conv2d.output ?? [])
    try y.pow(2).sum().backward()
    expectClose(try #require(input.gradient).doubles(), goldens.conv2d.gradient)
  }

  @Test(arguments: [MemoryFormat.standard, .channelsLast])
  func convolutionWithFewOutputs(_ format: MemoryFormat) throws {
    for golden in goldens.fewOutputs {
      let input = try wave([2, 3, golden.height, golden.width], 40).contiguous(format)
      let weight = try wave([5, 3, golden.kernel, golden.kernel], 41).contiguous(format)
      let learnt = try [input.detached(), weight.detached(), wave([5], 42)]
      for tensor in learnt { tensor.requiresGradient = true }
      let y = try conv2d(
        learnt[0], weight: learnt[1], bias: learnt[2], stride: golden.stride,
        padding: golden.padding)
      expectClose(try y.doubles(), golden.output)
      try y.pow(2).sum().backward()
      for (tensor, gradient) in zip(learnt, golden.gradients) {
        expectClose(try #require(tensor.gradient).doubles(), gradient)
      }
    }
  }

  @Test(
    "many channels on small maps: gradients by matrix products",
    arguments: [MemoryFormat.standard, .channelsLast])
  func convolutionOfSmallMaps(_ format: MemoryFormat) throws {
    for golden in goldens.smallMaps {
      let shapes = [[2, 160, golden.height, golden.width], [160, 160, 3, 3]]
      let learnt = try shapes.enumerated().map { index, shape in
        try wave(shape, UInt64(43 + index)).contiguous(format).detached()
      }
      for tensor in learnt { tensor.requiresGradient = true }
      let y = try conv2d(learnt[0], weight: learnt[1], stride: golden.stride, padding: 1)
      try y.pow(2).sum().backward()
      let all = [y] + (try learnt.map { try #require($0.gradient) })
      let sums = try all.enumerated().flatMap { index, tensor in
        let factors = try wave(tensor.shape, UInt64(45 + index))
        return [try (tensor * factors).sum().item(), try tensor.norm().item()]
      }
      // Each sum against its own size: those of the gradients are larger.
      for (sum, expected) in zip(sums, golden.sums) { expectClose([sum], [expected], 1e-10) }
      #expect(sums.count == golden.sums.count)
    }
  }

  @Test func pooling() throws {
    let three = Window(kernel: 3, stride: 2, padding: 1)
    expectClose(try maxPool2d(x, three).doubles(), goldens.maxPool2d)
    expectClose(try averagePool2d(x, Window(kernel: 2, stride: 2)).doubles(), goldens.averagePool2d)
    expectClose(try adaptiveAveragePool2d(x, height: 3, width: 2).doubles(), goldens.adaptive)
    expectClose(try MaxPool2d(three)(x).doubles(), goldens.maxPool2d)
    #expect(try AdaptiveAveragePool2d(2)(x).shape == [2, 4, 2, 2])
  }

  @Test func alongADimension() throws {
    expectClose(try logits.softmax(1).doubles(), goldens.softmax)
    expectClose(try logits.logSoftmax(1).doubles(), goldens.logSoftmax)
    expectClose(try logits.logsumexp([1]).doubles(), goldens.logsumexp)
    expectClose(try logits.l2Normalized(1).doubles(), goldens.normalize)
    expectClose(try L2Normalize()(logits).doubles(), goldens.normalize)
    #expect(try Tensor.zeros([1, 3]).l2Normalized(1).floats() == [0, 0, 0])
    let large = try Tensor([1000, 1000] as [Double], shape: [2])
    expectClose([try large.logsumexp().item()], [1000.6931471805599])
  }
}

struct LossTests {
  typealias Loss = @Sendable (Tensor, Tensor) throws -> Tensor

  static let losses: [(name: String, loss: Loss)] = [
    ("crossEntropy", { x, _ in try crossEntropy(logits: x, labels: labels()) }),
    (
      "crossEntropySmoothed",
      { x, _ in try crossEntropy(logits: x, labels: labels(), smoothing: 0.1) }
    ),
    (
      "crossEntropySoft",
      { x, _ in try crossEntropy(logits: x, labels: wave([5, 7], 6, scale: 2).softmax(1)) }
    ),
    ("smoothL1", { x, y in try smoothL1(x, y, beta: 0.5) }),
    ("mse", { x, y in try mse(x, y) }),
  ]

  static func labels() throws -> Tensor { try Tensor([0, 6, 3, 3, 1] as [Int64], shape: [5]) }

  private func check(_ name: String, _ tolerance: Double, _ loss: Loss) throws {
    let golden = try #require(Goldens.load().losses[name])
    let x = try wave([5, 7], 4, scale: 3)
    x.requiresGradient = true
    let value = try loss(x, wave([5, 7], 5, scale: 3))
    #expect(value.shape == [])
    expectClose([try value.item()], [golden.value], tolerance)
    try value.backward()
    expectClose(try #require(x.gradient).doubles(), golden.gradient, tolerance)
  }

  @Test(arguments: losses.map(\.name))
  func equalsPyTorch(_ name: String) throws {
    let loss = try #require(Self.losses.first { $0.name == name }?.loss)
    try check(name, 1e-12, loss)
  }

  /// Computed in float32.
  @Test func wing() throws {
    try check("wing", 1e-5) { try wingLoss(predicted: $0, truth: $1, width: 2, curvature: 0.5) }
    let zero = try Tensor.zeros([1])
    #expect(
      try thrownError { _ = try wingLoss(predicted: zero, truth: zero, width: 0) }.code
        == .invalidArgument)
  }

  @Test func halfPrecisionLogitsGiveAFloatLoss() throws {
    let logits = try wave([5, 7], 4).to(.bfloat16)
    #expect(try crossEntropy(logits: logits, labels: Self.labels()).dtype == .float32)
  }
}
