/// How faces of different people differ in shape. One unit of a parameter is one standard
/// deviation between people; 0 is the mean head.
enum ShapeParameter: Int, CaseIterable, Sendable {
  case faceLength, faceWidth, headWidth, headDepth, foreheadHeight, foreheadSlope
  case jawWidth, jawAngle, chinHeight, chinProtrusion, chinWidth, neckWidth
  case cheekbones, cheekFullness, midfaceDepth
  case noseLength, noseWidth, noseBridge, noseBridgeWidth, noseTip, noseTurn, noseHump
  case eyeSpacing, eyeWidth, eyeOpening, eyeTilt, eyeDepth
  case browHeight, browRidge, browTilt, browArch
  case mouthWidth, mouthHeight, mouthProtrusion, upperLip, lowerLip
  case earSize, earProtrusion
  case noseSkew, mouthSkew, jawSkew

  /// Displacement in mm of a vertex of the mean head at one unit of this parameter.
  func displacement(of vertex: HeadVertex) -> SIMD3<Float> {
    let p = vertex.anchor
    let side: Float = min(max(p.x / 6, -1), 1)
    switch self {
    case .faceLength, .faceWidth, .headWidth, .headDepth, .foreheadHeight, .foreheadSlope:
      return headDisplacement(p)
    case .jawWidth, .jawAngle, .chinHeight, .chinProtrusion, .chinWidth, .neckWidth:
      return jawDisplacement(p, side: side)
    case .cheekbones, .cheekFullness, .midfaceDepth:
      return cheekDisplacement(p, side: side)
    case .noseLength, .noseWidth, .noseBridge, .noseBridgeWidth, .noseTip, .noseTurn, .noseHump:
      return noseDisplacement(p)
    case .eyeSpacing, .eyeWidth, .eyeOpening, .eyeTilt, .eyeDepth:
      return eyeDisplacement(vertex, side: side)
    case .browHeight, .browRidge, .browTilt, .browArch:
      return browDisplacement(p)
    case .mouthWidth, .mouthHeight, .mouthProtrusion, .upperLip, .lowerLip:
      return mouthDisplacement(vertex)
    case .earSize, .earProtrusion:
      return earDisplacement(vertex, side: side)
    case .noseSkew, .mouthSkew, .jawSkew:
      return skew(p)
    }
  }

  private func headDisplacement(_ p: SIMD3<Float>) -> SIMD3<Float> {
    switch self {
    case .faceLength: SIMD3(0, -3.6 * smoothstep(5, -100, p.y), 0)
    case .faceWidth: SIMD3(p.x * 0.034 * bell(p.y + 18, 42), 0, 0)
    case .headWidth: SIMD3(p.x * 0.03 * smoothstep(-60, 30, p.y), 0, 0)
    case .headDepth: SIMD3(0, 0, p.z * 0.03 * smoothstep(-90, -40, p.y))
    case .foreheadHeight: SIMD3(0, 4.5 * smoothstep(14, 90, p.y), 0)
    case .foreheadSlope: SIMD3(0, 0, -4 * smoothstep(22, 80, p.y) * smoothstep(0, 60, p.z))
    default: .zero
    }
  }

  private func jawDisplacement(_ p: SIMD3<Float>, side: Float) -> SIMD3<Float> {
    switch self {
    case .jawWidth: SIMD3(p.x * 0.062 * bell(p.y + 76, 27), 0, 0)
    case .jawAngle:
      SIMD3(1.2 * side, -5.5, 0) * (twinBell(p, 50, -76, 17, 16) * smoothstep(-25, 10, p.z))
    case .chinHeight: SIMD3(0, -2.8 * smoothstep(-78, -104, p.y), 0)
    case .chinProtrusion: SIMD3(0, 0, 3.2 * twinBell(p, 0, -97, 22, 15))
    case .chinWidth: SIMD3(p.x * 0.1 * bell(p.x, 26) * bell(p.y + 98, 12), 0, 0)
    case .neckWidth:
      SIMD3(p.x * 0.07, 0, p.z * 0.06)
        * (smoothstep(-96, -125, p.y) * (1 - smoothstep(-165, -200, p.y)))
    default: .zero
    }
  }

  private func cheekDisplacement(_ p: SIMD3<Float>, side: Float) -> SIMD3<Float> {
    switch self {
    case .cheekbones: SIMD3(2 * side, 0, 2) * twinBell(p, 48, -20, 15, 12)
    case .cheekFullness: SIMD3(3 * side, 0, 2.4) * twinBell(p, 46, -54, 18, 20)
    case .midfaceDepth: SIMD3(0, 0, 2.6 * bell(p.x, 38) * bell(p.y + 28, 30))
    default: .zero
    }
  }

  private func noseDisplacement(_ p: SIMD3<Float>) -> SIMD3<Float> {
    let isFront = smoothstep(30, 70, p.z)
    switch self {
    case .noseLength:
      let fall = smoothstep(2, -38, p.y) * (1 - smoothstep(-43, -60, p.y))
      return SIMD3(0, -2.6 * fall * bell(p.x, 22), 0) * isFront
    case .noseWidth:
      return SIMD3(p.x * 0.1 * bell(p.y + 39, 9) * bell(p.x, 15), 0, 0) * isFront
    case .noseBridge: return SIMD3(0, 0, 2 * bell(p.x, 8) * bell(p.y + 4, 13))
    case .noseBridgeWidth: return SIMD3(p.x * 0.13 * bell(p.x, 11) * bell(p.y + 10, 14), 0, 0)
    case .noseTip: return SIMD3(0, 0, 2.4 * bell(p.x, 10) * bell(p.y + 36, 8)) * isFront
    case .noseTurn: return SIMD3(0, 2.4 * bell(p.x, 11) * bell(p.y + 38, 7), 0) * isFront
    case .noseHump: return SIMD3(0, 0, 1.7 * bell(p.x, 7) * bell(p.y + 15, 6)) * isFront
    default: return .zero
    }
  }

  private func eyeDisplacement(_ vertex: HeadVertex, side: Float) -> SIMD3<Float> {
    let p = vertex.anchor
    let isFront = smoothstep(20, 60, p.z)
    let window = twinBell(p, 31.5, 0, 17, 12) * isFront
    let away = abs(p.x) - 31.5
    switch self {
    case .eyeSpacing:
      return SIMD3(1.9 * side * bell(away, 20) * bell(p.y, 16) * isFront, 0, 0)
    case .eyeWidth:
      return vertex.isMuscular ? SIMD3(side * away * 0.055 * window, 0, 0) : .zero
    case .eyeOpening:
      return vertex.isMuscular ? SIMD3(0, p.y * 0.16 * window, 0) : .zero
    case .eyeTilt: return SIMD3(0, away * 0.075 * window, 0)
    case .eyeDepth: return SIMD3(0, 0, -1.6 * window)
    default: return .zero
    }
  }

  private func browDisplacement(_ p: SIMD3<Float>) -> SIMD3<Float> {
    let isFront = smoothstep(10, 50, p.z)
    let away = abs(p.x) - 34
    switch self {
    case .browHeight: return SIMD3(0, 2.1 * bell(away, 26) * bell(p.y - 21, 8), 0) * isFront
    case .browRidge: return SIMD3(0, 0, 2 * twinBell(p, 26, 17, 19, 7)) * isFront
    case .browTilt:
      return SIMD3(0, away * 0.085 * bell(away, 22) * bell(p.y - 20, 8), 0) * isFront
    case .browArch: return SIMD3(0, 1.7 * bell(away - 7, 9) * bell(p.y - 22, 8), 0) * isFront
    default: return .zero
    }
  }

  private func mouthDisplacement(_ vertex: HeadVertex) -> SIMD3<Float> {
    let p = vertex.anchor
    let isFront = smoothstep(20, 50, p.z)
    switch self {
    case .mouthWidth:
      return SIMD3(p.x * 0.07 * bell(p.x, 30) * bell(p.y + 65, 14) * isFront, 0, 0)
    case .mouthHeight: return SIMD3(0, -2 * bell(p.x, 34) * bell(p.y + 66, 13) * isFront, 0)
    case .mouthProtrusion: return SIMD3(0, 0, 2 * twinBell(p, 0, -66, 22, 12))
    case .upperLip:
      let weight = max(0, vertex.lipSide) * bell(p.y + 57, 4.5)
      return SIMD3(0, 1.5, 0.8) * weight
    case .lowerLip:
      let weight = max(0, -vertex.lipSide) * bell(p.y + 75, 5.5)
      return SIMD3(0, -1.6, 0.8) * weight
    default: return .zero
    }
  }

  private func earDisplacement(_ vertex: HeadVertex, side: Float) -> SIMD3<Float> {
    let root = HeadBuilder.earRoot * SIMD3(side < 0 ? -1 : 1, 1, 1)
    guard vertex.anchor == root else { return .zero }
    let offset = vertex.position - root
    return self == .earSize
      ? offset * 0.075 : SIMD3(side * 0.13 * max(0, 12 - offset.z), 0, 0)
  }

  private func skew(_ p: SIMD3<Float>) -> SIMD3<Float> {
    switch self {
    case .noseSkew: SIMD3(1.0 * bell(p.x, 14) * bell(p.y + 28, 18) * smoothstep(30, 70, p.z), 0, 0)
    case .mouthSkew: SIMD3(0, p.x * 0.03 * bell(p.x, 30) * bell(p.y + 65, 14), 0)
    case .jawSkew: SIMD3(1.3 * smoothstep(-50, -104, p.y) * smoothstep(0, 40, p.z), 0, 0)
    default: .zero
    }
  }
}
