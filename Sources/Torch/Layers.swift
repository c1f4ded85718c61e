/// A convolution: weight `[outputs, inputs / groups, k, k]`, bias `[outputs]` when asked for.
public final class Conv2d: Layer {
  public let weight: Tensor
  public let bias: Tensor?
  public let window: Window
  public let groups: Int

  public init(
    inputs: Int, outputs: Int, window: Window, groups: Int = 1, bias: Bool = true,
    initialization: WeightInitialization = .pytorch, generator: Generator
  ) throws {
    try requirePositive(
      "Conv2d",
      [
        ("inputs", inputs), ("outputs", outputs), ("kernel", window.kernel),
        ("stride", window.stride), ("groups", groups),
      ])
    guard inputs % groups == 0, outputs % groups == 0 else {
      throw TensorError(
        .invalidArgument, "Conv2d: \(groups) groups do not divide \(inputs) and \(outputs)")
    }
    let shape = [outputs, inputs / groups, window.kernel, window.kernel]
    weight = try parameter(initialization.makeWeight(shape, generator: generator))
    let fanIn = shape.dropFirst().reduce(1, *)
    self.bias =
      bias
      ? try parameter(
        WeightInitialization.makeBias(count: outputs, fanIn: fanIn, generator: generator))
      : nil
    (self.window, self.groups) = (window, groups)
  }

  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try conv2d(
      x, weight: weight, bias: bias, stride: window.stride, padding: window.padding,
      dilation: window.dilation, groups: groups)
  }

  public var state: [NamedTensor] {
    [NamedTensor("weight", weight)] + (bias.map { [NamedTensor("bias", $0)] } ?? [])
  }
}

/// x · weightᵀ + bias: weight `[outputs, inputs]`, bias `[outputs]` when asked for.
public final class Linear: Layer {
  public let weight: Tensor
  public let bias: Tensor?

  public init(
    inputs: Int, outputs: Int, bias: Bool = true,
    initialization: WeightInitialization = .pytorch, generator: Generator
  ) throws {
    try requirePositive("Linear", [("inputs", inputs), ("outputs", outputs)])
    weight = try parameter(initialization.makeWeight([outputs, inputs], generator: generator))
    self.bias =
      bias
      ? try parameter(
        WeightInitialization.makeBias(count: outputs, fanIn: inputs, generator: generator))
      : nil
  }

  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try linear(x, weight: weight, bias: bias)
  }

  public var state: [NamedTensor] {
    [NamedTensor("weight", weight)] + (bias.map { [NamedTensor("bias", $0)] } ?? [])
  }
}

public final class MaxPool2d: Layer {
  public let window: Window
  public init(_ window: Window) { self.window = window }
  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try maxPool2d(x, window)
  }
  public var state: [NamedTensor] { [] }
}

/// Means over a grid of `size` × `size` cells.
public final class AdaptiveAveragePool2d: Layer {
  public let size: Int
  public init(_ size: Int) { self.size = size }
  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try adaptiveAveragePool2d(x, height: size, width: size)
  }
  public var state: [NamedTensor] { [] }
}

public final class ReLU: Layer {
  public init() {}
  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor { try x.relu() }
  public var state: [NamedTensor] { [] }
}

/// x where x > 0, else a x: one learnt slope a a channel `[channels]`, 0.25 to begin with.
/// - Source: He et al. 2015, arXiv:1502.01852, Eq. 1. Checked by: IResNetTests.
public final class PReLU: Layer {
  public let weight: Tensor

  public init(_ channels: Int) throws {
    try requirePositive("PReLU", [("channels", channels)])
    weight = try parameter(.full([channels], 0.25))
  }

  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try prelu(x, weight: weight)
  }

  public var state: [NamedTensor] { [NamedTensor("weight", weight)] }
}

/// `[N, …]` → `[N, product]`.
public final class Flatten: Layer {
  public init() {}
  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try x.flattened(from: 1)
  }
  public var state: [NamedTensor] { [] }
}

/// Rows of length 1.
public final class L2Normalize: Layer {
  public init() {}
  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try x.l2Normalized(-1)
  }
  public var state: [NamedTensor] { [] }
}

/// Layers one after the other; their states are named by position, `0.weight`, as in PyTorch.
public final class Sequential: Layer {
  public let layers: [any Layer]
  public init(_ layers: [any Layer]) { self.layers = layers }

  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try layers.reduce(x) { try $1($0, training: training) }
  }

  public var state: [NamedTensor] {
    layers.enumerated().flatMap { $1.state.prefixed("\($0)") }
  }
}
