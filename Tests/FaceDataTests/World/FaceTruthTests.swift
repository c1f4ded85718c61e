import Foundation
import Testing

@testable import FaceData

/// Labels that a scene's numbers decide: affect, pose, visibility, lines.
@Suite struct FaceTruthTests {
  private func labels(_ change: (inout FaceScene) -> Void = { _ in }) throws -> FaceLabels {
    var scene = try meanScene()
    change(&scene)
    return FaceRenderer(size: 64).labels(of: scene)
  }

  private func units(_ emotion: Emotion, share: Float) -> [Float] {
    var units = [Float](repeating: 0, count: ActionUnit.allCases.count)
    for (unit, intensity) in emotion.prototype { units[unit.index] = intensity * share }
    return units
  }

  /// Russell & Mehrabian 1977.
  @Test(arguments: [
    (Emotion.happiness, Float(0.81), Float(0.51)), (.sadness, -0.63, -0.27),
    (.surprise, 0.4, 0.67), (.fear, -0.64, 0.6), (.disgust, -0.6, 0.35), (.anger, -0.51, 0.59),
  ])
  func affectFollowsTheEmotionAndItsStrength(_ row: (Emotion, Float, Float)) throws {
    let full = Affect(row.0, actionUnits: units(row.0, share: 1))
    #expect(abs(full.valence - row.1) < 1e-6 && abs(full.arousal - row.2) < 1e-6)
    let half = Affect(row.0, actionUnits: units(row.0, share: 0.5))
    #expect(abs(half.valence - row.1 / 2) < 1e-6 && abs(half.arousal - row.2 / 2) < 1e-6)
    let still = Affect(row.0, actionUnits: units(row.0, share: 0))
    #expect(still.valence == 0 && still.arousal == 0)
    let shown = try labels {
      $0.emotion = row.0
      $0.actionUnits = units(row.0, share: 1)
    }
    #expect(shown.valence == full.valence && shown.arousal == full.arousal)
  }

  @Test func poseIsInDegreesWithTheDataSetsSigns() throws {
    let pose = try #require(
      try labels { $0.pose = .init(yaw: 0.5, pitch: 0.2, roll: 0.1) }.headPose)
    // Ours turns to the picture's right and rolls last; 300W-LP's the other way.
    #expect(pose.yaw < -25 && pose.yaw > -32)
    #expect(pose.pitch > 8 && pose.roll > 0)
    let single = try #require(try labels { $0.pose.yaw = 0.5 }.headPose)
    #expect(abs(single.yaw + 0.5 * 180 / .pi) < 1e-3 && abs(single.pitch) < 1e-3)
    let up = try #require(try labels { $0.pose.pitch = 0.3 }.headPose)
    #expect(abs(up.pitch - 0.3 * 180 / .pi) < 1e-3)
  }

  @Test func landmarksThatFaceTheCameraAreSeen() throws {
    let front = try #require(try labels().landmarkVisibility)
    #expect(front.count { $0 == .hidden } <= 2, "\(front.indices.filter { front[$0] == .hidden })")
    // Turned to the picture's right, what lies on the face's own left goes out of sight.
    let side = try #require(try labels { $0.pose.yaw = 1.2 }.landmarkVisibility)
    #expect(side[0...6].allSatisfy { $0 == .visible })
    #expect(side[42...47].allSatisfy { $0 == .hidden } && side[36...41].contains(.visible))
    let other = try #require(try labels { $0.pose.yaw = -1.2 }.landmarkVisibility)
    #expect(other == LandmarkScheme.ibug68.mirrored(side))
  }

  @Test func darkGlassesAndMissedCropsHide() throws {
    let eyes = try #require(try labels { $0.identity.glasses = .sun }.landmarkVisibility)
    #expect(eyes[36...47].allSatisfy { $0 == .hidden } && eyes[48] == .visible)
    let shifted = try labels { $0.camera.shift = SIMD2(0.6, 0) }
    let points = try #require(shifted.landmarks)
    let seen = try #require(shifted.landmarkVisibility)
    #expect(zip(points, seen).allSatisfy { $0.x < 64 || $1 == .hidden })
    #expect(points.contains { $0.x >= 64 } && seen.contains(.visible))
  }

  @Test(arguments: [(ActionUnit.au14, 48, 54), (.au23, 48, 54), (.au23, 51, 57), (.au24, 51, 57)])
  func lipsTighten(_ row: (ActionUnit, Int, Int)) throws {
    func gap(_ intensity: Float) throws -> Float {
      let p = try landmarks { $0.actionUnits[row.0.index] = intensity }
      let d = p[row.1] - p[row.2]
      return (d * d).sum().squareRoot()
    }
    #expect(try gap(5) < gap(0) - 0.25)
    #expect(try gap(2) < gap(0) && gap(2) > gap(5))
  }

  @Test func agesAndFrownsDrawLines() {
    func least(_ age: Float, _ unit: ActionUnit?, x: ClosedRange<Int>, y: ClosedRange<Int>)
      -> Float
    {
      var units = [Float](repeating: 0, count: ActionUnit.allCases.count)
      if let unit { units[unit.index] = 5 }
      let lines = FaceLines(age: age, actionUnits: units)
      return y.flatMap { y in x.map { lines.shade(SIMD2(Float($0), Float(y))) } }.min() ?? 1
    }
    #expect(least(0, nil, x: 0...20, y: 36...62) == 1)
    #expect(least(1, nil, x: 0...20, y: 36...62) < 0.8)
    #expect(least(0, .au1, x: 0...20, y: 36...62) < 0.8)
    #expect(least(0, .au4, x: -7 ... -3, y: 10...25) < 0.8)
    #expect(least(0, .au12, x: 24...32, y: -60 ... -50) < least(0, nil, x: 24...32, y: -60 ... -50))
    #expect(least(1, .au1, x: 100...120, y: 300...301) == 1)
  }
}
