import Foundation

/// Draws by position what is finer than the mesh: brow hairs, lines of the skin, strands of hair, and
/// the iris and pupil.
struct DetailShader {
  /// Colour of brow hair over that of skin.
  private let browRatio: SIMD4<Float>
  private let browThickness: Float
  private let browDensity: Float
  private let irisRatio: SIMD4<Float>
  private let pupilRadius: Float
  /// Where the light mirrors in the eye, in the eyeball's coordinates.
  private let glint: SIMD2<Float>
  private let glintColour: SIMD4<Float>
  private let lines: FaceLines
  private let isCurly: Bool
  private let hairGlint: SIMD4<Float>
  /// The brow's middle line and relative thickness for each mm of |x|.
  private static let browLine: [SIMD2<Float>] = (0...70).map { step in
    let x = Float(step)
    let line = KnotCurve(BrowShape.points.map { ($0.x, $0.y) })
    let slope: Float = x < 11.5 ? 0 : x > 61.5 ? -1 : 0
    let thickness =
      smoothstep(8.5, 14, x) * (1 - 0.75 * smoothstep(38, 62, x)) * smoothstep(63, 58, x)
    return SIMD2(line(x) + slope * max(0, x - 61.5), thickness)
  }

  init(_ scene: FaceScene, palette: FacePalette, lighting: FaceLighting) {
    let identity = scene.identity
    let hair = palette.hair * 0.8 + 0.004
    browRatio = (hair / (palette.skin + 0.001)).clamped(
      lowerBound: .zero, upperBound: SIMD4(repeating: 0.9))
    (browThickness, browDensity) = (identity.browThickness, identity.browDensity)
    irisRatio = SIMD4(identity.irisColour, 0) / (palette.sclera + 0.001)
    pupilRadius = scene.pupilRadius
    // The eyeball's own coordinates turn with the gaze.
    let (sx, cx, sy, cy) = (
      sin(scene.gaze.x), cos(scene.gaze.x), sin(scene.gaze.y), cos(scene.gaze.y)
    )
    let h = lighting.highlight
    let (x, z) = (h.x * cx - h.z * sx, h.x * sx + h.z * cx)
    let y = h.y * cy - z * sy
    glint = SIMD2(min(max(x, -0.4), 0.4), min(max(y, -0.4), 0.4))
    glintColour = SIMD4(scene.light.key, 0) * 1.1
    lines = FaceLines(age: identity.age, actionUnits: scene.actionUnits)
    isCurly = identity.hair.style == .afro
    let shine = palette.hair * 0.9 + 0.02
    hairGlint = SIMD4(scene.light.key, 0) * shine * (h.y > 0 ? 0.55 : 0.25)
  }

  /// - Parameters: lit: skin colour under the light; place: on the face in mm.
  @inline(__always)
  func line(_ lit: SIMD4<Float>, _ place: SIMD2<Float>) -> SIMD4<Float> {
    let left = lines.shade(place)
    // Light that enters a fold comes out redder.
    return lit * SIMD4(1 - 0.8 * (1 - left), left, left, 1)
  }

  /// Strands, and the band of light across them.
  ///
  /// - Parameters: lit: hair colour under the light; place: column of the shell and 0 at the crown
  ///   to 1 at the end.
  @inline(__always)
  func hair(_ lit: SIMD4<Float>, _ place: SIMD2<Float>) -> SIMD4<Float> {
    let strand = Int(place.x * 15)
    return Self.strands.withUnsafeBufferPointer { table in
      if isCurly {
        let curl = table[(strand &* 31 &+ Int(place.y * 46) &* 173) & 511]
        return lit * (0.55 + 0.75 * curl)
      }
      let (fine, coarse) = (table[strand & 511], table[(strand / 5 + 211) & 511])
      let band = max(0, 1 - abs(place.y - 0.27 - 0.1 * coarse) * 7)
      return lit * (0.62 + 0.42 * fine + 0.28 * coarse) + hairGlint * (band * (0.3 + fine))
    }
  }

  /// Lightness of strands, uniform in [0, 1).
  private static let strands: [Float] = {
    var stream = RandomStream(seed: 0, purpose: "world.strands")
    return (0..<512).map { _ in stream.uniform() }
  }()

  /// - Parameters: lit: skin colour under the light; place: on the face in mm.
  @inline(__always)
  func brow(_ lit: SIMD4<Float>, _ place: SIMD2<Float>) -> SIMD4<Float> {
    let away = abs(place.x)
    let step = min(Int(away), 69)
    let line = Self.browLine.withUnsafeBufferPointer { table in
      table[step] + (table[step + 1] - table[step]) * (away - Float(step))
    }
    let half = browThickness * line.y
    guard half > 0.05 else { return lit }
    let distance = abs(place.y - line.x)
    let cover = browDensity * min(max((half - distance) / 1.6 + 0.6, 0), 1) * min(half, 1)
    return lit * (1 - cover) + lit * browRatio * cover
  }

  /// - Parameters: lit: white of the eye under the light; place: in radii from the pupil.
  @inline(__always)
  func eye(_ lit: SIMD4<Float>, _ place: SIMD2<Float>) -> SIMD4<Float> {
    let radius = (place * place).sum().squareRoot()
    let iris = min(max((0.5 - radius) * 18, 0), 1)
    // The upper lid and its lashes shade the ball beneath them.
    let shadow = 1 - 0.45 * min(max((place.y - 0.05) * 2.2, 0), 1)
    let lit = lit * shadow
    var colour = lit
    if iris > 0 {
      let limbus = 1 - 0.55 * min(max((radius - 0.38) * 9, 0), 1)
      colour = lit * (1 - iris) + lit * irisRatio * (iris * limbus * 1.25)
      let pupil = min(max((pupilRadius - radius) * 22 + 0.5, 0), 1)
      colour *= 1 - 0.96 * pupil
    }
    let d = place - glint
    let shine = min(max((0.012 - (d * d).sum()) * 160, 0), 1)
    return colour + glintColour * shine
  }
}
