/// What a vertex is made of; its colour comes from here.
enum HeadPigment: Int, CaseIterable {
  case skin, lip, mouth, teeth, tongue, cloth, eye

  var isInMouth: Bool { self == .mouth || self == .teeth || self == .tongue }
}

/// How the inside of a triangle is coloured.
enum HeadMaterial: UInt8 {
  /// Colours run straight between the vertices.
  case smooth
  /// Skin on which brow hairs and lines are drawn by position.
  case brow
  /// Skin on which lines are drawn by position.
  case lined
  /// Hair, whose strands are drawn by position.
  case hair
  /// Sclera, iris and pupil are drawn by position.
  case eye
}

struct HeadVertex {
  /// On the mean, neutral head.
  var position: SIMD3<Float>
  /// Where displacement fields of identity are read: the vertex itself, or the centre of the rigid
  /// part that it belongs to.
  var anchor: SIMD3<Float>
  var pigment = HeadPigment.skin
  /// 0 to 1: how far the vertex follows the jaw.
  var jaw: Float = 0
  /// 1 on the upper lip, −1 on the lower, fading to 0 around the mouth.
  var lipSide: Float = 0
  /// 0 to 1: darkness of lashes.
  var lash: Float = 0
  /// Where it lies on the mean of our own head: the vertex itself, but on another's head.
  var reference: SIMD3<Float>
  /// Position on the face for drawn detail (mm), or on the eyeball (1 is its radius).
  var detail: SIMD2<Float>
  /// False on eyeballs, ears and teeth, which no facial muscle moves.
  var isMuscular = true

  init(_ position: SIMD3<Float>) {
    (self.position, anchor, reference) = (position, position, position)
    detail = SIMD2(position.x, position.y)
  }
}

struct HeadTriangle {
  var corners: SIMD3<Int32>
  var material: HeadMaterial
}

/// A point of the surface as a weighted mean of vertices.
struct SurfacePoint {
  var vertices: SIMD4<Int32>
  var weights: SIMD4<Float>

  init(_ vertex: Int) {
    vertices = SIMD4(repeating: Int32(vertex))
    weights = SIMD4(1, 0, 0, 0)
  }

  init(vertices: SIMD4<Int32>, weights: SIMD4<Float>) {
    (self.vertices, self.weights) = (vertices, weights)
  }
}

/// The lids of one eye: rings of 36 vertices from the margin outwards, first vertex at the inner
/// corner, then along the upper lid to the outer corner (18) and back along the lower lid.
struct LidRings {
  static let count = 36
  /// Inside, margin, then outwards.
  var rings: [[Int32]]
  /// Vertex at the centre of the eyeball; no triangle uses it.
  var centre: Int32
  var eyeball: Range<Int>
}

/// The mean head's vertices and how they hang together.
struct HeadMesh {
  var vertices: [HeadVertex] = []
  var triangles: [HeadTriangle] = []
  /// The 68 iBUG points.
  var landmarks: [SurfacePoint] = []
  /// The 106 points of `LandmarkScheme.lapa106`, of which all other schemes are made.
  var denseLandmarks: [SurfacePoint] = []
  /// For each of the 33 points of the dense jaw line where else on the cheek it may be seen: from the
  /// point itself along its height towards the middle of the face. Every second one is iBUG's.
  var denseOutlines: [[SurfacePoint]] = []
  /// Subject's right eye, then left.
  var lids: [LidRings] = []
  /// Points besides the landmarks that a crop shall hold: the forehead.
  var foreheadPoints: [SurfacePoint] = []

  mutating func add(_ vertex: HeadVertex) -> Int32 {
    vertices.append(vertex)
    return Int32(vertices.count - 1)
  }

  /// Corners counter-clockwise seen from outside; `mirrored` turns them round.
  mutating func addTriangle(
    _ a: Int32, _ b: Int32, _ c: Int32, _ material: HeadMaterial = .smooth, mirrored: Bool = false
  ) {
    let corners = mirrored ? SIMD3(a, c, b) : SIMD3(a, b, c)
    triangles.append(HeadTriangle(corners: corners, material: material))
  }

  /// Corners counter-clockwise seen from outside.
  mutating func addQuad(
    _ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32, _ material: HeadMaterial = .smooth,
    mirrored: Bool = false
  ) {
    addTriangle(a, b, c, material, mirrored: mirrored)
    addTriangle(a, c, d, material, mirrored: mirrored)
  }

  /// Joins two closed rings of equal length, clockwise seen from outside, the first around the
  /// second.
  mutating func joinRings(
    _ outer: [Int32], _ inner: [Int32], _ material: HeadMaterial = .smooth, mirrored: Bool = false
  ) {
    for k in outer.indices {
      let next = (k + 1) % outer.count
      addQuad(outer[k], inner[k], inner[next], outer[next], material, mirrored: mirrored)
    }
  }

  /// `.lined` for a triangle of facial skin that a line of the face crosses.
  func lined(_ triangle: HeadTriangle) -> HeadMaterial {
    let c = triangle.corners
    let corners = [c.x, c.y, c.z].map { vertices[Int($0)] }
    let isFace = corners.allSatisfy { $0.pigment == .skin && $0.reference.z > 25 }
    return isFace && FaceLines.cross(corners.map(\.detail)) ? .lined : .smooth
  }
}
