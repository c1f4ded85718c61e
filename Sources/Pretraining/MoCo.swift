public import FaceData
public import FaceModels
import Foundation
public import Torch

// Momentum Contrast for Unsupervised Visual Representation Learning
// He, Fan, Wu, Xie, Girshick. CVPR 2020, arXiv:1911.05722.
// Improved Baselines with Momentum Contrastive Learning
// Chen, Fan, Girshick, He. 2020, arXiv:2003.04297: the projector and the views of version 2.

/// MoCo v2: find a picture's other view among those of thousands of other pictures.
///
/// Differs: no shuffled batch norm, which hides nothing where batch norm sees the batches of all devices.
public final class MoCo: PretrainingMethod {
  public let crops: MultiCropSettings
  private let query: Encoder
  private let key: MomentumNetwork<Encoder>
  /// Keys of the last batches [Q, D], unit length; drawn at random to begin with.
  private let queue: Tensor
  /// τ of Eq. 1.
  private let temperature: Double
  /// m of Eq. 2.
  private let momentum: Double
  private let compute: Compute
  private let group: ProcessGroup?

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    let dimensions = try options.integer("projection")
    (compute, group) = (setup.compute, setup.group)
    crops = try MultiCropSettings(views: 2, options)
    temperature = try options.real("temperature")
    momentum = try options.real("momentum")
    func encoder() throws -> Encoder {
      let backbone = try setup.makeBackbone()
      return try Encoder(
        setup, backbone: backbone, widths: [backbone.featureCount, dimensions],
        normalization: .none)
    }
    query = try encoder()
    key = try MomentumNetwork(encoder(), following: query)
    queue = try Tensor.randn(
      [options.integer("queue"), dimensions], generator: setup.generator("queue"),
      device: compute.device
    ).l2Normalized(1)
  }

  public var backbone: any Backbone { query.backbone }
  public var state: [NamedTensor] {
    query.state + key.state + [NamedTensor("queue", queue, .buffer)]
  }

  /// ln(1 + Q): the other view is as likely as any key of the queue.
  public var uninformedLoss: Double? { log(Double(1 + queue.shape[0])) }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let (q, k) = try compute.autocast {
      (
        try query(batch.images(0..<1, on: compute.device), training: true),
        try key(batch.images(1..<2, on: compute.device))
      )
    }
    let keys = try k.to(.float32).l2Normalized(1)
    let queries = try q.to(.float32).l2Normalized(1)
    let loss = try infoNCE(
      queries: queries, keys: keys, queue: queue.clone(), temperature: temperature)
    try enqueue(withoutGradient { try group.rows(keys) }, into: queue)
    return MethodOutput(loss: loss, features: try queries.detached())
  }

  public func didUpdate(at position: StepPosition) throws { try key.follow(decay: momentum) }
}

/// Which key is the query's own? −log exp(q·k₊/τ) / (exp(q·k₊/τ) + Σ exp(q·k/τ)), mean over N.
///
/// - Parameters: queries, keys: q and k₊, unit length, float32 `[N, D]`; queue: the other keys
///   `[Q, D]`; temperature: τ > 0.
/// - Source: He et al. 2020, arXiv:1911.05722, Eq. 1. Checked by: LossGoldenTests.
func infoNCE(queries: Tensor, keys: Tensor, queue: Tensor, temperature: Double) throws -> Tensor {
  let positive = try (queries * keys).sum([1], keepDimension: true)  // [N, 1]
  let negative = try queries.matmul(queue.transposed())  // [N, Q]
  let logits = try Tensor.cat([positive, negative], dim: 1) / temperature
  let first = try Tensor.zeros([queries.shape[0]], dtype: .int64, device: queries.device)
  return try crossEntropy(logits: logits, labels: first)
}
