import FaceData
import Statistics
import Torch

/// What features must beat to have learnt anything: the pictures compared as they are, and an
/// untrained network.
///
/// Each gives its ROC area (`pixels.auc[roc]`) and how far the features' own is above it
/// (`gain[pixels]`), with an interval over the people: one that excludes 0 is a gain that does not
/// hang on which people were tested.
struct VerificationRivals {
  let pairs: [VerificationPair]
  let samples: [TaskSample]
  /// Of the features.
  let scores: [Float]
  private(set) var metrics: [TaskMetric] = []
  private(set) var intervals: [IntervalEstimate] = []

  init(pairs: [VerificationPair], samples: [TaskSample], scores: [Float]) {
    (self.pairs, self.samples, self.scores) = (pairs, samples, scores)
  }

  /// Pictures of at most 32×32 pixels as rows, less their mean.
  mutating func add(_ name: String, of dataset: any FaceDataset, input: InputSettings) throws {
    let source = PixelFeatures(dataset: dataset, input: input)
    let indices = EvaluationSplit(indices: [], pairs: pairs).needed
    try add(name, source.answers(indices) { $0[0] }.centred())
  }

  mutating func add(_ name: String, _ rival: TaskPredictions) throws {
    let scores = scores
    let others = try pairScores(of: rival, pairs: pairs)
    let isSame = pairs.map(\.isSame)
    let own = try VerificationMetrics(similarities: scores, isSame: isSame).areaUnderROC
    let other = try VerificationMetrics(similarities: others, isSame: isSame).areaUnderROC
    metrics += [
      TaskMetric("\(name).auc[roc]", other, count: pairs.count),
      TaskMetric("gain[\(name)]", own - other, count: pairs.count),
    ]
    guard let identities = identities(of: pairs, samples) else { return }
    intervals.append(
      IntervalEstimate("gain[\(name)]") { stream in
        try ROCAreaGain(of: scores, over: others, identities: identities)
          .interval(using: &stream)
      })
  }
}

/// The pictures themselves as features.
private struct PixelFeatures: FeatureSource {
  let dataset: any FaceDataset
  let input: InputSettings
  /// Finer detail tells positions of a face, not people.
  private static let side = 32

  func forEachBatch(
    _ indices: [Int], _ body: ([Tensor], [TaskSample]) throws -> Void
  ) throws {
    let size = min(input.size, Self.side)
    for start in stride(from: 0, to: indices.count, by: input.batch) {
      let part = Array(indices[start..<min(start + input.batch, indices.count)])
      let batch = try LabelledCrop.batch(
        dataset, indices: part, settings: .evaluation(size: size), seed: 0, epoch: 0)
      let images = try input.images(batch.view).to(.float32)
      try body([images.reshaped([part.count, 3 * size * size])], batch.samples)
    }
  }
}
