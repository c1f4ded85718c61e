import Foundation
import Testing

@testable import FaceData

/// The jaw line on the outline of the face as it is seen.
@Suite struct FaceOutlineTests {
  private static func labels(yaw: Float, roll: Float = 0) throws -> FaceLabels {
    var scene = try meanScene()
    (scene.pose.yaw, scene.pose.roll) = (yaw, roll)
    return FaceRenderer(size: 256).labels(of: scene)
  }

  private static func points(_ labels: FaceLabels) throws -> (
    seen: [SIMD2<Float>], solid: [SIMD3<Float>]
  ) {
    (try #require(labels.landmarks), try #require(labels.landmarks3D))
  }

  @Test func fromInFrontBothAreTheSame() throws {
    let (seen, solid) = try Self.points(Self.labels(yaw: 0))
    for k in 0..<68 {
      #expect(abs(seen[k].x - solid[k].x) < 3 && abs(seen[k].y - solid[k].y) < 3, "\(k)")
    }
    // The tip of the nose is nearest, the ends of the jaw are farthest.
    #expect(solid[30].z == solid.map(\.z).max())
    #expect(min(solid[0].z, solid[16].z) == solid.map(\.z).min())
  }

  /// Turned away, the jaw lies behind the cheek; what is marked moves outwards, onto the cheek's
  /// edge, and stays in order.
  @Test(arguments: [Float(-1), 1], [Float(0), 0.4])
  func theFarJawMovesToTheEdge(side: Float, roll: Float) throws {
    let labels = try Self.labels(yaw: side * 0.7, roll: roll)
    let (seen, solid) = try Self.points(labels)
    let across = SIMD2(cos(roll), sin(roll)) * side
    let down = SIMD2(-sin(roll), cos(roll))
    let far = side > 0 ? Array((9...16).reversed()) : Array(0...7)
    for k in far {
      let gain = ((seen[k] - SIMD2(solid[k].x, solid[k].y)) * across).sum()
      #expect(gain > -0.01, "\(k)")
    }
    let moved = far.prefix(6).map { k in
      ((seen[k] - SIMD2(solid[k].x, solid[k].y)) * across).sum()
    }
    #expect(moved.max() ?? 0 > 8)
    for (upper, lower) in zip(far, far.dropFirst()) {
      #expect(((seen[lower] - seen[upper]) * down).sum() > 0, "\(upper) lies above \(lower)")
    }
    // An edge is seen, but for where the brow or the nose juts out before it.
    let seenCount = far.prefix(4).count { labels.landmarkVisibility?[$0] == .visible }
    #expect(seenCount >= 3)
    // The near side is its own edge.
    for k in far.map({ 16 - $0 }) {
      let d = seen[k] - SIMD2(solid[k].x, solid[k].y)
      #expect((d * d).sum() < 9, "\(k)")
    }
  }

  /// All points but those of the jaw are the head's own.
  @Test func onlyTheJawMoves() throws {
    let (seen, solid) = try Self.points(Self.labels(yaw: 0.9))
    for k in 17..<68 {
      #expect(abs(seen[k].x - solid[k].x) < 1e-3 && abs(seen[k].y - solid[k].y) < 1e-3)
    }
    #expect(abs(seen[8].x - solid[8].x) < 1e-3)
  }
}
