public import FaceData
public import FaceModels
import Statistics
public import Torch

/// Predicted and true points of one image, in pixels of the data set's image.
public struct LandmarkPrediction: Sendable, Hashable {
  public let index: Int
  public let id: String
  public let truth: [SIMD2<Float>]
  public let predicted: [SIMD2<Float>]
}

/// Localisation of the 68 iBUG points by direct regression.
///
/// The head maps features to coordinates as shares of the crop's side, starting from the mean
/// shape of the labelled samples; smooth L1 on these coordinates.
public final class LandmarkTask: FaceTask {
  public static let pointCount = 68
  public let name = "landmarks"
  public let backbone: any Backbone
  public let head: LandmarkHead
  public let input: InputSettings
  public let needsPairs = false
  public let selectionMetric = SelectionMetric(name: "nme[inter-ocular]", lowerIsBetter: true)
  /// Where smooth L1 turns from square to linear: 1 % of the crop's side.
  static let smoothness = 0.01

  /// - Parameter meanShape: 68 points as shares of the crop's side.
  public init(
    backbone: any Backbone, headInput: LandmarkHead.Input, meanShape: [SIMD2<Float>],
    input: InputSettings,
    generator: Generator
  ) throws {
    (self.backbone, self.input) = (backbone, input)
    head = try LandmarkHead(
      inputs: backbone.featureCount, input: headInput, mean: meanShape.flatMap { [$0.x, $0.y] },
      generator: generator)
    try head.move(to: input.device)
  }

  public var headState: [NamedTensor] { head.state }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: input.size, rotationDegrees: 20, scale: 0.85...1.15, translation: 0.06,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func features(_ images: Tensor, training: Bool) throws -> Tensor {
    try withAutocast(input.precision, device: input.device) {
      try backbone.features(images, training: training).map.to(.float32)
    }
  }

  public func loss(features: Tensor, labels: [FaceLabels], size: Int) throws -> Tensor {
    let targets = try labels.flatMap { label in
      try requireLandmarks(label).flatMap { [$0.x / Float(size), $0.y / Float(size)] }
    }
    let truth = try Tensor(targets, shape: [labels.count, Self.pointCount * 2]).to(input.device)
    return try smoothL1(
      head(features, training: true), truth, beta: Self.smoothness)
  }

  public func evaluate(_ split: EvaluationSplit, of dataset: any FaceDataset) throws
    -> TaskEvaluation
  {
    let predictions = try predict(split.indices, of: dataset)
    return TaskEvaluation(metrics: try landmarkMetrics(predictions), predictions: predictions)
  }

  func predict(_ indices: [Int], of dataset: any FaceDataset) throws -> [LandmarkPrediction] {
    var predictions: [LandmarkPrediction] = []
    try forEachBatch(indices, of: dataset, input: input) { batch in
      let shares = try withoutGradient {
        try head(features(input.images(batch.view), training: false), training: false).floats()
      }
      for (row, index) in batch.indices.enumerated() {
        let crop = points(shares, row: row)
        let toImage = batch.toImage[row]
        predictions.append(
          LandmarkPrediction(
            index: index, id: dataset.id(at: index),
            truth: try requireLandmarks(batch.labels[row]).map { toImage($0) },
            predicted: crop.map { toImage($0) }))
      }
    }
    return predictions
  }

  /// Points of one row of `[N, 136]` in pixels of the crop.
  private func points(_ shares: [Float], row: Int) -> [SIMD2<Float>] {
    (0..<Self.pointCount).map { point in
      let at = (row * Self.pointCount + point) * 2
      return SIMD2(shares[at], shares[at + 1]) * Float(input.size)
    }
  }
}

/// The mean of the samples' points, as shares of the crop's side: the head's starting point, and
/// the baseline that a trained head must beat.
public func meanShape(
  _ indices: [Int], of dataset: any FaceDataset, size: Int
) throws -> [SIMD2<Float>] {
  var sum = [SIMD2<Float>](repeating: .zero, count: LandmarkTask.pointCount)
  // In one order, so that the same samples give the same sum to the last bit.
  for index in indices.sorted() {
    let batch = try LabelledCrop.batch(
      dataset, indices: [index], settings: .evaluation(size: size), seed: 0, epoch: 0)
    let points = try requireLandmarks(batch.labels[0])
    for (point, value) in points.enumerated() { sum[point] += value }
  }
  return sum.map { $0 / Float(size * max(indices.count, 1)) }
}

/// The error of predicting `shape` for every sample.
public func meanShapeBaseline(
  _ shape: [SIMD2<Float>], on indices: [Int], of dataset: any FaceDataset, size: Int
) throws -> [TaskMetric] {
  let predictions = try indices.map { index in
    let batch = try LabelledCrop.batch(
      dataset, indices: [index], settings: .evaluation(size: size), seed: 0, epoch: 0)
    let toImage = batch.toImage[0]
    return LandmarkPrediction(
      index: index, id: dataset.id(at: index),
      truth: try requireLandmarks(batch.labels[0]).map { toImage($0) },
      predicted: shape.map { toImage($0 * Float(size)) })
  }
  return try landmarkMetrics(predictions)
}

/// NME by every normaliser, failure rate and area under the cumulative error, all in per cent.
func landmarkMetrics(_ predictions: [LandmarkPrediction]) throws -> [TaskMetric] {
  let count = predictions.count
  var metrics: [TaskMetric] = []
  for normalizer in LandmarkNormalizer.allCases {
    let errors = try predictions.map {
      try normalizedMeanError(predicted: $0.predicted, truth: $0.truth, normalizer: normalizer)
    }
    let mean = errors.reduce(0, +) / Double(max(count, 1))
    metrics.append(TaskMetric("nme[\(normalizer.rawValue)]", 100 * mean, count: count))
    guard normalizer == .interOcular else { continue }
    let distribution = try CumulativeErrorDistribution(errors: errors)
    let threshold = 0.10
    let suffix = "[inter-ocular@0.10]"
    metrics += [
      TaskMetric(
        "failure-rate" + suffix, 100 * distribution.failureRate(threshold: threshold), count: count),
      TaskMetric(
        "auc" + suffix, 100 * (try distribution.areaUnderCurve(threshold: threshold)),
        count: count),
    ]
  }
  return metrics
}

func requireLandmarks(_ labels: FaceLabels) throws -> [SIMD2<Float>] {
  guard let points = labels.landmarks, points.count == LandmarkTask.pointCount else {
    throw FaceTaskError(
      code: .missingLabels,
      message: "a sample has \(labels.landmarks?.count ?? 0) landmarks, the task needs 68: adapt"
        + " landmarks wants a data set with 68 points")
  }
  return points
}

/// What can go wrong in a task beside tensor and data errors.
public struct FaceTaskError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Sendable { case missingLabels, noPairs }
  public let code: Code
  public let message: String

  public var description: String { message }
}
