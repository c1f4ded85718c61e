public import FaceData
public import FaceModels
public import Torch

/// What one update tells.
public struct StepReport: Sendable, Hashable {
  /// Before the update.
  public let loss: Double
  public let learningRate: Double
  /// The gradients' joint norm before clipping; nil where nothing is clipped.
  public let gradientNorm: Double?
  /// See `featureSpread`; nil where it was not asked for.
  public let spread: Double?

  public init(
    loss: Double, learningRate: Double, gradientNorm: Double? = nil, spread: Double? = nil
  ) {
    (self.loss, self.learningRate) = (loss, learningRate)
    (self.gradientNorm, self.spread) = (gradientNorm, spread)
  }
}

/// The update of a method's weights: forward, backward, clip, step, and a moving average.
public final class PretrainingTrainer {
  public let method: any PretrainingMethod
  public let optimizer: any Optimizer
  public let settings: OptimizationSettings
  public let device: Device
  /// Where the time of the steps went.
  public var profile: StepProfile
  /// The average of the learned backbone's state; empty where none is kept.
  private let average: [NamedTensor]
  private let group: ProcessGroup?
  private let reducer: GradientReducer?
  private let scaler: LossScaler?

  /// - Parameters: group: the processes that share each batch; scaler: for float16; isProfiled: waits
  ///   for the device between the parts of a step, so that their times are their own.
  public init(
    _ method: any PretrainingMethod, settings: OptimizationSettings, device: Device = .cpu,
    group: ProcessGroup? = nil, scaler: LossScaler? = nil, isProfiled: Bool = false
  ) throws {
    (self.method, self.settings, self.device) = (method, settings, device)
    (self.group, self.scaler) = (group, scaler)
    profile = StepProfile(device: isProfiled ? device : .cpu)
    let optimizer = try settings.makeOptimizer(
      method.state.filter { $0.kind == .parameter && $0.tensor.requiresGradient },
      parts: method.backbone.parameterParts, scaled: method.scaledRates)
    self.optimizer = optimizer
    reducer = try group.map {
      try GradientReducer(of: optimizer.parameters.map(\.tensor), over: $0)
    }
    average = try withoutGradient {
      settings.average == 0
        ? []
        : try method.learned.state.map { NamedTensor($0.name, try $0.tensor.clone(), $0.kind) }
    }
  }

  /// Everything beside the optimizer's own that an unbroken continuation needs.
  public var state: [NamedTensor] {
    method.state + average.prefixed("average") + (scaler?.state ?? [])
  }

  /// The backbone that is kept: its average where there is one.
  public var result: [NamedTensor] { average.isEmpty ? method.learned.state : average }

  /// Runs `body` with the backbone that is kept; the method's own is as before then.
  public func withResult<Value>(_ body: (any Backbone) throws -> Value) throws -> Value {
    let backbone = method.learned
    guard !average.isEmpty else { return try body(backbone) }
    let state = backbone.state
    let values = try withoutGradient { try state.map { try $0.tensor.clone() } }
    func set(_ tensors: [Tensor]) throws {
      try withoutGradient {
        for (own, value) in zip(state, tensors) { try own.tensor.copy_(from: value) }
      }
    }
    try set(average.map(\.tensor))
    let value = Result { try body(backbone) }
    try set(values)
    return try value.get()
  }

  /// One update from a batch.
  ///
  /// - Parameter measuresSpread: whether the report has the features' spread.
  /// - Throws: `TensorError` of the arithmetic, `PretrainingError.notFinite` for a loss that is NaN
  ///   or infinite; the weights are as before then.
  public func train(
    _ batch: MultiCropBatch, at position: StepPosition, measuresSpread: Bool = false
  ) throws -> StepReport {
    let rate = settings.learningRate(at: position)
    optimizer.clearGradients()
    let (loss, features) = try accumulate(batch, at: position)
    guard loss.isFinite else { throw PretrainingError.notFinite(loss, position, rate: rate) }
    var norm: Double?
    try profile.measure(.update) {
      try reducer?.finish()
      // An overflow: the next step has a smaller scale.
      if let scaler, try !scaler.unscale(optimizer.parameters) { return }
      try method.willUpdate(at: position)
      if settings.clip > 0 { norm = try clipGradients(optimizer.parameters, norm: settings.clip) }
      try optimizer.step(learningRate: rate)
      try method.didUpdate(at: position)
      if !average.isEmpty {
        try moveAverage(average, towards: method.learned.state, decay: settings.average)
      }
    }
    return StepReport(
      loss: loss, learningRate: rate, gradientNorm: norm,
      spread: measuresSpread ? try features.map(featureSpread) : nil)
  }

  /// Whether a step with so many of the batch's pictures fits in memory. It changes the weights.
  public func fits(_ count: Int, of batch: MultiCropBatch, at position: StepPosition) throws -> Bool
  {
    do {
      _ = try train(batch.part(0..<count), at: position)
      return true
    } catch let error as TensorError where error.code == .outOfMemory {
      optimizer.clearGradients()
      return false
    }
  }

  /// The gradients of the mean loss of the batch's parts, before they are averaged over the ranks, and
  /// the loss over all ranks.
  private func accumulate(_ batch: MultiCropBatch, at position: StepPosition) throws -> (
    loss: Double, features: Tensor?
  ) {
    var (total, features): (Double, Tensor?) = (0, nil)
    let parts = batch.parts(settings.accumulation)
    for (index, part) in parts.enumerated() {
      let share = Double(part.indices.count) / Double(batch.indices.count)
      let output = try profile.measure(.forward) {
        try withSynchronizedBatchNorm(group) { try method.forward(part, at: position) }
      }
      let factor = try share * (scaler?.factor() ?? 1)
      try profile.measure(.backward) {
        if index == parts.count - 1 { try reducer?.begin() }
        try (factor == 1 ? output.loss : output.loss * factor).backward()
      }
      total += try output.loss.item() * share
      features = output.features
    }
    return (try averaged(total), features)
  }

  /// The mean over the ranks.
  private func averaged(_ loss: Double) throws -> Double {
    guard let group else { return loss }
    let shared = try Tensor([loss], shape: [1])
    try group.average([shared])
    return try shared.item()
  }
}

/// How far features `[N, D]` differ in direction: √D times the mean standard deviation of a
/// dimension of z/‖z‖.
///
/// 1 where directions are spread over the whole sphere, 0 where all are the same: collapse.
/// - Source: Chen and He 2021, arXiv:2011.10566, §4.1. Checked by: CollapseWatchTests.
public func featureSpread(_ features: Tensor) throws -> Double {
  guard features.rank == 2, features.shape[0] > 1 else { return .nan }
  return try withoutGradient {
    try features.to(.float32).l2Normalized(1).variance([0]).sqrt().mean().item()
      * Double(features.shape[1]).squareRoot()
  }
}
