public import FaceData
public import FaceModels
public import Torch

// Supervised Contrastive Learning
// Khosla, Teterwak, Wang, Sarna, Tian, Isola, Maschinot, Liu, Krishnan. NeurIPS 2020,
// arXiv:2004.11362.

/// Supervised contrastive learning: all views of one person together, apart from all others'.
public final class SupervisedContrastive: PretrainingMethod {
  public let crops: MultiCropSettings
  public let picturesPerIdentity: Int
  public let needsIdentities = true
  private let encoder: Encoder
  private let identities: IdentityClasses
  /// τ.
  private let temperature: Double
  private let compute: Compute
  private let group: ProcessGroup?

  /// - Throws: `PretrainingError.noIdentities` where no sample has one.
  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    (compute, group) = (setup.compute, setup.group)
    crops = try MultiCropSettings(views: 2, options)
    picturesPerIdentity = try options.integer("pictures")
    identities = try setup.identities()
    temperature = try options.real("temperature")
    let backbone = try setup.makeBackbone()
    encoder = try Encoder(
      setup, backbone: backbone,
      widths: [backbone.featureCount, try options.integer("projection")], normalization: .none)
  }

  public var backbone: any Backbone { encoder.backbone }
  public var state: [NamedTensor] { encoder.state }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let z = try compute.autocast {
      try encoder(batch.images(0..<2, on: compute.device), training: true).to(.float32)
    }
    let labels = try identities.labels(batch, views: 2, device: compute.device)
    return MethodOutput(
      loss: try supervisedContrastive(
        group.rows(z, views: 2), labels: group.rows(labels, views: 2), temperature: temperature),
      features: try z.detached().narrow(0, start: 0, length: batch.indices.count))
  }
}

/// L_out: −1/|P(i)| Σ_{p∈P(i)} log exp(s_ip/τ) / Σ_{a≠i} exp(s_ia/τ), mean over i, with P(i) the
/// other views of i's class and s the cosine.
///
/// - Parameters: z: float32 `[N, D]`; labels: int64 `[N]`; temperature: τ > 0.
/// - Edge cases: a view without another of its class counts as 0.
/// - Source: Khosla et al. 2020, arXiv:2004.11362, Eq. 2. Differs: not multiplied by τ/τ₀, which the
///   published code does to scale the gradient. Checked by: LossGoldenTests.
func supervisedContrastive(_ z: Tensor, labels: Tensor, temperature: Double) throws -> Tensor {
  let count = z.shape[0]
  let unit = try z.l2Normalized(1)
  let own = try ownPlaces(count, device: z.device)
  let similarity = try unit.matmul(unit.transposed()) / temperature - own * 1e9  // a ≠ i
  let logProbabilities = try similarity.logSoftmax(1)  // [N, N]
  let positives = try samePerson(labels) - own  // [N, N]
  let sums = try (logProbabilities * positives).sum([1])
  return try -(sums / positives.sum([1]).clamp(low: 1)).mean()
}

/// 1 where two labels (int64 `[N]`) are equal, else 0: float32 `[N, N]`.
func samePerson(_ labels: Tensor) throws -> Tensor {
  try labels.unsqueezed(0).eq(labels.unsqueezed(1)).to(.float32)
}
