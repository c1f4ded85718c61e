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
    let context = self.context
    let setup = PretrainingSetup(
      options: options, dataset: context.dataset,
      compute: Compute(device: device, precision: try options.precision(on: device)),
      seed: context.seed, makeBackbone: { try context.makeBackbone(on: device) })
    guard let method = try PretrainingMethods.make(context.specification.method, setup) else {
      throw EngineError(.badOption, "pretrain has no method \(context.specification.method)")
    }
    return try PretrainingTrainer(
      method, settings: OptimizationSettings(options), device: device,
      isProfiled: options.flag("profile"))
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
    guard method.picturesPerIdentity > 1 else {
      return TrainingOrder(samples: samples, batch: batch, seed: context.seed)
    }
    let identities = try samples.map { try dataset.labels(at: $0).identity ?? -1 }
    return TrainingOrder(
      samples: samples, batch: batch, seed: context.seed, groups: identities,
      groupSize: method.picturesPerIdentity)
  }
}
