import Foundation

extension HeadBuilder {
  static let mouthRingCount = 48

  /// Rings from the skin inwards. Ring 2 is the border of the red, ring 4 where the lips meet.
  private enum Ring: Int, CaseIterable {
    case around, edge, border, belly, seam, behind, pocket, throat
  }

  /// Place along the mouth of ring index k: 0 and 24 are the corners, 12 the middle above; in
  /// [−1, 1], with the points of the iBUG scheme at every fourth index.
  private static let along = KnotCurve([
    (0, -1), (4, -0.61), (8, -0.25), (12, 0), (16, 0.25), (20, 0.61), (24, 1),
  ])
  private static let upperBorder = KnotCurve([
    (-25.5, -63.2), (-15.6, -60.2), (-6.3, -57.6), (0, -58.9), (6.3, -57.6), (15.6, -60.2),
    (25.5, -63.2),
  ])
  private static let lowerBorder = KnotCurve([
    (-25.5, -63.2), (-16, -69.2), (-6.5, -72.4), (0, -72.9), (6.5, -72.4), (16, -69.2),
    (25.5, -63.2),
  ])
  private static let seam = KnotCurve([
    (-25.5, -63.3), (-14, -63.6), (-6, -64), (0, -64.7), (6, -64), (14, -63.6), (25.5, -63.3),
  ])

  /// Whether a place on the surface of the mean head is on the red of the lips.
  static func isLip(_ p: SIMD3<Float>) -> Bool {
    abs(p.x) < 25.5 && p.z > 55 && p.y >= lowerBorder(p.x) && p.y <= upperBorder(p.x)
  }

  /// Fills the mouth's gap and keeps its rings for the landmarks.
  mutating func addMouth() {
    let border = grid.border(grid.mouthBlock).map { vertex(row: $0.row, column: $0.column) }
    precondition(border.count == Self.mouthRingCount)
    var previous = border
    for ring in Ring.allCases {
      let current = border.indices.map { addMouthVertex(ring, $0, border: border) }
      mesh.joinRings(previous, current)
      if ring == .border { mouthBorder = current }
      if ring == .seam { mouthSeam = current }
      previous = current
    }
    closeThroat(previous)
  }

  private mutating func closeThroat(_ ring: [Int32]) {
    var centre = HeadVertex(SIMD3(0, -66, 52))
    (centre.pigment, centre.jaw) = (.mouth, 0.5)
    let hub = mesh.add(centre)
    for k in ring.indices { mesh.addTriangle(ring[k], hub, ring[(k + 1) % ring.count]) }
  }

  private mutating func addMouthVertex(_ ring: Ring, _ k: Int, border: [Int32]) -> Int32 {
    let half = Self.mouthRingCount / 2
    let isUpper = k <= half
    let t = Self.along(Float(isUpper ? k : Self.mouthRingCount - k))
    let edge = mesh.vertices[Int(border[k])].position
    let position = mouthPosition(ring, t: t, isUpper: isUpper, edge: edge)
    var vertex = HeadVertex(position)
    let middle = 1 - t * t
    let side: Float = isUpper ? 1 : -1
    let onLips: Float = ring == .around ? 0.6 : 1
    vertex.lipSide = k == 0 || k == half ? 0 : side * onLips * pow(middle, 0.35)
    let jawOfLip = mix(0.42, isUpper ? 0 : 1, pow(max(middle, 0), 0.5))
    vertex.jaw = mix(Self.jawWeight(position), jawOfLip, onLips)
    switch ring {
    case .around, .edge: break
    case .border, .belly, .seam: vertex.pigment = .lip
    case .behind, .pocket, .throat: vertex.pigment = .mouth
    }
    return mesh.add(vertex)
  }

  private func mouthPosition(
    _ ring: Ring, t: Float, isUpper: Bool, edge: SIMD3<Float>
  ) -> SIMD3<Float> {
    let outline = isUpper ? Self.upperBorder : Self.lowerBorder
    let outer = SIMD2(25.5 * t, outline(25.5 * t))
    let inner = SIMD2(22 * t, Self.seam(22 * t) + (isUpper ? 0.15 : -0.15))
    let middle = 1 - t * t
    let bulge = (isUpper ? 3.0 : 4.2) * pow(max(middle, 0), 0.7)
    func onSkin(_ p: SIMD2<Float>, _ dz: Float) -> SIMD3<Float> {
      let z = surface.front(x: p.x, y: p.y).z
      return SIMD3(p.x, p.y, z + dz)
    }
    let away = SIMD2(edge.x, edge.y) - outer
    let seamZ = onSkin(inner, 0.4 - 1.4 * middle).z
    let vertical: Float = isUpper ? 1 : -1
    switch ring {
    case .around: return onSkin(outer + 0.5 * away, 0)
    case .edge: return onSkin(outer + 0.13 * away, 0.2 + 0.3 * middle)
    case .border: return onSkin(outer, 0.4 + 0.9 * middle)
    case .belly: return onSkin(mix2(outer, inner, 0.5), 0.3 + bulge)
    case .seam: return SIMD3(inner.x, inner.y, seamZ)
    case .behind: return SIMD3(inner.x * 0.97, inner.y + vertical * 1.2, seamZ - 4)
    case .pocket:
      return SIMD3(inner.x, inner.y + vertical * 11 * pow(max(middle, 0), 0.5), seamZ - 14)
    case .throat:
      return SIMD3(inner.x * 0.8, inner.y + vertical * 12 * pow(max(middle, 0), 0.5), seamZ - 34)
    }
  }

  private func mix2(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ t: Float) -> SIMD2<Float> {
    a + (b - a) * t
  }

  /// Two arches of teeth behind the lips; the lower one moves with the jaw.
  mutating func addTeeth() {
    addArch(top: -55, bottom: -64.8, depth: 92.5, jaw: 0)
    addArch(top: -66, bottom: -75, depth: 90.5, jaw: 1)
  }

  /// The tongue behind the lower teeth, a low vault that moves with the jaw.
  mutating func addTongue() {
    let (rows, columns) = (5, 6)
    let grid = (0...rows).map { row in
      (0...columns).map { column -> Int32 in
        let (back, t) = (Float(row) / Float(rows), Float(column) / Float(columns) * 2 - 1)
        let vault = 1 - t * t
        let y = -72.5 + 3.5 * vault + 3 * back - 3.5 * (1 - back) * (1 - back)
        let z = 85.5 - 5 * t * t - 26 * back
        var vertex = HeadVertex(SIMD3(15.5 * t, y, z))
        (vertex.pigment, vertex.jaw, vertex.isMuscular) = (.tongue, 1, false)
        return mesh.add(vertex)
      }
    }
    for (near, far) in zip(grid, grid.dropFirst()) {
      for k in 0..<columns { mesh.addQuad(far[k], near[k], near[k + 1], far[k + 1]) }
    }
  }

  private mutating func addArch(top: Float, bottom: Float, depth: Float, jaw: Float) {
    let steps = 12
    var rows: [[Int32]] = []
    for y in [top, bottom] {
      let row = (0...steps).map { k -> Int32 in
        let t = Float(k) / Float(steps) * 2 - 1
        var vertex = HeadVertex(SIMD3(22 * t, y, depth - 15 * t * t))
        (vertex.pigment, vertex.jaw, vertex.isMuscular) = (.teeth, jaw, false)
        return mesh.add(vertex)
      }
      rows.append(row)
    }
    for k in 0..<steps {
      mesh.addQuad(rows[0][k], rows[1][k], rows[1][k + 1], rows[0][k + 1])
    }
  }
}
