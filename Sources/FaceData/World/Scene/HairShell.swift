import Foundation

/// Hair as a sheet over the skull that may hang below it: 36 columns around the head, 14 points
/// down each. It rides on the nearest vertices of the head.
struct HairShell: Sendable {
  static let columns = 36
  static let rows = 14

  let positions: [SIMD4<Float>]
  /// Direction and length of the thickness at volume 1, in mm.
  let lift: [SIMD4<Float>]
  /// Vertex of the head whose displacement each point follows.
  let carriers: [Int32]
  let corners: [SIMD3<Int32>]

  /// - Parameter nearest: vertex of the head that is nearest to a point of the mean head.
  init(style: HairStyle, carriers nearest: (SIMD4<Float>) -> Int32) {
    let surface = HeadSurface()
    var (positions, lift): ([SIMD4<Float>], [SIMD4<Float>]) = ([], [])
    for column in 0..<Self.columns {
      // Half a step off, so that the parting falls between two columns.
      let azimuth = (Float(column) + 0.5) / Float(Self.columns) * 360 - 180
      for row in 0..<Self.rows {
        let t = Float(row) / Float(Self.rows - 1)
        let (point, thickness) = Self.strand(style, azimuth: azimuth, t: t, surface)
        positions.append(SIMD4(point, 0))
        let outward = normalized(
          SIMD3(point.x, max(0, point.y - 20) * 1.1 * (1 - t), point.z + 8))
        lift.append(SIMD4(outward * thickness, 0))
      }
    }
    (self.positions, self.lift) = (positions, lift)
    carriers = positions.map(nearest)
    corners = Self.lattice(columns: Self.columns, rows: Self.rows)
  }

  /// A point of the strand that starts at the crown at an azimuth, and the hair's thickness there.
  private static func strand(
    _ style: HairStyle, azimuth: Float, t: Float, _ surface: HeadSurface
  ) -> (SIMD3<Float>, Float) {
    let hairline = Hairline.height(abs(azimuth))
    let end = lowerEdge(style, abs(azimuth), hairline: hairline)
    let side: Float = azimuth < 0 ? -1 : 1
    let y = mix(113, end + ragged(azimuth) * smoothstep(0.6, 1, t), pow(t, 0.9))
    // Hair hangs from the height where the skull is widest.
    let hang: Float = end < hairline - 6 ? (abs(azimuth) < 60 ? hairline + 4 : -8) : -200
    var point = skull(surface, abs(azimuth), max(y, hang))
    if y < hang {
      let fall = min(1, (hang - y) / 60)
      point = SIMD3(point.x * (1 + 0.03 * fall), y, point.z - 6 * fall)
      if abs(azimuth) < 60 { point.z = surface.front(x: min(point.x, 62), y: y).z + 2 }
    }
    point.x *= side
    let thick = style.thickness
    let taper = mix(thick.crown, thick.edge, smoothstep(0.45, 1, t))
    let front = style == .short || style == .medium ? 1 + 0.5 * bell(azimuth, 35) * t : 1
    return (point, 1.2 + taper * front)
  }

  /// mm by which neighbouring strands end at different heights.
  private static func ragged(_ azimuth: Float) -> Float {
    2.2 * sin(azimuth * 0.83) + 1.6 * sin(azimuth * 1.71 + 1)
  }

  /// Height in mm at which a strand ends.
  private static func lowerEdge(
    _ style: HairStyle, _ azimuth: Float, hairline: Float
  ) -> Float {
    let onSide = smoothstep(72, 82, azimuth)
    switch style {
    case .bald, .buzz, .short, .tied: return hairline
    case .medium:
      return mix(hairline, min(hairline, -14 - 50 * smoothstep(100, 150, azimuth)), onSide)
    case .fringe:
      let fringe: Float = 31 + 6 * smoothstep(20, 52, azimuth)
      return azimuth < 56 ? min(fringe, hairline) : hairline
    case .bob: return mix(hairline, -84, onSide)
    case .long: return mix(hairline, -165, onSide)
    case .afro: return mix(hairline, min(hairline, -30), onSide)
    }
  }

  /// The skull at an azimuth (0–180°) and height, on the subject's left.
  static func skull(
    _ surface: HeadSurface, _ azimuth: Float, _ y: Float
  ) -> SIMD3<Float> {
    let radians = azimuth * .pi / 180
    func at(_ section: Float) -> SIMD3<Float> {
      azimuth <= 90
        ? surface.front(section, sin(radians)) : surface.back(section, radians - .pi / 2)
    }
    var (low, high): (Float, Float) = (0.02, 12)
    for _ in 0..<18 {
      let middle = (low + high) / 2
      if at(middle).y > y { low = middle } else { high = middle }
    }
    return at((low + high) / 2)
  }

  /// Triangles between neighbouring columns of `rows` points each, closed around.
  static func lattice(columns: Int, rows: Int) -> [SIMD3<Int32>] {
    var corners: [SIMD3<Int32>] = []
    for column in 0..<columns {
      let next = (column + 1) % columns
      for row in 0..<rows - 1 {
        let (a, b) = (Int32(column * rows + row), Int32(column * rows + row + 1))
        let (c, d) = (Int32(next * rows + row + 1), Int32(next * rows + row))
        corners += [SIMD3(a, b, c), SIMD3(a, c, d)]
      }
    }
    return corners
  }
}
