public import FaceData
public import FaceModels
import Statistics
public import Torch

/// Are two pictures of the same person? Cosine of flip-summed features, accuracy over folds, TAR@FAR,
/// ROC area and equal error rate.
///
/// - Parameters: pairs: of `dataset`; isCentred: take the mean feature of all pictures away first
///   (raw features of a backbone share a large mean); embed: `[N, 3, H, W]` → `[N, D]`.
/// - Throws: `FaceTaskError.noPairs` for an empty list.
/// - Source: InsightFace `verification.py` for flip-sum and folds.
public func evaluateVerification(
  _ pairs: [VerificationPair], of dataset: any FaceDataset, input: InputSettings, isCentred: Bool,
  backbone: any Backbone
) throws -> TaskEvaluation {
  let source = LiveFeatures(
    dataset: dataset, backbone: backbone, kind: .pooled, withMirror: true, input: input)
  let split = EvaluationSplit(indices: [], pairs: pairs)
  let predictions = try withoutGradient { try source.answers(split.needed) { try flipSum($0) } }
  return TaskEvaluation(
    metrics: try verificationMetrics(
      of: isCentred ? try predictions.centred() : predictions, pairs: pairs))
}

/// Unit features `[indices.count, D]` on the CPU: f(x) + f(flipped x), normalised, not centred.
public func embeddings(
  _ indices: [Int], of dataset: any FaceDataset, input: InputSettings, backbone: any Backbone
) throws -> Tensor {
  let source = LiveFeatures(
    dataset: dataset, backbone: backbone, kind: .pooled, withMirror: true, input: input)
  let rows = try withoutGradient { try source.answers(indices) { try flipSum($0) } }.rows
  return try Tensor(rows.flatMap { $0 }, shape: [rows.count, backbone.featureCount])
    .l2Normalized(1)
}

/// f(x) + f(flipped x).
func flipSum(_ features: [Tensor]) throws -> Tensor {
  try features.dropFirst().reduce(features[0]) { try $0 + $1 }
}

extension TaskPredictions {
  /// The rows less their mean.
  func centred() throws -> TaskPredictions {
    guard let width = rows.first?.count else { return self }
    let matrix = try Tensor(rows.flatMap { $0 }, shape: [rows.count, width])
    return TaskPredictions(
      samples: samples, rows: try (matrix - matrix.mean([0], keepDimension: true)).rows())
  }
}

/// The metrics of pairs by the cosine of the rows.
func verificationMetrics(of predictions: TaskPredictions, pairs: [VerificationPair]) throws
  -> [TaskMetric]
{
  guard !pairs.isEmpty else {
    throw FaceTaskError(
      code: .noPairs,
      message: "there are no pairs to verify: the set has neither pairs.txt nor"
        + " enough people with two pictures")
  }
  let places = Dictionary(
    uniqueKeysWithValues: predictions.samples.enumerated().map { ($1.index, Int64($0)) })
  let width = predictions.rows.first?.count ?? 0
  let features = try Tensor(
    predictions.rows.flatMap { $0 }, shape: [predictions.rows.count, width]
  ).l2Normalized(1)
  var similarities: [Float] = []
  // In parts, so that the copies of millions of pairs never stand in memory together.
  for start in stride(from: 0, to: pairs.count, by: 65_536) {
    let part = pairs[start..<min(start + 65_536, pairs.count)]
    let (first, second) = (
      part.compactMap { places[$0.first] }, part.compactMap { places[$0.second] }
    )
    let a = try features.indexSelect(0, Tensor(first, shape: [first.count]))
    let b = try features.indexSelect(0, Tensor(second, shape: [second.count]))
    similarities += try (a * b).sum([1]).floats()
  }
  return try verificationMetrics(similarities, pairs: pairs)
}

/// Percentages, but for the ROC area; a TAR whose FAR the impostors cannot resolve is left out.
func verificationMetrics(_ similarities: [Float], pairs: [VerificationPair]) throws
  -> [TaskMetric]
{
  let metrics = try VerificationMetrics(
    similarities: similarities, isSame: pairs.map(\.isSame), folds: pairs.map(\.fold))
  let count = pairs.count
  let folds = Set(pairs.map(\.fold)).count
  var list = [
    TaskMetric("accuracy[\(folds)-fold]", 100 * (try metrics.tenFoldAccuracy().mean), count: count),
    TaskMetric("auc[roc]", metrics.areaUnderROC, count: count),
    TaskMetric("eer", 100 * metrics.equalErrorRate, count: count),
  ]
  for far in [0.1, 0.01, 0.001, 0.0001] {
    guard let tar = metrics.trueAcceptRate(atFalseAcceptRate: far) else { continue }
    list.append(TaskMetric("tar[far=\(far)]", 100 * tar, count: count))
  }
  return list
}
