import CTorch
import Foundation

/// Losses: each the mean, a scalar, computed in float32 also under autocast.

/// Softmax cross-entropy in nats, mean over N.
///
/// −(1/N) Σₙ Σₖ qₙₖ log softmax(zₙ)ₖ, with q the one-hot label mixed with `smoothing` / K.
/// - Parameters: logits: z `[N, K]`; labels: int64 `[N]` in 0 ..< K, or probabilities q `[N, K]`.
/// - Throws: `TensorError` when N differs or, on the CPU, a label is out of range.
public func crossEntropy(
  logits: Tensor, labels: Tensor, smoothing: Double = 0
) throws -> Tensor {
  let fits = { logits.rank == 2 && logits.shape[0] == labels.shape.first }
  return try produce("crossEntropy", [logits, labels], shapesFit: fits()) {
    ft_cross_entropy(logits.handle, labels.handle, smoothing, $0, $1)
  }
}

/// d² / 2β for |d| < β, else |d| − β/2, with d = predicted − truth; mean over all elements.
/// - Source: Girshick 2015, arXiv:1504.08083, Eq. 3 (β = 1 there).
public func smoothL1(_ predicted: Tensor, _ truth: Tensor, beta: Double = 1) throws -> Tensor {
  try requireEqualShapes("smoothL1", predicted, truth)
  return try produce("smoothL1", [predicted, truth]) {
    ft_smooth_l1(predicted.handle, truth.handle, beta, $0, $1)
  }
}

/// The mean of (predicted − truth)².
public func mse(_ predicted: Tensor, _ truth: Tensor) throws -> Tensor {
  try requireEqualShapes("mse", predicted, truth)
  return try produce("mse", [predicted, truth]) {
    ft_mse(predicted.handle, truth.handle, $0, $1)
  }
}

/// Wing loss: w ln(1 + |d|/ε) for |d| < w, else |d| − C, with C = w − w ln(1 + w/ε); the mean over
/// all elements.
///
/// Its slope near 0 is w/ε, so small errors of landmarks go on counting.
/// - Parameters: width: w > 0 in the unit of the coordinates; curvature: ε > 0.
/// - Source: Feng et al. 2018, arXiv:1711.06753, Eq. 5 (w = 10, ε = 2 in pixels of 224).
public func wingLoss(
  predicted: Tensor, truth: Tensor, width: Double = 10, curvature: Double = 2
) throws -> Tensor {
  try requireEqualShapes("wingLoss", predicted, truth)
  guard width > 0, curvature > 0 else {
    throw TensorError(
      .invalidArgument, "wingLoss: width \(width) and curvature \(curvature) must be above 0")
  }
  let constant = width - width * Foundation.log(1 + width / curvature)
  let distance = try (predicted.to(.float32) - truth).abs()
  let near = try (distance / curvature).log1p() * width
  return try Tensor.where(distance.lt(width), near, distance - constant).mean()
}

/// Broadcasting would hide a mistake in a loss, so the shapes must be equal.
private func requireEqualShapes(_ name: String, _ a: Tensor, _ b: Tensor) throws {
  guard a.shape == b.shape else {
    throw TensorError(
      .shapeMismatch, "\(name): predicted \(a.shape) and truth \(b.shape) differ",
      context: ["operation": name, "shapes": "\(a.shape) and \(b.shape)"])
  }
}
