import FaceData
import FaceModels
import Torch

/// A backbone and the projector on it: what the self-supervised methods compare.
final class Encoder: Layer {
  let backbone: any Backbone
  let projector: MultilayerPerceptron
  private let group: ProcessGroup?

  init(
    _ setup: PretrainingSetup, backbone: any Backbone, widths: [Int],
    normalization: MultilayerPerceptron.Normalization
  ) throws {
    (self.backbone, group) = (backbone, setup.group)
    projector = try setup.placed(
      MultilayerPerceptron(
        inputs: backbone.featureCount, widths: widths, normalization: normalization,
        generator: setup.generator("heads")))
  }

  /// Projections `[N, widths.last]` of images `[N, 3, H, W]`, not normalised.
  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try projector(backbone(x, training: training), training: training)
  }

  /// Projections of a batch's first two views, float32 `[B, D]` each, over the batches of all ranks: what
  /// a loss over the whole batch compares. The views go through the network
  /// one after the other, as in the published code: each has batch-norm statistics of its own.
  func pair(_ batch: MultiCropBatch, _ compute: Compute) throws -> (first: Tensor, second: Tensor) {
    func project(_ view: Int) throws -> Tensor {
      try self(batch.images(view..<view + 1, on: compute.device), training: true).to(.float32)
    }
    let (first, second) = try compute.autocast { (try project(0), try project(1)) }
    return (try group.rows(first), try group.rows(second))
  }

  var state: [NamedTensor] {
    backbone.state.prefixed("backbone") + projector.state.prefixed("projector")
  }
}

/// A network that follows another: θ' ← m θ' + (1 − m) θ after each update. It has no gradients of
/// its own.
///
/// - Source: He et al. 2020, arXiv:1911.05722, Eq. 2; BYOL's target, DINO's teacher.
final class MomentumNetwork<Network: Layer> {
  let network: Network
  private let followed: Network

  /// - Parameter network: as `followed` at the start: it takes over its values.
  init(_ network: Network, following followed: Network) throws {
    (self.network, self.followed) = (network, followed)
    try network.load(followed.stateDictionary())
    network.setRequiresGradient(false)
  }

  /// The network's output, without a history. Batch norms use the batch's statistics, as most published
  /// code does, or in evaluation mode the running ones, which are worth something where they follow too.
  func callAsFunction(_ x: Tensor, training: Bool = true) throws -> Tensor {
    try withoutGradient { try network(x, training: training) }
  }

  /// Parameters follow; running statistics are the network's own.
  func follow(decay: Double) throws {
    try moveAverage(network.parameters, towards: followed.parameters, decay: decay)
  }

  /// Parameters and running statistics follow, the latter faster at first: nothing is known of them at
  /// the start.
  ///
  /// - Source: Cai et al. 2021, arXiv:2101.08482, §3.
  func follow(decay: Double, statisticsAt position: StepPosition) throws {
    let early = Double(1 + position.step) / Double(10 + position.step)
    try moveAverage(
      network.state, towards: followed.state, decay: decay, statistics: min(decay, early))
  }

  /// Buffers all, so that the optimizer leaves them alone.
  var state: [NamedTensor] {
    network.state.map { NamedTensor($0.name, $0.tensor, .buffer) }.prefixed("momentum")
  }
}

/// The features of earlier batches `[Q, D]`: the newest come first, the oldest fall out.
func enqueue(_ newest: Tensor, into queue: Tensor) throws {
  try withoutGradient {
    let length = queue.shape[0]
    let kept = min(newest.shape[0], length)
    var all = try newest.detached().narrow(0, start: 0, length: kept)
    if kept < length {
      all = try Tensor.cat([all, queue.narrow(0, start: 0, length: length - kept)])
    }
    try queue.copy_(from: all)
  }
}

/// The cosine of each row of a with the same row of b: `[N, D]`, `[N, D]` → `[N]`.
func cosines(_ a: Tensor, _ b: Tensor) throws -> Tensor {
  try (a.l2Normalized(1) * b.l2Normalized(1)).sum([1])
}

/// m rising from its start to 1 along half a cosine: 1 − (1 − m)(cos πk/K + 1)/2.
/// - Source: Grill et al. 2020, arXiv:2006.07733, §3.3.
func risingMomentum(_ start: Double, at position: StepPosition) -> Double {
  1 - CosineSchedule(base: 1 - start, totalSteps: position.totalSteps)(position.step)
}
