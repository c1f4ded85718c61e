import Experiments
import FaceData
import FaceModels
import FaceTasks
import Foundation
import Torch

/// Trains a task's head, and what the plan lets learn of its backbone, with validation on the way.
final class AdaptationTrainer {
  let task: any FaceTask
  private let context: JobContext
  private let plan: AdaptationPlan
  private let data: AdaptationData
  /// Which of the plan's candidates this is; its steps come after those of the earlier ones.
  private let trial: Int
  private let optimizer: AdamW
  /// Features of a backbone that does not learn; nil computes them in each step.
  private let frozen: (training: FrozenFeatures, test: FrozenFeatures)?
  private(set) var progress = AdaptationProgress()

  init(
    context: JobContext, task: any FaceTask, plan: AdaptationPlan, data: AdaptationData,
    trial: Int, frozen: (training: FrozenFeatures, test: FrozenFeatures)?
  ) throws {
    (self.context, self.task, self.plan, self.data) = (context, task, plan, data)
    (self.trial, self.frozen) = (trial, frozen)
    plan.prepare(task.setup.backbone)
    optimizer = try AdamW(plan.groups(task))
  }

  /// Backbone and head under the names that a model file has.
  var modelState: [NamedTensor] {
    task.setup.backbone.state.prefixed("backbone") + task.headState.prefixed("head")
  }

  /// Trains to the end of the trial or to a pause.
  /// - Parameters: start: the step of this trial to begin with; save: writes a checkpoint after so
  ///   many steps of this trial.
  func train(from start: Int, save: (Int, [NamedTensor]) throws -> Void) throws -> JobEnd {
    let batch = try min(context.options.integer("batch"), data.labelled.count)
    let order = TrainingOrder(
      samples: Array(data.labelled.indices), batch: batch, seed: context.seed)
    let loader = frozen == nil ? makeLoader(order, from: start) : nil
    let offset = trial * plan.steps
    let pace = Pace(
      firstStep: offset + start, steps: plan.candidates.count * plan.steps, imagesPerStep: batch)
    for step in start..<plan.steps {
      let loss = try trainStep(step, order: order, batch: loader?.next())
      let done = step + 1
      if done.isMultiple(of: plan.validateEvery) || done == plan.steps {
        try validate(at: offset + done)
      }
      try record(loss: loss, done: done, order: order, pace: pace)
      if try context.isToPause(after: offset + done, of: plan.candidates.count * plan.steps) {
        try save(done, checkpointState)
        try report(loss: loss, done: done, order: order, pace: pace, isLast: true)
        return .paused
      }
      if done.isMultiple(of: plan.checkpointEvery) && done < plan.steps {
        try save(done, checkpointState)
      }
    }
    try context.recorder.flush()
    return .finished
  }

  private func makeLoader(_ order: TrainingOrder, from start: Int)
    -> OrderedPrefetcher<LabelledBatch>
  {
    let (dataset, crop, seed) = (data.dataset, task.trainingCrop, context.seed)
    let labelled = data.labelled
    return OrderedPrefetcher(steps: start..<plan.steps, threads: context.threads, depth: 4) {
      step in
      try LabelledCrop.batch(
        dataset, indices: order.indices(of: step).map { labelled[$0] }, settings: crop,
        seed: seed, epoch: step)
    }
  }

  private func trainStep(_ step: Int, order: TrainingOrder, batch: LabelledBatch?) throws -> Double
  {
    let loss: Tensor
    if let source = frozen?.training {
      let indices = order.indices(of: step).map { data.labelled[$0] }
      loss = try task.loss(
        features: source.features(of: indices), samples: indices.map { try source.sample($0) })
    } else if let batch {
      loss = try task.loss(features: task.trainingFeatures(batch.view), samples: batch.samples)
    } else {
      throw EngineError(.tooFewSamples, "the data ended at step \(step) of \(plan.steps)")
    }
    let value = try loss.item()
    guard value.isFinite else {
      throw EngineError(
        .badOption, "the loss became \(value) at step \(step): lower learning-rate (\(rate))")
    }
    optimizer.clearGradients()
    try loss.backward()
    try optimizer.step(learningRate: schedule(step))
    return value
  }

  private var rate: Double { plan.candidates[trial] }

  /// A tenth of the steps to warm up, then a cosine to zero.
  private var schedule: CosineSchedule {
    CosineSchedule(base: rate, final: 0, warmupSteps: plan.steps / 10, totalSteps: plan.steps)
  }

  // MARK: Validation

  private func validate(at step: Int) throws {
    let validation = try evaluate(data.validation, onTest: false)
    for metric in validation.metrics {
      context.recorder.metric("validation." + metric.name, step: step, metric.value)
    }
    let selection = task.selectionMetric
    if plan.notesBestOnTest {
      let test = try evaluate(data.test, onTest: true)
      if let value = test.value(of: selection.name) {
        progress.noteTest(value, test.metrics, selection)
      }
    }
    guard let value = validation.value(of: selection.name),
      progress.noteValidation(value, selection)
    else { return }
    progress.best = try modelState.copies()
  }

  private func evaluate(_ split: EvaluationSplit, onTest: Bool) throws -> TaskEvaluation {
    try task.judge(answers(split, onTest: onTest), on: split, of: dataset(onTest))
  }

  /// The model's answers for validation or test samples, as it is now.
  func answers(_ split: EvaluationSplit, onTest: Bool) throws -> TaskPredictions {
    let source: any FeatureSource =
      frozen.map { onTest ? $0.test : $0.training } ?? task.featureSource(of: dataset(onTest))
    return try task.answers(split, with: source)
  }

  private func dataset(_ isTest: Bool) -> any FaceDataset {
    isTest ? data.testDataset : data.dataset
  }

  private func record(loss: Double, done: Int, order: TrainingOrder, pace: Pace) throws {
    context.recorder.metric("loss", step: trial * plan.steps + done, loss)
    try report(loss: loss, done: done, order: order, pace: pace)
  }

  private func report(
    loss: Double, done: Int, order: TrainingOrder, pace: Pace, isLast: Bool = false
  ) throws {
    let step = trial * plan.steps + done
    try context.recorder.progress(
      EngineProgress(
        phase: "adapt", epoch: order.epoch(of: done - 1) + 1,
        epochs: order.epoch(of: plan.steps - 1) + 1, step: step,
        steps: plan.candidates.count * plan.steps, loss: loss,
        imagesPerSecond: pace.imagesPerSecond(after: step),
        etaSeconds: pace.secondsLeft(after: step)), isLast: isLast)
  }

  // MARK: State

  private var checkpointState: [NamedTensor] {
    modelState + optimizer.state.prefixed("optimizer") + progress.best.prefixed("best")
  }

  /// Goes on where a checkpoint of this trial left off.
  func restore(_ checkpoint: Checkpoint, progress saved: AdaptationProgress) throws {
    try checkpoint.restore(modelState)
    try optimizer.load(checkpoint.tensors.subset(prefix: "optimizer."))
    progress = saved
    let best = checkpoint.tensors.subset(prefix: "best.")
    progress.best = modelState.compactMap { entry in
      best[entry.name].map { NamedTensor(entry.name, $0, entry.kind) }
    }
  }
}
