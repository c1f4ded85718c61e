import Foundation

/// Spectacles: two rims, a bridge and the temples, as flat bands seen from both sides.
struct GlassesFrame: Sendable {
  let positions: [SIMD4<Float>]
  /// Vertex of the head whose displacement each point follows.
  let carriers: [Int32]
  let corners: [SIMD3<Int32>]
  /// Triangles from here on are the lenses.
  let firstLens: Int

  /// - Parameters: halfBand: half the rim's width in mm; nearest: vertex of the head that is nearest
  ///   to a point of the mean head; nose: vertex that the front rests on.
  init(halfBand: Float, nose: Int32, carriers nearest: (SIMD4<Float>) -> Int32) {
    var points: [SIMD3<Float>] = []
    var corners: [SIMD3<Int32>] = []
    var lenses: [SIMD3<Int32>] = []
    let spokes = 24
    for side: Float in [-1, 1] {
      let first = Int32(points.count)
      for k in 0..<spokes {
        let angle = Float(k) / Float(spokes) * 2 * .pi
        for band in [-halfBand, halfBand] {
          points.append(Self.rim(angle, band) * SIMD3(side, 1, 1))
        }
      }
      for k in 0..<Int32(spokes) {
        let next = (k + 1) % Int32(spokes)
        let (a, b) = (first + 2 * k, first + 2 * k + 1)
        let (c, d) = (first + 2 * next + 1, first + 2 * next)
        corners += [SIMD3(a, b, c), SIMD3(a, c, d)]
        if k > 0 && next > 0 { lenses.append(SIMD3(first, a, d)) }
      }
    }
    Self.addBand(
      from: SIMD3(-9, 4, 102.5), to: SIMD3(9, 4, 102.5), half: halfBand, &points, &corners)
    let frontCount = points.count
    for side: Float in [-1, 1] {
      let (hinge, bend) = (SIMD3(side * 60, 4, 84), SIMD3(side * 71, 5, 48))
      Self.addBand(from: hinge, to: bend, half: halfBand, &points, &corners)
      Self.addBand(from: bend, to: SIMD3(side * 77, 6, -6), half: halfBand, &points, &corners)
    }
    positions = points.map { SIMD4($0, 0) }
    firstLens = corners.count
    self.corners = corners + lenses
    let ears = (right: nearest(SIMD4(-72, 6, -6, 0)), left: nearest(SIMD4(72, 6, -6, 0)))
    carriers = points.indices.map { k in
      guard k >= frontCount, points[k].z < 60 else { return nose }
      return points[k].x < 0 ? ears.right : ears.left
    }
  }

  private static func rim(_ angle: Float, _ band: Float) -> SIMD3<Float> {
    let (c, s) = (cos(angle), sin(angle))
    func power(_ x: Float) -> Float { (x < 0 ? -1 : 1) * pow(abs(x), 0.75) }
    let x = 32.5 + power(c) * (23.5 + band)
    let y = -3 + power(s) * (17.5 + band)
    return SIMD3(x, y, 102 - 0.0042 * x * x)
  }

  private static func addBand(
    from start: SIMD3<Float>, to end: SIMD3<Float>, half: Float, _ points: inout [SIMD3<Float>],
    _ corners: inout [SIMD3<Int32>]
  ) {
    let first = Int32(points.count)
    let up = SIMD3<Float>(0, half * 1.2, 0)
    points += [start + up, start - up, end - up, end + up]
    corners += [SIMD3(first, first + 1, first + 2), SIMD3(first, first + 2, first + 3)]
  }
}
