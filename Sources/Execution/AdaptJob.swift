import Experiments
import FaceData
import FaceModels
import FaceTasks
import Foundation
import Torch

/// Adapts a backbone to a task at a label budget: subset, training, validation, test.
///
/// The weights of the last step and of the best validation are two models; both are tested, and
/// their results are kept apart.
struct AdaptJob {
  let context: JobContext
  private var options: JobOptions { context.options }

  func run() throws -> JobEnd {
    let device = try options.device()
    let input = InputSettings(
      size: try options.integer("size"), batch: try options.integer("batch"), device: device,
      precision: try options.precision(on: device))
    let data = try AdaptationData(context: context)
    let backbone = try context.makeBackbone(on: device)
    let task = try makeTask(backbone: backbone, input: input, data: data)
    let trainer = try AdaptationTrainer(context: context, task: task, input: input, data: data)
    guard case .finished = try trainer.train() else { return .paused }
    try report(trainer, data: data, input: input)
    return .finished
  }

  private func makeTask(backbone: any Backbone, input: InputSettings, data: AdaptationData) throws
    -> any FaceTask
  {
    switch context.specification.method {
    case "landmarks":
      return try LandmarkTask(
        backbone: backbone, headInput: options.choice("head", as: LandmarkHead.Input.self),
        meanShape: meanShape(data.labelled, of: context.dataset, size: input.size), input: input,
        generator: context.generator("head"))
    case "recognition":
      return try RecognitionTask(
        backbone: backbone, dimensions: options.integer("embedding"),
        identities: data.identities(),
        loss: options.choice("loss", as: RecognitionTask.Loss.self), input: input,
        generator: context.generator("head"))
    default:
      throw EngineError(.badOption, "adapt has no task \(context.specification.method)")
    }
  }

  private func report(_ trainer: AdaptationTrainer, data: AdaptationData, input: InputSettings)
    throws
  {
    let test = try data.evaluation(data.split.test, needsPairs: trainer.task.needsPairs)
    try record(trainer.task.evaluate(test, of: context.dataset), selection: .last)
    try trainer.restoreBest()
    let best = try trainer.task.evaluate(test, of: context.dataset)
    try record(best, selection: .validationBest)
    if !best.predictions.isEmpty {
      try writePredictions(best.predictions, size: input.size)
      try recordMeanShape(data: data, input: input)
    }
    try context.saveModel(trainer.modelState, selection: .validationBest)
  }

  private func record(_ evaluation: TaskEvaluation, selection: SelectionRule, prefix: String = "")
    throws
  {
    try context.store.addResults(
      evaluation.metrics.map { metric in
        ResultRow(
          run: context.run.id, task: context.specification.method,
          dataset: context.datasetName, protocolName: try options.text("protocol"),
          metric: prefix + metric.name, split: "test", selection: selection, value: metric.value,
          count: metric.count)
      })
  }

  /// What the mean shape of the same labelled samples would score: the least that a head must beat.
  private func recordMeanShape(data: AdaptationData, input: InputSettings) throws {
    let shape = try meanShape(data.labelled, of: context.dataset, size: input.size)
    let metrics = try meanShapeBaseline(
      shape, on: data.split.test, of: context.dataset, size: input.size)
    try record(
      TaskEvaluation(metrics: metrics), selection: .validationBest, prefix: "mean-shape.")
  }

  private func writePredictions(_ predictions: [LandmarkPrediction], size: Int) throws {
    let file = context.folder.appending(path: JobFiles.predictions)
    let record = PredictionFile(
      dataset: context.specification.data, size: size,
      samples: predictions.map {
        PredictionFile.Sample(
          index: $0.index, id: $0.id, truth: $0.truth.map { [$0.x, $0.y] },
          predicted: $0.predicted.map { [$0.x, $0.y] })
      })
    try Data(CanonicalJSON.encode(record).utf8).write(to: file, options: .atomic)
    try context.register(file, as: "predictions")
  }
}

/// `predictions.json`: points in pixels of the data set's own images.
struct PredictionFile: Encodable {
  struct Sample: Encodable {
    let index: Int
    let id: String
    let truth: [[Float]]
    let predicted: [[Float]]
  }
  let dataset: SpecValue
  let size: Int
  let samples: [Sample]
}
