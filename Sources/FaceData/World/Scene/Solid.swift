import Foundation

/// A closed surface around a bent axis: objects, hands and other things that are no heads.
struct Solid {
  var positions: [SIMD3<Float>] = []
  var corners: [SIMD3<Int32>] = []
  /// Linear RGB, a vertex each.
  var colours: [SIMD3<Float>] = []

  /// Rows of points around an axis, closed at both ends where the radius is 0.
  ///
  /// - Parameters: rows, columns: of vertices; axis: the middle of a row, for v from 0 to 1; radius:
  ///   half sizes across, for v; power: of the superellipse that a row is, 2 for an ellipse.
  init(
    rows: Int, columns: Int, power: Float = 2, axis: (Float) -> SIMD3<Float>,
    radius: (Float) -> SIMD2<Float>, colour: (_ u: Float, _ v: Float) -> SIMD3<Float>
  ) {
    for row in 0..<rows {
      let v = Float(row) / Float(rows - 1)
      let (middle, half) = (axis(v), radius(v))
      let across = Self.frame(axis(min(v + 0.02, 1)) - axis(max(v - 0.02, 0)))
      for column in 0..<columns {
        let u = Float(column) / Float(columns)
        let round = Self.superellipse(u * 2 * .pi, power)
        positions.append(middle + across.0 * (half.x * round.x) + across.1 * (half.y * round.y))
        colours.append(colour(u, v))
      }
    }
    addQuads(rows: rows, columns: columns)
  }

  private mutating func addQuads(rows: Int, columns: Int) {
    for row in 0..<rows - 1 {
      for column in 0..<columns {
        let next = (column + 1) % columns
        let (a, b) = (Int32(row * columns + column), Int32(row * columns + next))
        let (c, d) = (Int32((row + 1) * columns + next), Int32((row + 1) * columns + column))
        corners += [SIMD3(a, b, c), SIMD3(a, c, d)]
      }
    }
  }

  private static func superellipse(_ angle: Float, _ power: Float) -> SIMD2<Float> {
    func raised(_ x: Float) -> Float { (x < 0 ? -1 : 1) * pow(abs(x), 2 / power) }
    return SIMD2(raised(cos(angle)), raised(sin(angle)))
  }

  /// Two directions across an axis.
  private static func frame(_ direction: SIMD3<Float>) -> (SIMD3<Float>, SIMD3<Float>) {
    let along = normalized(direction)
    let helper: SIMD3<Float> = abs(along.z) < 0.9 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)
    let first = normalized(cross(along, helper))
    return (first, cross(along, first))
  }

  /// A rod with round ends from one point to another.
  static func capsule(
    _ start: SIMD3<Float>, _ end: SIMD3<Float>, radius: SIMD2<Float>, power: Float = 2,
    colour: SIMD3<Float>
  ) -> Solid {
    let reach = normalized(end - start) * min(radius.x, radius.y)
    return Solid(
      rows: 9, columns: 10, power: power,
      axis: { mix(start - reach, end + reach, 0.5 - 0.5 * cos($0 * .pi)) },
      radius: { radius * pow(max(sin($0 * .pi), 0), 0.5) }, colour: { _, _ in colour })
  }

  mutating func append(_ other: Solid) {
    let offset = Int32(positions.count)
    positions += other.positions
    colours += other.colours
    corners += other.corners.map { $0 &+ offset }
  }

  /// Turned by rows of a rotation, then moved.
  func moved(
    _ rows: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>), to place: SIMD3<Float>
  ) -> Solid {
    var solid = self
    for k in positions.indices {
      let p = positions[k]
      solid.positions[k] =
        SIMD3((rows.0 * p).sum(), (rows.1 * p).sum(), (rows.2 * p).sum()) + place
    }
    return solid
  }

  /// Rows of the rotation by an angle about z, then by another about y.
  static func turn(aboutZ roll: Float, aboutY yaw: Float)
    -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
  {
    let (c, s, cy, sy) = (cos(roll), sin(roll), cos(yaw), sin(yaw))
    return (SIMD3(cy * c, -cy * s, sy), SIMD3(s, c, 0), SIMD3(-sy * c, sy * s, cy))
  }
}
