extension HeadBuilder {
  /// The 68 points of iBUG: jaw line 0–16 from the subject's right ear, brows 17–26, nose 27–35,
  /// eyes 36–47, mouth 48–67; the subject's right (x < 0) comes first.
  ///
  /// - Source: Sagonas et al., 300 Faces in-the-Wild Challenge, 2013.
  mutating func addLandmarks() {
    mesh.landmarks = jawLine() + brows() + noseLine() + eyeCorners() + mouthOutline()
    precondition(mesh.landmarks.count == 68, "the scheme has 68 points")
    mesh.outlines = outlines()
    let forehead: [(Float, Float)] = [(0, 68), (-40, 60), (40, 60)]
    mesh.foreheadPoints = forehead.map { point($0.0, $0.1) }
  }

  /// (section, share of the half width) of the points 8 to 16.
  private static let jaw: [(section: Float, share: Float)] = [
    (12.0, 0), (11.95, 0.32), (11.75, 0.62), (11.4, 0.86), (10.6, 0.98), (9.2, 0.992),
    (8.0, 0.995), (6.9, 0.996), (6.05, 0.996),
  ]

  private func jawLine() -> [SurfacePoint] { jawPoints(share: 1).map { $0 ?? SurfacePoint(0) } }

  /// The points 0 to 16, moved towards the middle of the face.
  private func jawPoints(share: Float) -> [SurfacePoint?] {
    let right = Self.jaw.dropFirst().reversed().map { ($0.section, -$0.share) }
    return (right + Self.jaw.map { ($0.section, $0.share) }).map { place in
      surfacePoint(section: place.0, fraction: place.1 * share)
    }
  }

  /// Columns of `jawPoints` from the jaw line to beside the nose and the mouth, which are no outline
  /// of a face.
  private func outlines() -> [[SurfacePoint]] {
    let columns = stride(from: Float(1), to: 0.3, by: -0.05).map { jawPoints(share: $0) }
    return mesh.landmarks.indices.prefix(17).map { point in columns.compactMap { $0[point] } }
  }

  private func brows() -> [SurfacePoint] {
    BrowShape.points.reversed().map { point(-$0.x, $0.y) }
      + BrowShape.points.map { point($0.x, $0.y) }
  }

  private func noseLine() -> [SurfacePoint] {
    let ridge: [(Float, Float)] = [(0, 3), (0, -9.5), (0, -22), (0, -34.5)]
    let base: [(Float, Float)] = [
      (-13.6, -41.6), (-7, -43.8), (0, -45.4), (7, -43.8), (13.6, -41.6),
    ]
    return (ridge + base).map { point($0.0, $0.1) }
  }

  private func eyeCorners() -> [SurfacePoint] {
    let right = [18, 12, 6, 0, 30, 24].map { mesh.lids[0].rings[1][$0] }
    let left = [0, 6, 12, 18, 24, 30].map { mesh.lids[1].rings[1][$0] }
    return (right + left).map { SurfacePoint(Int($0)) }
  }

  private func mouthOutline() -> [SurfacePoint] {
    let outer = stride(from: 0, to: Self.mouthRingCount, by: 4).map { mouthBorder[$0] }
    let inner = [0, 8, 12, 16, 24, 32, 36, 40].map { mouthSeam[$0] }
    return (outer + inner).map { SurfacePoint(Int($0)) }
  }

  /// The surface at (x, y) of the mean head, outside the gaps.
  private func point(_ x: Float, _ y: Float) -> SurfacePoint {
    let at = surface.frontCoordinates(x: x, y: y)
    return surfacePoint(section: at.x, fraction: at.y) ?? SurfacePoint(0)
  }
}

/// The brow of the mean head: the points 22 to 26 of iBUG on the subject's left.
enum BrowShape {
  static let points: [SIMD2<Float>] = [
    SIMD2(11.5, 17.5), SIMD2(24, 21.2), SIMD2(37.6, 22.8), SIMD2(51, 20.6), SIMD2(61.5, 12.5),
  ]
}
