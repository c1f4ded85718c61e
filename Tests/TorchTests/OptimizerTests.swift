import Testing

@testable import Torch

/// Five steps of every optimizer on mse(tanh(x w + b), y) against PyTorch (LARS: apex's LARC).
struct OptimizerTests {
  static let names = [
    "sgd", "sgd-momentum", "sgd-nesterov", "adamw", "lars", "lars-excluding",
  ]

  /// The problem of make_goldens.py.
  final class Problem {
    let w: Tensor
    let b: Tensor
    let frozen: Tensor
    let x: Tensor
    let y: Tensor
    let optimizer: any Optimizer

    init(_ name: String) throws {
      (w, b) = (try wave([4, 3], 1) * 0.8, try Tensor.zeros([3], dtype: .float64))
      (frozen, x, y) = (try wave([2], 9), try wave([6, 4], 2), try wave([6, 3], 3))
      for tensor in [w, b, frozen] { tensor.requiresGradient = true }
      let groups = [
        ParameterGroup(parameters: [NamedTensor("w", w)], weightDecay: 0.1),
        ParameterGroup(
          parameters: [NamedTensor("b", b), NamedTensor("frozen", frozen)], learningRateScale: 0.5),
      ]
      optimizer =
        switch name {
        case "sgd": try SGD(groups, momentum: 0)
        case "sgd-momentum": try SGD(groups)
        case "sgd-nesterov": try SGD(groups, nesterov: true)
        case "adamw":
          // PyTorch's default of 0.01 holds where a group names none: both are named here.
          try AdamW(groups)
        case "lars": try LARS(groups, trust: 0.02)
        default: try LARS(groups, trust: 0.02, excludesVectors: true)
        }
    }

    func step(_ index: Int) throws {
      optimizer.clearGradients()
      try mse((x.matmul(w) + b).tanh(), y).backward()
      try optimizer.step(learningRate: 0.1 * Double(index + 1))
    }

    var values: [Double] { get throws { try w.doubles() + b.doubles() } }
  }

  @Test(arguments: names)
  func equalsPyTorch(_ name: String) throws {
    let golden = try #require(Goldens.load().optimizers[name])
    let problem = try Problem(name)
    for (index, expected) in golden.enumerated() {
      try problem.step(index)
      // LARS keeps its norms in float32.
      expectClose(try problem.values, expected, name.hasPrefix("lars") ? 1e-7 : 1e-12)
    }
    #expect(try problem.frozen.doubles() == wave([2], 9).doubles())
  }

  @Test func goldensDiffer() throws {
    let last = try Goldens.load().optimizers.mapValues { $0.last ?? [] }
    #expect(last.count == Self.names.count)
    #expect(Set(last.values).count == last.count)
  }

  /// A state that went through a file gives the same next steps, bit for bit.
  @Test(arguments: names)
  func resumesExactly(_ name: String) throws {
    let unbroken = try Problem(name)
    for index in 0..<5 { try unbroken.step(index) }

    let first = try Problem(name)
    for index in 0..<3 { try first.step(index) }
    let second = try Problem(name)
    try withTemporaryFile { url in
      try Safetensors.save(first.optimizer.state.dictionary, to: url)
      try second.optimizer.load(Safetensors.load(url).tensors)
    }
    try withoutGradient {
      _ = try second.w.copy_(from: first.w)
      _ = try second.b.copy_(from: first.b)
    }
    for index in 3..<5 { try second.step(index) }
    #expect(try second.values == unbroken.values)
  }

  @Test func refusesAnotherState() throws {
    let problem = try Problem("adamw")
    #expect(problem.optimizer.state.map(\.name).contains("exp_avg_sq.w"))
    let error = try thrownError {
      try problem.optimizer.load(Problem("sgd-momentum").optimizer.state)
    }
    #expect(error.code == .stateMismatch)
    #expect(error.message.contains("exp_avg.w") && error.message.contains("momentum.w"))
    let twice = ParameterGroup(parameters: [
      NamedTensor("w", problem.w), NamedTensor("w", problem.b),
    ])
    #expect(try thrownError { _ = try SGD([twice]) }.code == .invalidArgument)
  }

  @Test func clipsByTheJointNorm() throws {
    let golden = try Goldens.load().clip
    let x = try wave([4, 3], 1)
    x.requiresGradient = true
    try x.pow(3).sum().backward()
    let norm = try clipGradients([NamedTensor("x", x)], norm: 0.5)
    expectClose([norm], [golden.norm], 1e-6)
    expectClose(try #require(x.gradient).doubles(), golden.gradient, 1e-6)
    let clipped = try #require(x.gradient).doubles()
    #expect(abs(try clipGradients([NamedTensor("x", x)], norm: 1) - 0.5) < 1e-5)
    #expect(try #require(x.gradient).doubles() == clipped)
  }
}

struct ScheduleTests {
  @Test func equalPyTorchsSchedulers() throws {
    let goldens = try Goldens.load().schedules
    let cosine = CosineSchedule(base: 0.6, final: 0.06, totalSteps: 10)
    expectClose((0..<10).map { cosine($0) }, goldens.cosine)
    let steps = StepSchedule(base: 0.8, factor: 0.5, milestones: [3, 7])
    expectClose((0..<10).map { steps($0) }, goldens.multiStep)
  }

  @Test func warmsUpAndEnds() {
    let schedule = CosineSchedule(
      base: 1, final: 0.1, warmupSteps: 4, warmupStart: 0.2, totalSteps: 8)
    let expected = [
      0.2, 0.4, 0.6, 0.8, 1, 0.1 + 0.45 * (1 + 0.5.squareRoot()), 0.55,
      0.1 + 0.45 * (1 - 0.5.squareRoot()), 0.1, 0.1,
    ]
    expectClose((0..<10).map { schedule($0) }, expected)
    #expect(ConstantSchedule(0.3)(7) == 0.3)
    #expect(CosineSchedule(base: 1, warmupSteps: 5, totalSteps: 5)(5) == 0)
  }
}
