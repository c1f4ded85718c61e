import Torch

/// A rotation as its first two rows, six numbers without a jump anywhere.
///
/// - Source: Zhou et al. 2019, "On the continuity of rotation representations in neural networks",
///   arXiv:1812.07035.

/// Rows `[N, 6]` → rotations `[N, 3, 3]` by Gram–Schmidt.
func rotations(_ rows: Tensor) throws -> Tensor {
  let first = try rows.narrow(1, start: 0, length: 3).l2Normalized(1)
  let raw = try rows.narrow(1, start: 3, length: 3)
  let second = try (raw - first * (first * raw).sum([1], keepDimension: true)).l2Normalized(1)
  return try Tensor.stack([first, second, cross(first, second)], dim: 1)
}

private func cross(_ a: Tensor, _ b: Tensor) throws -> Tensor {
  func column(_ t: Tensor, _ k: Int) throws -> Tensor { try t.select(1, k) }
  return try Tensor.stack(
    [
      column(a, 1) * column(b, 2) - column(a, 2) * column(b, 1),
      column(a, 2) * column(b, 0) - column(a, 0) * column(b, 2),
      column(a, 0) * column(b, 1) - column(a, 1) * column(b, 0),
    ], dim: 1)
}

/// The rows of the rotation that six numbers stand for; the same arithmetic for one sample.
///
/// - Edge cases: numbers without a direction give the identity's rows.
func rotation(_ numbers: some Collection<Float>) -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) {
  let n = Array(numbers)
  let first = unit(SIMD3(n[0], n[1], n[2]), or: SIMD3(1, 0, 0))
  let raw = SIMD3(n[3], n[4], n[5])
  let second = unit(
    raw - first * (first * raw).sum(), or: abs(first.y) < 0.9 ? SIMD3(0, 1, 0) : SIMD3(0, 0, 1))
  return (
    first, second,
    SIMD3(
      first.y * second.z - first.z * second.y, first.z * second.x - first.x * second.z,
      first.x * second.y - first.y * second.x)
  )
}

private func unit(_ v: SIMD3<Float>, or fallback: SIMD3<Float>) -> SIMD3<Float> {
  let length = (v * v).sum().squareRoot()
  return length > 1e-6 ? v / length : fallback
}
