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
  /// Probes in a row without a better one after which the run ends; 0 is never.
  private let patience: Int
  /// Probes since the best one.
  private var misses = 0
  private var watch: CollapseWatch
  /// The best value of the probe so far.
  private var best: Double?
  /// Rate, speed and spread are noted, and the spread is measured, every so many steps.
  private static let noteEvery = 10
  private static let bestNote = "best-probe"
  private static let missesNote = "probes-since-best"

  init(context: JobContext, trainer: PretrainingTrainer, order: TrainingOrder) throws {
    (self.context, self.trainer, self.order) = (context, trainer, order)
    let options = context.options
    steps = try order.stepsPerEpoch * options.integer("epochs")
    checkpointEvery = try options.integer("checkpoint-every")
    isProfiled = try options.flag("profile")
    probe = try FeatureProbe(context)
    patience = try options.integer("patience")
    guard patience == 0 || probe != nil else {
      throw EngineError(
        .badOption, "patience counts probes, and this run has none: give probe: knn or landmarks")
    }
    watch = CollapseWatch(uninformedLoss: trainer.method.uninformedLoss)
  }

  func run() throws -> JobEnd {
    let start = try resume()
    // It may stand beyond a limit already, or have ended early.
    if start > 0, start < steps, try context.isToPause(after: start, of: steps) {
      try tell(StepPosition(step: start - 1, stepsPerEpoch: order.stepsPerEpoch, totalSteps: steps))
      return .paused
    }
    let loader = makeLoader(from: start)
    let pace = Pace(firstStep: start, steps: steps, imagesPerStep: order.batch)
    for step in start..<steps where !isExhausted {
      guard let batch = try trainer.profile.measure(.data, { try loader.next() }) else { break }
      let position = StepPosition(
        step: step, stepsPerEpoch: order.stepsPerEpoch, totalSteps: steps)
      let report = try train(batch, at: position)
      let isPaused = try profiled { try finish(report, at: position, pace: pace) }
      if isPaused {
        try tell(position, report, pace: pace)
        return .paused
      }
    }
    if isProfiled {
      context.recorder.message(trainer.profile.summary(steps: steps - start))
    }
    return .finished
  }

  /// One update; where memory does not suffice, the error says which batch would fit.
  private func train(_ batch: MultiCropBatch, at position: StepPosition) throws -> StepReport {
    do {
      return try trainer.train(batch, at: position, measuresSpread: isNoted(position.step + 1))
    } catch let error as TensorError where error.code == .outOfMemory {
      throw EngineError(.outOfMemory, try outOfMemory(batch, at: position, error))
    }
  }

  private func outOfMemory(
    _ batch: MultiCropBatch, at position: StepPosition, _ error: TensorError
  ) throws -> String {
    let whole = "a step with batch: \(order.batch) does not fit in memory"
    let cheaper =
      "recompute: true needs less memory, and so do a smaller size and precision: bfloat16"
    // Ranks cannot try batches by themselves.
    guard context.ranks.group == nil else { return "\(whole); \(cheaper) (\(error.message))" }
    let largest = try LargestBatch.find(below: batch.indices.count) {
      try trainer.fits($0, of: batch, at: position)
    }
    guard let largest else { return "\(whole), nor did a smaller one after it; \(cheaper)" }
    let parts = (order.batch + largest - 1) / largest
    return
      "\(whole); the largest that does is \(largest): use batch: \(largest), or accumulate: \(parts)"
      + " for the same batch in \(parts) parts; \(cheaper)"
  }

  /// Everything of a step beside its update.
  ///
  /// - Returns: whether the run is to stop here.
  private func finish(_ report: StepReport, at position: StepPosition, pace: Pace) throws -> Bool {
    let done = position.step + 1
    try record(report, at: position, pace: pace)
    try measure(done)
    if try context.isToPause(after: done, of: steps) {
      try save(step: done)
      return true
    }
    if done.isMultiple(of: checkpointEvery) || done == steps || isExhausted {
      try save(step: done)
    }
    return false
  }

  /// Whether the probe has not improved for so long that the run ends.
  private var isExhausted: Bool { patience > 0 && misses >= patience }

  private func profiled<Result>(_ body: () throws -> Result) throws -> Result {
    try trainer.profile.measure(.other, body)
  }

  private func makeLoader(from start: Int) -> OrderedPrefetcher<MultiCropBatch> {
    let (dataset, crops, seed) = (context.dataset, trainer.method.crops, context.seed)
    let (order, ranks) = (self.order, context.ranks)
    let (rank, size) = (ranks.rank, ranks.size)
    return OrderedPrefetcher(steps: start..<steps, threads: context.threads, depth: 4) { step in
      try MultiCrop.batch(
        dataset, indices: order.indices(of: step, rank: rank, of: size), settings: crops,
        seed: seed,
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
    try recorder.progress(progress(position, report, pace: pace))
  }

  private func progress(_ position: StepPosition, _ report: StepReport?, pace: Pace?)
    -> EngineProgress
  {
    let done = position.step + 1
    return EngineProgress(
      phase: "train", epoch: position.epoch + 1, epochs: steps / order.stepsPerEpoch, step: done,
      steps: steps, loss: report?.loss, imagesPerSecond: pace?.imagesPerSecond(after: done),
      etaSeconds: pace?.secondsLeft(after: done))
  }

  /// Where the run stops for now.
  private func tell(_ position: StepPosition, _ report: StepReport? = nil, pace: Pace? = nil) throws
  {
    try context.recorder.progress(progress(position, report, pace: pace), isLast: true)
  }

  /// Probes the features where an epoch ends that is due, and keeps the best weights.
  private func measure(_ done: Int) throws {
    guard let probe, done.isMultiple(of: order.stepsPerEpoch * probe.epochs) || done == steps else {
      return
    }
    let value = try trainer.withResult { backbone in
      try context.ranks.group?.ofFirst { try probe.value(of: backbone) }
        ?? probe.value(of: backbone)
    }
    context.recorder.metric(probe.metric, step: done, value)
    if let best, !probe.isBetter(value, than: best) {
      misses += 1
      if isExhausted, done < steps {
        context.recorder.message(
          "step \(done) of \(steps): \(misses) probes without a better one than \(best): it ends here"
        )
      }
      return
    }
    (best, misses) = (value, 0)
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
    misses = checkpoint.notes[Self.missesNote].flatMap { Int($0) } ?? 0
    return checkpoint.step
  }

  private func save(step: Int) throws {
    guard context.ranks.isFirst else { return }
    try context.recorder.flush()
    var notes = [Self.missesNote: String(misses)]
    // The bit pattern: a decimal could round.
    if let best { notes[Self.bestNote] = String(best.bitPattern) }
    try Checkpoint.save(
      step: step, owner: context.run.cacheKey,
      state: trainer.state + trainer.optimizer.state.prefixed("optimizer"), notes: notes,
      to: context.checkpointFile)
  }
}
