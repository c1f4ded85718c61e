import Experiments
import FaceData
import FaceModels
import FaceTasks
import Torch

/// Verifies a data set's official pairs with a backbone's features as they are.
struct EvaluateJob {
  let context: JobContext

  func run() throws -> JobEnd {
    if context.specification.method == "embeddings" { return try EmbedJob(context: context).run() }
    let options = context.options
    let device = try options.device()
    let input = InputSettings(
      size: try options.integer("size"), batch: try options.integer("batch"), device: device,
      precision: try options.precision(on: device))
    let backbone = try context.makeBackbone(on: device)
    let evaluation = try evaluateVerification(
      pairs(), of: context.dataset, input: input, isCentred: true
    ) { images in
      try withAutocast(input.precision, device: device) { try backbone(images, training: false) }
    }
    try context.store.addResults(
      evaluation.metrics.map { metric in
        ResultRow(
          run: context.run.id, task: "verification", dataset: context.datasetName,
          protocolName: "features, centred, flip-sum", metric: metric.name, split: "test",
          selection: .last, value: metric.value, count: metric.count)
      })
    return .finished
  }

  /// The set's own pairs, else pairs drawn from the test split.
  private func pairs() throws -> [VerificationPair] {
    if !context.dataset.pairs.isEmpty { return context.dataset.pairs }
    let data = try DatasetSplit(dataset: context.dataset, seed: 0)
    return try AdaptationData.pairs(of: context.dataset, among: data.test)
  }
}
