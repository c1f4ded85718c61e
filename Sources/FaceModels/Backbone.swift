public import Torch

/// A network that turns images into features: what pre-training leaves and tasks start from.
public protocol Backbone: Layer {
  /// Dimensions of the features.
  var featureCount: Int { get }
  /// The last map for images `[N, 3, H, W]`: `[N, featureCount, h, w]`.
  func features(_ x: Tensor, training: Bool) throws -> FeatureMap
  /// The maps that its four stages end with, fine to coarse; the last is that of `features`.
  func stageMaps(_ x: Tensor, training: Bool) throws -> [Tensor]
  /// Channels of each of the `stageMaps`.
  var stageChannels: [Int] { get }
  /// How many leading parts, the input layer being the first of five, stay as they are: their batch
  /// norms use the running statistics also in training. Their parameters are not to be given to an
  /// optimizer; see `parameterParts`.
  var frozenParts: Int { get set }
  /// Whether training computes the inside of each block a second time in backward, instead of keeping it
  /// until then: less memory for more time.
  var recomputesActivations: Bool { get set }
  /// The parameters of the input layer and of each stage, from the input to the output.
  var parameterParts: [[NamedTensor]] { get }
}

extension Backbone {
  /// The last of the `stageMaps` of images `[N, 3, H, W]`.
  /// - Parameter network: what an error calls the network.
  /// - Throws: `TensorError.shapeMismatch` for other shapes.
  func lastStageMap(of x: Tensor, training: Bool, network: String) throws -> FeatureMap {
    guard x.rank == 4, x.shape[1] == 3 else {
      throw TensorError(
        .shapeMismatch, "\(network) takes images [N, 3, H, W]; it got \(x.shape)",
        context: ["shapes": "\(x.shape)"])
    }
    return FeatureMap(try stageMaps(x, training: training).last ?? x)
  }

  /// A block's output; see `recomputesActivations`.
  func applied(_ block: any Layer, to x: Tensor, training: Bool) throws -> Tensor {
    guard training, recomputesActivations else { return try block(x, training: training) }
    let buffers = block.state.filter { $0.kind == .buffer }.map(\.tensor)
    return try recomputed(x, buffers: buffers) { try block($0, training: training) }
  }
}

/// A feature map `[N, channels, H, W]`, and what its mean over H and W is called.
public struct FeatureMap {
  /// `[N, channels, H, W]`
  public let map: Tensor

  public init(_ map: Tensor) { self.map = map }

  /// The mean over the map: `[N, channels]`.
  public func pooled() throws -> Tensor {
    try adaptiveAveragePool2d(map, height: 1, width: 1).flattened(from: 1)
  }
}
