public import FaceData
import FaceModels
import Foundation
import Statistics
public import Torch

/// Head pose: yaw, pitch and roll, learnt as the first two rows of the rotation matrix.
///
/// Loss: the mean squared error of the six numbers. Angles follow 300W-LP's convention (`HeadPose`).
/// - Source: Zhou et al. 2019, arXiv:1812.07035, §4; Hempel et al. 2022 (6DRepNet) for head pose.
public final class HeadPoseTask: FaceTask {
  public static let name = "head-pose"
  public static let baselineName: String? = "mean-pose"
  public static let comparesPeople = false
  public let setup: TaskSetup
  public let featureKind: FeatureKind
  public let selectionMetric = SelectionMetric(name: "mae[mean]", lowerIsBetter: true)
  private let head: RegressionHead

  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    featureKind = try setup.options.choice("features", as: FeatureKind.self)
    head = try RegressionHead(
      inputs: featureKind.width(of: setup.backbone),
      mean: setup.startingMean { Self.rows($0.labels) }, generator: setup.generator)
    try head.move(to: setup.input.device)
  }

  public var headState: [NamedTensor] { head.state }

  /// Without rotation: the angles are not those of the picture once it is turned.
  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 0, scale: 0.9...1.1, translation: 0.04,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? { Self.rows(sample.labels) }

  private static func rows(_ labels: FaceLabels) -> [Float]? {
    labels.headPose.map { pose in
      let (x, y, _) = pose.rotation
      return [x.x, x.y, x.z, y.x, y.y, y.z]
    }
  }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let rows = try samples.flatMap { sample in
      guard let row = Self.rows(sample.labels) else {
        throw FaceTaskError(
          code: .missingLabels,
          message: "a training sample has no head pose: adapt head-pose wants a data set with"
            + " poses, such as synthetic or aflw2000")
      }
      return row
    }
    let truth = try Tensor(rows, shape: [samples.count, 6]).to(setup.input.device)
    return try mse(head(features[0], training: true), truth)
  }

  public func predict(_ features: [Tensor]) throws -> Tensor {
    try head(features[0], training: false)
  }

  /// In degrees.
  public func reading(_ predictions: TaskPredictions) throws -> TaskReading {
    TaskReading(
      names: ["yaw", "pitch", "roll"],
      values: predictions.rows.map { row in
        let pose = Self.pose(row)
        return [pose.yaw, pose.pitch, pose.roll]
      })
  }

  /// The mean absolute error of each angle and their mean, and the mean angle of the rotation that
  /// is left, all in degrees.
  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    let answers = zip(predictions.samples, predictions.rows).compactMap { sample, row in
      sample.labels.headPose.map { (sample, truth: $0, predicted: Self.pose(row)) }
    }
    guard !answers.isEmpty else { return TaskEvaluation(metrics: []) }
    let count = answers.count
    func mean(_ values: [Float]) -> Double { Double(values.reduce(0, +)) / Double(count) }
    let errors = [
      ("yaw", mean(answers.map { Self.turn($0.predicted.yaw - $0.truth.yaw) })),
      ("pitch", mean(answers.map { Self.turn($0.predicted.pitch - $0.truth.pitch) })),
      ("roll", mean(answers.map { Self.turn($0.predicted.roll - $0.truth.roll) })),
    ]
    var evaluation = TaskEvaluation(
      metrics: meanMetric("mae[mean]", errors.map(\.1), count: count)
        + errors.map { TaskMetric("mae[\($0)]", $1, count: count) } + [
          TaskMetric(
            "angle-error", mean(answers.map { Self.angle($0.truth, $0.predicted) }), count: count)
        ])
    let means = answers.map { answer in
      let (p, t) = (answer.predicted, answer.truth)
      let turns = [
        Self.turn(p.yaw - t.yaw), Self.turn(p.pitch - t.pitch), Self.turn(p.roll - t.roll),
      ]
      return Double(turns.reduce(0, +)) / 3
    }
    evaluation.intervals = [
      IntervalEstimate.mean("mae[mean]", of: means, over: answers.map(\.0))
    ].compactMap { $0 }
    evaluation.note(try reading(predictions), predictions.samples, of: dataset) { sample in
      let truth = sample.labels.headPose
      return [[truth?.yaw ?? .nan], [truth?.pitch ?? .nan], [truth?.roll ?? .nan]]
    }
    return evaluation
  }

  static func pose(_ row: [Float]) -> HeadPose { HeadPose(rotation: rotation(row)) }

  /// An angle's size on the circle, 0 to 180°.
  private static func turn(_ degrees: Float) -> Float {
    abs(degrees.remainder(dividingBy: 360))
  }

  /// arccos((tr(R_p R_tᵀ) − 1) / 2)
  static func angle(_ a: HeadPose, _ b: HeadPose) -> Float {
    let (p, q) = (a.rotation, b.rotation)
    let trace = (p.0 * q.0).sum() + (p.1 * q.1).sum() + (p.2 * q.2).sum()
    return acos(min(max((trace - 1) / 2, -1), 1)) * 180 / .pi
  }
}
