public import Torch

/// Which backbone: its name and what decides the shapes of its weights.
public struct BackboneShape: Hashable, Sendable {
  /// resnet18, resnet34, resnet50, resnet101, iresnet18, iresnet34, iresnet50, iresnet100, vit-ti, vit-s
  /// or vit-b.
  public var name: String
  /// Channels of a ResNet's first stage.
  public var width: Int
  public var stem: ResNetStem
  /// Side of the image in pixels, which a transformer's positions are made for.
  public var size: Int
  /// Side of a transformer's patch in pixels.
  public var patch: Int
  /// What a transformer's features are.
  public var pooling: VisionTransformer.Pooling

  public init(
    name: String, width: Int = 64, stem: ResNetStem = .standard, size: Int, patch: Int = 16,
    pooling: VisionTransformer.Pooling = .classToken
  ) {
    (self.name, self.width, self.stem) = (name, width, stem)
    (self.size, self.patch, self.pooling) = (size, patch, pooling)
  }

  /// A backbone with weights drawn from the generator.
  ///
  /// - Throws: `TensorError.invalidArgument` for a name or sizes that make no network.
  public func make(generator: Generator) throws -> any Backbone {
    if let size = VisionTransformer.Size(rawValue: name) {
      return try VisionTransformer(
        size, imageSize: self.size, patch: patch, pooling: pooling, generator: generator)
    }
    if name.hasPrefix(IResNet.name), let depth = Int(name.dropFirst(IResNet.name.count)) {
      return try IResNet(depth: depth, width: width, generator: generator)
    }
    guard name.hasPrefix("resnet"), let depth = Int(name.dropFirst("resnet".count)) else {
      let names =
        ResNet.blocks.keys.sorted().map { "resnet\($0)" }
        + IResNet.blocks.keys.sorted().map { "\(IResNet.name)\($0)" }
      let known = names + VisionTransformer.Size.allCases.map(\.rawValue)
      throw TensorError(
        .invalidArgument,
        "no backbone is called \(name); there are \(known.joined(separator: ", "))")
    }
    return try ResNet(depth: depth, width: width, stem: stem, generator: generator)
  }
}
