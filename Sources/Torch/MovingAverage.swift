/// Moves a network's state towards another's: θ' ← m θ' + (1 − m) θ for parameters, and with a decay of
/// their own for running statistics; counters are copied.
///
/// - Parameters: target, source: states of the same names and shapes, in the same order; decay: m,
///   0…1; statistics: the running statistics' decay; at 0 they are copied.
/// - Throws: `TensorError.stateMismatch` where the two differ in names.
/// - Source: He et al. 2020, arXiv:1911.05722, Eq. 2. Checked by: MovingAverageTests.
public func moveAverage(
  _ target: [NamedTensor], towards source: [NamedTensor], decay: Double, statistics: Double = 0
) throws {
  guard target.map(\.name) == source.map(\.name) else {
    throw TensorError(.stateMismatch, "the moving average and its network differ in their tensors")
  }
  func move(_ indices: [Int], decay: Double) throws {
    guard !indices.isEmpty else { return }
    try Foreach.lerp(
      indices.map { target[$0].tensor }, indices.map { source[$0].tensor }, weight: 1 - decay)
  }
  let buffers = target.indices.filter { target[$0].kind == .buffer }
  try move(target.indices.filter { target[$0].kind == .parameter }, decay: decay)
  try move(buffers.filter { target[$0].tensor.dtype.isFloatingPoint }, decay: statistics)
  try withoutGradient {
    for index in buffers where !target[index].tensor.dtype.isFloatingPoint {
      try target[index].tensor.copy_(from: source[index].tensor)
    }
  }
}
