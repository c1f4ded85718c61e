/// Batch normalisation over every dimension but the channels'.
///
/// weight (γ, begins at 1) and bias (β, begins at 0) `[channels]`; buffers running_mean (0),
/// running_var (1), num_batches_tracked.
/// - Source: Ioffe and Szegedy 2015, arXiv:1502.03167. Checked by: BatchNormTests.
public class BatchNorm: Layer {
  public let weight: Tensor
  public let bias: Tensor
  public let runningMean: Tensor
  public let runningVariance: Tensor
  public let batchesTracked: Tensor
  public let momentum: Double
  public let epsilon: Double
  private let ranks: ClosedRange<Int>

  fileprivate init(
    _ channels: Int, momentum: Double, epsilon: Double, ranks: ClosedRange<Int>
  ) throws {
    try requirePositive("BatchNorm", [("channels", channels)])
    weight = try parameter(.ones([channels]))
    bias = try parameter(.zeros([channels]))
    runningMean = try .zeros([channels])
    runningVariance = try .ones([channels])
    batchesTracked = try .zeros([], dtype: .int64)
    (self.momentum, self.epsilon, self.ranks) = (momentum, epsilon, ranks)
  }

  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try self(x, shortcut: nil, relu: false, training: training)
  }

  /// The normalised x, plus `shortcut` `[as x]`, and ReLU of that where `relu` holds: faster than one
  /// after the other.
  public func callAsFunction(
    _ x: Tensor, shortcut: Tensor? = nil, relu: Bool, training: Bool
  ) throws -> Tensor {
    guard ranks.contains(x.rank), x.shape[1] == weight.shape[0] else {
      throw TensorError(
        .shapeMismatch,
        "batch norm of \(weight.shape[0]) channels got a tensor of shape \(x.shape)",
        context: ["shapes": "\(x.shape) and \(weight.shape)"])
    }
    if training { try batchesTracked.add_(1) }
    return try batchNorm(
      x, weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
      training: training, momentum: momentum, epsilon: epsilon, shortcut: shortcut, relu: relu)
  }

  public var state: [NamedTensor] {
    [
      NamedTensor("weight", weight), NamedTensor("bias", bias),
      NamedTensor("running_mean", runningMean, .buffer),
      NamedTensor("running_var", runningVariance, .buffer),
      NamedTensor("num_batches_tracked", batchesTracked, .buffer),
    ]
  }
}

/// Batch normalisation of `[N, C, H, W]`.
public final class BatchNorm2d: BatchNorm {
  public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) throws {
    try super.init(channels, momentum: momentum, epsilon: epsilon, ranks: 4...4)
  }
}

/// Batch normalisation of `[N, C]` or `[N, C, L]`; in training N must be above 1.
public final class BatchNorm1d: BatchNorm {
  public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) throws {
    try super.init(channels, momentum: momentum, epsilon: epsilon, ranks: 2...3)
  }
}
