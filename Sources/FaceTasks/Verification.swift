public import FaceData
public import FaceModels
import Statistics
public import Torch

/// Are two pictures of the same person? Cosine of flip-summed features, accuracy over folds, TAR@FAR,
/// ROC area and equal error rate.
///
/// With the ROC areas of what has learnt nothing, and how far the features' own area is above them
/// (`VerificationRivals`).
///
/// - Parameters: pairs: of `dataset`; isCentred: take the mean feature of all pictures away first
///   (raw features of a backbone share a large mean); backbone: `[N, 3, H, W]` → `[N, D]`; untrained:
///   the same network as it is before any training, nil where that is `backbone`.
/// - Throws: `FaceTaskError.noPairs` for an empty list.
/// - Source: InsightFace `verification.py` for flip-sum and folds.
public func evaluateVerification(
  _ pairs: [VerificationPair], of dataset: any FaceDataset, input: InputSettings, isCentred: Bool,
  backbone: any Backbone, untrained: (any Backbone)? = nil
) throws -> TaskEvaluation {
  func predictions(_ backbone: any Backbone) throws -> TaskPredictions {
    let source = LiveFeatures(
      dataset: dataset, backbone: backbone, kind: .pooled, withMirror: true, input: input)
    let needed = EvaluationSplit(indices: [], pairs: pairs).needed
    let raw = try withoutGradient { try source.answers(needed) { try flipSum($0) } }
    return isCentred ? try raw.centred() : raw
  }
  let own = try predictions(backbone)
  let scores = try pairScores(of: own, pairs: pairs)
  var evaluation = TaskEvaluation(metrics: try verificationMetrics(scores, pairs: pairs))
  var rivals = VerificationRivals(pairs: pairs, samples: own.samples, scores: scores)
  try rivals.add("pixels", of: dataset, input: input)
  if let untrained { try rivals.add("random", predictions(untrained)) }
  evaluation.metrics += rivals.metrics
  evaluation.intervals = rivals.intervals
  evaluation.tables["pairs"] = pairTable(scores, pairs: pairs, of: dataset)
  return evaluation
}

/// Pairs and how alike they are: what ROC and DET curves are drawn of.
func pairTable(
  _ similarities: [Float], pairs: [VerificationPair], of dataset: any FaceDataset
) -> DataFrame {
  DataFrame(
    columns: ["first", "second", "fold", "same", "similarity"],
    rows: zip(pairs, similarities).map { pair, similarity in
      [
        .text(dataset.id(at: pair.first)), .text(dataset.id(at: pair.second)),
        .integer(pair.fold), .boolean(pair.isSame), .number(Double(similarity)),
      ]
    })
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

/// The cosine of the rows of each pair.
func pairScores(of predictions: TaskPredictions, pairs: [VerificationPair]) throws -> [Float] {
  guard !pairs.isEmpty else {
    throw FaceTaskError(
      code: .noPairs,
      message: "there are no pairs to verify: the set has neither pairs.txt nor"
        + " enough people with two pictures")
  }
  let places = Dictionary(
    uniqueKeysWithValues: predictions.samples.enumerated().map { ($1.index, Int32($0)) })
  let width = predictions.rows.first?.count ?? 0
  let features = try Tensor(
    predictions.rows.flatMap { $0 }, shape: [predictions.rows.count, width]
  ).l2Normalized(1).floats()
  return try pairProducts(
    features, width: width, first: pairs.compactMap { places[$0.first] },
    second: pairs.compactMap { places[$0.second] })
}

/// Intervals of the true accept rates, for people in several pairs; none where the people of the pairs
/// are not known.
func acceptIntervals(
  _ similarities: [Float], pairs: [VerificationPair], _ samples: [TaskSample]
) -> [IntervalEstimate] {
  guard let identities = identities(of: pairs, samples) else { return [] }
  return reportedRates.map { rate in
    IntervalEstimate("tar[far=\(rate)]") { _ in
      guard
        case .resolved(let interval) = try TrueAcceptInterval(
          similarities: similarities, identities: identities, falseAcceptRate: rate)
      else { return nil }
      return ConfidenceInterval(
        estimate: 100 * interval.estimate, lower: 100 * interval.lower,
        upper: 100 * interval.upper, level: interval.level, method: interval.method)
    }
  }
}

/// The people of each pair; nil where they are not known of all, or contradict the pairs.
func identities(of pairs: [VerificationPair], _ samples: [TaskSample]) -> [(Int, Int)]? {
  let people = Dictionary(
    samples.map { ($0.index, $0.labels.identity) }, uniquingKeysWith: { first, _ in first })
  let identities = pairs.compactMap { pair -> (Int, Int)? in
    guard let first = people[pair.first] ?? nil, let second = people[pair.second] ?? nil,
      (first == second) == pair.isSame
    else { return nil }
    return (first, second)
  }
  return identities.count == pairs.count ? identities : nil
}

private let reportedRates = [0.1, 0.01, 0.001, 0.0001]

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
  for far in reportedRates {
    guard let tar = metrics.trueAcceptRate(atFalseAcceptRate: far) else { continue }
    list.append(TaskMetric("tar[far=\(far)]", 100 * tar, count: count))
  }
  return list
}
