import Experiments
import FaceData
import FaceModels
import FaceTasks
import Torch

/// Measures a finished run: a backbone's features as they are, or an adapted model on any set.
struct EvaluateJob {
  let context: JobContext

  func run() throws -> JobEnd {
    if context.specification.method == "embeddings" { return try EmbedJob(context: context).run() }
    if let task = TaskTable.task(named: context.specification.method) {
      try evaluate(task)
    } else {
      try verify()
    }
    return .finished
  }

  // MARK: An adapted model

  private func evaluate(_ type: any FaceTask.Type) throws {
    guard let parent = try context.parent(), parent.kind == .adapt, parent.method == type.name
    else {
      throw EngineError(
        .missingParent,
        "evaluate \(type.name) measures a finished run of adapt \(type.name): name one with of:")
    }
    let task = try AdaptedModel(context: context, parent: parent, type: type).task
    let options = JobOptions(values: parent.specification.options)
    // On its own set the model has seen the other faces.
    let split =
      context.run.dataFingerprint == parent.dataFingerprint
      ? try AdaptationData.testPart(of: context.dataset, task: type, options: options)
      : try AdaptationData.whole(context.dataset, task: type)
    let evaluation = try task.evaluate(split, of: context.dataset)
    try record(
      evaluation.metrics + evaluation.intervalMetrics(), protocolName: options.protocolName(),
      selection: .validationBest)
    try context.write(evaluation, dataset: context.specification.data)
  }

  // MARK: Features as they are

  /// Verifies a data set's official pairs, or compares and searches its templates.
  private func verify() throws {
    let device = try context.options.device()
    if let ijb = context.source as? IJBDataset {
      let evaluation = try evaluateTemplates(
        ijb.templates, of: context.dataset, input: context.options.input(device: device),
        backbone: context.makeBackbone(on: device)
      ) { ijb.score(at: $0) }
      return try record(
        evaluation.metrics, protocolName: "templates, flip-sum, score", selection: .last)
    }
    let evaluation = try evaluateVerification(
      pairs(), of: context.dataset, input: context.options.input(device: device),
      isCentred: true, backbone: context.makeBackbone(on: device),
      untrained: context.parent() == nil ? nil : context.untrainedBackbone(on: device))
    try record(
      evaluation.metrics + evaluation.intervalMetrics(),
      protocolName: "features, centred, flip-sum", selection: .last)
  }

  /// The set's own pairs, else pairs drawn from the test split.
  private func pairs() throws -> [VerificationPair] {
    if !context.dataset.pairs.isEmpty { return context.dataset.pairs }
    let part = try AdaptationData.testPart(
      of: context.dataset, task: RecognitionTask.self, options: context.options)
    return try AdaptationData.pairs(
      of: context.dataset, among: part.indices, count: context.options.integer("pairs"))
  }

  private func record(
    _ metrics: [TaskMetric], protocolName: String, selection: SelectionRule
  ) throws {
    try context.store.addResults(
      metrics.map { metric in
        ResultRow(
          run: context.run.id, task: context.specification.method, dataset: context.datasetName,
          protocolName: protocolName, metric: metric.name, split: "test", selection: selection,
          value: metric.value, count: metric.count)
      })
  }
}

/// A finished adaptation's backbone and head, as its best validation left them.
struct AdaptedModel {
  let task: any FaceTask
  /// Of the file of weights.
  let metadata: [String: String]

  /// - Parameters: context: of the run that uses the model; its batch size, device and precision
  ///   are taken, everything else is the parent's.
  init(context: JobContext, parent: Run, type: any FaceTask.Type) throws {
    let device = try context.options.device()
    let (tensors, metadata) = try Safetensors.load(context.model(of: parent))
    self.metadata = metadata
    let head = tensors.subset(prefix: "head.")
    task = try type.init(
      TaskSetup(
        backbone: context.makeBackbone(on: device), input: context.options.input(device: device),
        options: JobOptions(values: parent.specification.options),
        generator: context.generator("head"), origin: .weights(head)))
    for entry in task.headState where head[entry.name] == nil {
      throw EngineError(
        .missingParent, "the weights of \(parent.name) lack \(entry.name): adapt it anew")
    }
    try task.headState.take(head.map { NamedTensor($0.key, $0.value) })
  }
}
