import Foundation

extension HeadBuilder {
  /// Where the ears sit on the head: the point that moves them.
  static let earRoot = SIMD3<Float>(73, -8, -8)

  mutating func addEars() {
    for side: Float in [-1, 1] { addEar(side: side) }
  }

  /// An oval dish with a rim and a hollow, leaning off the head towards the back.
  private mutating func addEar(side: Float) {
    let spokes = 18
    // (radius as a share of the outline, height over the ear's plane in mm)
    let rings: [(Float, Float)] = [
      (0.28, -3.5), (0.52, -2.5), (0.7, 1.5), (0.88, 3.2), (1, 1.5), (0.94, -3.5), (0.6, -9),
    ]
    let root = Self.earRoot * SIMD3(side, 1, 1)
    func vertex(_ ring: Int, _ spoke: Int) -> HeadVertex {
      let angle = Float(spoke) / Float(spokes) * 2 * .pi
      let (radius, height) = rings[ring]
      var vertex = HeadVertex(Self.earPoint(angle, radius, height) * SIMD3(side, 1, 1))
      (vertex.anchor, vertex.isMuscular) = (root, false)
      return vertex
    }
    var hub = HeadVertex(Self.earPoint(0, 0, -4) * SIMD3(side, 1, 1))
    (hub.anchor, hub.isMuscular) = (root, false)
    let centre = mesh.add(hub)
    var previous: [Int32] = []
    for ring in rings.indices {
      let current = (0..<spokes).map { mesh.add(vertex(ring, $0)) }
      for k in 0..<spokes {
        let next = (k + 1) % spokes
        if previous.isEmpty {
          mesh.addTriangle(centre, current[k], current[next], mirrored: side < 0)
        } else {
          mesh.addQuad(
            previous[k], current[k], current[next], previous[next], mirrored: side < 0)
        }
      }
      previous = current
    }
  }

  /// Of the left ear: `angle` 0 points to the back of the head, π/2 up.
  private static func earPoint(_ angle: Float, _ radius: Float, _ height: Float) -> SIMD3<Float> {
    let backward = cos(angle)
    let upward = sin(angle)
    let lobe = 1 - 0.28 * smoothstep(0.2, 1, -upward)
    let along = radius * (backward > 0 ? 19 : 13) * backward * lobe
    let up = radius * 31 * upward
    // The plane leans 24° off the head, hinged at the front.
    let lean = (along + 12) * 0.42
    return SIMD3(
      73 + lean + height * 0.92, up - 8 + along * 0.12, -10 - along * 0.92 + height * 0.3)
  }
}
