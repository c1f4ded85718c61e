public import FaceData
public import FaceModels
public import Torch

// Masked Autoencoders Are Scalable Vision Learners
// He, Chen, Xie, Li, Dollár, Girshick. CVPR 2022, arXiv:2111.06377.

/// Masked autoencoder: a transformer sees a quarter of the patches and draws the rest.
public final class MaskedAutoencoder: PretrainingMethod {
  public let crops: MultiCropSettings
  private let encoder: VisionTransformer
  private let decoder: PatchDecoder
  /// Share of the patches that is hidden.
  private let mask: Double
  private let normalisesPatches: Bool
  private let seed: UInt64
  private let compute: Compute

  /// - Throws: `PretrainingError.badSettings` for a backbone that is no transformer.
  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    (compute, seed) = (setup.compute, setup.seed)
    crops = try MultiCropSettings(views: 1, options)
    mask = try options.real("mask")
    normalisesPatches = try options.flag("patch-norm")
    guard let encoder = try setup.makeBackbone() as? VisionTransformer else {
      throw PretrainingError(
        code: .badSettings,
        message: "a masked autoencoder leaves patches out, which only a transformer can:"
          + " use backbone: vit-ti, vit-s or vit-b")
    }
    self.encoder = encoder
    decoder = try setup.placed(
      PatchDecoder(
        inputs: encoder.featureCount, width: options.integer("decoder-width"),
        depth: options.integer("decoder-depth"), patches: encoder.grid * encoder.grid,
        outputs: 3 * encoder.patch * encoder.patch, generator: setup.generator("decoder")))
  }

  public var backbone: any Backbone { encoder }
  public var state: [NamedTensor] {
    encoder.state.prefixed("backbone") + decoder.state.prefixed("decoder")
  }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let images = try batch.images(0..<1, on: compute.device)
    let order = try patchOrder(batch, at: position)
    let visible = max(1, Int((1 - mask) * Double(order.length)))
    let (encoded, drawn) = try compute.autocast {
      let patches = try encoder.patches(images)
      let encoded = try encoder.encode(patches.gather(1, order.shuffled(patches, first: visible)))
      return (
        encoded, try decoder(decoder.tokens(encoded, order: order), training: true).to(.float32)
      )
    }
    return MethodOutput(
      loss: try maskedPatchLoss(
        drawn: drawn, patches: wanted(images), isHidden: order.isHidden(beyond: visible)),
      features: try encoder.pooled(encoded).to(.float32).detached())
  }

  /// What the decoder is to draw.
  private func wanted(_ images: Tensor) throws -> Tensor {
    let pixels = try patchPixels(images, patch: encoder.patch)
    return normalisesPatches ? try normalised(pixels) : pixels
  }

  /// For each picture of its own an order of the patches, of which the first stay visible.
  private func patchOrder(_ batch: MultiCropBatch, at position: StepPosition) throws -> PatchOrder {
    let count = encoder.grid * encoder.grid
    let orders = batch.indices.map { index in
      var stream = RandomStream(seed: seed, purpose: "mask", epoch: position.step, index: index)
      return stream.shuffled(0..<count)
    }
    return try PatchOrder(orders, device: compute.device)
  }
}

/// A random order of the patches of each picture, and the way back.
struct PatchOrder {
  /// Patches of a picture.
  let length: Int
  /// The patch at each place, and the place of each patch: int64 `[N, length]`.
  let (order, place): (Tensor, Tensor)

  init(_ orders: [[Int]], device: Device) throws {
    let length = orders.first?.count ?? 0
    let places = orders.map { order in
      var places = [Int](repeating: 0, count: length)
      for (place, patch) in order.enumerated() { places[patch] = place }
      return places
    }
    func tensor(_ rows: [[Int]]) throws -> Tensor {
      try Tensor(rows.flatMap { $0.map(Int64.init) }, shape: [rows.count, length]).to(device)
    }
    self.length = length
    (order, place) = (try tensor(orders), try tensor(places))
  }

  /// The index with which `gather(1)` takes the first patches of the order from `[N, length, C]`.
  func shuffled(_ x: Tensor, first count: Int) throws -> Tensor {
    try order.narrow(1, start: 0, length: count).unsqueezed(2)
      .expanded([x.shape[0], count, x.shape[2]])
  }

  /// The index with which `gather(1)` puts `[N, length, C]` back into the picture's order.
  func restored(_ x: Tensor) throws -> Tensor { try place.unsqueezed(2).expanded(x.shape) }

  /// 1 for patches whose place is `visible` or later, else 0: float32 `[N, length]`.
  func isHidden(beyond visible: Int) throws -> Tensor {
    try place.ge(Double(visible)).to(.float32)
  }
}

/// The decoder: mask tokens in the hidden places, blocks, and a linear layer to pixels.
final class PatchDecoder: Layer {
  private let embedding: Linear
  private let maskToken: Tensor
  private let positions: Tensor
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm
  private let pixels: Linear

  init(
    inputs: Int, width: Int, depth: Int, patches: Int, outputs: Int, generator: Generator
  ) throws {
    embedding = try Linear(inputs: inputs, outputs: width, generator: generator)
    maskToken = try Tensor.randn([1, 1, width], generator: generator, standardDeviation: 0.02)
    positions = try Tensor.randn(
      [1, patches + 1, width], generator: generator, standardDeviation: 0.02)
    try maskToken.setRequiresGradient(true)
    try positions.setRequiresGradient(true)
    blocks = try (0..<depth).map { _ in
      try TransformerBlock(width: width, heads: max(1, width / 64), generator: generator)
    }
    norm = try LayerNorm(width)
    pixels = try Linear(inputs: width, outputs: outputs, generator: generator)
  }

  /// The tokens of all patches in the picture's order behind the class token `[N, 1 + length, width]`,
  /// from the class token and the visible patches `[N, 1 + visible, inputs]`.
  func tokens(_ encoded: Tensor, order: PatchOrder) throws -> Tensor {
    let x = try embedding(encoded)
    let (count, width) = (x.shape[0], x.shape[2])
    let visible = x.shape[1] - 1
    let hidden = try maskToken.to(x.dtype).expanded([count, order.length - visible, width])
    let shuffled = try Tensor.cat([x.narrow(1, start: 1, length: visible), hidden], dim: 1)
    let patches = try shuffled.gather(1, order.restored(shuffled))
    return try Tensor.cat([x.narrow(1, start: 0, length: 1), patches], dim: 1) + positions
  }

  /// Pixels `[N, length, outputs]` of every patch, from all tokens.
  func callAsFunction(_ tokens: Tensor, training: Bool) throws -> Tensor {
    let decoded = try pixels(norm(blocks.reduce(tokens) { try $1($0) }))
    return try decoded.narrow(1, start: 1, length: tokens.shape[1] - 1)
  }

  var state: [NamedTensor] {
    embedding.state.prefixed("embed")
      + [NamedTensor("mask_token", maskToken), NamedTensor("pos_embed", positions)]
      + blocks.enumerated().flatMap { $1.state.prefixed("blocks.\($0)") }
      + norm.state.prefixed("norm") + pixels.state.prefixed("pred")
  }
}

/// Images `[N, 3, H, W]` as patches `[N, H/p · W/p, p · p · 3]`, row by row.
func patchPixels(_ images: Tensor, patch: Int) throws -> Tensor {
  let s = images.shape
  let (rows, columns) = (s[2] / patch, s[3] / patch)
  return try images.reshaped([s[0], 3, rows, patch, columns, patch])
    .permuted([0, 2, 4, 3, 5, 1]).reshaped([s[0], rows * columns, patch * patch * 3])
}

/// Patches `[N, L, P]`, each with mean 0 and variance 1.
///
/// - Source: He et al. 2022, arXiv:2111.06377, §3 (“Reconstruction target”). Checked by:
///   LossGoldenTests.
func normalised(_ patches: Tensor) throws -> Tensor {
  let mean = try patches.mean([2], keepDimension: true)
  let variance = try patches.variance([2], keepDimension: true)
  return try (patches - mean) / (variance + 1e-6).sqrt()
}

/// The mean squared error of the hidden patches.
///
/// - Parameters: drawn, patches: `[N, L, P]`; isHidden: 1 or 0, `[N, L]`.
/// - Source: He et al. 2022, arXiv:2111.06377, §3. Checked by: LossGoldenTests.
func maskedPatchLoss(drawn: Tensor, patches: Tensor, isHidden: Tensor) throws -> Tensor {
  let errors = try (drawn - patches).pow(2).mean([2])  // [N, L]
  return try (errors * isHidden).sum() / isHidden.sum()
}
