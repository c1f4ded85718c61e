import Experiments
import FaceData
import FaceTasks
import Foundation
import Statistics

/// Enters what an adaptation measured into the store.
struct AdaptationReport {
  let context: JobContext
  let data: AdaptationData
  let plan: AdaptationPlan
  let task: any FaceTask

  func judge(_ answers: TaskPredictions) throws -> TaskEvaluation {
    try task.judge(answers, on: data.test, of: data.testDataset)
  }

  func record(
    _ metrics: [TaskMetric], selection: SelectionRule, split: String = "test", prefix: String = ""
  ) throws {
    try context.store.addResults(
      metrics.map { metric in
        try ResultRow(
          run: context.run.id, task: context.specification.method, dataset: data.testName,
          protocolName: context.options.protocolName(), metric: prefix + metric.name, split: split,
          selection: selection, value: metric.value, count: metric.count)
      })
  }

  /// The results of the best validation's weights, their predictions and tables, and what the
  /// trivial baseline scores on the same samples.
  func recordBest(_ answers: TaskPredictions) throws {
    let evaluation = try judge(answers)
    try record(
      evaluation.metrics + evaluation.intervalMetrics(), selection: .validationBest)
    try context.write(
      evaluation, dataset: context.specification.test?.data ?? context.specification.data)
    guard let name = type(of: task).baselineName,
      let baseline = try task.baseline(
        labelled: data.labelled, of: data.dataset, for: answers.samples)
    else { return }
    try record(judge(baseline).metrics, selection: .validationBest, prefix: name + ".")
  }

  /// How many candidates were tried, and which was taken, beside the validation that chose it.
  func recordSearch(_ name: String, chosen: Double, validation: Double?) throws {
    let count = plan.candidates.count
    let chosen = [
      TaskMetric("search.trials", Double(count), count: count),
      TaskMetric("search." + name, chosen, count: count),
    ]
    let selection = task.selectionMetric.name
    let found = validation.map {
      [TaskMetric(selection, $0, count: data.validation.indices.count)]
    }
    try record(chosen + (found ?? []), selection: .validationBest, split: "validation")
  }
}

extension TaskEvaluation {
  /// The ends of the 95 % intervals over the test samples: `low95.nme[inter-ocular]`, `high95.…`.
  func intervalMetrics() throws -> [TaskMetric] {
    try intervals.flatMap { estimate -> [TaskMetric] in
      guard let metric = metrics.first(where: { $0.name == estimate.name }),
        let interval = try estimate.interval(seed: DatasetSplit.protocolSeed)
      else { return [] }
      return [("low95.", interval.lower), ("high95.", interval.upper)].map {
        TaskMetric($0 + metric.name, $1, count: metric.count)
      }
    }
  }
}

extension JobContext {
  /// Notes how pictures reach the model.
  ///
  /// - Returns: the metadata of its weights.
  func write(_ record: ProtocolRecord) throws -> [String: String] {
    let file = folder.appending(path: JobFiles.protocolRecord)
    try Data(record.text.utf8).write(to: file, options: .atomic)
    try register(file, as: "protocol")
    return [ProtocolRecord.metadataKey: try record.text]
  }

  /// Writes predictions and tables into the run's folder.
  func write(_ evaluation: TaskEvaluation, dataset: SpecValue) throws {
    for (name, table) in evaluation.tables.sorted(by: { $0.key < $1.key }) {
      let file = folder.appending(path: JobFiles.table(name))
      try Data(table.csv.utf8).write(to: file, options: .atomic)
      try register(file, as: name)
    }
    guard !evaluation.predictions.isEmpty else { return }
    let file = folder.appending(path: JobFiles.predictions)
    let record = PredictionFile(
      dataset: dataset, size: try options.integer("size"), names: evaluation.predictionNames,
      samples: evaluation.predictions.map {
        PredictionFile.Sample(
          index: $0.index, id: $0.id, truth: $0.truth.map { $0.map(PredictionFile.known) },
          predicted: $0.predicted.map { $0.map(PredictionFile.known) })
      })
    try Data(CanonicalJSON.encode(record).utf8).write(to: file, options: .atomic)
    try register(file, as: "predictions")
  }
}

/// `predictions.json`: points in pixels of the data set's own images where `names` is empty, else
/// one value for each name.
struct PredictionFile: Encodable {
  struct Sample: Encodable {
    let index: Int
    let id: String
    /// null is not known.
    let truth: [[Float?]]
    let predicted: [[Float?]]
  }
  let dataset: SpecValue
  let size: Int
  let names: [String]
  let samples: [Sample]

  static func known(_ value: Float) -> Float? { value.isFinite ? value : nil }
}
