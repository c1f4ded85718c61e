import Foundation

/// Lines of the face, drawn by position because they are finer than the mesh: on the forehead,
/// between the brows, beside and under the eyes, and from the nose to the mouth. Age and action
/// units deepen them.
///
/// - Source: which unit makes which line: FACS Manual, 2002; where they run is our own drawing.
///   Checked by: FaceRenderingTests.
struct FaceLines {
  /// Depths of the forehead's, the brows', the eyes' and the cheeks' lines, 0 to 1.
  private let depths: SIMD4<Float>

  /// - Parameters: actionUnits: intensities 0–5 in the order of `ActionUnit.allCases`.
  init(age: Float, actionUnits: [Float]) {
    func level(_ unit: ActionUnit) -> Float { actionUnits[unit.index] / 5 }
    let old = age * age
    let smile = max(level(.au12), 0.8 * level(.au9), 0.8 * level(.au10), 0.6 * level(.au6))
    depths =
      SIMD4(
        0.45 * old + (0.4 + 0.1 * age) * max(level(.au1), level(.au2)),
        0.3 * old + 0.6 * max(level(.au4), level(.au9)),
        0.45 * old + 0.45 * max(level(.au6), 0.5 * level(.au7)), 0.1 + 0.3 * old + 0.4 * smile)
      / 255
  }

  /// What is left of the light at a place on the face in mm.
  @inline(__always)
  func shade(_ place: SIMD2<Float>) -> Float {
    let (x, y) = (Int(abs(place.x)), Int(place.y + Self.below))
    guard x < Self.columns, y >= 0, y < Self.rows else { return 1 }
    let lines = Self.table.withUnsafeBufferPointer { $0[y * Self.columns + x] }
    let depth = (SIMD4<Float>(lines) * depths).sum()
    return 1 - 0.55 * min(depth, 1)
  }

  /// Whether a triangle with these corners has a line in its bounding box.
  static func cross(_ corners: [SIMD2<Float>]) -> Bool {
    let low = corners.reduce(corners[0]) { pointwiseMin($0, $1) }
    let high = corners.reduce(corners[0]) { pointwiseMax($0, $1) }
    let isLeft = high.x <= 0
    let (first, last) = isLeft ? (-high.x, -low.x) : (max(low.x, 0), high.x)
    guard first < Float(columns - 1), low.y < Float(rows) - below - 1, high.y > -below else {
      return false
    }
    for y in max(0, Int(low.y + below))...min(rows - 1, Int(high.y + below)) {
      for x in Int(first)...min(columns - 1, Int(last)) where table[y * columns + x].max() > 20 {
        return true
      }
    }
    return false
  }

  /// Cells of 1 mm: |x| from 0, y from −`below`.
  private static let columns = 72
  private static let rows = 190
  private static let below: Float = 112
  private static let table: [SIMD4<UInt8>] = (0..<rows).flatMap { row in
    (0..<columns).map { column in
      depth(SIMD2(Float(column) + 0.5, Float(row) + 0.5 - below))
    }
  }

  private static func depth(_ p: SIMD2<Float>) -> SIMD4<UInt8> {
    // Each line has a swing, a length and a depth of its own.
    let heights: [Float] = [36, 45.5, 53.5, 61]
    let forehead =
      heights.enumerated().map { index, height -> Float in
        let k = Float(index)
        let wave = 1.3 * sin(p.x * (0.07 + 0.016 * k) + 0.6 + 1.3 * k) + 0.0012 * p.x * p.x
        let across = smoothstep(52 - 4 * k, 26 - 3 * k, p.x) * (1 - 0.14 * k)
        return bell(p.y - height - wave, 1.2) * across
      }.max() ?? 0
    let between = max(
      stroke(p, [SIMD2(5, 8), SIMD2(4.5, 17), SIMD2(6.5, 27)]),
      0.7 * stroke(p, [SIMD2(0, 6), SIMD2(7, 5)]),
      0.6 * stroke(p, [SIMD2(8, -2), SIMD2(11, -10)]),
      0.6 * stroke(p, [SIMD2(5, -3), SIMD2(7, -11)]))
    let eyes = max(
      stroke(p, [SIMD2(50, 2), SIMD2(57, 6), SIMD2(64, 11)]),
      stroke(p, [SIMD2(51, -1), SIMD2(59, -1), SIMD2(67, 0)]),
      stroke(p, [SIMD2(50, -4), SIMD2(57, -8), SIMD2(64, -13)]),
      0.6 * stroke(p, [SIMD2(18, -9), SIMD2(26, -14), SIMD2(36, -15), SIMD2(44, -11)]))
    let cheeks = max(
      stroke(p, [SIMD2(17, -35), SIMD2(22, -45), SIMD2(29, -55), SIMD2(33, -66)]),
      0.4 * stroke(p, [SIMD2(29, -70), SIMD2(30, -80), SIMD2(29, -90)]))
    let depths = SIMD4(forehead, between, eyes, cheeks) * 255
    return SIMD4<UInt8>(
      truncatingIfNeeded: SIMD4<Int32>(
        depths.clamped(
          lowerBound: .zero, upperBound: SIMD4(repeating: 255))))
  }

  /// 1 on a line through points, falling off within 2 mm of it and towards its ends.
  private static func stroke(_ p: SIMD2<Float>, _ points: [SIMD2<Float>]) -> Float {
    var best: Float = 0
    for (k, (a, b)) in zip(points, points.dropFirst()).enumerated() {
      let (along, d) = (b - a, p - a)
      let t = min(max((d * along).sum() / (along * along).sum(), 0), 1)
      let gap = d - along * t
      let place = (Float(k) + t) / Float(points.count - 1)
      let fade = smoothstep(0, 0.25, place) * smoothstep(1, 0.7, place)
      best = max(best, bell((gap * gap).sum().squareRoot(), 1.2) * (0.25 + 0.75 * fade))
    }
    return best
  }
}
