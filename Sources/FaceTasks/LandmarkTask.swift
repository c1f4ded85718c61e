public import FaceData
import FaceModels
import Statistics
public import Torch

/// Localisation of the 68 iBUG points.
///
/// Heat maps over a pyramid of the backbone's maps, or a linear regression from pooled features that
/// starts at the mean shape of the labelled samples. Coordinates are shares of the crop's side.
public final class LandmarkTask: FaceTask {
  public enum Head: String, Sendable { case heatmap, pooled, grid }
  public enum Loss: String, Sendable {
    case smoothL1 = "smooth-l1"
    case wing
  }
  private enum Layers {
    case heatmap(HeatmapHead)
    case regression(RegressionHead)
  }

  public static let name = "landmarks"
  public static let baselineName: String? = "mean-shape"
  public static let comparesPeople = false
  public static let pointCount = 68
  public let setup: TaskSetup
  public let selectionMetric = SelectionMetric(name: "nme[inter-ocular]", lowerIsBetter: true)
  public let featureKind: FeatureKind
  private let layers: Layers
  private let loss: Loss
  /// Where smooth L1 turns from square to linear: 1 % of the crop's side.
  static let smoothness = 0.01

  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    loss = try setup.options.choice("loss", as: Loss.self)
    switch try setup.options.choice("head", as: Head.self) {
    case .heatmap:
      featureKind = .pyramid
      let head = try HeatmapHead(
        channels: setup.backbone.stageChannels, points: Self.pointCount,
        generator: setup.generator)
      try head.move(to: setup.input.device)
      layers = .heatmap(head)
    case .pooled, .grid:
      featureKind = try setup.options.text("head") == "grid" ? .grid : .pooled
      let head = try RegressionHead(
        inputs: featureKind.width(of: setup.backbone),
        mean: setup.startingMean(Self.coordinates), generator: setup.generator)
      try head.move(to: setup.input.device)
      layers = .regression(head)
    }
  }

  public var headState: [NamedTensor] {
    switch layers {
    case .heatmap(let head): head.state
    case .regression(let head): head.state
    }
  }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 20, scale: 0.85...1.15, translation: 0.06,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? { try Self.coordinates(sample) }

  private static func coordinates(_ sample: TaskSample) throws -> [Float] {
    try requireLandmarks(sample.labels).flatMap { point in
      [point.x / Float(sample.size), point.y / Float(sample.size)]
    }
  }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let targets = try samples.flatMap { try Self.coordinates($0) }
    let truth = try Tensor(targets, shape: [samples.count, Self.pointCount * 2])
      .to(setup.input.device)
    let places = try places(features, training: true)
    switch loss {
    case .smoothL1: return try smoothL1(places, truth, beta: Self.smoothness)
    // The paper's widths are pixels of a 224-pixel crop.
    case .wing:
      return try wingLoss(
        predicted: places, truth: truth, width: 10 / 224, curvature: 2 / 224.0)
    }
  }

  public func predict(_ features: [Tensor]) throws -> Tensor {
    try places(features, training: false)
  }

  private func places(_ features: [Tensor], training: Bool) throws -> Tensor {
    switch layers {
    case .heatmap(let head): try head(features, training: training)
    case .regression(let head): try head(features[0], training: training)
    }
  }

  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    let faces = try zip(predictions.samples, predictions.rows).map { sample, row in
      LandmarkFace(
        truth: try requireLandmarks(sample.labels).map { sample.toImage($0) },
        predicted: (0..<Self.pointCount).map { point in
          sample.toImage(SIMD2(row[2 * point], row[2 * point + 1]) * Float(sample.size))
        })
    }
    var evaluation = TaskEvaluation(metrics: try landmarkMetrics(faces))
    evaluation.tables["point-errors"] = try pointErrors(faces)
    evaluation.predictions = zip(predictions.samples, faces).map { sample, face in
      SamplePrediction(
        index: sample.index, id: dataset.id(at: sample.index),
        truth: face.truth.map { [$0.x, $0.y] }, predicted: face.predicted.map { [$0.x, $0.y] })
    }
    return evaluation
  }
}

/// True and predicted points of one face, in pixels of the data set's picture.
struct LandmarkFace {
  let truth: [SIMD2<Float>]
  let predicted: [SIMD2<Float>]
}

/// Thresholds of failure rate and area under the cumulative error.
///
/// - Source: STAR and SPIGA (300-W: .05, .08), HRNet and 3FabRec (WFLW, COFW: .10), FaRL (AFLW: box,
///   .07).
private let errorThresholds: [(normalizer: LandmarkNormalizer, threshold: Double, text: String)] = [
  (.interOcular, 0.05, "0.05"), (.interOcular, 0.08, "0.08"), (.interOcular, 0.10, "0.10"),
  (.box, 0.07, "0.07"),
]

/// NME by every normaliser, failure rate and area under the cumulative error, all in per cent.
///
/// A face whose normaliser has no length, because points coincide, is left out and not counted.
func landmarkMetrics(_ faces: [LandmarkFace]) throws -> [TaskMetric] {
  var metrics: [TaskMetric] = []
  for normalizer in LandmarkNormalizer.allCases {
    let errors = try faces.filter { (try? normalizer.length(of: $0.truth)) != nil }.map {
      try normalizedMeanError(predicted: $0.predicted, truth: $0.truth, normalizer: normalizer)
    }
    guard !errors.isEmpty else { continue }
    let mean = errors.reduce(0, +) / Double(errors.count)
    metrics.append(TaskMetric("nme[\(normalizer.rawValue)]", 100 * mean, count: errors.count))
    let distribution = try CumulativeErrorDistribution(errors: errors)
    for entry in errorThresholds where entry.normalizer == normalizer {
      let name = "[\(normalizer.rawValue)@\(entry.text)]"
      let failures = distribution.failureRate(threshold: entry.threshold)
      let area = try distribution.areaUnderCurve(threshold: entry.threshold)
      metrics += [
        TaskMetric("failure-rate" + name, 100 * failures, count: errors.count),
        TaskMetric("auc" + name, 100 * area, count: errors.count),
      ]
    }
  }
  return metrics
}

/// The mean error of each point over the faces, in per cent of the inter-ocular distance.
private func pointErrors(_ faces: [LandmarkFace]) throws -> DataFrame {
  var (sums, count) = ([Double](repeating: 0, count: LandmarkTask.pointCount), 0)
  for face in faces {
    guard let length = try? LandmarkNormalizer.interOcular.length(of: face.truth) else { continue }
    let distances = try pointDistances(predicted: face.predicted, truth: face.truth)
    for (point, distance) in distances.enumerated() { sums[point] += distance / length }
    count += 1
  }
  return DataFrame(
    columns: ["point", "nme[inter-ocular]", "n"],
    rows: sums.enumerated().map { point, sum in
      [.integer(point), .number(100 * sum / Double(max(count, 1))), .integer(count)]
    })
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

/// Where the 68 points of the head itself lie in the picture, seen or not: `landmarks` may follow
/// the visible outline instead, which no point of the mesh belongs to.
func requireHeadPoints(_ labels: FaceLabels) throws -> [SIMD2<Float>] {
  guard let points = labels.landmarks3D, points.count == LandmarkTask.pointCount else {
    return try requireLandmarks(labels)
  }
  return points.map { SIMD2($0.x, $0.y) }
}
