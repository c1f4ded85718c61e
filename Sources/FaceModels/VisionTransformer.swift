// An image is worth 16×16 words: transformers for image recognition at scale.
// Dosovitskiy et al. ICLR 2021, arXiv:2010.11929. Layers and state names are timm's; sizes Ti and S
// are DeiT's (Touvron et al. 2021, arXiv:2012.12877).

public import Torch

/// A vision transformer without its classifier.
///
/// Its features are the class token or the mean of the patch tokens; its map are the patch tokens where
/// they lie in the image.
public final class VisionTransformer: Backbone {
  public enum Size: String, CaseIterable, Sendable {
    case tiny = "vit-ti"
    case small = "vit-s"
    case base = "vit-b"

    /// Dimensions of a token; heads have 64 each.
    public var width: Int {
      switch self {
      case .tiny: 192
      case .small: 384
      case .base: 768
      }
    }
  }

  /// What the features are; timm's `global_pool` token and, with `fc_norm=False`, avg.
  public enum Pooling: String, CaseIterable, Sendable {
    case classToken = "class"
    /// Of the patch tokens behind the last norm: what a masked autoencoder has trained
    /// (He et al. 2022, arXiv:2111.06377, App. A).
    case mean
  }

  public let featureCount: Int
  /// Side of a patch in pixels.
  public let patch: Int
  /// Patches a side of the image that the position embedding was made for.
  public let grid: Int
  public let pooling: Pooling
  let classToken: Tensor
  let positions: Tensor
  private let projection: Conv2d
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm
  /// Layer norms keep no running statistics: freezing is a matter of the optimizer alone.
  public var frozenParts = 0
  public var recomputesActivations = false

  /// - Parameters: imageSize: side in pixels, a multiple of patch; other sizes resize the position
  ///   embedding as they come.
  /// - Throws: `TensorError.invalidArgument` where the patch does not divide the size.
  public init(
    width: Int, depth: Int = 12, imageSize: Int, patch: Int = 16, pooling: Pooling = .classToken,
    generator: Generator
  ) throws {
    guard patch > 0, imageSize >= patch, imageSize % patch == 0, width > 0, width % 64 == 0 else {
      throw TensorError(
        .invalidArgument,
        "a transformer of width \(width) cannot cut \(imageSize) px into patches of \(patch) px:"
          + " the width must be a multiple of 64 and the size one of the patch")
    }
    (featureCount, self.patch, grid) = (width, patch, imageSize / patch)
    self.pooling = pooling
    let count = grid * grid + 1
    classToken = try Tensor.randn([1, 1, width], generator: generator, standardDeviation: 1e-6)
    positions = try Tensor.randn([1, count, width], generator: generator, standardDeviation: 0.02)
    try classToken.setRequiresGradient(true)
    try positions.setRequiresGradient(true)
    projection = try Conv2d(
      inputs: 3, outputs: width, window: Window(kernel: patch, stride: patch),
      generator: generator)
    blocks = try (0..<depth).map { _ in
      try TransformerBlock(width: width, heads: width / 64, generator: generator)
    }
    norm = try LayerNorm(width)
  }

  public convenience init(
    _ size: Size, imageSize: Int, patch: Int = 16, pooling: Pooling = .classToken,
    generator: Generator
  ) throws {
    try self.init(
      width: size.width, imageSize: imageSize, patch: patch, pooling: pooling, generator: generator)
  }

  /// The features: `[N, featureCount]` for images `[N, 3, H, W]`.
  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try pooled(encode(patches(x)))
  }

  /// The features of encoded tokens `[N, 1 + n, featureCount]`: `[N, featureCount]`.
  public func pooled(_ tokens: Tensor) throws -> Tensor {
    switch pooling {
    case .classToken: try tokens.select(1, 0)
    case .mean: try tokens.narrow(1, start: 1, length: tokens.shape[1] - 1).mean([1])
    }
  }

  /// The patch tokens: `[N, featureCount, H / patch, W / patch]`.
  public func features(_ x: Tensor, training: Bool) throws -> FeatureMap {
    let tokens = try encode(patches(x))
    let count = tokens.shape[1] - 1
    return FeatureMap(
      try tokens.narrow(1, start: 1, length: count).transposed(1, 2)
        .reshaped([x.shape[0], featureCount, x.shape[2] / patch, x.shape[3] / patch]))
  }

  /// The patch tokens after each quarter of the blocks: `[N, featureCount, H / patch, W / patch]`
  /// each, the last behind the last norm.
  public func stageMaps(_ x: Tensor, training: Bool) throws -> [Tensor] {
    var tokens = try withClassToken(patches(x))
    let count = tokens.shape[1] - 1
    return try stages.enumerated().map { stage, blocks in
      tokens = try blocks.reduce(tokens, applied)
      let ended = try stage == 3 ? norm(tokens) : tokens
      return try ended.narrow(1, start: 1, length: count).transposed(1, 2)
        .reshaped([x.shape[0], featureCount, x.shape[2] / patch, x.shape[3] / patch])
    }
  }

  public var stageChannels: [Int] { [Int](repeating: featureCount, count: 4) }

  /// The blocks in four quarters.
  private var stages: [ArraySlice<TransformerBlock>] {
    (0..<4).map { blocks[(blocks.count * $0 / 4)..<(blocks.count * ($0 + 1) / 4)] }
  }

  public var parameterParts: [[NamedTensor]] {
    let input =
      [NamedTensor("cls_token", classToken), NamedTensor("pos_embed", positions)]
      + projection.state.prefixed("patch_embed.proj")
    let rest = stages.map { stage in
      stage.indices.flatMap { blocks[$0].state.prefixed("blocks.\($0)") }
    }
    return [input] + rest.dropLast() + [(rest.last ?? []) + norm.state.prefixed("norm")]
  }

  /// Embedded patches with their positions, row by row: `[N, (H / patch) · (W / patch), width]`.
  public func patches(_ x: Tensor) throws -> Tensor {
    guard x.rank == 4, x.shape[1] == 3, x.shape[2] % patch == 0, x.shape[3] % patch == 0 else {
      throw TensorError(
        .shapeMismatch,
        "a transformer of \(patch)-px patches takes images [N, 3, H, W] of whole patches; it got"
          + " \(x.shape)", context: ["shapes": "\(x.shape)"])
    }
    let (rows, columns) = (x.shape[2] / patch, x.shape[3] / patch)
    let tokens = try projection(x).flattened(from: 2).transposed(1, 2)
    return try tokens + positionsOfPatches(rows: rows, columns: columns)
  }

  /// Blocks and last norm over the class token and some patches:
  /// `[N, n, width]` → `[N, 1 + n, width]`.
  public func encode(_ patches: Tensor) throws -> Tensor {
    try norm(blocks.reduce(withClassToken(patches), applied))
  }

  private func applied(_ tokens: Tensor, _ block: TransformerBlock) throws -> Tensor {
    guard recomputesActivations else { return try block(tokens) }
    return try recomputed(tokens, buffers: []) { try block($0) }
  }

  /// `[N, n, width]` → `[N, 1 + n, width]`.
  private func withClassToken(_ patches: Tensor) throws -> Tensor {
    let first = try (classToken + positions.narrow(1, start: 0, length: 1))
      .expanded([patches.shape[0], 1, featureCount]).to(patches.dtype)
    return try Tensor.cat([first, patches], dim: 1)
  }

  private func positionsOfPatches(rows: Int, columns: Int) throws -> Tensor {
    let own = try positions.narrow(1, start: 1, length: grid * grid)
    guard rows != grid || columns != grid else { return own }
    return try Self.resized(own, grid: grid, rows: rows, columns: columns)
  }

  /// Positions `[1, grid², width]` for another number of patches, as timm resamples them.
  static func resized(_ positions: Tensor, grid: Int, rows: Int, columns: Int) throws -> Tensor {
    let width = positions.shape[2]
    let map = try positions.reshaped([1, grid, grid, width]).permuted([0, 3, 1, 2])
    return try resizedBicubic(map, height: rows, width: columns).permuted([0, 2, 3, 1])
      .reshaped([1, rows * columns, width])
  }

  /// Positions `[1, 1 + n, width]` of another square grid for this one's; the class token's stays.
  func fittedPositions(_ other: Tensor) throws -> Tensor {
    guard other.rank == 3, other.shape != positions.shape, other.shape[2] == featureCount else {
      return other
    }
    let count = other.shape[1] - 1
    let side = Int(Double(max(count, 0)).squareRoot().rounded())
    guard count > 0, side * side == count else { return other }
    let patches = try Self.resized(
      other.narrow(1, start: 1, length: count).to(.float32), grid: side, rows: grid, columns: grid)
    return try Tensor.cat([other.narrow(1, start: 0, length: 1).to(.float32), patches], dim: 1)
  }

  public var state: [NamedTensor] {
    [NamedTensor("cls_token", classToken), NamedTensor("pos_embed", positions)]
      + projection.state.prefixed("patch_embed.proj")
      + blocks.enumerated().flatMap { $1.state.prefixed("blocks.\($0)") }
      + norm.state.prefixed("norm")
  }
}

/// Self-attention and a perceptron, each behind a layer norm and beside a shortcut:
/// `[N, length, width]` → the same.
public final class TransformerBlock {
  private let (norm1, norm2): (LayerNorm, LayerNorm)
  private let (qkv, projection): (Linear, Linear)
  private let (fc1, fc2): (Linear, Linear)
  private let heads: Int
  private let activation = GELU()

  public init(width: Int, heads: Int, generator: Generator) throws {
    guard heads > 0, width % heads == 0 else {
      throw TensorError(.invalidArgument, "\(heads) heads do not divide a width of \(width)")
    }
    func layer(_ inputs: Int, _ outputs: Int) throws -> Linear {
      let layer = try Linear(
        inputs: inputs, outputs: outputs, initialization: .normal(0.02), generator: generator)
      _ = try withoutGradient { try layer.bias?.zero_() }
      return layer
    }
    self.heads = heads
    (norm1, norm2) = (try LayerNorm(width), try LayerNorm(width))
    (qkv, projection) = (try layer(width, 3 * width), try layer(width, width))
    (fc1, fc2) = (try layer(width, 4 * width), try layer(4 * width, width))
  }

  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let x = try x + attend(norm1(x))
    return try x + fc2(activation(fc1(norm2(x))))
  }

  private func attend(_ x: Tensor) throws -> Tensor {
    let (n, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    // [3, N, heads, length, d]
    let parts = try qkv(x).reshaped([n, length, 3, heads, width / heads])
      .permuted([2, 0, 3, 1, 4])
    let mixed = try attention(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2))
    return try projection(mixed.transposed(1, 2).reshaped([n, length, width]))
  }

  public var state: [NamedTensor] {
    norm1.state.prefixed("norm1") + qkv.state.prefixed("attn.qkv")
      + projection.state.prefixed("attn.proj") + norm2.state.prefixed("norm2")
      + fc1.state.prefixed("mlp.fc1") + fc2.state.prefixed("mlp.fc2")
  }
}
