public import FaceData
import FaceModels
public import Torch

/// Recognition: an embedding learnt from identities, judged by verifying pairs of other people.
public final class RecognitionTask: FaceTask {
  public enum Loss: String, Sendable { case softmax, cosface, arcface }

  public static let name = "recognition"
  public static let baselineName: String? = nil
  public static let comparesPeople = true
  public let setup: TaskSetup
  public let featureKind = FeatureKind.pooled
  public let selectionMetric = SelectionMetric(name: "auc[roc]", lowerIsBetter: false)
  let embedding: EmbeddingHead
  let classifier: CosineClassifier
  /// The class of each identity that the training samples have.
  private let classes: [Int: Int64]

  /// - Source: CosFace, Wang et al. 2018, arXiv:1801.09414: s = 30 for small sets, m = 0.35;
  ///   ArcFace, Deng et al. 2019, arXiv:1801.07698: m = 0.5; softmax has m = 0.
  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    let margin: CosineClassifier.Margin =
      switch try setup.options.choice("loss", as: Loss.self) {
      case .softmax: .cosFace(0)
      case .cosface: .cosFace(0.35)
      case .arcface: .arcFace(0.5)
      }
    let count: Int
    switch setup.origin {
    case .labels(let dataset, let indices):
      let identities = Set(try indices.compactMap { try dataset.labels(at: $0).identity })
      classes = Dictionary(
        uniqueKeysWithValues: identities.sorted().enumerated().map { ($1, Int64($0)) })
      guard !identities.isEmpty else { throw Self.noIdentity }
      count = identities.count
    case .weights(let state):
      classes = [:]
      count = try TaskSetup.tensor("classifier.weight", in: state).shape[0]
    }
    let dimensions = try setup.options.integer("embedding")
    embedding = try EmbeddingHead(
      inputs: setup.backbone.featureCount, outputs: dimensions, generator: setup.generator)
    classifier = try CosineClassifier(
      inputs: dimensions, classes: count, scale: 30, margin: margin, generator: setup.generator)
    try embedding.move(to: setup.input.device)
    try classifier.move(to: setup.input.device)
  }

  private static let noIdentity = FaceTaskError(
    code: .missingLabels,
    message: "a training sample has no known identity: adapt recognition wants a data set with"
      + " identities, such as lfw or synthetic")

  public var headState: [NamedTensor] {
    embedding.state.prefixed("embedding") + classifier.state.prefixed("classifier")
  }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 10, scale: 0.9...1.1, translation: 0.05,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? { nil }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let targets = try samples.map { sample in
      guard let identity = sample.labels.identity, let target = classes[identity] else {
        throw Self.noIdentity
      }
      return target
    }
    let y = try Tensor(targets, shape: [targets.count]).to(setup.input.device)
    let logits = try classifier.logits(embedding(features[0], training: true), labels: y)
    return try crossEntropy(logits: logits, labels: y)
  }

  /// Flip-sum: the embedding of the picture and that of its mirror image, added up.
  public func predict(_ features: [Tensor]) throws -> Tensor {
    try features.dropFirst().reduce(embedding(features[0], training: false)) {
      try $0 + embedding($1, training: false)
    }
  }

  /// The embedding, brought to length 1.
  public func reading(_ predictions: TaskPredictions) throws -> TaskReading {
    let width = predictions.rows.first?.count ?? 0
    let rows = predictions.rows.map { row in
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return length > 0 ? row.map { $0 / length } : row
    }
    return TaskReading(names: (0..<width).map { "f\($0)" }, values: rows)
  }

  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    let scores = try pairScores(of: predictions, pairs: split.pairs)
    var evaluation = TaskEvaluation(metrics: try verificationMetrics(scores, pairs: split.pairs))
    evaluation.metrics += try shotMetrics(of: predictions)
    evaluation.intervals = acceptIntervals(scores, pairs: split.pairs, predictions.samples)
    evaluation.tables["pairs"] = pairTable(scores, pairs: split.pairs, of: dataset)
    return evaluation
  }
}
