public import Torch

/// A network that turns images into features: what pre-training leaves and tasks start from.
public protocol Backbone: Layer {
  /// Dimensions of the features.
  var featureCount: Int { get }
  /// The last map for images `[N, 3, H, W]`: `[N, featureCount, h, w]`.
  func features(_ x: Tensor, training: Bool) throws -> FeatureMap
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
