// IR-ResNet: the "improved residual" network of ArcFace, Deng, Guo, Xue, Zafeiriou, CVPR 2019,
// arXiv:1801.07698, §3.1. Layers, state names and initialisation are InsightFace's (iresnet.py).

public import Torch

/// A residual network whose blocks begin with batch norm, with PReLU, and without pooling at the input:
/// made for aligned faces of 112 px. Its classifier and embedding layer are left out.
public final class IResNet: Backbone {
  public let featureCount: Int
  private let conv1: Conv2d
  private let bn1: BatchNorm2d
  private let prelu: PReLU
  private let stages: [[ImprovedBlock]]
  private let bn2: BatchNorm2d
  public var frozenParts = 0
  public var recomputesActivations = false

  /// Blocks of the four stages.
  static let blocks = [
    18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 14, 3], 100: [3, 13, 30, 3],
  ]
  static let name = "iresnet"

  /// - Parameters: depth: 18, 34, 50 or 100; width: channels of the first stage, 64 in the paper.
  /// - Throws: `TensorError.invalidArgument` for another depth or a width below 1.
  public init(depth: Int, width: Int = 64, generator: Generator) throws {
    guard let blocks = Self.blocks[depth], width > 0 else {
      throw TensorError(
        .invalidArgument,
        "there is no IR-ResNet of depth \(depth) and width \(width); depths are 18, 34, 50 and 100")
    }
    featureCount = 8 * width
    conv1 = try Conv2d(
      inputs: 3, outputs: width, window: Window(kernel: 3, padding: 1), bias: false,
      initialization: .normal(0.1), generator: generator)
    (bn1, prelu) = (try BatchNorm2d(width), try PReLU(width))
    var inputs = width
    stages = try blocks.enumerated().map { stage, count in
      try (0..<count).map { block in
        let shape = ResidualShape(
          inputs: inputs, channels: width << stage, outputs: width << stage,
          stride: block == 0 ? 2 : 1)
        inputs = shape.outputs
        return try ImprovedBlock(shape, generator: generator)
      }
    }
    bn2 = try BatchNorm2d(featureCount)
  }

  /// The mean of the last map: `[N, featureCount]` for images `[N, 3, H, W]`.
  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try features(x, training: training).pooled()
  }

  /// The last map: `[N, featureCount, ⌈H/16⌉, ⌈W/16⌉]`.
  public func features(_ x: Tensor, training: Bool) throws -> FeatureMap {
    try lastStageMap(of: x, training: training, network: "an IR-ResNet")
  }

  /// The maps that the four stages end with, `[N, width · 2ⁱ, H / 2ⁱ⁺¹, W / 2ⁱ⁺¹]`, the last behind the
  /// last batch norm.
  public func stageMaps(_ x: Tensor, training: Bool) throws -> [Tensor] {
    func learns(_ part: Int) -> Bool { training && part >= frozenParts }
    var x = try prelu(bn1(conv1(x), training: learns(0)))
    return try stages.enumerated().map { stage, blocks in
      for block in blocks {
        x = try applied(block, to: x, training: learns(stage + 1))
      }
      return try stage == 3 ? bn2(x, training: learns(4)) : x
    }
  }

  public var stageChannels: [Int] { (0..<4).map { (featureCount / 8) << $0 } }

  public var parameterParts: [[NamedTensor]] {
    let input =
      conv1.state.prefixed("conv1") + bn1.state.prefixed("bn1") + prelu.state.prefixed("prelu")
    let rest = (0..<4).map { stageState($0) + ($0 == 3 ? bn2.state.prefixed("bn2") : []) }
    return ([input] + rest).map { $0.filter { $0.kind == .parameter } }
  }

  public var state: [NamedTensor] {
    conv1.state.prefixed("conv1") + bn1.state.prefixed("bn1") + prelu.state.prefixed("prelu")
      + (0..<4).flatMap(stageState) + bn2.state.prefixed("bn2")
  }

  private func stageState(_ stage: Int) -> [NamedTensor] {
    stages[stage].enumerated().flatMap { $1.state.prefixed("layer\(stage + 1).\($0)") }
  }
}

/// Batch norm, 3×3 convolution, batch norm, PReLU, 3×3 convolution with the stride, batch norm, and a
/// shortcut; no ReLU behind the sum.
final class ImprovedBlock: Layer {
  private let bn1: BatchNorm2d
  private let conv1: Conv2d
  private let bn2: BatchNorm2d
  private let prelu: PReLU
  private let conv2: Conv2d
  private let bn3: BatchNorm2d
  private let downsample: (Conv2d, BatchNorm2d)?

  init(_ shape: ResidualShape, generator: Generator) throws {
    func convolution(_ inputs: Int, kernel: Int, stride: Int) throws -> Conv2d {
      try Conv2d(
        inputs: inputs, outputs: shape.channels,
        window: Window(kernel: kernel, stride: stride, padding: kernel / 2), bias: false,
        initialization: .normal(0.1), generator: generator)
    }
    bn1 = try BatchNorm2d(shape.inputs)
    conv1 = try convolution(shape.inputs, kernel: 3, stride: 1)
    (bn2, prelu) = (try BatchNorm2d(shape.channels), try PReLU(shape.channels))
    conv2 = try convolution(shape.channels, kernel: 3, stride: shape.stride)
    bn3 = try BatchNorm2d(shape.channels)
    let isPlain = shape.stride == 1 && shape.inputs == shape.channels
    downsample =
      isPlain
      ? nil
      : (
        try convolution(shape.inputs, kernel: 1, stride: shape.stride),
        try BatchNorm2d(shape.channels)
      )
  }

  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    let shortcut = try downsample.map { try $1($0(x), training: training) } ?? x
    let inner = try prelu(bn2(conv1(bn1(x, training: training)), training: training))
    return try bn3(conv2(inner), training: training) + shortcut
  }

  var state: [NamedTensor] {
    bn1.state.prefixed("bn1") + conv1.state.prefixed("conv1") + bn2.state.prefixed("bn2")
      + prelu.state.prefixed("prelu") + conv2.state.prefixed("conv2") + bn3.state.prefixed("bn3")
      + (downsample.map {
        $0.state.prefixed("downsample.0") + $1.state.prefixed("downsample.1")
      } ?? [])
  }
}
