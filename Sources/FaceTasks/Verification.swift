public import FaceData
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
  embed: (Tensor) throws -> Tensor
) throws -> TaskEvaluation {
  guard !pairs.isEmpty else {
    throw FaceTaskError(
      code: .noPairs,
      message: "there are no pairs to verify: the set has neither pairs.txt nor"
        + " enough people with two pictures")
  }
  let indices = Set(pairs.flatMap { [$0.first, $0.second] }).sorted()
  let rows = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($1, $0) })
  let features = try embeddings(
    indices, of: dataset, input: input, isCentred: isCentred, embed: embed)
  let first = pairs.compactMap { rows[$0.first].map(Int64.init) }
  let second = pairs.compactMap { rows[$0.second].map(Int64.init) }
  let similarities = try withoutGradient {
    let a = try features.indexSelect(0, Tensor(first, shape: [first.count]))
    let b = try features.indexSelect(0, Tensor(second, shape: [second.count]))
    return try (a * b).sum([1]).floats()
  }
  return TaskEvaluation(metrics: try verificationMetrics(similarities, pairs: pairs))
}

/// Unit features `[indices.count, D]` on the CPU: f(x) + f(flipped x), normalised.
///
/// - Parameters: isCentred: as for `evaluateVerification`; embed: `[N, 3, H, W]` → `[N, D]`.
public func embeddings(
  _ indices: [Int], of dataset: any FaceDataset, input: InputSettings, isCentred: Bool,
  embed: (Tensor) throws -> Tensor
) throws -> Tensor {
  try withoutGradient {
    var parts: [Tensor] = []
    try forEachBatch(indices, of: dataset, input: input) { batch in
      let images = try input.images(batch.view)
      let sum = try embed(images) + embed(images.flipped(3))
      parts.append(try sum.to(.float32).to(.cpu))
    }
    var features = try Tensor.cat(parts, dim: 0)
    if isCentred {
      features = try features - features.mean([0], keepDimension: true)
    }
    return try features.l2Normalized(1)
  }
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
