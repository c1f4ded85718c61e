public import FaceData
public import FaceModels
public import Torch

/// Recognition: an embedding learnt from identities, judged by verifying pairs of other people.
public final class RecognitionTask: FaceTask {
  public enum Loss: String, Sendable { case softmax, cosface }

  public let name = "recognition"
  public let backbone: any Backbone
  public let embedding: EmbeddingHead
  public let classifier: CosineClassifier
  public let input: InputSettings
  public let needsPairs = true
  public let selectionMetric = SelectionMetric(name: "auc[roc]", lowerIsBetter: false)
  /// The class of each identity that the training samples have.
  let classes: [Int: Int64]

  /// - Parameter identities: the identities of the training samples.
  /// - Source: CosFace, Wang et al. 2018, arXiv:1801.09414: s = 30 for small sets, m = 0.35;
  ///   softmax is the same with m = 0.
  public init(
    backbone: any Backbone, dimensions: Int, identities: Set<Int>, loss: Loss, input: InputSettings,
    generator: Generator
  ) throws {
    (self.backbone, self.input) = (backbone, input)
    classes = Dictionary(
      uniqueKeysWithValues: identities.sorted().enumerated().map { ($1, Int64($0)) })
    embedding = try EmbeddingHead(
      inputs: backbone.featureCount, outputs: dimensions, generator: generator)
    classifier = try CosineClassifier(
      inputs: dimensions, classes: identities.count, scale: 30,
      margin: .cosFace(loss == .cosface ? 0.35 : 0), generator: generator)
    try embedding.move(to: input.device)
    try classifier.move(to: input.device)
  }

  public var headState: [NamedTensor] {
    embedding.state.prefixed("embedding") + classifier.state.prefixed("classifier")
  }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: input.size, rotationDegrees: 10, scale: 0.9...1.1, translation: 0.05,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func features(_ images: Tensor, training: Bool) throws -> Tensor {
    try withAutocast(input.precision, device: input.device) {
      try backbone(images, training: training).to(.float32)
    }
  }

  public func loss(features: Tensor, labels: [FaceLabels], size: Int) throws -> Tensor {
    let targets = try labels.map { label in
      guard let identity = label.identity, let target = classes[identity] else {
        throw FaceTaskError(
          code: .missingLabels,
          message: "a training sample has no known identity: adapt recognition wants a data set"
            + " with identities, such as lfw or synthetic")
      }
      return target
    }
    let y = try Tensor(targets, shape: [targets.count]).to(input.device)
    let logits = try classifier.logits(embedding(features, training: true), labels: y)
    return try crossEntropy(logits: logits, labels: y)
  }

  public func evaluate(_ split: EvaluationSplit, of dataset: any FaceDataset) throws
    -> TaskEvaluation
  {
    try evaluateVerification(split.pairs, of: dataset, input: input, isCentred: false) { images in
      try embedding(features(images, training: false), training: false)
    }
  }
}
