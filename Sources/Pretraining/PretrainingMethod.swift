public import FaceData
public import FaceModels
public import Torch

/// Where a training step stands; everything that a schedule may depend on.
public struct StepPosition: Sendable, Hashable {
  /// Optimizer updates done before this one.
  public let step: Int
  public let stepsPerEpoch: Int
  public let totalSteps: Int

  /// The epoch that the step belongs to, from 0.
  public var epoch: Int { step / stepsPerEpoch }
  /// Share of the whole training that lies behind, 0 ..< 1.
  public var progress: Double { Double(step) / Double(max(totalSteps, 1)) }

  public init(step: Int, stepsPerEpoch: Int, totalSteps: Int) {
    (self.step, self.stepsPerEpoch, self.totalSteps) = (step, stepsPerEpoch, totalSteps)
  }
}

/// What a method makes of a batch.
public struct MethodOutput {
  /// A float32 scalar with its history, to be differentiated.
  public let loss: Tensor
  /// What the loss compares, `[N, D]`, without history: its spread shows a collapse.
  public let features: Tensor?

  public init(loss: Tensor, features: Tensor? = nil) {
    (self.loss, self.features) = (loss, features)
  }
}

/// A way to learn a face representation.
///
/// The caller owns the loop, the data and the checkpoints, `PretrainingTrainer` the update; the
/// method owns its networks, its views and its loss.
public protocol PretrainingMethod: AnyObject {
  /// The network being trained.
  var backbone: any Backbone { get }
  /// What remains after pre-training: the network being trained, unless the method has a better one.
  var learned: any Backbone { get }
  /// How a batch's images are cropped and augmented.
  var crops: MultiCropSettings { get }
  /// Every tensor that an unbroken continuation needs, under unique names. Those of kind
  /// `.parameter` are what the optimizer updates.
  var state: [NamedTensor] { get }
  /// What learns at another rate than the rest.
  var scaledRates: [ScaledRate] { get }
  /// The loss of features that tell nothing apart, such as ln K; nil where there is no such value.
  var uninformedLoss: Double? { get }
  /// Pictures of one person that a batch holds side by side; 1 mixes all.
  var picturesPerIdentity: Int { get }
  /// Whether only samples with an identity may be in a batch.
  var needsIdentities: Bool { get }

  /// The loss of a batch, or of a part of one where gradients are accumulated.
  func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput
  /// Between the gradients and the update.
  func willUpdate(at position: StepPosition) throws
  /// After the update.
  func didUpdate(at position: StepPosition) throws
}

extension PretrainingMethod {
  public var learned: any Backbone { backbone }
  public var scaledRates: [ScaledRate] { [] }
  public var uninformedLoss: Double? { nil }
  public var picturesPerIdentity: Int { 1 }
  public var needsIdentities: Bool { false }
  public func willUpdate(at position: StepPosition) throws {}
  public func didUpdate(at position: StepPosition) throws {}
}

/// What can go wrong in pre-training beside tensor errors.
public struct PretrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Sendable { case notFinite, noIdentities, badSettings }
  public let code: Code
  public let message: String

  public var description: String { message }

  static func notFinite(_ loss: Double, _ position: StepPosition, rate: Double) -> Self {
    Self(
      code: .notFinite,
      message: "the loss became \(loss) at step \(position.step) (epoch \(position.epoch + 1),"
        + " learning rate \(rate)): lower learning-rate or lengthen warmup")
  }
}
