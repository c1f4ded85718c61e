public import FaceData
public import FaceModels
public import Torch

/// A number that an evaluation gives, with the protocol in its name (`nme[inter-ocular]`).
public struct TaskMetric: Sendable, Hashable {
  public let name: String
  public let value: Double
  /// Images or pairs behind the value.
  public let count: Int

  public init(_ name: String, _ value: Double, count: Int) {
    (self.name, self.value, self.count) = (name, value, count)
  }
}

/// What a task says of a model on one split.
public struct TaskEvaluation: Sendable {
  public let metrics: [TaskMetric]
  /// Predicted points of each sample, where the task predicts points.
  public let predictions: [LandmarkPrediction]

  public init(metrics: [TaskMetric], predictions: [LandmarkPrediction] = []) {
    (self.metrics, self.predictions) = (metrics, predictions)
  }

  public func value(of metric: String) -> Double? {
    metrics.first { $0.name == metric }?.value
  }
}

/// The metric that chooses among a run's checkpoints on validation data.
public struct SelectionMetric: Sendable, Hashable {
  public let name: String
  public let lowerIsBetter: Bool

  public func isBetter(_ value: Double, than other: Double) -> Bool {
    lowerIsBetter ? value < other : value > other
  }
}

/// One facial task over a backbone: what the head sees, its loss, and how it is judged.
///
/// The backbone is the caller's: frozen features and fine-tuning differ only in whether gradients
/// reach it.
public protocol FaceTask: AnyObject {
  var name: String { get }
  var backbone: any Backbone { get }
  /// Parameters and buffers of the head.
  var headState: [NamedTensor] { get }
  /// Whether it is judged on pairs, and so wants people with several pictures.
  var needsPairs: Bool { get }
  var selectionMetric: SelectionMetric { get }
  /// Augmentation of labelled training images.
  var trainingCrop: LabelledCropSettings { get }

  /// What the head takes: float32 `[N, …]` of images `[N, 3, H, W]`.
  func features(_ images: Tensor, training: Bool) throws -> Tensor
  /// The scalar training loss of a head on features; labels refer to crops of `size`.
  func loss(features: Tensor, labels: [FaceLabels], size: Int) throws -> Tensor
  /// Judges the model as it is now.
  func evaluate(_ split: EvaluationSplit, of dataset: any FaceDataset) throws -> TaskEvaluation
}

/// What to evaluate on: samples, and for verification the pairs among them.
public struct EvaluationSplit: Sendable {
  public let indices: [Int]
  public let pairs: [VerificationPair]

  public init(indices: [Int], pairs: [VerificationPair] = []) {
    (self.indices, self.pairs) = (indices, pairs)
  }
}

/// How images reach the network, the same in training and evaluation.
public struct InputSettings: Sendable, Hashable {
  /// Side of the square crop.
  public var size: Int
  public var batch: Int
  public var device: Device
  public var precision: Precision

  public init(size: Int, batch: Int, device: Device, precision: Precision) {
    (self.size, self.batch, self.device, self.precision) = (size, batch, device, precision)
  }

  /// `[N, 3, size, size]`, normalised, on the device.
  public func images(_ view: ViewBatch) throws -> Tensor {
    try normalizedImages(bytes: view.pixels, count: view.count, size: view.size, device: device)
  }
}

/// Calls `body` with one batch after another of unaugmented crops of these samples.
func forEachBatch(
  _ indices: [Int], of dataset: any FaceDataset, input: InputSettings,
  _ body: (LabelledBatch) throws -> Void
) throws {
  for start in stride(from: 0, to: indices.count, by: input.batch) {
    let part = Array(indices[start..<min(start + input.batch, indices.count)])
    try body(
      LabelledCrop.batch(
        dataset, indices: part, settings: .evaluation(size: input.size), seed: 0, epoch: 0))
  }
}
