import Foundation

/// Small scalar functions that the head is built of.

/// 0 at or below `low`, 1 at or above `high`, with zero slope at both.
func smoothstep(_ low: Float, _ high: Float, _ x: Float) -> Float {
  let t = min(max((x - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}

/// exp(−d²/2σ²).
func bell(_ distance: Float, _ sigma: Float) -> Float {
  let ratio = distance / sigma
  return exp(-0.5 * ratio * ratio)
}

/// A bell over the plane, at (±centre.x, centre.y), the same on both sides of the face.
func twinBell(_ p: SIMD3<Float>, _ x: Float, _ y: Float, _ sigmaX: Float, _ sigmaY: Float) -> Float
{
  bell(abs(p.x) - x, sigmaX) * bell(p.y - y, sigmaY)
}

func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

func mix(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ t: Float) -> SIMD3<Float> { a + (b - a) * t }

func length(_ v: SIMD3<Float>) -> Float { (v * v).sum().squareRoot() }

func normalized(_ v: SIMD3<Float>) -> SIMD3<Float> { v / max(length(v), 1e-12) }

func cross(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// A smooth curve through knots (Catmull and Rom, with the ends repeated).
struct KnotCurve {
  private let positions: [Float]
  private let values: [Float]

  /// - Parameter knots: (position, value), positions rising.
  init(_ knots: [(Float, Float)]) {
    positions = knots.map(\.0)
    values = knots.map(\.1)
  }

  /// Held constant beyond the ends.
  func callAsFunction(_ position: Float) -> Float {
    let last = positions.count - 1
    guard position > positions[0] else { return values[0] }
    guard position < positions[last] else { return values[last] }
    let i = (positions.firstIndex { $0 > position } ?? last) - 1
    let span = positions[i + 1] - positions[i]
    let t = (position - positions[i]) / span
    let slope0 = slope(at: i) * span
    let slope1 = slope(at: i + 1) * span
    let (t2, t3) = (t * t, t * t * t)
    return values[i] * (2 * t3 - 3 * t2 + 1) + slope0 * (t3 - 2 * t2 + t)
      + values[i + 1] * (3 * t2 - 2 * t3) + slope1 * (t3 - t2)
  }

  private func slope(at i: Int) -> Float {
    let (low, high) = (max(i - 1, 0), min(i + 1, positions.count - 1))
    return (values[high] - values[low]) / (positions[high] - positions[low])
  }
}
