import CTorch

/// The square window of a convolution or pooling, in pixels.
public struct Window: Hashable, Sendable {
  public var kernel: Int
  public var stride: Int
  public var padding: Int
  public var dilation: Int

  public init(kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
    (self.kernel, self.stride) = (kernel, stride)
    (self.padding, self.dilation) = (padding, dilation)
  }

  var raw: ft_window {
    ft_window(
      kernel: Int64(kernel), stride: Int64(stride), padding: Int64(padding),
      dilation: Int64(dilation))
  }
}

/// The cross-correlation of x `[N, C, H, W]` with weight `[out, C / groups, k, k]`, plus bias `[out]`.
/// - Throws: `TensorError.shapeMismatch` when the channels differ.
public func conv2d(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  dilation: Int = 1, groups: Int = 1
) throws -> Tensor {
  let window = Window(kernel: 0, stride: stride, padding: padding, dilation: dilation)
  let fits = { x.rank == 4 && weight.rank == 4 && x.shape[1] == weight.shape[1] * groups }
  return try produce("conv2d", [x, weight] + (bias.map { [$0] } ?? []), shapesFit: fits()) {
    ft_conv2d(x.handle, weight.handle, bias?.handle, window.raw, Int64(groups), $0, $1)
  }
}

/// x · weightᵀ + bias for x `[…, in]`, weight `[out, in]`, bias `[out]`.
/// - Throws: `TensorError.shapeMismatch` when the sizes differ.
public func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
  let fits = { weight.rank == 2 && x.shape.last == weight.shape[1] }
  return try produce("linear", [x, weight] + (bias.map { [$0] } ?? []), shapesFit: fits()) {
    ft_linear(x.handle, weight.handle, bias?.handle, $0, $1)
  }
}

/// (x − mean) / √(variance + epsilon) · weight + bias, a channel at a time (dimension 1).
///
/// In training the statistics are the batch's (biased variance), and the running ones move by
/// `momentum` towards them (unbiased variance); else the running ones are used.
/// - Parameters: shortcut: added to the result; relu: whether ReLU follows that. Both cost little here.
public func batchNorm(
  _ x: Tensor, weight: Tensor?, bias: Tensor?, runningMean: Tensor, runningVariance: Tensor,
  training: Bool, momentum: Double = 0.1, epsilon: Double = 1e-5, shortcut: Tensor? = nil,
  relu: Bool = false
) throws -> Tensor {
  let settings = ft_batch_norm_settings(
    training: training, relu: relu, momentum: momentum, epsilon: epsilon)
  let fits = {
    x.rank >= 2 && [x.shape[1]] == runningMean.shape && shortcut?.shape ?? x.shape == x.shape
  }
  return try produce(
    "batchNorm", [x, runningMean] + (shortcut.map { [$0] } ?? []), shapesFit: fits()
  ) {
    ft_batch_norm(
      x.handle, weight?.handle, bias?.handle, runningMean.handle, runningVariance.handle,
      shortcut?.handle, settings, $0, $1)
  }
}

/// x where x > 0, else weight · x: weight `[C]` for x `[N, C, …]`.
public func prelu(_ x: Tensor, weight: Tensor) throws -> Tensor {
  let fits = { x.rank >= 2 && [x.shape[1]] == weight.shape }
  return try produce("prelu", [x, weight], shapesFit: fits()) {
    ft_prelu(x.handle, weight.handle, $0, $1)
  }
}

public func maxPool2d(_ x: Tensor, _ window: Window) throws -> Tensor {
  try produce("maxPool2d", [x], shapesFit: x.rank == 4) {
    ft_max_pool2d(x.handle, window.raw, $0, $1)
  }
}

public func averagePool2d(_ x: Tensor, _ window: Window) throws -> Tensor {
  try produce("averagePool2d", [x], shapesFit: x.rank == 4) {
    ft_average_pool2d(x.handle, window.raw, $0, $1)
  }
}

/// Means over a grid of height × width cells that cover x `[N, C, H, W]`.
public func adaptiveAveragePool2d(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
  try produce("adaptiveAveragePool2d", [x], shapesFit: x.rank == 4) {
    ft_adaptive_average_pool2d(x.handle, Int64(height), Int64(width), $0, $1)
  }
}

/// Mean and deviation of ImageNet's pictures, a channel each, in order red, green, blue, of values
/// 0…1: what pictures are normalised with, as torchvision's weights expect it.
public enum PictureStatistics {
  public static let mean: [Float] = [0.485, 0.456, 0.406]
  public static let deviation: [Float] = [0.229, 0.224, 0.225]
}

/// Images as the network takes them: `[N, 3, size, size]`, float32, channels-last in memory.
///
/// The pixels stay where they are: the channel order is a view, so the cost is one conversion and
/// two in-place passes.
/// - Parameters: bytes: `[N, size, size, 3]`; mean, std: a channel each, for values of 0…1.
/// - Throws: `TensorError.shapeMismatch` when the byte count is not N · size² · 3.
public func normalizedImages(
  bytes: [UInt8], count: Int, size: Int, mean: [Float] = PictureStatistics.mean,
  std: [Float] = PictureStatistics.deviation, device: Device = .cpu
) throws -> Tensor {
  guard mean.count == 3, std.count == 3, std.allSatisfy({ $0 > 0 }) else {
    throw TensorError(.invalidArgument, "mean and std need three values, std above 0")
  }
  let scale = try Tensor(std.map { 1 / (255 * $0) }, shape: [1, 3, 1, 1]).to(device)
  let shift = try Tensor(zip(mean, std).map { -$0 / $1 }, shape: [1, 3, 1, 1]).to(device)
  let pixels = try Tensor(bytes: bytes, shape: [count, size, size, 3]).to(device)
  return try pixels.permuted([0, 3, 1, 2]).to(.float32).mul_(scale).add_(shift)
}
