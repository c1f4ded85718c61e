import Foundation

/// The mean head as a lofted surface with the relief of a face, in millimetres.
///
/// Axes: x to the subject's left, y up, z forward; the origin is midway between the ears at the
/// height of the pupils. Stacked rings (sections) run from the crown (0) by the chin (12) to the
/// shoulders (19); each is given by its points in front, at the side and behind.
/// - Source: our own figures after common adult proportions; the widths of the lower face, the lips,
///   the brows and the landmarks were then fitted by hand to the mean of 122 near-frontal faces of
///   Helen's 68-point annotations. Whoever tests transfer to Helen shall say so.
///   Checked by: FaceGeometryTests.
struct HeadSurface {
  /// Sections that mean something to other files.
  static let jawSection: Float = 12
  static let collarSection: Float = 17.2
  static let lastSection: Float = 19

  private let frontY: KnotCurve
  private let frontZ: KnotCurve
  private let width: KnotCurve
  private let sideY: KnotCurve
  private let sideZ: KnotCurve
  private let backY: KnotCurve
  private let backZ: KnotCurve
  private let squareness: KnotCurve
  private let noseHeight = KnotCurve([
    (-56, 0), (-50, 0.6), (-47.5, 3.5), (-45, 10), (-42, 18.5), (-38.5, 23.6), (-34.5, 24.6),
    (-30, 22.8), (-24, 19), (-14, 13.5), (-5, 8.5), (5, 5), (12, 3.6), (20, 0),
  ])
  private let noseWidth = KnotCurve([
    (-50, 9), (-42, 11), (-36, 11.5), (-28, 9.8), (-14, 8.4), (0, 7), (10, 9),
  ])

  init() {
    // (section, front y, front z, half width, side y, side z, back y, back z, exponent)
    let rows: [[Float]] = [
      [0, 115, -8, 0, 115, -8, 115, -8, 2.0],
      [1, 110, 32, 40, 110, -8, 109, -46, 2.0],
      [2, 97, 64, 61, 95, -8, 93, -77, 2.1],
      [3, 73, 87, 72, 69, -9, 62, -93, 2.2],
      [4, 46, 96, 75.5, 42, -8, 30, -97, 2.25],
      [5, 22, 97, 76, 20, -5, 5, -94, 2.3],
      [6, 0, 92.5, 75, 1, 0, -16, -87, 2.3],
      [7, -25, 92, 73, -20, 5, -35, -79, 2.25],
      [8, -45, 94, 70, -36, 8, -50, -72, 2.2],
      [9, -65, 95, 66.5, -52, 9, -66, -67, 2.15],
      [10, -83, 94.5, 61.5, -64, 9, -80, -65, 2.1],
      [11, -95, 93, 55, -70, 8, -92, -65, 2.1],
      [12, -104, 86, 49, -75, 4, -103, -66, 2.05],
      [13, -109, 70, 48, -84, -8, -112, -67, 2.0],
      [14, -112, 48, 52, -95, -14, -120, -68, 2.0],
      [15, -130, 36, 54, -115, -16, -132, -69, 2.0],
      [16, -165, 32, 57, -145, -18, -150, -72, 2.0],
      [17, -182, 36, 75, -158, -22, -165, -78, 2.1],
      [18, -198, 60, 150, -182, -22, -180, -86, 2.3],
      [19, -262, 92, 205, -245, -22, -240, -95, 2.5],
    ]
    func curve(_ column: Int) -> KnotCurve { KnotCurve(rows.map { ($0[0], $0[column]) }) }
    (frontY, frontZ, width) = (curve(1), curve(2), curve(3))
    (sideY, sideZ, backY, backZ) = (curve(4), curve(5), curve(6), curve(7))
    squareness = curve(8)
  }

  func halfWidth(_ section: Float) -> Float { width(section) }

  /// A point of the front half. `fraction` is x over the half width, −1 to 1.
  func front(_ section: Float, _ fraction: Float) -> SIMD3<Float> {
    let exponent = squareness(section)
    let f = min(abs(fraction), 1)
    let depth = pow(max(0, 1 - pow(f, exponent)), 1 / exponent)
    let y = mix(sideY(section), frontY(section), pow(depth, 1.4))
    let z = mix(sideZ(section), frontZ(section), depth)
    return withRelief(SIMD3(fraction * width(section), y, z))
  }

  /// A point of the back half. `angle` runs from 0 at the side to ±π/2 behind.
  func back(_ section: Float, _ angle: Float) -> SIMD3<Float> {
    let side: Float = angle < 0 ? -1 : 1
    let (c, s) = (cos(abs(angle)), sin(abs(angle)))
    let x = width(section) * pow(max(c, 0), 0.92)
    let depth = pow(max(s, 0), 0.92)
    return SIMD3(
      side * x, mix(sideY(section), backY(section), s * s),
      mix(sideZ(section), backZ(section), depth))
  }

  /// The section of front y on the midline.
  func section(frontY y: Float) -> Float {
    bisect(0.5...HeadSurface.lastSection) { frontY($0) > y }
  }

  /// The (section, fraction) of the point at (x, y) on the front.
  func frontCoordinates(x: Float, y: Float) -> SIMD2<Float> {
    func fraction(_ section: Float) -> Float {
      min(max(x / max(width(section), 1), -0.999), 0.999)
    }
    let section = bisect(1...14) { front($0, fraction($0)).y > y }
    return SIMD2(section, fraction(section))
  }

  /// The point of the front at (x, y).
  func front(x: Float, y: Float) -> SIMD3<Float> {
    let at = frontCoordinates(x: x, y: y)
    return SIMD3(x, y, front(at.x, at.y).z)
  }

  /// Where a falling condition turns from true to false.
  private func bisect(_ range: ClosedRange<Float>, _ holds: (Float) -> Bool) -> Float {
    var (low, high) = (range.lowerBound, range.upperBound)
    for _ in 0..<22 {
      let middle = (low + high) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private func withRelief(_ p: SIMD3<Float>) -> SIMD3<Float> {
    var p = p
    p.z += (relief(p) + nose(p)) * smoothstep(0, 40, p.z)
    p.x -= (p.x < 0 ? -1 : 1) * 3 * bell(abs(p.x) - 64, 10) * bell(p.y - 24, 16)
    return p
  }

  /// Bumps and hollows of the bone and the soft parts, in mm along z.
  private func relief(_ p: SIMD3<Float>) -> Float {
    let brow = 3.4 * twinBell(p, 29, 18, 16, 8) + 1.2 * twinBell(p, 0, 20, 10, 9)
    let sockets = -7 * twinBell(p, 32, 0, 15, 9.5) - 4 * twinBell(p, 15, 1, 6, 8)
    let cheeks = 4.5 * twinBell(p, 43, -24, 14, 10) - 2.5 * twinBell(p, 42, -58, 12, 13)
    let mouth = 5.5 * twinBell(p, 0, -64, 24, 17) - 4 * twinBell(p, 0, -83, 15, 5)
    let chin = 5 * twinBell(p, 0, -98, 13, 8)
    let philtrum = 0.9 * twinBell(p, 4.5, -52, 2.2, 5) - 1.3 * twinBell(p, 0, -52, 2.5, 6)
    return brow + sockets + cheeks + mouth + chin + philtrum
  }

  private func nose(_ p: SIMD3<Float>) -> Float {
    let ridge = noseHeight(p.y) * exp(-pow(abs(p.x) / noseWidth(p.y), 2.2))
    let wings = 9 * twinBell(p, 13.6, -39, 4.4, 4.8)
    let groove = -2.2 * twinBell(p, 20, -41, 2.8, 7)
    return ridge + wings + groove
  }
}
