import Experiments
import FaceData
import FaceModels
import Pretraining
import Torch

/// Pre-trains a backbone: order of the data, steps, curves, checkpoints, pause and resume.
struct PretrainJob {
  let context: JobContext

  func run() throws -> JobEnd {
    let method = try makeMethod()
    let order = try makeOrder()
    let steps = try order.stepsPerEpoch * context.options.integer("epochs")
    let start = try resume(method)
    let end = try train(method, order: order, from: start, to: steps)
    if case .finished = end {
      try context.saveModel(method.backbone.state.prefixed("backbone"), selection: .last)
    }
    return end
  }

  private func makeMethod() throws -> any PretrainingMethod {
    let options = context.options
    let device = try options.device()
    let optimization = OptimizationSettings(
      rule: try options.choice("optimizer", as: OptimizationSettings.Rule.self),
      learningRate: try options.real("learning-rate"), warmup: try options.real("warmup"),
      weightDecay: try options.real("weight-decay"),
      precision: try options.precision(on: device), device: device)
    let backbone = try context.makeBackbone(on: device)
    switch context.specification.method {
    case "swav":
      return try SwAV(
        backbone: backbone, crops: multiCrop(), settings: swavSettings(),
        optimization: optimization, generator: context.generator("heads"))
    case "supervised":
      return try Supervised(
        backbone: backbone, crops: singleCrop(), dataset: context.dataset,
        optimization: optimization, generator: context.generator("heads"))
    default:
      throw EngineError(
        .badOption, "pretrain has no method \(context.specification.method)")
    }
  }

  private func swavSettings() throws -> SwAVSettings {
    let options = context.options
    return SwAVSettings(
      prototypes: try options.integer("prototypes"),
      projection: try options.integer("projection"),
      temperature: try options.real("temperature"), epsilon: try options.real("epsilon"),
      sinkhornIterations: try options.integer("sinkhorn-iterations"),
      queueLength: try options.integer("queue"),
      queueFromEpoch: try options.integer("queue-from"),
      frozenPrototypeSteps: try options.integer("freeze-prototypes"))
  }

  private func multiCrop() throws -> MultiCropSettings {
    let options = context.options
    return MultiCropSettings(
      globalCrops: CropGroup(
        count: try options.integer("global-crops"), size: try options.integer("size"),
        scale: try Float(options.real("global-scale"))...1),
      localCrops: CropGroup(
        count: try options.integer("local-crops"), size: try options.integer("local-size"),
        scale: try Float(options.real("local-scale"))...Float(options.real("global-scale"))))
  }

  private func singleCrop() throws -> MultiCropSettings {
    let options = context.options
    return MultiCropSettings(
      globalCrops: CropGroup(
        count: 1, size: try options.integer("size"),
        scale: try Float(options.real("crop-scale"))...1),
      localCrops: CropGroup(count: 0, size: 32, scale: 0.1...0.2))
  }

  private func makeOrder() throws -> TrainingOrder {
    let batch = try context.options.integer("batch")
    let count = context.dataset.count
    guard count >= batch else {
      throw EngineError(
        .tooFewSamples, "the data set has \(count) samples, a batch has \(batch): lower batch")
    }
    return TrainingOrder(samples: Array(0..<count), batch: batch, seed: context.seed)
  }

  /// The step to go on from, with the method's state as it was there.
  private func resume(_ method: any PretrainingMethod) throws -> Int {
    guard let checkpoint = context.checkpoint else { return 0 }
    try checkpoint.restore(method.state)
    try method.optimizer.load(checkpoint.tensors.subset(prefix: "optimizer."))
    return checkpoint.step
  }

  private func save(_ method: any PretrainingMethod, step: Int) throws {
    try context.recorder.flush()
    try Checkpoint.save(
      step: step, owner: context.run.cacheKey,
      state: method.state + method.optimizer.state.prefixed("optimizer"),
      to: context.checkpointFile)
  }

  private func train(
    _ method: any PretrainingMethod, order: TrainingOrder, from start: Int, to steps: Int
  ) throws -> JobEnd {
    let (dataset, crops, seed) = (context.dataset, method.crops, context.seed)
    let loader = OrderedPrefetcher(steps: start..<steps, threads: context.threads, depth: 4) {
      step in
      try MultiCrop.batch(
        dataset, indices: order.indices(of: step), settings: crops, seed: seed,
        epoch: order.epoch(of: step))
    }
    let pace = Pace(firstStep: start, steps: steps, imagesPerStep: order.batch)
    let checkpointEvery = try context.options.integer("checkpoint-every")
    for step in start..<steps {
      guard let batch = try loader.next() else { break }
      let position = StepPosition(
        step: step, stepsPerEpoch: order.stepsPerEpoch, totalSteps: steps)
      let report = try method.train(batch, at: position)
      try record(report, position: position, pace: pace)
      if context.isInterrupted() {
        try save(method, step: step + 1)
        return .paused
      }
      if (step + 1).isMultiple(of: checkpointEvery) { try save(method, step: step + 1) }
    }
    try save(method, step: steps)
    return .finished
  }

  private func record(_ report: StepReport, position: StepPosition, pace: Pace) throws {
    let done = position.step + 1
    let recorder = context.recorder
    recorder.metric("loss", step: done, report.loss)
    if done.isMultiple(of: 10) || done == position.totalSteps {
      recorder.metric("learning-rate", step: done, report.learningRate)
      recorder.metric("images-per-second", step: done, pace.imagesPerSecond(after: done))
    }
    try recorder.progress(
      EngineProgress(
        phase: "train", epoch: position.epoch + 1,
        epochs: position.totalSteps / position.stepsPerEpoch, step: done,
        steps: position.totalSteps, loss: report.loss,
        imagesPerSecond: pace.imagesPerSecond(after: done),
        etaSeconds: pace.secondsLeft(after: done)))
  }
}
