import Experiments
import FaceData
import FaceModels
import Pretraining
import Torch

/// The loop of a pre-training: batches, updates, curves, warnings, probes, checkpoints, pause and
/// resume.
final class PretrainLoop {
  private let context: JobContext
  private let trainer: PretrainingTrainer
  private let order: TrainingOrder
  private let steps: Int
  private let checkpointEvery: Int
  private let isProfiled: Bool
  private let probe: FeatureProbe?
  private var watch: CollapseWatch
  /// The best value of the probe so far.
  private var best: Double?
  /// Rate, speed and spread are noted, and the spread is measured, every so many steps.
  private static let noteEvery = 10
  private static let bestNote = "best-probe"

  init(context: JobContext, trainer: PretrainingTrainer, order: TrainingOrder) throws {
    (self.context, self.trainer, self.order) = (context, trainer, order)
    let options = context.options
    steps = try order.stepsPerEpoch * options.integer("epochs")
    checkpointEvery = try options.integer("checkpoint-every")
    isProfiled = try options.flag("profile")
    probe = try FeatureProbe(context)
    watch = CollapseWatch(uninformedLoss: trainer.method.uninformedLoss)
  }

  func run() throws -> JobEnd {
    let start = try resume()
    let loader = makeLoader(from: start)
    let pace = Pace(firstStep: start, steps: steps, imagesPerStep: order.batch)
    for step in start..<steps {
      guard let batch = try trainer.profile.measure(.data, { try loader.next() }) else { break }
      let position = StepPosition(
        step: step, stepsPerEpoch: order.stepsPerEpoch, totalSteps: steps)
      let report = try trainer.train(batch, at: position, measuresSpread: isNoted(step + 1))
      let isPaused = try profiled { try finish(report, at: position, pace: pace) }
      if isPaused { return .paused }
    }
    if isProfiled {
      context.recorder.message(trainer.profile.summary(steps: steps - start))
    }
    return .finished
  }

  /// Everything of a step beside its update.
  ///
  /// - Returns: whether the run is to stop here.
  private func finish(_ report: StepReport, at position: StepPosition, pace: Pace) throws -> Bool {
    let done = position.step + 1
    try record(report, at: position, pace: pace)
    try measure(done)
    if context.isInterrupted() {
      try save(step: done)
      return true
    }
    if done.isMultiple(of: checkpointEvery) || done == steps { try save(step: done) }
    return false
  }

  private func profiled<Result>(_ body: () throws -> Result) throws -> Result {
    try trainer.profile.measure(.other, body)
  }

  private func makeLoader(from start: Int) -> OrderedPrefetcher<MultiCropBatch> {
    let (dataset, crops, seed) = (context.dataset, trainer.method.crops, context.seed)
    let order = self.order
    return OrderedPrefetcher(steps: start..<steps, threads: context.threads, depth: 4) { step in
      try MultiCrop.batch(
        dataset, indices: order.indices(of: step), settings: crops, seed: seed,
        epoch: order.epoch(of: step))
    }
  }

  // MARK: Curves and probes

  private func isNoted(_ done: Int) -> Bool {
    done.isMultiple(of: Self.noteEvery) || done == steps
  }

  private func record(_ report: StepReport, at position: StepPosition, pace: Pace) throws {
    let done = position.step + 1
    let recorder = context.recorder
    recorder.metric("loss", step: done, report.loss)
    if let norm = report.gradientNorm { recorder.metric("gradient-norm", step: done, norm) }
    if isNoted(done) {
      recorder.metric("learning-rate", step: done, report.learningRate)
      recorder.metric("images-per-second", step: done, pace.imagesPerSecond(after: done))
      if let spread = report.spread { recorder.metric("feature-spread", step: done, spread) }
    }
    if let warning = watch.warning(after: report, steps: Self.noteEvery) {
      recorder.message("step \(done): " + warning)
    }
    try recorder.progress(
      EngineProgress(
        phase: "train", epoch: position.epoch + 1, epochs: steps / order.stepsPerEpoch, step: done,
        steps: steps, loss: report.loss, imagesPerSecond: pace.imagesPerSecond(after: done),
        etaSeconds: pace.secondsLeft(after: done)))
  }

  /// Probes the features where an epoch ends that is due, and keeps the best weights.
  private func measure(_ done: Int) throws {
    guard let probe, done.isMultiple(of: order.stepsPerEpoch * probe.epochs) || done == steps else {
      return
    }
    let value = try probe.value(of: trainer.method.backbone)
    context.recorder.metric(probe.metric, step: done, value)
    if let best, !probe.isBetter(value, than: best) { return }
    best = value
    try context.saveModel(
      trainer.result.prefixed("backbone"), selection: .validationBest, file: JobFiles.bestModel)
  }

  // MARK: Checkpoints

  /// The step to go on from, with everything as it was there.
  private func resume() throws -> Int {
    guard let checkpoint = context.checkpoint else { return 0 }
    try checkpoint.restore(trainer.state)
    try trainer.optimizer.load(checkpoint.tensors.subset(prefix: "optimizer."))
    best = checkpoint.notes[Self.bestNote].flatMap(UInt64.init).map(Double.init(bitPattern:))
    return checkpoint.step
  }

  private func save(step: Int) throws {
    try context.recorder.flush()
    var notes: [String: String] = [:]
    // The bit pattern: a decimal could round.
    if let best { notes[Self.bestNote] = String(best.bitPattern) }
    try Checkpoint.save(
      step: step, owner: context.run.cacheKey,
      state: trainer.state + trainer.optimizer.state.prefixed("optimizer"), notes: notes,
      to: context.checkpointFile)
  }
}
