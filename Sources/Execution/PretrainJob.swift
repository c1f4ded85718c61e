import Experiments
import FaceData
import FaceModels
import Pretraining
import Torch

/// Pre-trains a backbone with a method of the catalogue.
struct PretrainJob {
  let context: JobContext
  private var options: JobOptions { context.options }

  func run() throws -> JobEnd {
    let trainer = try makeTrainer()
    let loop = try PretrainLoop(
      context: context, trainer: trainer, order: makeOrder(trainer.method))
    let end = try loop.run()
    if case .finished = end {
      try context.saveModel(trainer.result.prefixed("backbone"), selection: .last)
    }
    return end
  }

  private func makeTrainer() throws -> PretrainingTrainer {
    let device = try options.device()
    let precision = try options.precision(on: device, isScaled: true)
    let context = self.context
    let recomputes = try options.flag("recompute")
    let setup = PretrainingSetup(
      options: options, dataset: context.dataset,
      compute: Compute(device: device, precision: precision), seed: context.seed,
      group: context.ranks.group,
      makeBackbone: {
        let backbone = try context.makeBackbone(on: device)
        backbone.recomputesActivations = recomputes
        return backbone
      })
    guard let method = try PretrainingMethods.make(context.specification.method, setup) else {
      throw EngineError(.badOption, "pretrain has no method \(context.specification.method)")
    }
    return try PretrainingTrainer(
      method, settings: OptimizationSettings(options), device: device, group: context.ranks.group,
      scaler: precision == .float16 ? lossScaler(for: device) : nil,
      isProfiled: options.flag("profile"))
  }

  /// On processors the weights' gradients are of float32. The maps' are larger and need less of a scale: with
  /// PyTorch's they overflow in the first steps, which are left out then.
  private func lossScaler(for device: Device) throws -> LossScaler {
    try device.isCUDA ? LossScaler() : LossScaler(scale: 1024)
  }

  private func makeOrder(_ method: any PretrainingMethod) throws -> TrainingOrder {
    let batch = try options.integer("batch")
    let dataset = context.dataset
    var samples = Array(0..<dataset.count)
    if method.needsIdentities {
      samples = try samples.filter { try dataset.labels(at: $0).identity != nil }
    }
    guard samples.count >= batch else {
      let known = method.needsIdentities ? " with an identity" : ""
      throw EngineError(
        .tooFewSamples,
        "the data set has \(samples.count) samples\(known), a batch has \(batch): lower batch")
    }
    let ranks = context.ranks.size
    guard batch.isMultiple(of: ranks) else {
      throw EngineError(
        .badRank,
        "\(ranks) ranks cannot share a batch of \(batch) evenly: the batch is that of all ranks"
          + " together, make it a multiple of \(ranks)")
    }
    guard method.picturesPerIdentity > 1 else {
      return TrainingOrder(samples: samples, batch: batch, seed: context.seed)
    }
    let identities = try samples.map { try dataset.labels(at: $0).identity ?? -1 }
    return TrainingOrder(
      samples: samples, batch: batch, seed: context.seed, groups: identities,
      groupSize: method.picturesPerIdentity)
  }
}
