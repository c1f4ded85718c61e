import Foundation

/// What a head wears in one picture.
struct Hat {
  enum Kind: Int, CaseIterable { case cap, beanie, brim }

  var kind: Kind
  /// Linear RGB.
  var colour: SIMD3<Float>
  var band: SIMD3<Float>

  init(_ stream: inout RandomStream) {
    kind = Kind.allCases[stream.integer(below: Kind.allCases.count)]
    colour = Background.colour(&stream) * 0.8
    band = stream.chance(0.5) ? colour * 0.6 : Background.colour(&stream)
  }
}

/// The surface of a hat on the mean head: a dome in rings of `columns`, then a peak or a brim.
struct HatShell: Sendable {
  static let columns = 36
  static let rows = 12

  let positions: [SIMD4<Float>]
  /// Vertex of the head whose displacement each point follows.
  let carriers: [Int32]
  let corners: [SIMD3<Int32>]
  /// Points of the band around the lower edge.
  let isBand: [Bool]

  init(_ kind: Hat.Kind, carriers nearest: (SIMD4<Float>) -> Int32) {
    let surface = HeadSurface()
    var (points, band): ([SIMD3<Float>], [Bool]) = ([], [])
    for column in 0..<Self.columns {
      let azimuth = (Float(column) + 0.5) / Float(Self.columns) * 360 - 180
      for row in 0..<Self.rows {
        points.append(Self.point(kind, azimuth: azimuth, row: row, surface))
        band.append(Self.isBand(kind, row: row))
      }
    }
    positions = points.map { SIMD4($0, 0) }
    // The whole hat is stiff: it follows the skull at the same height.
    carriers = points.map { nearest(SIMD4($0.x * 0.8, max($0.y, 40), min($0.z, 80), 0)) }
    corners = HairShell.lattice(columns: Self.columns, rows: Self.rows)
    isBand = band
  }

  private static func isBand(_ kind: Hat.Kind, row: Int) -> Bool {
    switch kind {
    case .cap: false
    case .beanie: row > rows - 4
    case .brim: (rows - 5...rows - 4).contains(row)
    }
  }

  /// Rows run from the top down to the edge; of a peak or brim the last rows run outwards.
  private static func point(
    _ kind: Hat.Kind, azimuth: Float, row: Int, _ surface: HeadSurface
  ) -> SIMD3<Float> {
    let domeRows = kind == .beanie ? rows : rows - 3
    let t = min(1, Float(row) / Float(domeRows - 1))
    let front = 0.5 + 0.5 * cos(azimuth * .pi / 180)
    let edge: Float = kind == .beanie ? mix(2, 46, front) : mix(14, 58, front)
    let side: Float = azimuth < 0 ? -1 : 1
    let stand: Float = kind == .beanie && row > rows - 4 ? 12 : 9
    let height: Float = kind == .brim ? 28 : kind == .cap ? 13 : 16
    let y = mix(113, edge, pow(t, 1.1))
    var point = HairShell.skull(surface, abs(azimuth), min(y, 112))
    // A crown with shoulders: walls rise before the top closes.
    let wall = kind == .brim ? smoothstep(0, 0.35, t) : 1
    let outward = normalized(SIMD3(point.x, 0, point.z + 8))
    point += outward * (stand * wall + (kind == .brim ? 10 * bell(t - 0.3, 0.2) : 0))
    point.y += height * (1 - t) * (kind == .brim ? 1 + 0.4 * bell(t - 0.25, 0.2) : 1)
    if row == 0 { (point.x, point.z) = (0, -8) }
    point.x *= side
    guard row >= domeRows else { return point }
    let out = Float(row - domeRows + 1) / 3
    let direction = normalized(SIMD3(point.x, 0, point.z + 8))
    switch kind {
    case .beanie: return point
    case .brim: return point + direction * (46 * out) - SIMD3(0, 7 * out * out, 0)
    case .cap:
      let peak = smoothstep(62, 20, abs(azimuth))
      return point + SIMD3(0, -10, 66) * (out * peak)
    }
  }
}
