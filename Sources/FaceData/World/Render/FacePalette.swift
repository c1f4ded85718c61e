import Foundation

/// The colours of one picture, linear RGB in lanes x, y, z.
struct FacePalette {
  let skin: SIMD4<Float>
  /// What blood near the surface takes away.
  let flush: SIMD4<Float>
  let lip: SIMD4<Float>
  let hair: SIMD4<Float>
  let scalpCover: Float
  let beardColour: SIMD4<Float>
  let mouth = SIMD4<Float>(0.09, 0.018, 0.016, 0)
  let teeth = SIMD4<Float>(0.66, 0.61, 0.52, 0)
  let tongue = SIMD4<Float>(0.3, 0.085, 0.085, 0)
  let cloth: SIMD4<Float>
  let sclera = SIMD4<Float>(0.55, 0.51, 0.48, 0)

  init(_ scene: FaceScene) {
    let identity = scene.identity
    let skin = Self.skin(identity)
    self.skin = SIMD4(skin, 0)
    flush = SIMD4(0.02, 0.3, 0.22, 0)
    let rosy = SIMD3<Float>(0.92, 0.52, 0.53)
    let bare = skin * mix(rosy, SIMD3(0.8, 0.42, 0.42), identity.lipColour)
    let painted = SIMD3<Float>(0.36, 0.045, 0.06)
    lip = SIMD4(mix(bare, painted, 0.6 * identity.makeUp * identity.lipColour), 0)
    hair = SIMD4(identity.hair.colour, 0)
    beardColour = SIMD4(identity.hair.colour * 0.85, 0)
    scalpCover = identity.hair.style.scalpCover
    cloth = SIMD4(scene.clothColour, 0)
  }

  /// Linear RGB of bare skin: what melanin and blood leave of white light.
  static func skin(_ identity: FaceIdentity) -> SIMD3<Float> {
    let absorbed = SIMD3<Float>(2.0, 2.55, 3.1) * identity.melanin
    let blood = SIMD3<Float>(0.02, 0.3, 0.26) * identity.haemoglobin
    let light = SIMD3<Float>(0.78, 0.56, 0.455)
    return light * exponential(-absorbed - blood)
  }

  private static func exponential(_ v: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(exp(v.x), exp(v.y), exp(v.z))
  }
}

/// Light on a surface, in the head's frame.
struct FaceLighting {
  private let ambient: SIMD4<Float>
  private let gradient: SIMD4<Float>
  private let keyDirection: SIMD4<Float>
  private let key: SIMD4<Float>
  private let fillDirection: SIMD4<Float>
  private let fill: SIMD4<Float>
  private let halfway: SIMD4<Float>
  private let gloss: Float
  private let shadowLow: SIMD8<Float>
  private let shadowHigh: Float
  /// Direction halfway between the key light and the camera, head's frame.
  let highlight: SIMD3<Float>

  init(_ light: FaceScene.Light, view: FaceView) {
    ambient = SIMD4(light.ambient, 0)
    gradient = SIMD4(view.toHead(light.ambientGradient), 0)
    let direction = view.toHead(light.keyDirection)
    (keyDirection, key) = (SIMD4(direction, 0), SIMD4(light.key, 0))
    (fillDirection, fill) = (SIMD4(view.toHead(light.fillDirection), 0), SIMD4(light.fill, 0))
    highlight = normalized(direction + view.toHead(SIMD3(0, 0, 1)))
    halfway = SIMD4(highlight, 0)
    gloss = 0.3 * light.gloss
    let harmonics = HeadVisibility.harmonics(direction)
    (shadowLow, shadowHigh) = (harmonics.low, harmonics.high)
  }

  /// How much of the key light reaches a vertex past the rest of the head, 0 to 1.
  @inline(__always)
  func keyVisibility(_ low: SIMD8<Float>, _ high: Float) -> Float {
    let seen = (low * shadowLow).sum() + high * shadowHigh
    return min(max(seen * 1.5 - 0.5, 0), 1)
  }

  /// Light that skin or cloth of colour `albedo` sends to the camera.
  ///
  /// Lambert's law with the terminator wrapped a little, in red more than in blue, as light spreads
  /// under skin; Blinn's highlight on top.
  @inline(__always)
  func shade(
    _ albedo: SIMD4<Float>, normal: SIMD4<Float>, ambientVisibility: Float, keyVisibility: Float,
    gloss glossScale: Float
  ) -> SIMD4<Float> {
    let sky = ambient * ((1 + (normal * gradient).sum()) * ambientVisibility)
    let cosine = (normal * keyDirection).sum()
    let wrap = SIMD4<Float>(0.22, 0.14, 0.11, 0)
    let lit = ((wrap + cosine) / (1 + wrap)).positivePart
    let direct = key * lit * keyVisibility
    let side = fill * max((normal * fillDirection).sum(), 0)
    let shine = max((normal * halfway).sum(), 0)
    let (s2, s4) = (shine * shine, shine * shine * shine * shine)
    let specular = key * (gloss * glossScale * keyVisibility * s4 * s4 * s4 * s2)
    return albedo * (sky + direct + side) + specular
  }
}
