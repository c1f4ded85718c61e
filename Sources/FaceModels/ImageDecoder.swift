public import Torch

/// Draws an image from a feature map: `[N, inputs, h, w]` → `[N, outputs, h · 2ⁿ, w · 2ⁿ]`.
///
/// n times: twice the size by repeating pixels, 3×3 convolution, batch norm, ReLU; the channels
/// halve from stage to stage. Repeating and convolving leaves no checkerboard, which transposed
/// convolutions do (Odena et al. 2016, distill.pub). States 0.conv.weight, 0.bn.weight, …,
/// out.weight, out.bias.
public final class ImageDecoder: Layer {
  private let stages: [(convolution: Conv2d, norm: BatchNorm2d)]
  private let last: Conv2d

  /// - Parameters: side, size: of the map and of the image in pixels; size / side must be a power
  ///   of two.
  /// - Throws: `TensorError.invalidArgument` where it is not.
  public init(
    inputs: Int, side: Int, size: Int, outputs: Int = 3, generator: Generator
  ) throws {
    let ratio = side > 0 && size % side == 0 ? size / side : 0
    guard ratio > 0, ratio.nonzeroBitCount == 1 else {
      throw TensorError(
        .invalidArgument,
        "an image of \(size) px cannot be drawn from a map of \(side): choose a size that is a"
          + " power of two times it, such as 64 or 128")
    }
    let window = Window(kernel: 3, padding: 1)
    var channels = inputs
    stages = try (0..<ratio.trailingZeroBitCount).map { stage in
      let next = max(16, min(256, inputs) >> stage)
      defer { channels = next }
      let convolution = try Conv2d(
        inputs: channels, outputs: next, window: window, bias: false,
        initialization: .kaimingNormalFanOut, generator: generator)
      return (convolution, try BatchNorm2d(next))
    }
    last = try Conv2d(inputs: channels, outputs: outputs, window: window, generator: generator)
  }

  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    var x = x
    for (convolution, norm) in stages {
      x = try norm(convolution(Self.doubled(x)), relu: true, training: training)
    }
    return try last(x)
  }

  /// Every pixel four times.
  private static func doubled(_ x: Tensor) throws -> Tensor {
    let s = x.shape
    return try x.reshaped([s[0], s[1], s[2], 1, s[3], 1])
      .expanded([s[0], s[1], s[2], 2, s[3], 2])
      .reshaped([s[0], s[1], 2 * s[2], 2 * s[3]]).contiguous(.channelsLast)
  }

  public var state: [NamedTensor] {
    stages.enumerated().flatMap { index, stage in
      stage.convolution.state.prefixed("\(index).conv") + stage.norm.state.prefixed("\(index).bn")
    } + last.state.prefixed("out")
  }
}
