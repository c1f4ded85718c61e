extension ActionUnit {
  /// Displacement in mm of a vertex of the mean head when the unit is at intensity 5.
  ///
  /// The jaw of AU26 turns about its joint and the lids of AU5, 7 and 45 slide over the eyeball;
  /// `FacePoser` does those.
  /// - Source: the appearance changes in the FACS Manual, 2002, in mm of our own choice.
  func displacement(of vertex: HeadVertex) -> SIMD3<Float> {
    guard vertex.isMuscular, vertex.position.z > 0 else { return .zero }
    switch self {
    case .au1, .au2, .au4, .au5, .au6, .au7, .au9, .au45: return upperFace(vertex.position)
    case .au10, .au12, .au14, .au15, .au17, .au20, .au23, .au24, .au25, .au26: break
    }
    return lowerFace(vertex)
  }

  /// Towards the subject's left on the left half, and the other way; smooth at the midline.
  private func outward(_ p: SIMD3<Float>) -> Float { min(max(p.x / 10, -1), 1) }

  private func upperFace(_ p: SIMD3<Float>) -> SIMD3<Float> {
    let side = outward(p)
    switch self {
    case .au1:
      return SIMD3(0, 7.5, 0.8) * (twinBell(p, 13, 20, 13, 10) + 0.35 * twinBell(p, 12, 42, 16, 16))
    case .au2:
      return SIMD3(0, 7, 0.6) * (twinBell(p, 47, 20, 15, 10) + 0.35 * twinBell(p, 42, 42, 18, 16))
    case .au4:
      return SIMD3(-3.4 * side, -6, 1) * twinBell(p, 19, 19, 16, 9)
        + SIMD3(0, -3, 0) * twinBell(p, 45, 19, 14, 8)
        + SIMD3(0, 0, 1.4) * twinBell(p, 5, 14, 4, 7)
    case .au6:
      return SIMD3(0, 5, 3) * twinBell(p, 40, -23, 14, 11)
        + SIMD3(0, -2, 0) * twinBell(p, 55, 14, 9, 8)
    case .au9:
      return SIMD3(0, 5, 1) * twinBell(p, 13, -37, 8, 9)
        + SIMD3(0, 4, 1.5) * twinBell(p, 17, -22, 10, 10)
        + SIMD3(-1.5 * side, -4.5, 1) * twinBell(p, 12, 16, 12, 8)
        + SIMD3(0, 3.5, 0.5) * twinBell(p, 9, -57, 9, 6)
    default: return .zero
    }
  }

  private func lowerFace(_ vertex: HeadVertex) -> SIMD3<Float> {
    let p = vertex.position
    let side = outward(p)
    let (upper, lower) = (max(0, vertex.lipSide), max(0, -vertex.lipSide))
    switch self {
    case .au10:
      return SIMD3(0, 5, 0.8) * (upper * bell(abs(p.x) - 9, 11))
        + SIMD3(0, 3.5, 1.5) * (twinBell(p, 17, -47, 9, 8) * (1 - upper) * (1 - lower))
    case .au12:
      return SIMD3(8 * side, 7.5, -4.5) * twinBell(p, 28, -63, 13, 11)
        + SIMD3(1.5 * side, 4, 3.2) * twinBell(p, 40, -36, 13, 13)
    case .au14:
      return SIMD3(-1.5 * side, 1.2, -4.5) * twinBell(p, 28, -63.5, 8, 7)
        + SIMD3(0, 0, 1.6) * twinBell(p, 36, -62, 6, 9)
    case .au23:
      return SIMD3(-3 * side, 0, 0.6) * twinBell(p, 25, -64, 9, 8) + pressed(p, upper, lower, 2)
    case .au24:
      return pressed(p, upper, lower, 3) + SIMD3(0, 1.5, 1) * twinBell(p, 0, -84, 16, 6)
    case .au15:
      return SIMD3(0.8 * side, -7.5, -0.5) * twinBell(p, 27, -65, 11, 11)
    case .au17:
      return SIMD3(0, 5.5, 2.5) * twinBell(p, 0, -94, 16, 9)
        + SIMD3(0, 3.6, 2) * (lower * bell(p.x, 18)) + SIMD3(0, 1.8, 0.8) * (upper * bell(p.x, 16))
    case .au20:
      return SIMD3(7.5 * side, -2, -4.5) * twinBell(p, 28, -66, 14, 14)
    case .au25:
      return SIMD3(0, 2.8, 0) * (upper * bell(p.x, 19))
        + SIMD3(0, -4.2, 0) * (lower * bell(p.x, 19))
        + SIMD3(0, -2, 0) * (twinBell(p, 0, -83, 18, 6) * (1 - lower))
    default: return .zero
    }
  }

  /// The red of both lips rolls towards the seam by so many mm.
  private func pressed(
    _ p: SIMD3<Float>, _ upper: Float, _ lower: Float, _ amount: Float
  ) -> SIMD3<Float> {
    SIMD3(0, -0.75, -0.5) * (amount * upper * bell(p.y + 58.5, 3.5))
      + SIMD3(0, 1, -0.5) * (amount * lower * bell(p.y + 72.5, 4.5))
  }
}
