public import FaceData
public import FaceModels
import Foundation
public import Torch

// Momentum Contrast for Unsupervised Visual Representation Learning
// He, Fan, Wu, Xie, Girshick. CVPR 2020, arXiv:1911.05722.
// Improved Baselines with Momentum Contrastive Learning
// Chen, Fan, Girshick, He. 2020, arXiv:2003.04297: the projector and the views of version 2.
// Exponential Moving Average Normalization for Self-supervised and Semi-supervised Learning
// Cai, Ravichandran, Maji, Fowlkes, Tu, Soatto. CVPR 2021, arXiv:2101.08482: the keys' batch norm.

/// MoCo v2: find a picture's other view among those of thousands of other pictures.
///
/// Differs: keys are normalised by running statistics that follow the query network's (EMAN), where the
/// published code shuffles the batch between devices. With the batch's own statistics a query is told
/// from the keys of former batches by its batch, not by its picture. The batch's other keys may be
/// negatives too (`batch-negatives`), and the projector has batch norms: where a training is short and
/// the networks move fast, keys are otherwise told by their age and features fall together.
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
  private let hasBatchNegatives: Bool
  /// Images in a part of a batch, for the loss of chance.
  private let batch: Int
  private let compute: Compute
  private let group: ProcessGroup?

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    let dimensions = try options.integer("projection")
    (compute, group) = (setup.compute, setup.group)
    crops = try MultiCropSettings(views: 2, options)
    temperature = try options.real("temperature")
    momentum = try options.real("momentum")
    hasBatchNegatives = try options.flag("batch-negatives")
    batch = try options.integer("batch") / options.integer("accumulate")
    func encoder() throws -> Encoder {
      let backbone = try setup.makeBackbone()
      return try Encoder(
        setup, backbone: backbone, widths: [backbone.featureCount, dimensions],
        normalization: .all)
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

  /// ln(1 + Q), or ln(N + Q): the other view is as likely as any other key.
  public var uninformedLoss: Double? {
    log(Double((hasBatchNegatives ? batch : 1) + queue.shape[0]))
  }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let (q, k) = try compute.autocast {
      (
        try query(batch.images(0..<1, on: compute.device), training: true),
        try key(batch.images(1..<2, on: compute.device), training: false)
      )
    }
    let queries = try group.rows(q.to(.float32).l2Normalized(1))
    let keys = try withoutGradient { try group.rows(k.to(.float32).l2Normalized(1)) }
    let loss = try infoNCE(
      queries: queries, keys: keys, queue: queue.clone(), temperature: temperature,
      hasBatchNegatives: hasBatchNegatives)
    try enqueue(keys, into: queue)
    return MethodOutput(loss: loss, features: try queries.detached())
  }

  public func didUpdate(at position: StepPosition) throws {
    try key.follow(decay: momentum, statisticsAt: position)
  }
}

/// Which key is the query's own? −log exp(q·k₊/τ) / (exp(q·k₊/τ) + Σ exp(q·k/τ)), mean over N.
///
/// - Parameters: queries, keys: q and k₊, unit length, float32 `[N, D]`; queue: the other keys
///   `[Q, D]`; temperature: τ > 0; hasBatchNegatives: whether the other queries' keys are among k, as in
///   MoCo v3 (arXiv:2104.02057, Algorithm 1).
/// - Source: He et al. 2020, arXiv:1911.05722, Eq. 1. Checked by: LossGoldenTests.
func infoNCE(
  queries: Tensor, keys: Tensor, queue: Tensor, temperature: Double, hasBatchNegatives: Bool
) throws -> Tensor {
  let count = queries.shape[0]
  let own =
    try hasBatchNegatives  // [N, N] or [N, 1]
    ? queries.matmul(keys.transposed()) : (queries * keys).sum([1], keepDimension: true)
  let queued = try queries.matmul(queue.transposed())  // [N, Q]
  let logits = try Tensor.cat([own, queued], dim: 1) / temperature
  let places = try hasBatchNegatives ? Tensor.arange(count) : Tensor.zeros([count], dtype: .int64)
  return try crossEntropy(logits: logits, labels: places.to(queries.device))
}
