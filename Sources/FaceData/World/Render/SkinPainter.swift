/// The colour of each vertex of the head before light falls on it.
struct SkinPainter {
  private let identity: FaceIdentity
  private let palette: FacePalette

  init(_ identity: FaceIdentity, _ palette: FacePalette) {
    (self.identity, self.palette) = (identity, palette)
  }

  @inline(__always)
  func albedo(
    _ mask: SkinMask, _ pigment: HeadPigment
  ) -> (colour: SIMD4<Float>, gloss: Float) {
    switch pigment {
    case .skin: skin(mask)
    case .lip: (palette.lip, 1.5)
    case .mouth: (palette.mouth, 0)
    case .teeth: (palette.teeth, 0.6)
    case .tongue: (palette.tongue, 0.8)
    case .cloth: (palette.cloth, 0)
    case .eye: (palette.sclera, 0)
    }
  }

  private func skin(_ mask: SkinMask) -> (colour: SIMD4<Float>, gloss: Float) {
    let uneven = (mask.mottling * identity.mottling).sum()
    let flush = mask.redness * (0.3 + 0.6 * identity.haemoglobin)
    var colour = palette.skin * (1 + 0.022 * uneven) * (1 - palette.flush * flush)
    colour *= 1 - mask.eyeShade * (0.1 + 0.3 * identity.makeUp)
    let beard = max(mask.beard.x * identity.beard.jaw, mask.beard.y * identity.beard.moustache)
    colour = colour * (1 - beard) + palette.beardColour * beard
    let hairline = mask.scalp - identity.hair.recession
    let scalp = palette.scalpCover * min(max(hairline / 6 + 0.5, 0), 1)
    colour = colour * (1 - scalp) + palette.hair * scalp
    colour *= 1 - 0.85 * mask.dark
    return (colour, (1 - beard) * (1 - 0.7 * scalp))
  }
}
