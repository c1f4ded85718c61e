public import Torch

/// SwAV's projection: Linear, batch norm, ReLU, Linear.
///
/// `[N, inputs]` → `[N, outputs]`; states projection_head.0, .1, .3 as in the published code. The
/// output is not normalised.
/// - Source: Caron et al. 2020, arXiv:2006.09882, App. A (hidden 2048, outputs 128).
public final class ProjectionHead: Layer {
  private let layers: Sequential

  public init(inputs: Int, hidden: Int, outputs: Int, generator: Generator) throws {
    layers = Sequential([
      try Linear(inputs: inputs, outputs: hidden, generator: generator),
      try BatchNorm1d(hidden), ReLU(),
      try Linear(inputs: hidden, outputs: outputs, generator: generator),
    ])
  }

  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try layers(x, training: training)
  }

  public var state: [NamedTensor] { layers.state.prefixed("projection_head") }
}

/// SwAV's prototypes C: scores z·cₖ of `[N, inputs]` → `[N, count]`; state prototypes.weight
/// `[count, inputs]`.
/// - Source: Caron et al. 2020, arXiv:2006.09882, Eq. 2.
public final class Prototypes: Layer {
  private let layer: Linear

  public init(inputs: Int, count: Int, generator: Generator) throws {
    layer = try Linear(inputs: inputs, outputs: count, bias: false, generator: generator)
    try normalizeRows()
  }

  /// Rows as learnt: `[count, inputs]`.
  public var weight: Tensor { layer.weight }

  /// Scales every prototype to length 1: before each step, as in the published code.
  public func normalizeRows() throws {
    try withoutGradient {
      _ = try layer.weight.copy_(from: layer.weight.l2Normalized(1))
    }
  }

  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try layer(x, training: training)
  }

  public var state: [NamedTensor] { layer.state.prefixed("prototypes") }
}

/// A linear regression that begins at a known mean.
///
/// `[N, inputs]` → `[N, mean.count]`. The weight begins at 0 and the bias at `mean`, so an untrained
/// head predicts the mean. State fc.weight, fc.bias.
public final class RegressionHead: Layer {
  private let layer: Linear

  public init(inputs: Int, mean: [Float], generator: Generator) throws {
    layer = try Linear(
      inputs: inputs, outputs: mean.count, initialization: .zeros, generator: generator)
    try withoutGradient {
      _ = try layer.bias?.copy_(from: Tensor(mean, shape: [mean.count]))
    }
  }

  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try layer(x, training: training)
  }

  public var state: [NamedTensor] { layer.state.prefixed("fc") }
}

/// A face embedding: Linear and batch norm, `[N, inputs]` → `[N, outputs]`, not normalised.
///
/// States fc.weight, fc.bias, bn.…; compare embeddings by their cosine.
/// - Source: the output layer “E” of Deng et al. 2019, arXiv:1801.07698, §3.1, without dropout.
public final class EmbeddingHead: Layer {
  public let outputs: Int
  private let layer: Linear
  private let norm: BatchNorm1d

  public init(inputs: Int, outputs: Int, generator: Generator) throws {
    self.outputs = outputs
    layer = try Linear(inputs: inputs, outputs: outputs, generator: generator)
    norm = try BatchNorm1d(outputs)
  }

  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try norm(layer(x, training: training), training: training)
  }

  public var state: [NamedTensor] { layer.state.prefixed("fc") + norm.state.prefixed("bn") }
}
