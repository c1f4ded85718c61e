import Testing

@testable import FaceData

/// One face whose traits a test sets: the mean person, expressionless, seen from the front.
func meanScene(size: Int = 64) throws -> FaceScene {
  let settings = FaceWorldSettings(profile: .studio, identities: 1, images: 1, size: size, seed: 3)
  var scene = FaceScene(settings: settings, index: 0, identity: 0)
  scene.identity.shape = scene.identity.shape.map { _ in 0 }
  scene.identity.glasses = .none
  scene.identity.hair.style = .bald
  scene.identity.beard = .init(jaw: 0, moustache: 0)
  scene.identity.melanin = 0.1
  scene.actionUnits = scene.actionUnits.map { _ in 0 }
  scene.gaze = .zero
  scene.pose = .init()
  scene.camera = .init(distance: 1000, margin: 1.3, shift: .zero)
  scene.sensor.noise = 0
  return scene
}

func landmarks(_ change: (inout FaceScene) -> Void = { _ in }) throws -> [SIMD2<Float>] {
  var scene = try meanScene()
  change(&scene)
  return try #require(FaceRenderer(size: 64).labels(of: scene).landmarks)
}

private func distance(_ points: [SIMD2<Float>], _ a: Int, _ b: Int) -> Float {
  let d = points[a] - points[b]
  return (d * d).sum().squareRoot() / interOcular(points)
}

private func interOcular(_ points: [SIMD2<Float>]) -> Float {
  let d = points[36] - points[45]
  return (d * d).sum().squareRoot()
}

@Suite struct FaceGeometryTests {
  @Test func headIsDetailedAndClosed() {
    let head = HeadModel.shared
    #expect(head.vertexCount >= 3000)
    #expect(ShapeParameter.allCases.count >= 40)
    #expect(head.landmarks.count == 68)
    #expect(head.corners.allSatisfy { $0.min() >= 0 && $0.max() < Int32(head.vertexCount) })
    // Every parameter and every surface action moves part of the head.
    #expect(head.shapes.allSatisfy { $0.vertices.count > 20 })
    let sliding: Set<ActionUnit> = [.au5, .au7, .au26, .au45]
    for unit in ActionUnit.allCases where !sliding.contains(unit) {
      #expect(head.actions[unit.index].vertices.count > 20, "\(unit)")
    }
  }

  @Test func actionUnitsBeginWithThoseOfDISFA() {
    #expect(ActionUnit.disfa.map(\.rawValue) == [1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26])
    #expect(ActionUnit.allCases.map(\.index) == Array(ActionUnit.allCases.indices))
  }

  /// Distances over that of the outer eye corners. Expected: the mean of 122 near-frontal faces with
  /// closed mouths among Helen's 68-point annotations, to which the mean head was fitted by hand; so
  /// this guards the fit and is no independent evidence.
  @Test func meanFaceHasHumanProportions() throws {
    let points = try landmarks()
    let expected: [(Int, Int, Float)] = [
      (0, 16, 1.56), (4, 12, 1.22), (21, 22, 0.26), (17, 26, 1.35), (36, 39, 0.29),
      (31, 35, 0.32), (48, 54, 0.57), (27, 30, 0.42), (33, 51, 0.16), (51, 57, 0.15), (27, 8, 1.2),
    ]
    for (a, b, ratio) in expected {
      #expect(abs(distance(points, a, b) - ratio) < 0.06, "\(a)–\(b): \(distance(points, a, b))")
    }
  }

  @Test func frontalMeanFaceIsSymmetric() throws {
    let points = try landmarks()
    let mirror =
      Array((0...16).reversed()) + Array((17...26).reversed()) + [27, 28, 29, 30]
      + [35, 34, 33, 32, 31] + [45, 44, 43, 42, 47, 46] + [39, 38, 37, 36, 41, 40]
      + Array((48...54).reversed()) + [59, 58, 57, 56, 55] + [64, 63, 62, 61, 60, 67, 66, 65]
    for (k, other) in mirror.enumerated() {
      #expect(abs(points[k].x + points[other].x - 64) < 0.01, "\(k)")
      #expect(abs(points[k].y - points[other].y) < 0.01, "\(k)")
    }
  }

  @Test func groupsLieInOrder() throws {
    let p = try landmarks()
    #expect(p[36].x < p[39].x && p[39].x < p[42].x && p[42].x < p[45].x)
    #expect(p[0].x < p[36].x && p[45].x < p[16].x)
    #expect((17...21).allSatisfy { p[$0].y < p[37].y })
    #expect(p[27].y < p[30].y && p[30].y < p[33].y && p[33].y < p[51].y)
    #expect(p[51].y < p[62].y && p[62].y <= p[66].y && p[66].y < p[57].y && p[57].y < p[8].y)
  }

  @Test func turningMovesTheNoseAcrossTheFace() throws {
    func noseShare(_ yaw: Float) throws -> Float {
      let p = try landmarks { $0.pose.yaw = yaw }
      return (p[30].x - p[0].x) / (p[16].x - p[0].x)
    }
    #expect(abs(try noseShare(0) - 0.5) < 0.01)
    #expect(try noseShare(0.6) > 0.75)
    #expect(try noseShare(-0.6) < 0.25)
  }

  @Test func pitchAndRollTurnTheRightWay() throws {
    func noseHeight(_ pitch: Float) throws -> Float {
      let p = try landmarks { $0.pose.pitch = pitch }
      return (p[30].y - p[27].y) / (p[8].y - p[27].y)
    }
    #expect(try noseHeight(0.35) < noseHeight(0) - 0.03)
    #expect(try noseHeight(-0.35) > noseHeight(0) + 0.03)
    let rolled = try landmarks { $0.pose.roll = 0.3 }
    // Clockwise in the picture: the eye on the right comes down.
    let d = rolled[45] - rolled[36]
    #expect(abs(d.y / d.x - 0.309) < 0.01)
  }

  @Test(arguments: [
    (ActionUnit.au26, 62, 66, Float(0.14)), (.au25, 62, 66, 0.04), (.au12, 48, 54, 0.06),
    (.au20, 48, 54, 0.06), (.au45, 37, 41, -0.06), (.au5, 37, 41, 0.02), (.au4, 21, 22, -0.03),
    (.au1, 21, 39, 0.05), (.au2, 18, 36, 0.05), (.au9, 31, 39, -0.03), (.au10, 51, 33, -0.02),
    (.au17, 57, 8, 0.005), (.au15, 48, 36, 0.05),
  ])
  func actionMovesItsLandmarks(_ row: (ActionUnit, Int, Int, Float)) throws {
    let (unit, a, b, least) = row
    let still = try landmarks()
    let moved = try landmarks { $0.actionUnits[unit.index] = 5 }
    let change = distance(moved, a, b) - distance(still, a, b)
    #expect(least > 0 ? change > least : change < least, "\(unit): \(change)")
    let weak = try landmarks { $0.actionUnits[unit.index] = 2 }
    let weakChange = distance(weak, a, b) - distance(still, a, b)
    #expect(abs(weakChange) < abs(change) && abs(weakChange) > abs(change) * 0.1)
  }

  @Test func blinkClosesTheEye() throws {
    let closed = try landmarks { $0.actionUnits[ActionUnit.au45.index] = 5 }
    #expect(distance(closed, 37, 41) < 0.02)
    #expect(distance(closed, 44, 46) < 0.02)
  }

  @Test func identityMovesLandmarksAndStaysInOrder() throws {
    let mean = try landmarks()
    for parameter in [ShapeParameter.eyeSpacing, .mouthWidth, .noseWidth, .faceLength, .jawWidth] {
      let changed = try landmarks { $0.identity.shape[parameter.rawValue] = 2 }
      let shift = zip(mean, changed).map { abs(($0 - $1).x) + abs(($0 - $1).y) }.max() ?? 0
      #expect(shift > 0.3, "\(parameter)")
    }
    let wide = try landmarks { $0.identity.shape[ShapeParameter.mouthWidth.rawValue] = 2 }
    #expect(distance(wide, 48, 54) > distance(mean, 48, 54) + 0.03)
    let people = (0..<2).map { FaceIdentity(seed: 5, index: $0) }
    #expect(people[0].shape != people[1].shape)
    #expect(people[0].shape == FaceIdentity(seed: 5, index: 0).shape)
  }

  @Test func meshProjectsOntoLandmarks() throws {
    let scene = try meanScene()
    let renderer = FaceRenderer(size: 64)
    let labels = renderer.labels(of: scene)
    let mesh = try #require(labels.mesh)
    let landmarks = try #require(labels.landmarks)
    #expect(mesh.count == HeadModel.shared.vertexCount)
    // Two points give the camera of this crop (one focal length, no skew); a third must agree.
    func vertex(_ landmark: Int) -> SIMD2<Float> {
      let v = mesh[Int(HeadModel.shared.landmarks[landmark].vertices[0])]
      return SIMD2(v.x, v.y) / v.z
    }
    let focal = (landmarks[45].x - landmarks[36].x) / (vertex(45).x - vertex(36).x)
    let centre = landmarks[36] - vertex(36) * focal
    for k in [39, 42, 48, 54, 57, 62] {
      let d = vertex(k) * focal + centre - landmarks[k]
      #expect((d * d).sum() < 1e-4, "\(k)")
    }
    #expect(mesh.allSatisfy { $0.z > 500 && $0.z < 1500 })
  }
}
