public import Torch

/// Keeps float16 gradients from vanishing: the loss is multiplied before backward, the gradients are
/// divided after it, and a step whose gradients have overflowed is left out.
///
/// The scale is halved by an overflow and doubled after `patience` steps without one.
/// - Source: Micikevicius et al. 2018, arXiv:1710.03740, §3.2; numbers of PyTorch's GradScaler.
///   Checked by: LossScalerTests.
public final class LossScaler {
  /// [] each, so that a checkpoint has them.
  private let scale: Tensor
  private let calmSteps: Tensor
  private let patience: Int

  public init(scale: Double = 65_536, patience: Int = 2000) throws {
    self.scale = try .full([], scale)
    calmSteps = try .zeros([], dtype: .int64)
    self.patience = patience
  }

  public var state: [NamedTensor] {
    [
      NamedTensor("loss-scaler.scale", scale, .buffer),
      NamedTensor("loss-scaler.calm-steps", calmSteps, .buffer),
    ]
  }

  /// What to multiply the loss by.
  public func factor() throws -> Double { try scale.item() }

  /// Divides the gradients by the scale.
  ///
  /// - Returns: whether all are finite: else the step is to be left out, and the scale is lower now.
  public func unscale(_ parameters: [NamedTensor]) throws -> Bool {
    let isFinite = try scaleGradients(parameters, by: 1 / factor()).isFinite
    guard isFinite else {
      try scale.mul_(0.5)
      try calmSteps.fill_(0)
      return false
    }
    try calmSteps.add_(1)
    if try Int(calmSteps.item()) >= patience {
      try scale.mul_(2)
      try calmSteps.fill_(0)
    }
    return true
  }
}
