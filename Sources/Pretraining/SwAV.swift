public import FaceData
public import FaceModels
import Foundation
public import Torch

// Unsupervised Learning of Visual Features by Contrasting Cluster Assignments
// Caron, Misra, Mairal, Goyal, Bojanowski, Joulin. NeurIPS 2020, arXiv:2006.09882.

/// The settings of SwAV in the paper's terms.
public struct SwAVSettings: Sendable, Hashable {
  /// K, the number of prototypes (3000 in the paper, for ImageNet).
  public var prototypes: Int
  /// Dimensions of the projection z (128 in the paper).
  public var projection: Int
  /// τ of Eq. 2.
  public var temperature: Double
  /// ε of Eq. 3: how soft the assignments are.
  ///
  /// Near the collapsed state, where every p and q is uniform, scores s give q − 1/K ∝ s/ε and
  /// p − 1/K ∝ s/τ. A direction of the features grows only where q's share that both views have in
  /// common, ρ/ε, exceeds 1/τ: the views' correlation ρ must exceed ε/τ, else the loss ends at
  /// ln K. The paper's 0.05 asks for ρ > 0.5, which crops of so similar pictures as faces do not
  /// reach at the start.
  public var epsilon: Double
  public var sinkhornIterations: Int
  /// Features kept of earlier batches for each large crop; 0 keeps none.
  public var queueLength: Int
  /// The epoch from which the queue takes part.
  public var queueFromEpoch: Int
  /// First steps in which the prototypes stay as they were drawn.
  public var frozenPrototypeSteps: Int

  public init(
    prototypes: Int, projection: Int = 128, temperature: Double = 0.1, epsilon: Double = 0.05,
    sinkhornIterations: Int = 3, queueLength: Int = 0, queueFromEpoch: Int = 15,
    frozenPrototypeSteps: Int = 0
  ) {
    (self.prototypes, self.projection, self.temperature) = (prototypes, projection, temperature)
    (self.epsilon, self.sinkhornIterations) = (epsilon, sinkhornIterations)
    (self.queueLength, self.queueFromEpoch) = (queueLength, queueFromEpoch)
    self.frozenPrototypeSteps = frozenPrototypeSteps
  }

  init(_ options: any OptionValues) throws {
    self.init(
      prototypes: try options.integer("prototypes"),
      projection: try options.integer("projection"),
      temperature: try options.real("temperature"), epsilon: try options.real("epsilon"),
      sinkhornIterations: try options.integer("sinkhorn-iterations"),
      queueLength: try options.integer("queue"),
      queueFromEpoch: try options.integer("queue-from"),
      frozenPrototypeSteps: try options.integer("freeze-prototypes"))
  }
}

/// SwAV: predict the cluster of one view from another view of the same image.
public final class SwAV: PretrainingMethod {
  public let backbone: any Backbone
  public let crops: MultiCropSettings
  let projectionHead: ProjectionHead
  let prototypes: Prototypes
  let settings: SwAVSettings
  private let compute: Compute
  /// Features z of the last batches, one queue for each large crop: [G, Q, D]; all zero until
  /// the first batches have filled it.
  let queue: Tensor?
  private let group: ProcessGroup?

  public convenience init(_ setup: PretrainingSetup) throws {
    try self.init(
      setup, crops: MultiCropSettings(multiCrop: setup.options),
      settings: SwAVSettings(setup.options))
  }

  init(_ setup: PretrainingSetup, crops: MultiCropSettings, settings: SwAVSettings) throws {
    guard crops.globalCrops.count >= 2 else {
      throw PretrainingError(
        code: .badSettings, message: "SwAV swaps assignments between large crops: it needs two")
    }
    (self.crops, self.settings, compute, group) = (crops, settings, setup.compute, setup.group)
    backbone = try setup.makeBackbone()
    let generator = try setup.generator("heads")
    projectionHead = try setup.placed(
      ProjectionHead(
        inputs: backbone.featureCount, hidden: backbone.featureCount, outputs: settings.projection,
        generator: generator))
    prototypes = try setup.placed(
      Prototypes(inputs: settings.projection, count: settings.prototypes, generator: generator))
    queue =
      settings.queueLength == 0
      ? nil
      : try Tensor.zeros(
        [crops.globalCrops.count, settings.queueLength, settings.projection],
        dtype: .float32, device: compute.device)
  }

  public var state: [NamedTensor] {
    backbone.state.prefixed("backbone") + projectionHead.state + prototypes.state
      + (queue.map { [NamedTensor("queue", $0, .buffer)] } ?? [])
  }

  /// ln K: every assignment and every prediction uniform.
  public var uninformedLoss: Double? { log(Double(settings.prototypes)) }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    try prototypes.normalizeRows()  // c ← c / ‖c‖
    let (z, scores) = try scores(batch)
    return MethodOutput(
      loss: try loss(z: z, scores: scores, batch: batch.indices.count, at: position),
      features: try z.detached().narrow(0, start: 0, length: batch.indices.count))
  }

  public func willUpdate(at position: StepPosition) throws {
    guard position.step < settings.frozenPrototypeSteps else { return }
    for parameter in prototypes.parameters { parameter.tensor.clearGradient() }
  }

  /// Projections z [V·B, D], unit length, and scores zᵀC [V·B, K] of all V views of B images,
  /// view by view. Crops of one size go through the backbone together, as in published code.
  private func scores(_ batch: MultiCropBatch) throws -> (z: Tensor, scores: Tensor) {
    try compute.autocast {
      let features = try Tensor.cat(
        crops.viewGroups.map {
          try backbone(batch.images($0, on: compute.device), training: true)
        })
      let z = try projectionHead(features, training: true).to(.float32).l2Normalized(1)
      return (z, try prototypes(z, training: true).to(.float32))
    }
  }

  /// The swapped prediction of Eq. 1, over every large crop s as target and every other view t:
  /// L = mean over s, t ≠ s of ℓ(z_t, q_s), ℓ(z_t, q_s) = −Σ_k q_s log p_t (Eq. 2).
  func loss(z: Tensor, scores: Tensor, batch: Int, at position: StepPosition) throws -> Tensor {
    let views = crops.viewCount
    let logits = try scores / settings.temperature
    let logProbabilities = try logits.reshaped([views, batch, settings.prototypes])
      .logSoftmax(2)
    var total: Tensor?
    for s in 0..<crops.globalCrops.count {
      let q = try assignments(of: s, z: z, scores: scores, batch: batch, at: position)  // [B, K]
      for t in 0..<views where t != s {
        let p = try logProbabilities.select(0, t)  // [B, K]
        let term = try -(q * p).sum([1]).mean()
        total = try total.map { try $0 + term } ?? term
      }
    }
    guard let total else {
      throw PretrainingError(code: .badSettings, message: "SwAV got no views")
    }
    return try total / Double(crops.globalCrops.count * (views - 1))
  }

  /// The codes q_s of a large crop's batch, with the queue's features beside it once they count. The
  /// batches of all ranks are assigned together, and go into one queue.
  private func assignments(
    of s: Int, z: Tensor, scores: Tensor, batch: Int, at position: StepPosition
  ) throws -> Tensor {
    try withoutGradient {
      let own = try group.rows(scores.detached().narrow(0, start: s * batch, length: batch))
      let place = (group?.rank ?? 0) * batch
      guard let queue else { return try assign(own).narrow(0, start: place, length: batch) }
      let line = try queue.select(0, s)  // [Q, D]
      let isFull = try line.select(0, -1).abs().sum().item() > 0
      var all = own
      if position.epoch >= settings.queueFromEpoch && isFull {
        all = try Tensor.cat([own, prototypes(line, training: false)], dim: 0)
      }
      let q = try assign(all).narrow(0, start: place, length: batch)
      try enqueue(group.rows(z.narrow(0, start: s * batch, length: batch)), into: line)
      return q
    }
  }

  private func assign(_ scores: Tensor) throws -> Tensor {
    try sinkhorn(
      scores, epsilon: settings.epsilon, iterations: settings.sinkhornIterations)
  }
}

/// Balanced soft assignments: the Q that maximises Tr(QᵀCᵀZ) + ε H(Q) with every prototype used
/// equally often (Eq. 3–4), by Sinkhorn–Knopp's alternate scaling of rows and columns.
///
/// - Parameters: scores: CᵀZ as float32 [B, K]; epsilon: ε > 0; iterations: ≥ 1.
/// - Returns: [B, K]; each row sums to 1.
/// - Edge cases: the largest score is subtracted first, so exp does not overflow; the scaling
///   cancels it.
/// - Source: Caron et al. 2020, §3.1 and listing 1. Checked by: SinkhornTests.
public func sinkhorn(_ scores: Tensor, epsilon: Double, iterations: Int) throws -> Tensor {
  let largest = try scores.max().item()
  var q = try ((scores - largest) / epsilon).exp()  // [B, K]
  let (samples, prototypes) = (Double(q.shape[0]), Double(q.shape[1]))
  q = try q / q.sum()
  for _ in 0..<iterations {
    // A prototype that no sample comes near has a sum that underflows: 0 / 0 must stay 0.
    q = try q / (q.sum([0], keepDimension: true).clamp(low: 1e-30) * prototypes)
    q = try q / (q.sum([1], keepDimension: true).clamp(low: 1e-30) * samples)
  }
  return try q * samples
}
