extension HeadBuilder {
  /// The 106 points of LaPa, and among them the 68 of iBUG; the subject's right (x < 0) comes first.
  ///
  /// - Source: Sagonas et al. 2013, 300 Faces in-the-Wild Challenge; Liu et al. 2020, LaPa.
  ///   Checked by: HeadLandmarkTests.
  mutating func addLandmarks() {
    mesh.denseLandmarks =
      jawLine() + brows() + noseLine() + eyes() + mouthOutline()
      + mesh.lids.map { SurfacePoint($0.eyeball.lowerBound) }
    precondition(mesh.denseLandmarks.count == LandmarkScheme.lapa106.count)
    mesh.landmarks = LandmarkScheme.ibugInLaPa.map { mesh.denseLandmarks[$0] }
    mesh.denseOutlines = outlines()
    let forehead: [(Float, Float)] = [(0, 68), (-40, 60), (40, 60)]
    mesh.foreheadPoints = forehead.map { point($0.0, $0.1) }
  }

  // MARK: Jaw

  /// (section, share of the half width) of iBUG's points 8 to 16.
  private static let jaw: [SIMD2<Float>] = [
    SIMD2(12.0, 0), SIMD2(11.95, 0.32), SIMD2(11.75, 0.62), SIMD2(11.4, 0.86), SIMD2(10.6, 0.98),
    SIMD2(9.2, 0.992), SIMD2(8.0, 0.995), SIMD2(6.9, 0.996), SIMD2(6.05, 0.996),
  ]

  private func jawLine() -> [SurfacePoint] { jawPoints(share: 1).compactMap { $0 } }

  /// The 33 points of the dense jaw line, moved towards the middle of the face.
  private func jawPoints(share: Float) -> [SurfacePoint?] {
    let between = zip(Self.jaw, Self.jaw.dropFirst()).flatMap { [$0, ($0 + $1) / 2] }
    let left = between + Self.jaw.suffix(1)
    let right = left.dropFirst().reversed().map { $0 * SIMD2(1, -1) }
    return (right + left).map { surfacePoint(section: $0.x, fraction: $0.y * share) }
  }

  /// Columns of `jawPoints` from the jaw line to beside the nose and the mouth, which are no outline
  /// of a face.
  private func outlines() -> [[SurfacePoint]] {
    let columns = stride(from: Float(1), to: 0.3, by: -0.05).map { jawPoints(share: $0) }
    return (0..<33).map { point in columns.compactMap { $0[point] } }
  }

  // MARK: Brows and nose

  /// Upper edge from the left of the picture to the right, then the lower edge from the nose to the
  /// temple.
  private func brows() -> [SurfacePoint] {
    let (upper, lower) = (BrowShape.points, BrowShape.lowerEdge)
    return upper.reversed().map { point(-$0.x, $0.y) } + lower.map { point(-$0.x, $0.y) }
      + upper.map { point($0.x, $0.y) } + lower.reversed().map { point($0.x, $0.y) }
  }

  private func noseLine() -> [SurfacePoint] {
    let ridge: [(Float, Float)] = [(0, 3), (0, -9.5), (0, -22), (0, -34.5)]
    let side: [(Float, Float)] = [(7, 0), (13, -24), (18.2, -39)]
    let base: [(Float, Float)] = [
      (-13.6, -41.6), (-7, -43.8), (0, -45.4), (7, -43.8), (13.6, -41.6),
    ]
    let down = side.map { (-$0.0, $0.1) }
    return (ridge + down + base + side.reversed()).map { point($0.0, $0.1) }
  }

  // MARK: Eyes and mouth

  /// Each eye from the left of the picture along the upper lid and back along the lower one, then its
  /// middle.
  private func eyes() -> [SurfacePoint] {
    let places = [[18, 12, 9, 6, 0, 30, 27, 24], [0, 6, 9, 12, 18, 24, 27, 30]]
    return zip(mesh.lids, places).flatMap { lids, places in
      let margin = lids.rings[1]
      let middle = SurfacePoint(
        vertices: SIMD4(margin[0], margin[9], margin[18], margin[27]),
        weights: SIMD4(repeating: 0.25))
      return places.map { SurfacePoint(Int(margin[$0])) } + [middle]
    }
  }

  private func mouthOutline() -> [SurfacePoint] {
    let outer = stride(from: 0, to: Self.mouthRingCount, by: 4).map { mouthBorder[$0] }
    let inner = [0, 8, 12, 16, 24, 32, 36, 40].map { mouthSeam[$0] }
    return (outer + inner).map { SurfacePoint(Int($0)) }
  }

  /// The surface at (x, y) of the mean head, outside the gaps.
  private func point(_ x: Float, _ y: Float) -> SurfacePoint {
    let at = surface.frontCoordinates(x: x, y: y)
    guard let point = surfacePoint(section: at.x, fraction: at.y) else {
      preconditionFailure("the landmark at (\(x), \(y)) lies in a gap of the lattice")
    }
    return point
  }
}

/// The brow of the mean head on the subject's left.
enum BrowShape {
  /// The points 22 to 26 of iBUG, from the nose to the temple.
  static let points: [SIMD2<Float>] = [
    SIMD2(11.5, 17.5), SIMD2(24, 21.2), SIMD2(37.6, 22.8), SIMD2(51, 20.6), SIMD2(61.5, 12.5),
  ]
  /// Below the first four of `points`.
  static let lowerEdge: [SIMD2<Float>] = [
    SIMD2(12.5, 12.6), SIMD2(24.5, 15), SIMD2(37.6, 17), SIMD2(50, 16),
  ]
}
