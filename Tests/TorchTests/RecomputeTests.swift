import Testing

@testable import Torch

struct RecomputeTests {
  private struct Refusal: Error, CustomStringConvertible { let description = "no more" }

  /// Convolution, batch norm, ReLU, and the gradients of a loss behind them.
  private func gradients(
    recomputes: Bool, calls: ((Int) -> Void)? = nil
  ) throws -> (values: [[Float]], buffers: [[Float]]) {
    let generator = try Generator(seed: 3)
    let block = Sequential([
      try Conv2d(
        inputs: 3, outputs: 4, window: Window(kernel: 3, padding: 1), generator: generator),
      try BatchNorm2d(4), ReLU(),
    ])
    let x = try Tensor.randn([5, 3, 6, 6], generator: generator)
    try x.setRequiresGradient(true)
    var count = 0
    let buffers = block.state.filter { $0.kind == .buffer }.map(\.tensor)
    func body(_ x: Tensor) throws -> Tensor {
      count += 1
      return try block(x, training: true)
    }
    let y = try recomputes ? recomputed(x, buffers: buffers, body) : body(x)
    try y.pow(2).mean().backward()
    calls?(count)
    let all = [x] + block.parameters.map(\.tensor)
    return (
      try all.map { try #require($0.gradient).floats() } + [y.floats()],
      try buffers.map { try $0.floats() }
    )
  }

  @Test("gradients and running statistics are those of a plain call, from two calls")
  func equality() throws {
    var calls = 0
    let plain = try gradients(recomputes: false)
    let again = try gradients(recomputes: true) { calls = $0 }
    #expect(calls == 2)
    #expect(plain.values == again.values && plain.buffers == again.buffers)
  }

  @Test("what needs no gradient is computed once")
  func withoutGradients() throws {
    var calls = 0
    let x = try Tensor.ones([2])
    let y = try recomputed(x, buffers: []) {
      calls += 1
      return try $0 * 2
    }
    #expect(try y.floats() == [2, 2] && calls == 1)
  }

  @Test("an error of the body passes through, forward and backward")
  func errors() throws {
    let x = try Tensor.ones([2])
    try x.setRequiresGradient(true)
    #expect {
      try recomputed(x, buffers: []) { _ in throw Refusal() }
    } throws: { "\($0)".contains("no more") }
    var calls = 0
    let y = try recomputed(x, buffers: []) {
      calls += 1
      if calls == 2 { throw Refusal() }
      return try $0 * 3
    }
    #expect { try y.sum().backward() } throws: { "\($0)".contains("no more") }
  }

  @Test("under autocast the second call computes in the first one's precision")
  func autocast() throws {
    let generator = try Generator(seed: 5)
    let layer = try Linear(inputs: 8, outputs: 8, generator: generator)
    let x = try Tensor.randn([4, 8], generator: generator)
    try x.setRequiresGradient(true)
    var types: [DType] = []
    let y = try withAutocast(.bfloat16) {
      try recomputed(x, buffers: []) {
        let y = try layer($0)
        types.append(y.dtype)
        return y
      }
    }
    try y.to(.float32).sum().backward()
    #expect(types == [.bfloat16, .bfloat16])
    #expect(layer.weight.hasGradient)
  }

  @Test("nothing is left behind")
  func leaks() throws {
    let before = liveTensorCountOfThread
    try autoreleased { _ = try gradients(recomputes: true) }
    #expect(liveTensorCountOfThread == before)
  }

  private func autoreleased(_ body: () throws -> Void) rethrows { try body() }
}
