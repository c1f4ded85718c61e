public import FaceData
public import FaceModels
import Foundation
public import Torch

// A Simple Framework for Contrastive Learning of Visual Representations
// Chen, Kornblith, Norouzi, Hinton. ICML 2020, arXiv:2002.05709.

/// SimCLR: find a picture's other view among the rest of the batch.
public final class SimCLR: PretrainingMethod {
  public let crops: MultiCropSettings
  private let encoder: Encoder
  /// τ.
  private let temperature: Double
  /// Images in a part of a batch, for the loss of chance.
  private let batch: Int
  private let compute: Compute
  private let group: ProcessGroup?

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    (compute, group) = (setup.compute, setup.group)
    crops = try MultiCropSettings(views: 2, options)
    temperature = try options.real("temperature")
    batch = try options.integer("batch") / options.integer("accumulate")
    let backbone = try setup.makeBackbone()
    encoder = try Encoder(
      setup, backbone: backbone,
      widths: [backbone.featureCount, try options.integer("projection")], normalization: .all)
  }

  public var backbone: any Backbone { encoder.backbone }
  public var state: [NamedTensor] { encoder.state }

  /// ln(2N − 1): the other view is as likely as any other of the batch.
  public var uninformedLoss: Double? { log(Double(max(2 * batch - 1, 2))) }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let z = try compute.autocast {
      try encoder(batch.images(0..<2, on: compute.device), training: true).to(.float32)
    }
    return MethodOutput(
      loss: try ntXent(group.rows(z, views: 2), temperature: temperature),
      features: try z.detached().narrow(0, start: 0, length: batch.indices.count))
  }
}

/// The normalised temperature-scaled cross entropy: for each of 2N views, which other view is of
/// the same picture? −log exp(s_ij/τ) / Σ_{k≠i} exp(s_ik/τ) with s the cosine; mean over the views.
///
/// - Parameters: z: float32 `[2N, D]`, first views before second ones; temperature: τ > 0.
/// - Source: Chen et al. 2020, arXiv:2002.05709, Eq. 1. Checked by: LossGoldenTests.
func ntXent(_ z: Tensor, temperature: Double) throws -> Tensor {
  let (count, half) = (z.shape[0], z.shape[0] / 2)
  let unit = try z.l2Normalized(1)
  let similarity = try unit.matmul(unit.transposed()) / temperature  // [2N, 2N]
  let partners = (0..<count).map { Int64(($0 + half) % count) }
  return try crossEntropy(
    logits: similarity - ownPlaces(count, device: z.device) * 1e9,  // k ≠ i
    labels: Tensor(partners, shape: [count]).to(z.device))
}

/// The identity matrix `[N, N]`, float32.
func ownPlaces(_ count: Int, device: Device) throws -> Tensor {
  try Tensor.arange(count).oneHot(count, dtype: .float32).to(device)
}
