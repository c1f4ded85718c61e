import Foundation

/// Where on the mean head skin differs: fixed per vertex, weighed by each person's traits.
struct SkinMask: Sendable {
  /// 0 to 1: blood near the surface.
  var redness: Float
  /// 0 to 1: nostrils and other hollows too small for the mesh, and lashes.
  var dark: Float
  /// 0 to 1: where a beard grows on the jaw and chin, and above the lip.
  var beard: SIMD2<Float>
  /// mm above the hairline.
  var scalp: Float
  /// Two patterns of unevenness with mean 0.
  var mottling: SIMD2<Float>
  /// 0 to 1: under the eye and on the lids.
  var eyeShade: Float

  init(_ vertex: HeadVertex) {
    let p = vertex.reference
    let isFront = smoothstep(20, 60, p.z)
    redness =
      isFront
      * min(
        1,
        0.9 * twinBell(p, 40, -30, 13, 12) + 0.8 * twinBell(p, 0, -36, 11, 8)
          + 0.3 * twinBell(p, 0, -98, 14, 8))
    let isEar = abs(vertex.anchor.x) == HeadBuilder.earRoot.x
    if isEar { redness = 0.6 }
    let nostril = 0.9 * twinBell(p, 6.8, -43.4, 3.2, 2.2) * isFront
    dark = min(1, vertex.lash + nostril)
    beard = Self.beard(p, isFront: smoothstep(-10, 15, p.z))
    scalp = vertex.isMuscular && vertex.pigment == .skin ? Hairline.distance(p) : -100
    mottling = SIMD2(
      sin(0.11 * p.x + 0.9) * sin(0.13 * p.y + 0.4) + 0.6 * sin(0.31 * p.x - 0.23 * p.y),
      sin(0.37 * p.x + 0.29 * p.y) * sin(0.41 * p.y - 0.17 * p.x + 1.1))
    eyeShade =
      isFront * min(1, 0.8 * twinBell(p, 28, -10, 11, 4) + 0.9 * twinBell(p, 31, 9, 13, 4.5))
  }

  private static func beard(_ p: SIMD3<Float>, isFront: Float) -> SIMD2<Float> {
    // The upper edge runs from the sideburn down to the corner of the mouth.
    let away = abs(p.x)
    let edge = mix(-70, -20, smoothstep(22, 72, away))
    let below = smoothstep(edge + 6, edge - 8, p.y) * (1 - smoothstep(-112, -124, p.y))
    let soul = 1 - 0.8 * twinBell(p, 9, -80, 5, 3)
    let moustache = twinBell(p, 10, -52.5, 12, 4.2) * smoothstep(34, 26, away)
    let corners = 0.9 * twinBell(p, 29, -68, 4, 9)
    return SIMD2(isFront * below * soul, isFront * min(1, 1.5 * moustache + corners))
  }
}
