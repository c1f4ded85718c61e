public import Torch

/// Draws an image from a feature map: `[N, inputs, side, side]` → `[N, outputs, size, size]`.
///
/// n times: twice the size by repeating pixels, 3×3 convolution, batch norm, ReLU; the channels
/// halve from stage to stage. Of the least side · 2ⁿ that is not below the size the top left is kept:
/// a map that was rounded up lies over more than the image, from the same corner. Repeating and
/// convolving leaves no checkerboard, which transposed convolutions do (Odena et al. 2016,
/// distill.pub). States 0.conv.weight, 0.bn.weight, …, out.weight, out.bias.
public final class ImageDecoder: Layer {
  private let stages: [(convolution: Conv2d, norm: BatchNorm2d)]
  private let last: Conv2d
  private let size: Int

  /// - Parameters: side, size: of the map and of the image in pixels.
  /// - Throws: `TensorError.invalidArgument` for a map larger than the image or without pixels.
  public init(
    inputs: Int, side: Int, size: Int, outputs: Int = 3, generator: Generator
  ) throws {
    guard side > 0, size >= side else {
      throw TensorError(
        .invalidArgument, "an image of \(size) px cannot be drawn from a map of \(side)")
    }
    self.size = size
    let doublings = (0...).first { side << $0 >= size } ?? 0
    let window = Window(kernel: 3, padding: 1)
    var channels = inputs
    stages = try (0..<doublings).map { stage in
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
      let doubled = try upsampledNearest(x, height: 2 * x.shape[2], width: 2 * x.shape[3])
      x = try norm(convolution(doubled), relu: true, training: training)
    }
    let image = try last(x)
    guard image.shape[2] > size else { return image }
    return try image.narrow(2, start: 0, length: size).narrow(3, start: 0, length: size)
  }

  public var state: [NamedTensor] {
    stages.enumerated().flatMap { index, stage in
      stage.convolution.state.prefixed("\(index).conv") + stage.norm.state.prefixed("\(index).bn")
    } + last.state.prefixed("out")
  }
}
