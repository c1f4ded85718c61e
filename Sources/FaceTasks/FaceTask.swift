public import FaceData
public import Torch

/// One facial task over a backbone: its head, its loss, what it predicts and how it is judged.
///
/// A task is one file with a type of this protocol, a row in `TaskTable`, and its options in
/// `MethodCatalog`. Everything else follows from it: adaptation by any protocol, nearest neighbours,
/// the trivial baseline, evaluation on another set, files of predictions.
///
/// The backbone is the caller's: frozen features and fine-tuning differ only in whether gradients
/// reach it.
public protocol FaceTask: AnyObject, SendableMetatype {
  /// The word after `adapt`.
  static var name: String { get }
  /// What the trivial baseline, the mean target of the labelled samples, is called in metrics; nil
  /// where there is none.
  static var baselineName: String? { get }
  /// Whether it is about who a person is: judged on pairs, few labels dealt round the people, and
  /// pictures evaluated together with their mirror images.
  static var comparesPeople: Bool { get }

  /// Builds the head from labels, or for weights that are there (`setup.origin`).
  init(_ setup: TaskSetup) throws

  var setup: TaskSetup { get }
  /// What the head reads.
  var featureKind: FeatureKind { get }
  /// Parameters and buffers of the head.
  var headState: [NamedTensor] { get }
  var selectionMetric: SelectionMetric { get }
  /// Augmentation of labelled training images.
  var trainingCrop: LabelledCropSettings { get }

  /// What is to be predicted of a sample, in the numbers that `predict` gives; NaN where a label is
  /// missing. Nil where predictions are no labels (the embedding of recognition).
  func target(_ sample: TaskSample) throws -> [Float]?
  /// The scalar training loss of the head on features.
  func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor
  /// The head's answer, `[N, …]` float32, a row a sample, without augmentation or gradient.
  func predict(_ features: [Tensor]) throws -> Tensor
  /// What answers say, without comparing them with anything.
  func reading(_ predictions: TaskPredictions) throws -> TaskReading
  /// Compares answers with labels.
  func judge(_ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset)
    throws -> TaskEvaluation
}

/// The tasks that facet knows, by the name after `adapt`.
public enum TaskTable {
  public static let tasks: [any FaceTask.Type] = [
    RecognitionTask.self, LandmarkTask.self, ActionUnitTask.self, EmotionTask.self,
    ReconstructionTask.self, HeadPoseTask.self, AttributeTask.self,
  ]

  public static func task(named name: String) -> (any FaceTask.Type)? {
    tasks.first { $0.name == name }
  }
}

/// A sample as the network sees it.
public struct TaskSample: Sendable {
  /// Into the data set.
  public let index: Int
  /// Landmarks are in pixels of the crop.
  public let labels: FaceLabels
  /// From the crop to the data set's picture.
  public let toImage: Affine
  /// Side of the crop in pixels.
  public let size: Int

  public init(index: Int, labels: FaceLabels, toImage: Affine, size: Int) {
    (self.index, self.labels, self.toImage, self.size) = (index, labels, toImage, size)
  }
}

extension LabelledBatch {
  public var samples: [TaskSample] {
    indices.indices.map {
      TaskSample(
        index: indices[$0], labels: labels[$0], toImage: toImage[$0], size: view.size)
    }
  }
}

/// Answers for samples without augmentation.
public struct TaskPredictions {
  public let samples: [TaskSample]
  /// A row a sample, in the numbers of `FaceTask.predict`.
  public let rows: [[Float]]

  public init(samples: [TaskSample], rows: [[Float]]) {
    (self.samples, self.rows) = (samples, rows)
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

/// What can go wrong in a task beside tensor and data errors.
public struct FaceTaskError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Sendable { case missingLabels, noPairs, badOption }
  public let code: Code
  public let message: String

  public var description: String { message }
}
