// ResNet: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016,
// arXiv:1512.03385. Layers, state names and initialisation are torchvision's (v1.5 bottleneck:
// the stride lies in the 3×3 convolution).

public import Torch

/// The first layers of a ResNet.
public enum ResNetStem: String, CaseIterable, Sendable {
  /// 7×7 with stride 2, then 3×3 max-pooling with stride 2: the paper's, for 224 px. A 64-px image
  /// leaves it with 16×16 and the network with 2×2.
  case standard
  /// 3×3 with stride 2 and no pooling, for 64 px and less: the maps are twice as large throughout
  /// (32×32, then 4×4 for 64 px).
  case small
}

/// A residual network without its classifier.
public final class ResNet: Backbone {
  public let depth: Int
  public let width: Int
  public let stem: ResNetStem
  /// Channels of the features: 8 × width, times 4 from depth 50 on.
  public let featureCount: Int
  private let conv1: Conv2d
  private let bn1: BatchNorm2d
  private let stages: [[any Layer]]
  /// How many leading parts, the stem being the first of five, stay as they are: their batch norms
  /// use the running statistics also in training. Their parameters are not to be given to an
  /// optimizer; see `parameterParts`.
  public var frozenParts = 0
  public var recomputesActivations = false

  /// - Parameters: depth: 18, 34, 50 or 101; width: channels of the first stage, 64 in the paper.
  /// - Throws: `TensorError.invalidArgument` for another depth or a width below 1.
  public init(
    depth: Int, width: Int = 64, stem: ResNetStem = .standard, generator: Generator
  ) throws {
    guard let blocks = Self.blocks[depth], width > 0 else {
      throw TensorError(
        .invalidArgument,
        "there is no ResNet of depth \(depth) and width \(width); depths are 18, 34, 50 and 101")
    }
    (self.depth, self.width, self.stem) = (depth, width, stem)
    let expansion = depth >= 50 ? 4 : 1
    featureCount = 8 * width * expansion
    let window =
      stem == .standard
      ? Window(kernel: 7, stride: 2, padding: 3) : Window(kernel: 3, stride: 2, padding: 1)
    conv1 = try Conv2d(
      inputs: 3, outputs: width, window: window, bias: false,
      initialization: .kaimingNormalFanOut, generator: generator)
    bn1 = try BatchNorm2d(width)
    var inputs = width
    stages = try blocks.enumerated().map { stage, count in
      let channels = width << stage
      return try (0..<count).map { block -> any Layer in
        let shape = ResidualShape(
          inputs: inputs, channels: channels, outputs: channels * expansion,
          stride: stage > 0 && block == 0 ? 2 : 1)
        inputs = shape.outputs
        return expansion == 1
          ? try BasicBlock(shape, generator: generator)
          : try Bottleneck(shape, generator: generator)
      }
    }
  }

  static let blocks = [
    18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3],
  ]

  /// The mean of the last map: `[N, featureCount]` for images `[N, 3, H, W]`.
  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try features(x, training: training).pooled()
  }

  /// The last map: `[N, featureCount, ⌈H/32⌉, ⌈W/32⌉]`, with the small stem /16.
  public func features(_ x: Tensor, training: Bool) throws -> FeatureMap {
    try lastStageMap(of: x, training: training, network: "a ResNet")
  }

  /// The maps that the four stages end with, `[N, width · 2ⁱ (· 4), H / 2ⁱ⁺², W / 2ⁱ⁺²]`, with the
  /// small stem twice as large.
  public func stageMaps(_ x: Tensor, training: Bool) throws -> [Tensor] {
    func learns(_ part: Int) -> Bool { training && part >= frozenParts }
    var x = try bn1(conv1(x), relu: true, training: learns(0))
    if stem == .standard { x = try maxPool2d(x, Window(kernel: 3, stride: 2, padding: 1)) }
    return try stages.enumerated().map { stage, blocks in
      for block in blocks { x = try applied(block, to: x, training: learns(stage + 1)) }
      return x
    }
  }

  /// Channels of each of the `stageMaps`.
  public var stageChannels: [Int] { (0..<4).map { (featureCount / 8) << $0 } }

  /// The parameters of the stem and of each stage, from the input to the output.
  public var parameterParts: [[NamedTensor]] {
    let stem = conv1.state.prefixed("conv1") + bn1.state.prefixed("bn1")
    let rest = stages.enumerated().map { stage, blocks in
      blocks.enumerated().flatMap { $1.state.prefixed("layer\(stage + 1).\($0)") }
    }
    return ([stem] + rest).map { $0.filter { $0.kind == .parameter } }
  }

  public var state: [NamedTensor] {
    conv1.state.prefixed("conv1") + bn1.state.prefixed("bn1")
      + stages.enumerated().flatMap { stage, blocks in
        blocks.enumerated().flatMap { $1.state.prefixed("layer\(stage + 1).\($0)") }
      }
  }
}

/// Sizes of one residual block.
struct ResidualShape {
  let inputs: Int
  let channels: Int
  let outputs: Int
  let stride: Int
}

/// A bias-free convolution and the batch norm after it.
private struct ConvNorm {
  let convolution: Conv2d
  let norm: BatchNorm2d

  init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, generator: Generator
  ) throws {
    convolution = try Conv2d(
      inputs: inputs, outputs: outputs,
      window: Window(kernel: kernel, stride: stride, padding: kernel / 2), bias: false,
      initialization: .kaimingNormalFanOut, generator: generator)
    norm = try BatchNorm2d(outputs)
  }

  func callAsFunction(
    _ x: Tensor, shortcut: Tensor? = nil, relu: Bool, training: Bool
  ) throws -> Tensor {
    try norm(convolution(x), shortcut: shortcut, relu: relu, training: training)
  }

  func state(_ first: String, _ second: String) -> [NamedTensor] {
    convolution.state.prefixed(first) + norm.state.prefixed(second)
  }

  /// The projection of the shortcut, where the block changes the shape.
  static func downsample(_ shape: ResidualShape, generator: Generator) throws -> ConvNorm? {
    guard shape.stride != 1 || shape.inputs != shape.outputs else { return nil }
    return try ConvNorm(
      shape.inputs, shape.outputs, kernel: 1, stride: shape.stride, generator: generator)
  }
}

/// Two 3×3 convolutions and a shortcut: depths 18 and 34.
final class BasicBlock: Layer {
  private let first: ConvNorm
  private let second: ConvNorm
  private let downsample: ConvNorm?

  init(_ shape: ResidualShape, generator: Generator) throws {
    first = try ConvNorm(
      shape.inputs, shape.channels, kernel: 3, stride: shape.stride, generator: generator)
    second = try ConvNorm(shape.channels, shape.outputs, kernel: 3, generator: generator)
    downsample = try .downsample(shape, generator: generator)
  }

  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    let shortcut = try downsample?(x, relu: false, training: training) ?? x
    let inner = try first(x, relu: true, training: training)
    return try second(inner, shortcut: shortcut, relu: true, training: training)
  }

  var state: [NamedTensor] {
    first.state("conv1", "bn1") + second.state("conv2", "bn2")
      + (downsample?.state("downsample.0", "downsample.1") ?? [])
  }
}

/// 1×1, 3×3, 1×1 convolutions and a shortcut: depths 50 and 101.
final class Bottleneck: Layer {
  private let first: ConvNorm
  private let second: ConvNorm
  private let third: ConvNorm
  private let downsample: ConvNorm?

  init(_ shape: ResidualShape, generator: Generator) throws {
    first = try ConvNorm(shape.inputs, shape.channels, kernel: 1, generator: generator)
    second = try ConvNorm(
      shape.channels, shape.channels, kernel: 3, stride: shape.stride, generator: generator)
    third = try ConvNorm(shape.channels, shape.outputs, kernel: 1, generator: generator)
    downsample = try .downsample(shape, generator: generator)
  }

  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    let shortcut = try downsample?(x, relu: false, training: training) ?? x
    var inner = try first(x, relu: true, training: training)
    inner = try second(inner, relu: true, training: training)
    return try third(inner, shortcut: shortcut, relu: true, training: training)
  }

  var state: [NamedTensor] {
    first.state("conv1", "bn1") + second.state("conv2", "bn2") + third.state("conv3", "bn3")
      + (downsample?.state("downsample.0", "downsample.1") ?? [])
  }
}
