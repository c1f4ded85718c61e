public import FaceData
import FaceModels
import Foundation
import Statistics
public import Torch

/// Attributes: which of a set's words are true of a face, each by itself (multi-label).
///
/// Loss: the mean binary cross-entropy over the attributes. Answers are probabilities. A sample whose
/// attributes are known is taken not to have those that it does not name.
/// - Source: Liu et al. 2015, "Deep learning face attributes in the wild" (accuracy of each).
public final class AttributeTask: FaceTask {
  public static let name = "attributes"
  public static let baselineName: String? = "mean-share"
  public static let comparesPeople = false
  public let setup: TaskSetup
  public let featureKind: FeatureKind
  public let selectionMetric = SelectionMetric(name: "auc[mean]", lowerIsBetter: false)
  private let head: RegressionHead
  /// In the order of the outputs.
  let attributes: [String]

  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    featureKind = try setup.options.choice("features", as: FeatureKind.self)
    let attributes = try Self.attributes(setup)
    self.attributes = attributes
    let shares = try setup.startingMean { Self.row($0.labels, attributes) }
    let bias = shares.map { share -> Float in
      let inside = min(max(share, 0.01), 0.99)
      return log(inside / (1 - inside))
    }
    head = try RegressionHead(
      inputs: featureKind.width(of: setup.backbone), mean: bias, generator: setup.generator)
    try head.move(to: setup.input.device)
  }

  /// All words of the set, whatever is labelled of it, so that every budget answers the same.
  private static func attributes(_ setup: TaskSetup) throws -> [String] {
    switch setup.origin {
    case .weights(let state):
      let bytes = try TaskSetup.tensor("attributes", in: state).int64s()
      return String(decoding: bytes.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
        .split(separator: "\n").map(String.init)
    case .labels(let dataset, _):
      var words: Set<String> = []
      for index in 0..<dataset.count {
        words.formUnion(try dataset.labels(at: index).attributes?.map(\.rawValue) ?? [])
      }
      guard !words.isEmpty else {
        throw FaceTaskError(
          code: .missingLabels,
          message: "the data set names no attributes of its faces: adapt attributes wants one such"
            + " as synthetic or wflw")
      }
      return words.sorted()
    }
  }

  /// The words go along as their bytes: without them the outputs mean nothing.
  public var headState: [NamedTensor] {
    let bytes = attributes.joined(separator: "\n").utf8.map { Int64($0) }
    let words = try? Tensor(bytes, shape: [bytes.count])
    return head.state + (words.map { [NamedTensor("attributes", $0, .buffer)] } ?? [])
  }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 10, scale: 0.9...1.1, translation: 0.04,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? {
    Self.row(sample.labels, attributes)
  }

  private static func row(_ labels: FaceLabels, _ attributes: [String]) -> [Float]? {
    labels.attributes.map { own in
      let words = Set(own.map(\.rawValue))
      return attributes.map { words.contains($0) ? 1 : 0 }
    }
  }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let rows = samples.map {
      Self.row($0.labels, attributes) ?? [Float](repeating: .nan, count: attributes.count)
    }
    return try binaryCrossEntropy(logits: head(features[0], training: true), shares: rows)
  }

  public func predict(_ features: [Tensor]) throws -> Tensor {
    try head(features[0], training: false).sigmoid()
  }

  /// Probabilities.
  public func reading(_ predictions: TaskPredictions) throws -> TaskReading {
    TaskReading(names: attributes, values: predictions.rows)
  }

  /// Accuracy and F1 at a probability of one half and the area under the ROC curve of each attribute,
  /// and their means; an attribute that all or none of the samples have has no area.
  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    let answers = zip(predictions.samples, predictions.rows).compactMap { sample, row in
      Self.row(sample.labels, attributes).map { (sample: sample, truth: $0, row: row) }
    }
    var columns: [String: [Double?]] = [:]
    var metrics: [TaskMetric] = []
    for (column, attribute) in attributes.enumerated() where !answers.isEmpty {
      let truth = answers.map { $0.truth[column] == 1 }
      for (name, value) in try Self.agreement(answers.map { $0.row[column] }, truth) {
        columns[name, default: []].append(value)
        guard let value else { continue }
        metrics.append(TaskMetric("\(name)[\(attribute)]", value, count: answers.count))
      }
    }
    let means = ["auc", "accuracy", "f1"].flatMap {
      meanMetric("\($0)[mean]", columns[$0] ?? [], count: answers.count)
    }
    var evaluation = TaskEvaluation(metrics: means + metrics)
    let right = answers.map { answer in
      let count = zip(answer.row, answer.truth).count { ($0 >= 0.5) == ($1 == 1) }
      return 100 * Double(count) / Double(attributes.count)
    }
    evaluation.intervals = [
      IntervalEstimate.mean("accuracy[mean]", of: right, over: answers.map(\.sample))
    ].compactMap { $0 }
    evaluation.note(try reading(predictions), predictions.samples, of: dataset) { sample in
      let row = Self.row(sample.labels, attributes)
      return attributes.indices.map { [row?[$0] ?? .nan] }
    }
    return evaluation
  }

  private static func agreement(_ probabilities: [Float], _ truth: [Bool]) throws
    -> [(name: String, value: Double?)]
  {
    let right = zip(probabilities, truth).count { ($0 >= 0.5) == $1 }
    let f1 = try detectionF1(
      predicted: probabilities.map(Double.init), truth: truth.map { $0 ? 1 : 0 }, threshold: 0.5)
    var area: Double?
    if Set(truth).count == 2 {
      area = try VerificationMetrics(
        similarities: probabilities, isSame: truth
      ).areaUnderROC
    }
    return [
      ("auc", area), ("accuracy", 100 * Double(right) / Double(truth.count)),
      ("f1", f1.map { 100 * $0 }),
    ]
  }
}
