import Experiments
import FaceData
import FaceModels
import FaceTasks
import Foundation
import Torch

/// Adapts a backbone to a task at a label budget: subset, training, validation, test.
///
/// Where the plan searches, every candidate is a training of its own, and the one with the best
/// validation is kept. The weights of the last step and of the best validation are two models; both
/// are tested, and their results are kept apart, as is the best test result on the way.
struct AdaptJob {
  let context: JobContext
  private let plan: AdaptationPlan
  private let input: InputSettings
  private let data: AdaptationData
  private let taskType: any FaceTask.Type

  init(context: JobContext) throws {
    self.context = context
    let options = context.options
    guard let type = TaskTable.task(named: context.specification.method) else {
      throw EngineError(.badOption, "adapt has no task \(context.specification.method)")
    }
    taskType = type
    plan = try AdaptationPlan(options)
    input = try options.input(device: options.device())
    guard input.precision != .float16 else {
      throw EngineError(
        .badOption, "adapt does not scale its loss for float16: use precision: bfloat16 or float32")
    }
    data = try AdaptationData(context: context, task: type)
  }

  func run() throws -> JobEnd {
    if plan.way == .neighbours {
      let task = try makeTask()
      let job = NeighbourJob(context: context, plan: plan, data: data, task: task)
      try job.run(sources: frozenFeatures(task, kind: .pooled))
      return .finished
    }
    guard let (winner, task) = try train() else { return .paused }
    try report(winner, task)
    return .finished
  }

  /// The same task for every trial: weights are drawn from the seed or come from the parent.
  private func makeTask() throws -> any FaceTask {
    try taskType.init(
      TaskSetup(
        backbone: context.makeBackbone(on: input.device), input: input, options: context.options,
        generator: context.generator("head"),
        origin: .labels(dataset: data.dataset, indices: data.labelled)))
  }

  /// Nil where the backbone learns, or its features are too large to keep.
  private func frozenFeatures(_ task: any FaceTask) throws -> (
    training: FrozenFeatures, test: FrozenFeatures
  )? {
    guard plan.way == .linear, task.featureKind != .pyramid else { return nil }
    return try frozenFeatures(task, kind: task.featureKind)
  }

  private func frozenFeatures(_ task: any FaceTask, kind: FeatureKind) throws -> (
    training: FrozenFeatures, test: FrozenFeatures
  ) {
    let mirrors = taskType.comparesPeople
    func features(of dataset: any FaceDataset) throws -> FrozenFeatures {
      let live = LiveFeatures(
        dataset: dataset, backbone: task.setup.backbone, kind: kind, withMirror: mirrors,
        input: input)
      return try FrozenFeatures(
        live, kind: kind, withMirror: mirrors, weights: task.setup.backbone.state, input: input,
        folder: context.cacheFolder)
    }
    let training = try features(of: data.dataset)
    try training.prepare(data.labelled) { done, count in
      try context.recorder.progress(EngineProgress(phase: "data", step: done, steps: count))
    }
    return (training, context.testSet == nil ? training : try features(of: data.testDataset))
  }

  // MARK: Trials

  private static let progressNote = "progress"
  private static let winnerNote = "winner"

  /// Nil is a pause.
  private func train() throws -> (TrialWinner, any FaceTask)? {
    let checkpoint = context.checkpoint
    let (first, start) = (checkpoint?.step ?? 0).quotientAndRemainder(dividingBy: plan.steps)
    var (winner, task): (TrialWinner?, (any FaceTask)?) = (nil, nil)
    if let checkpoint, start == 0 {
      // Written after the last step of a trial: that one is over.
      let trainer = try makeTrainer(trial: first - 1)
      winner = try better(restore(trainer, checkpoint), trainer, trial: first - 1)
      task = trainer.task
    }
    for trial in first..<plan.candidates.count {
      let trainer = try makeTrainer(trial: trial)
      task = trainer.task
      let isResumed = trial == first && start > 0
      if isResumed, let checkpoint { winner = try restore(trainer, checkpoint) }
      let end = try trainer.train(from: isResumed ? start : 0) { done, state in
        try save(trainer, winner, state, step: trial * plan.steps + done)
      }
      if case .paused = end { return nil }
      winner = try better(winner, trainer, trial: trial)
    }
    guard let task, let winner else {
      throw EngineError(.badCheckpoint, "the checkpoint holds no finished trial: start anew")
    }
    return (winner, task)
  }

  private func makeTrainer(trial: Int) throws -> AdaptationTrainer {
    let task = try makeTask()
    return try AdaptationTrainer(
      context: context, task: task, plan: plan, data: data, trial: trial,
      frozen: frozenFeatures(task))
  }

  /// The trial that has just ended, or the earlier one that was better on validation.
  private func better(_ former: TrialWinner?, _ trainer: AdaptationTrainer, trial: Int) throws
    -> TrialWinner
  {
    if let former {
      guard let value = trainer.progress.validation else { return former }
      if let best = former.progress.validation,
        !trainer.task.selectionMetric.isBetter(value, than: best)
      {
        return former
      }
    }
    return TrialWinner(
      candidate: plan.candidates[trial], progress: trainer.progress,
      last: try trainer.modelState.copies())
  }

  private func save(
    _ trainer: AdaptationTrainer, _ winner: TrialWinner?, _ state: [NamedTensor], step: Int
  ) throws {
    try context.recorder.flush()
    var notes = [Self.progressNote: try CheckpointNote.encode(trainer.progress)]
    if let winner { notes[Self.winnerNote] = try winner.note() }
    try Checkpoint.save(
      step: step, owner: context.run.cacheKey, state: state + (winner?.state ?? []), notes: notes,
      to: context.checkpointFile)
  }

  /// - Returns: the best of the earlier trials.
  private func restore(_ trainer: AdaptationTrainer, _ checkpoint: Checkpoint) throws
    -> TrialWinner?
  {
    guard let text = checkpoint.notes[Self.progressNote] else {
      throw EngineError(
        .badCheckpoint, "the checkpoint of \(context.run.name) lacks its progress: start anew")
    }
    try trainer.restore(
      checkpoint, progress: CheckpointNote.decode(AdaptationProgress.self, text))
    return try checkpoint.notes[Self.winnerNote].map {
      try TrialWinner(note: $0, tensors: checkpoint.tensors, like: trainer.modelState)
    }
  }

  // MARK: Results

  private func report(_ winner: TrialWinner, _ task: any FaceTask) throws {
    let reporter = AdaptationReport(context: context, data: data, plan: plan, task: task)
    let state = task.setup.backbone.state.prefixed("backbone") + task.headState.prefixed("head")
    let sources = try frozenFeatures(task)
    func answers() throws -> TaskPredictions {
      let source: any FeatureSource = sources?.test ?? task.featureSource(of: data.testDataset)
      return try task.answers(data.test, with: source)
    }
    try state.take(winner.last)
    try reporter.record(reporter.judge(answers()).metrics, selection: .last)
    try state.take(winner.progress.best)
    let best = try answers()
    try reporter.recordBest(best)
    try reporter.record(winner.progress.testMetrics, selection: .testBest)
    try reporter.recordSearch(
      "learning-rate", chosen: winner.candidate, validation: winner.progress.validation)
    let record = try ProtocolRecord(task: task, data: data)
    try context.saveModel(
      state, selection: .validationBest, metadata: context.write(record))
  }
}
