import Foundation

extension HeadBuilder {
  static let eyeCentre = SIMD3<Float>(31.5, 0, 69.5)
  static let eyeRadius: Float = 12
  /// Distance of the lids' rings from the eye's centre, from the margin outwards.
  static let lidRadii: [Float] = [13.2, 13.5, 14, 14.6]
  /// How far out between the lid margin (0) and the border of the gap (1) the rings lie.
  private static let lidFractions: [Float] = [0, 0.1, 0.3, 0.6]

  /// Subject's right eye (x < 0), then the left.
  mutating func addEyes() {
    for side: Float in [-1, 1] { addEye(side: side) }
  }

  /// The lid margin of the left eye at ring index k.
  static func lidMargin(_ k: Int) -> SIMD2<Float> {
    let isUpper = k <= LidRings.count / 2
    let t = Float(isUpper ? k : LidRings.count - k) / Float(LidRings.count / 2)
    let base = mix(-1.4, 1.2, t)
    let arch =
      isUpper
      ? 6.2 * pow(max(0, sin(.pi * pow(t, 0.92))), 0.75)
      : -3.9 * pow(max(0, sin(.pi * pow(t, 1.15))), 0.8)
    return SIMD2(mix(17.8, 45.4, t), base + arch)
  }

  /// The front of a lid of the given radius over (x, y), falling off flat outside the eyeball.
  static func lidDepth(_ x: Float, _ y: Float, radius: Float) -> Float {
    let (dx, dy) = (x - eyeCentre.x, y - eyeCentre.y)
    let rest = radius * radius - dx * dx - dy * dy
    let floor = 0.08 * radius * radius
    let soft = rest > 2 * floor ? rest : 2 * floor * exp(rest / (2 * floor) - 1)
    return eyeCentre.z + soft.squareRoot()
  }

  private mutating func addEye(side: Float) {
    let block = side < 0 ? grid.mirrored(grid.eyeBlock) : grid.eyeBlock
    // Mirroring the left eye's border keeps index 0 at the inner corner.
    let border = grid.border(grid.eyeBlock).map {
      vertex(row: $0.row, column: side < 0 ? -$0.column : $0.column)
    }
    precondition(border.count == LidRings.count && block.rows.count == 7)
    let centre = Self.eyeCentre * SIMD3(side, 1, 1)
    var rings = Self.lidFractions.indices.map { addLidRing($0, border: border, side: side) }
    rings.insert(addInsideRing(margin: rings[0], centre: centre), at: 0)
    var previous = border
    for ring in rings.reversed() {
      mesh.joinRings(previous, ring, .smooth, mirrored: side < 0)
      previous = ring
    }
    let first = mesh.vertices.count
    mesh.addEyeball(centre: centre, reference: centre, radius: Self.eyeRadius)
    var hub = HeadVertex(centre)
    hub.isMuscular = false
    let hubIndex = mesh.add(hub)
    mesh.lids.append(
      LidRings(rings: rings, centre: hubIndex, eyeball: first..<Int(hubIndex)))
  }

  private mutating func addLidRing(_ ring: Int, border: [Int32], side: Float) -> [Int32] {
    let fraction = Self.lidFractions[ring]
    return border.indices.map { k in
      let edge = mesh.vertices[Int(border[k])].position
      let margin = Self.lidMargin(k)
      let x = mix(margin.x, abs(edge.x), fraction)
      let y = mix(margin.y, edge.y, fraction)
      let lid = Self.lidDepth(x, y, radius: Self.lidRadii[ring])
      let skin = surface.front(x: x, y: y).z
      let crease: Float = ring == 2 && k > 2 && k < 16 ? -0.8 : 0
      let z = mix(lid, max(skin, lid - 1), smoothstep(0.08, 0.75, fraction)) + crease
      var vertex = HeadVertex(SIMD3(side * x, y, z))
      let isUpper = k > 0 && k < LidRings.count / 2
      vertex.lash = ring == 0 ? (isUpper ? 0.85 : 0.3) : ring == 2 && isUpper ? 0.14 : 0
      return mesh.add(vertex)
    }
  }

  /// The lids' thickness: a ring just inside the eyeball behind the margin.
  private mutating func addInsideRing(margin: [Int32], centre: SIMD3<Float>) -> [Int32] {
    margin.map { index in
      let outside = mesh.vertices[Int(index)]
      let direction = normalized(outside.position - centre)
      var vertex = HeadVertex(centre + direction * (Self.eyeRadius - 1))
      vertex.lash = outside.lash * 0.6
      return mesh.add(vertex)
    }
  }
}
