/// Losses over labels of which some are missing: NaN among the targets counts for nothing, and the
/// mean is over the numbers that are there; 0 where there are none.

/// Smooth L1 of outputs `[N, K]`.
public func maskedSmoothL1(_ outputs: Tensor, _ targets: [[Float]], beta: Double) throws -> Tensor {
  let (truth, mask, count) = try masked(targets, like: outputs)
  let distance = try ((outputs - truth) * mask).abs()
  let near = try distance * distance / (2 * beta)
  return try Tensor.where(distance.lt(beta), near, distance - beta / 2).multipliedSum(mask) / count
}

/// Binary cross-entropy of logits z `[N, K]` with shares q in 0 … 1:
/// max(z, 0) − z·q + ln(1 + e^−|z|).
public func binaryCrossEntropy(logits z: Tensor, shares: [[Float]]) throws -> Tensor {
  let (q, mask, count) = try masked(shares, like: z)
  let loss = try z.relu() - z * q + (-(z.abs())).exp().log1p()
  return try loss.multipliedSum(mask) / count
}

/// 1 − CCC of two columns of numbers over a batch `[N]`, with the population's variances.
///
/// - Edge cases: fewer than two labels give 0, as a variance needs two.
/// - Source: the CCC of Lin 1989 as a loss, as in emonet's training.
public func concordanceLoss(_ outputs: Tensor, _ targets: [Float]) throws -> Tensor {
  let known = targets.indices.filter { !targets[$0].isNaN }
  guard known.count > 1 else { return try (outputs * 0).sum() }
  let rows = try Tensor(known.map(Int64.init), shape: [known.count]).to(outputs.device)
  let p = try outputs.indexSelect(0, rows)
  let t = try Tensor(known.map { targets[$0] }, shape: [known.count]).to(outputs.device)
  let (dp, dt) = try (p - p.mean(), t - t.mean())
  let shift = try p.mean() - t.mean()
  let spread = try (dp * dp).mean() + (dt * dt).mean() + shift * shift
  // A batch of equal labels and outputs has no spread.
  return try 1 - 2 * (dp * dt).mean() / (spread + 1e-6)
}

private func masked(_ targets: [[Float]], like outputs: Tensor) throws -> (
  truth: Tensor, mask: Tensor, count: Double
) {
  let values = targets.flatMap { $0 }
  let truth = try Tensor(values.map { $0.isNaN ? 0 : $0 }, shape: outputs.shape)
  let mask = try Tensor(values.map { $0.isNaN ? Float(0) : 1 }, shape: outputs.shape)
  let count = Double(max(values.count { !$0.isNaN }, 1))
  return try (truth.to(outputs.device), mask.to(outputs.device), count)
}

extension Tensor {
  fileprivate func multipliedSum(_ mask: Tensor) throws -> Tensor { try (self * mask).sum() }
}
