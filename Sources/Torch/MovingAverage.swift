/// Moves a network's state towards another's: θ' ← m θ' + (1 − m) θ for parameters; buffers, such as
/// running statistics, are copied.
///
/// - Parameters: target, source: states of the same names and shapes, in the same order; decay: m,
///   0…1.
/// - Throws: `TensorError.stateMismatch` where the two differ in names.
/// - Source: He et al. 2020, arXiv:1911.05722, Eq. 2. Checked by: MovingAverageTests.
public func moveAverage(
  _ target: [NamedTensor], towards source: [NamedTensor], decay: Double
) throws {
  guard target.map(\.name) == source.map(\.name) else {
    throw TensorError(.stateMismatch, "the moving average and its network differ in their tensors")
  }
  let learnt = target.indices.filter { target[$0].kind == .parameter }
  try Foreach.lerp(
    learnt.map { target[$0].tensor }, learnt.map { source[$0].tensor }, weight: 1 - decay)
  try withoutGradient {
    for (own, other) in zip(target, source) where own.kind == .buffer {
      try own.tensor.copy_(from: other.tensor)
    }
  }
}
