import Experiments
import FaceData
import FaceModels
import FaceTasks
import Torch

/// Trains a task's head, and its backbone when fine-tuning, with validation on the way.
final class AdaptationTrainer {
  let task: any FaceTask
  private let context: JobContext
  private let input: InputSettings
  private let data: AdaptationData
  private let isFrozen: Bool
  private let optimizer: AdamW
  private let rate: Double
  private let steps: Int
  /// Weights of the best validation so far, beside the current ones.
  private var best: [NamedTensor] = []
  private var bestValue: Double?
  /// Frozen features of the labelled samples, computed once: row i is `data.labelled[i]`.
  private var frozenFeatures: (rows: Tensor, labels: [FaceLabels])?

  init(context: JobContext, task: any FaceTask, input: InputSettings, data: AdaptationData) throws {
    (self.context, self.task, self.input, self.data) = (context, task, input, data)
    let options = context.options
    isFrozen = try options.text("protocol") == "linear"
    rate = try options.real("learning-rate")
    steps = try options.integer("steps")
    optimizer = try AdamW(Self.groups(task, options: options, isFrozen: isFrozen))
    if isFrozen { task.backbone.setRequiresGradient(false) }
  }

  private static func groups(_ task: any FaceTask, options: JobOptions, isFrozen: Bool) throws
    -> [ParameterGroup]
  {
    let decay = try options.real("weight-decay")
    let head = ParameterGroup.decayingOnlyWeights(
      task.headState.filter { $0.kind == .parameter }.prefixed("head"), weightDecay: decay)
    guard !isFrozen else { return head }
    return head
      + ParameterGroup.decayingOnlyWeights(
        task.backbone.parameters.prefixed("backbone"), weightDecay: decay,
        learningRateScale: try options.real("backbone-rate"))
  }

  /// Backbone and head under the names that a model file has.
  var modelState: [NamedTensor] {
    task.backbone.state.prefixed("backbone") + task.headState.prefixed("head")
  }

  func train() throws -> JobEnd {
    let batch = try min(context.options.integer("batch"), data.labelled.count)
    let order = TrainingOrder(
      samples: Array(data.labelled.indices), batch: batch, seed: context.seed)
    let start = try resume()
    if isFrozen { try computeFrozenFeatures() }
    let loader = isFrozen ? nil : makeLoader(order, from: start)
    let pace = Pace(firstStep: start, steps: steps, imagesPerStep: batch)
    let checkpointEvery = try context.options.integer("checkpoint-every")
    let validateEvery = try context.options.integer("validate-every")
    for step in start..<steps {
      let loss = try trainStep(step, order: order, batch: loader?.next())
      let done = step + 1
      if done.isMultiple(of: validateEvery) || done == steps { try validate(at: done) }
      try record(loss: loss, done: done, order: order, pace: pace)
      if context.isInterrupted() {
        try save(step: done)
        return .paused
      }
      if done.isMultiple(of: checkpointEvery) && done < steps { try save(step: done) }
    }
    try context.recorder.flush()
    return .finished
  }

  private func makeLoader(_ order: TrainingOrder, from start: Int)
    -> OrderedPrefetcher<LabelledBatch>
  {
    let (dataset, crop, seed) = (data.dataset, task.trainingCrop, context.seed)
    let labelled = data.labelled
    return OrderedPrefetcher(steps: start..<steps, threads: context.threads, depth: 4) { step in
      try LabelledCrop.batch(
        dataset, indices: order.indices(of: step).map { labelled[$0] }, settings: crop,
        seed: seed, epoch: step)
    }
  }

  private func trainStep(_ step: Int, order: TrainingOrder, batch: LabelledBatch?) throws -> Double
  {
    let loss: Tensor
    if let frozen = frozenFeatures {
      let rows = order.indices(of: step)
      let index = try Tensor(rows.map(Int64.init), shape: [rows.count]).to(input.device)
      loss = try task.loss(
        features: frozen.rows.indexSelect(0, index),
        labels: rows.map { frozen.labels[$0] }, size: input.size)
    } else if let batch {
      loss = try task.loss(
        features: task.features(input.images(batch.view), training: true), labels: batch.labels,
        size: batch.view.size)
    } else {
      throw EngineError(.tooFewSamples, "the data ended at step \(step) of \(steps)")
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

  /// A tenth of the steps to warm up, then a cosine to zero.
  private var schedule: CosineSchedule {
    CosineSchedule(base: rate, final: 0, warmupSteps: steps / 10, totalSteps: steps)
  }

  private func computeFrozenFeatures() throws {
    var rows: [Tensor] = []
    var labels: [FaceLabels] = []
    for start in stride(from: 0, to: data.labelled.count, by: input.batch) {
      let part = Array(data.labelled[start..<min(start + input.batch, data.labelled.count)])
      let batch = try LabelledCrop.batch(
        data.dataset, indices: part, settings: .evaluation(size: input.size), seed: 0, epoch: 0)
      rows.append(
        try withoutGradient { try task.features(input.images(batch.view), training: false) })
      labels += batch.labels
    }
    frozenFeatures = (try Tensor.cat(rows, dim: 0), labels)
  }

  private func validate(at step: Int) throws {
    let split = try data.evaluation(data.split.validation, needsPairs: task.needsPairs)
    let evaluation = try task.evaluate(split, of: data.dataset)
    for metric in evaluation.metrics {
      context.recorder.metric("validation." + metric.name, step: step, metric.value)
    }
    let selection = task.selectionMetric
    guard let value = evaluation.value(of: selection.name) else { return }
    if let bestValue, !selection.isBetter(value, than: bestValue) { return }
    bestValue = value
    best = try withoutGradient {
      try modelState.map { NamedTensor($0.name, try $0.tensor.clone(), $0.kind) }
    }
  }

  /// Puts the weights of the best validation into the model.
  func restoreBest() throws {
    let saved = Dictionary(uniqueKeysWithValues: best.map { ($0.name, $0.tensor) })
    try withoutGradient {
      for entry in modelState {
        if let tensor = saved[entry.name] { _ = try entry.tensor.copy_(from: tensor) }
      }
    }
  }

  private func record(loss: Double, done: Int, order: TrainingOrder, pace: Pace) throws {
    context.recorder.metric("loss", step: done, loss)
    try context.recorder.progress(
      EngineProgress(
        phase: "adapt", epoch: order.epoch(of: done - 1) + 1,
        epochs: order.epoch(of: steps - 1) + 1, step: done, steps: steps, loss: loss,
        imagesPerSecond: pace.imagesPerSecond(after: done),
        etaSeconds: pace.secondsLeft(after: done)))
  }
}

extension AdaptationTrainer {
  private static let bestNote = "best-validation"

  private func save(step: Int) throws {
    try context.recorder.flush()
    var notes: [String: String] = [:]
    // The bit pattern: a decimal could round.
    if let bestValue { notes[Self.bestNote] = String(bestValue.bitPattern) }
    try Checkpoint.save(
      step: step, owner: context.run.cacheKey,
      state: modelState + optimizer.state.prefixed("optimizer") + best.prefixed("best"),
      notes: notes, to: context.checkpointFile)
  }

  private func resume() throws -> Int {
    guard let checkpoint = context.checkpoint else { return 0 }
    try checkpoint.restore(modelState)
    try optimizer.load(checkpoint.tensors.subset(prefix: "optimizer."))
    if let bits = checkpoint.notes[Self.bestNote].flatMap(UInt64.init) {
      bestValue = Double(bitPattern: bits)
      let saved = checkpoint.tensors.subset(prefix: "best.")
      best = modelState.compactMap { entry in
        saved[entry.name].map { NamedTensor(entry.name, $0, entry.kind) }
      }
    }
    return checkpoint.step
  }
}
