public import FaceData
public import FaceModels
public import Torch

// FaceNet: A Unified Embedding for Face Recognition and Clustering. Schroff, Kalenichenko, Philbin.
// CVPR 2015, arXiv:1503.03832.
// In Defense of the Triplet Loss for Person Re-Identification. Hermans, Beyer, Leibe. 2017,
// arXiv:1703.07737: the hardest pictures of each batch.
// Dimensionality Reduction by Learning an Invariant Mapping. Hadsell, Chopra, LeCun. CVPR 2006: the
// siamese network's loss.

/// Learning from distances: one person's pictures near each other, other people's a margin away.
public final class MetricLearning: PretrainingMethod {
  public enum Loss: String, Sendable, CaseIterable {
    /// The farthest picture of the same person against the nearest of another.
    case triplet
    /// Every pair of a batch; of different people only those nearer than the margin.
    case siamese
  }

  public let crops: MultiCropSettings
  public let picturesPerIdentity: Int
  public let needsIdentities = true
  private let encoder: Encoder
  private let identities: IdentityClasses
  private let loss: Loss
  private let margin: Double
  private let compute: Compute
  private let group: ProcessGroup?

  /// - Throws: `PretrainingError.noIdentities` where no sample has one.
  public init(_ setup: PretrainingSetup, loss: Loss) throws {
    let options = setup.options
    (compute, group, self.loss) = (setup.compute, setup.group, loss)
    crops = try MultiCropSettings(views: 1, options)
    picturesPerIdentity = try options.integer("pictures")
    identities = try setup.identities()
    margin = try options.real("margin")
    encoder = try Encoder(
      setup, backbone: setup.makeBackbone(), widths: [try options.integer("embedding")],
      normalization: .all)
  }

  public var backbone: any Backbone { encoder.backbone }
  public var state: [NamedTensor] { encoder.state }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let z = try compute.autocast {
      try encoder(batch.images(0..<1, on: compute.device), training: true).to(.float32)
    }
    let labels = try group.rows(identities.labels(batch, views: 1, device: compute.device))
    let all = try group.rows(z)
    let loss =
      switch loss {
      case .triplet: try batchHardTriplet(all, labels: labels, margin: margin)
      case .siamese: try contrastivePairs(all, labels: labels, margin: margin)
      }
    return MethodOutput(loss: loss, features: try z.detached())
  }
}

/// mean over i of max(0, m + max_p d(i, p) − min_n d(i, n)): d the distance of unit vectors, p over
/// i's class, n over the others.
///
/// - Parameters: z: float32 `[N, D]`; labels: int64 `[N]`; margin: m > 0.
/// - Edge cases: a picture without another of its class is its own farthest, at a distance of 0.
/// - Source: Hermans et al. 2017, arXiv:1703.07737, Eq. 5. Checked by: LossGoldenTests.
func batchHardTriplet(_ z: Tensor, labels: Tensor, margin: Double) throws -> Tensor {
  let distance = try distances(z)
  let same = try samePerson(labels)
  let farthest = try (distance * same).max([1])
  // Unit vectors are at most 2 apart: 4 takes the own class out of the minimum.
  let nearest = try (distance + same * 4).min([1])
  return try (farthest - nearest + margin).relu().mean()
}

/// (mean of d² over pairs of one person + mean of max(0, m − d)² over pairs of two) / 2: d the
/// distance of unit vectors. Pairs of two people farther apart than m say nothing and are left out of
/// the mean, so that hard ones count in full.
///
/// - Source: Hadsell et al. 2006, Eq. 4, with the mean of each kind for their sum. Checked by:
///   LossGoldenTests.
func contrastivePairs(_ z: Tensor, labels: Tensor, margin: Double) throws -> Tensor {
  let distance = try distances(z)
  let same = try samePerson(labels)
  let positives = try same - ownPlaces(z.shape[0], device: z.device)
  let missing = try (margin - distance).relu() * (1 - same)  // [N, N]
  let hard = try missing.detached().gt(0).to(.float32)
  let near = try (distance.pow(2) * positives).sum() / positives.sum().clamp(low: 1)
  let far = try missing.pow(2).sum() / hard.sum().clamp(low: 1)
  return try (near + far) / 2
}

/// Euclidean distances of unit vectors `[N, N]`; the root is of at least 1e-12, where its slope is
/// still finite.
private func distances(_ z: Tensor) throws -> Tensor {
  let unit = try z.l2Normalized(1)
  return try (2 - 2 * unit.matmul(unit.transposed())).clamp(low: 1e-12).sqrt()
}
