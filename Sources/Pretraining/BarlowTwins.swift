public import FaceData
public import FaceModels
public import Torch

// Barlow Twins: Self-Supervised Learning via Redundancy Reduction
// Zbontar, Jing, Misra, LeCun, Deny. ICML 2021, arXiv:2103.03230.

/// Barlow Twins: the correlation of two views' dimensions is to be the identity.
public final class BarlowTwins: PretrainingMethod {
  public let crops: MultiCropSettings
  private let encoder: Encoder
  /// λ of Eq. 1.
  private let redundancy: Double
  private let compute: Compute

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    let dimensions = try options.integer("projection")
    compute = setup.compute
    crops = try MultiCropSettings(views: 2, options, hasSecondView: true)
    redundancy = try options.real("redundancy")
    encoder = try Encoder(
      setup, backbone: setup.makeBackbone(), widths: [dimensions, dimensions, dimensions],
      normalization: .hidden)
  }

  public var backbone: any Backbone { encoder.backbone }
  public var state: [NamedTensor] { encoder.state }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let (first, second) = try encoder.pair(batch, compute)
    return MethodOutput(
      loss: try barlowTwins(first, second, redundancy: redundancy),
      features: try first.detached())
  }
}

/// Σᵢ (1 − Cᵢᵢ)² + λ Σᵢ Σ_{j≠i} Cᵢⱼ² with C the correlation of the dimensions of two views over the
/// batch.
///
/// - Parameters: a, b: float32 `[N, D]`, N > 1; redundancy: λ, 0.0051 in the paper.
/// - Source: Zbontar et al. 2021, arXiv:2103.03230, Eq. 1 and 2. Checked by: LossGoldenTests.
func barlowTwins(_ a: Tensor, _ b: Tensor, redundancy: Double) throws -> Tensor {
  let c = try standardized(a).transposed().matmul(standardized(b)) / Double(a.shape[0])  // [D, D]
  let own = try ownPlaces(a.shape[1], device: a.device)
  let squares = try (c - own).pow(2)
  return try (squares * (own * (1 - redundancy) + redundancy)).sum()
}

/// Mean 0 and variance 1 in every dimension, as batch norm without gain does it (biased variance).
private func standardized(_ z: Tensor) throws -> Tensor {
  let centred = try z - z.mean([0], keepDimension: true)
  return try centred / (centred.pow(2).mean([0], keepDimension: true) + 1e-5).sqrt()
}
