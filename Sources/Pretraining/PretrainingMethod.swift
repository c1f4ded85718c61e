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

  public init(step: Int, stepsPerEpoch: Int, totalSteps: Int) {
    (self.step, self.stepsPerEpoch, self.totalSteps) = (step, stepsPerEpoch, totalSteps)
  }
}

/// What one step tells: its loss before the update and the rate it used.
public struct StepReport: Sendable, Hashable {
  public let loss: Double
  public let learningRate: Double

  public init(loss: Double, learningRate: Double) {
    (self.loss, self.learningRate) = (loss, learningRate)
  }
}

/// A way to learn a face representation. The caller owns the loop, the data and the checkpoints;
/// the method owns one step: forward, loss, backward, update.
public protocol PretrainingMethod: AnyObject {
  /// The network being trained; what remains after pre-training.
  var backbone: any Backbone { get }
  /// How a batch's images are cropped and augmented.
  var crops: MultiCropSettings { get }
  var optimizer: any Optimizer { get }
  /// Every tensor that an unbroken continuation needs, under unique names.
  var state: [NamedTensor] { get }

  /// One optimizer update.
  ///
  /// - Throws: `TensorError` of the arithmetic, `PretrainingError.notFinite` for a loss that is
  ///   NaN or infinite.
  func train(_ batch: MultiCropBatch, at position: StepPosition) throws -> StepReport
}

/// How weights are updated, the same for every method.
public struct OptimizationSettings: Sendable, Hashable {
  public enum Rule: String, Sendable { case sgd, lars, adamw }

  public var rule: Rule
  /// Peak of the schedule.
  public var learningRate: Double
  /// Share of the steps with a linearly rising rate.
  public var warmup: Double
  public var weightDecay: Double
  public var precision: Precision
  public var device: Device

  public init(
    rule: Rule, learningRate: Double, warmup: Double, weightDecay: Double, precision: Precision,
    device: Device
  ) {
    (self.rule, self.learningRate, self.warmup) = (rule, learningRate, warmup)
    (self.weightDecay, self.precision, self.device) = (weightDecay, precision, device)
  }

  /// The update rule over these parameters; batch-norm gains and all biases are not decayed.
  public func makeOptimizer(_ parameters: [NamedTensor]) throws -> any Optimizer {
    let groups = ParameterGroup.decayingOnlyWeights(parameters, weightDecay: weightDecay)
    switch rule {
    case .sgd: return try SGD(groups, momentum: 0.9)
    case .lars: return try LARS(groups, momentum: 0.9)
    case .adamw: return try AdamW(groups)
    }
  }

  /// The rate of a step: linear warm-up, then a cosine to a thousandth (Caron et al. 2020, App. A).
  public func learningRate(at position: StepPosition) -> Double {
    CosineSchedule(
      base: learningRate, final: learningRate / 1000,
      warmupSteps: Int(warmup * Double(position.totalSteps)), totalSteps: position.totalSteps
    )(position.step)
  }
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
