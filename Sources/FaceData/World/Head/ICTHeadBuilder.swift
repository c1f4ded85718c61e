import Foundation

/// Makes a head of ICT-FaceKit's face: eyeballs, the inside of the mouth, the back of the head and
/// the neck are our own, bent to fit.
///
/// Where a vertex of the one head lies on the other is told by a warp through the 68 landmarks; with
/// it skin, brows, hair and glasses need no tables of their own.
struct ICTHeadBuilder {
  private let model: ICTFaceModel
  private let own = HeadBuilder.build()
  private let toOwn: LandmarkWarp
  private let toICT: LandmarkWarp
  /// Added to the model's mm, so that the eyes of both heads lie in one place.
  private let shift: SIMD3<Float>
  private var mesh = HeadMesh()
  /// Vertices that are not of the model and whose movement they share.
  private var followers: [Follower] = []
  private var eyes: [HeadEye] = []

  private struct Follower {
    var vertex: Int32
    /// Vertices of the model, taken by equal parts.
    var leaders: [Int32]
    var identityShare: Float
    var expressionShare: Float
  }

  /// Of the eyeballs, as in the model's own mesh: from the mean of an eye's six landmarks, the
  /// subject's left.
  private static let eyeOffset = SIMD3<Float>(-1.7, 1.65, -13.5)
  private static let eyeRadius: Float = 15

  /// - Returns: nil where the landmarks do not span a face.
  init?(_ model: ICTFaceModel) {
    self.model = model
    let head = own
    let ownPoints = head.landmarks.map { Self.place($0, on: head) }
    let points = model.landmarks.map { model.neutral[Int($0)] }
    let eyes = 36..<48
    let gap = eyes.reduce(SIMD3<Float>.zero) { $0 + ownPoints[$1] - points[$1] }
    let move = gap / Float(eyes.count)
    shift = move
    let placed = points.map { $0 + move }
    // Far from the face both heads agree.
    let far: [SIMD3<Float>] = [
      SIMD3(0, 115, -8), SIMD3(0, 40, -97), SIMD3(0, -60, -72), SIMD3(70, 60, -40),
      SIMD3(-70, 60, -40), SIMD3(0, -160, 30), SIMD3(60, -160, -20), SIMD3(-60, -160, -20),
      SIMD3(190, -240, 0), SIMD3(-190, -240, 0), SIMD3(0, 90, 72),
    ]
    guard let toOwn = LandmarkWarp(from: placed + far, to: ownPoints + far),
      let toICT = LandmarkWarp(from: ownPoints + far, to: placed + far)
    else { return nil }
    (self.toOwn, self.toICT) = (toOwn, toICT)
  }

  func head() -> HeadModel {
    var builder = self
    builder.addFace()
    builder.addEyes()
    builder.addOwnParts()
    return HeadModel(builder.mesh, builder.motion())
  }

  // MARK: Parts

  private mutating func addFace() {
    let margins = lidMargins()
    for position in model.neutral {
      var vertex = HeadVertex(position + shift)
      vertex.reference = toOwn(vertex.position)
      vertex.detail = SIMD2(vertex.reference.x, vertex.reference.y)
      // Ears grow no hair.
      vertex.isMuscular = abs(vertex.position.x) < 73 || vertex.position.z > 20
      if HeadBuilder.isLip(vertex.reference) { vertex.pigment = .lip }
      vertex.lash = lash(vertex.position, margins)
      _ = mesh.add(vertex)
    }
    for quad in model.quads {
      let middle =
        (mesh.vertices[Int(quad.x)].reference + mesh.vertices[Int(quad.z)].reference) / 2
      let material: HeadMaterial = HeadBuilder.isBrow(middle) ? .brow : .smooth
      mesh.addTriangle(quad.x, quad.y, quad.z, material)
      if quad.w != quad.x { mesh.addTriangle(quad.x, quad.z, quad.w, material) }
    }
    mesh.landmarks = model.landmarks.map { SurfacePoint(Int($0)) }
    mesh.denseLandmarks = own.denseLandmarks.map {
      SurfacePoint(Int(nearest(Self.place($0, on: own))))
    }
    for (point, landmark) in zip(LandmarkScheme.ibugInLaPa, mesh.landmarks) {
      mesh.denseLandmarks[point] = landmark
    }
    mesh.denseOutlines = zip(own.denseOutlines, mesh.denseLandmarks).map { outline, landmark in
      [landmark] + outline.dropFirst().map { SurfacePoint(Int(nearest(Self.place($0, on: own)))) }
    }
    mesh.foreheadPoints = own.foreheadPoints.map { point in
      SurfacePoint(Int(nearest(own.vertices[Int(point.vertices.x)].position)))
    }
  }

  /// Where a point of our own mean head lies.
  private static func place(_ point: SurfacePoint, on own: HeadMesh) -> SIMD3<Float> {
    (0..<4).reduce(SIMD3<Float>.zero) {
      $0 + own.vertices[Int(point.vertices[$1])].position * point.weights[$1]
    }
  }

  /// Outer corner, two points of the upper lid and inner corner of each eye, then of the lower lid.
  private func lidMargins() -> [(points: [SIMD3<Float>], darkness: Float)] {
    func points(_ indices: [Int]) -> [SIMD3<Float>] {
      indices.map { model.neutral[Int(model.landmarks[$0])] + shift }
    }
    return [
      (points([36, 37, 38, 39]), 0.85), (points([42, 43, 44, 45]), 0.85),
      (points([39, 40, 41, 36]), 0.3), (points([45, 46, 47, 42]), 0.3),
    ]
  }

  private func lash(
    _ p: SIMD3<Float>, _ margins: [(points: [SIMD3<Float>], darkness: Float)]
  ) -> Float {
    var darkest: Float = 0
    for margin in margins {
      for (a, b) in zip(margin.points, margin.points.dropFirst()) {
        let (along, d) = (b - a, p - a)
        let t = min(max((d * along).sum() / max((along * along).sum(), 1e-6), 0), 1)
        darkest = max(darkest, margin.darkness * bell(length(d - along * t), 0.9))
      }
    }
    return darkest > 0.05 ? darkest : 0
  }

  private mutating func addEyes() {
    for (indices, side) in [(Array(36..<42), Float(-1)), (Array(42..<48), Float(1))] {
      let leaders = indices.map { model.landmarks[$0] }
      let sum = leaders.reduce(SIMD3<Float>.zero) { $0 + model.neutral[Int($1)] + shift }
      let centre = sum / Float(leaders.count) + Self.eyeOffset * SIMD3(side, 1, 1)
      let reference = HeadBuilder.eyeCentre * SIMD3(side, 1, 1)
      let first = mesh.vertices.count
      mesh.addEyeball(centre: centre, reference: reference, radius: Self.eyeRadius)
      var hub = HeadVertex(centre)
      (hub.isMuscular, hub.reference) = (false, reference)
      let hubIndex = mesh.add(hub)
      for vertex in first...Int(hubIndex) {
        followers.append(
          Follower(
            vertex: Int32(vertex), leaders: leaders, identityShare: 1, expressionShare: 0))
      }
      let lids = model.neutral.indices.filter { index in
        let offset = mesh.vertices[index].position - centre
        return length(offset) < 24 && offset.z > 2
      }
      // The pupils, which are no part of the model's face.
      mesh.denseLandmarks[side < 0 ? 104 : 105] = SurfacePoint(first)
      eyes.append(
        HeadEye(
          centre: hubIndex, eyeball: first..<Int(hubIndex), lids: lids.map { Int32($0) },
          lidRadius: Self.eyeRadius + 0.7))
    }
  }

  /// Teeth, the inside of the mouth, the skull and the neck from our own head.
  private mutating func addOwnParts() {
    let chin = [model.landmarks[8]]
    let lips = (60..<68).map { model.landmarks[$0] }
    var places = [Int32](repeating: -1, count: own.vertices.count)
    for triangle in own.triangles where triangle.material != .eye {
      let c = triangle.corners
      let indices = [Int(c.x), Int(c.y), Int(c.z)]
      let corners = indices.map { own.vertices[$0] }
      let isMouth = corners.allSatisfy(\.pigment.isInMouth)
      guard isMouth || corners.allSatisfy(Self.isBehind) else { continue }
      for index in indices where places[index] < 0 {
        let vertex = own.vertices[index]
        places[index] = isMouth ? addMouth(vertex, chin, lips) : addSkull(vertex)
      }
      mesh.addTriangle(places[indices[0]], places[indices[1]], places[indices[2]])
    }
  }

  /// Whether a vertex of our own head lies where the model has no face.
  private static func isBehind(_ vertex: HeadVertex) -> Bool {
    let p = vertex.position
    let isShell = vertex.pigment == .cloth || (vertex.pigment == .skin && vertex.isMuscular)
    return isShell && vertex.lipSide == 0 && (p.z < 40 || p.y < -104 || p.y > 58)
  }

  private mutating func addMouth(
    _ vertex: HeadVertex, _ chin: [Int32], _ lips: [Int32]
  ) -> Int32 {
    var moved = vertex
    moved.position = toICT(vertex.position) - SIMD3(0, 0, 4)
    (moved.anchor, moved.reference) = (moved.position, vertex.position)
    let place = mesh.add(moved)
    followers.append(
      Follower(vertex: place, leaders: lips, identityShare: 1, expressionShare: 0))
    if vertex.jaw > 0.01 {
      followers.append(
        Follower(vertex: place, leaders: chin, identityShare: 0, expressionShare: vertex.jaw))
    }
    return place
  }

  /// Pushed in a little, so that the model's own skin lies on top.
  private mutating func addSkull(_ vertex: HeadVertex) -> Int32 {
    var moved = vertex
    let bent = toICT(vertex.position)
    let depth: Float = 4 * (1 - smoothstep(-130, -165, bent.y))
    moved.position = bent + normalized(SIMD3(0, min(bent.y, 40), -15) - bent) * depth
    (moved.anchor, moved.reference) = (moved.position, vertex.position)
    let place = mesh.add(moved)
    let leader = nearest(vertex.position)
    let distance = length(mesh.vertices[Int(leader)].position - moved.position)
    followers.append(
      Follower(
        vertex: place, leaders: [leader], identityShare: bell(distance, 60),
        expressionShare: bell(distance, 22)))
    return place
  }

  /// The model's vertex nearest to a place on our own head.
  private func nearest(_ p: SIMD3<Float>) -> Int32 {
    var (best, bestDistance) = (0, Float.infinity)
    for index in model.neutral.indices {
      let d = mesh.vertices[index].reference - p
      let distance = (d * d).sum()
      if distance < bestDistance { (best, bestDistance) = (index, distance) }
    }
    return Int32(best)
  }

  // MARK: Movement

  private func motion() -> HeadMotion {
    HeadMotion(
      shapes: model.identities.map { field($0, \.identityShare) },
      actions: ActionUnit.allCases.map { field(sum(ICTBlendshapes.weights($0))) },
      eyes: eyes,
      gaze: GazeFields(
        right: field(sum(["eyeLookOut_L": 1, "eyeLookIn_R": 1])),
        left: field(sum(["eyeLookIn_L": 1, "eyeLookOut_R": 1])),
        up: field(sum(["eyeLookUp_L": 1, "eyeLookUp_R": 1])),
        down: field(sum(["eyeLookDown_L": 1, "eyeLookDown_R": 1]))))
  }

  /// Weighted offsets of the model's vertices; zero where the model lacks the shapes.
  private func sum(_ weights: [String: Float]) -> [SIMD3<Float>] {
    var sum = [SIMD3<Float>](repeating: .zero, count: model.neutral.count)
    // In one order: sums of floats depend on it.
    for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
      guard let offsets = model.expressions[name] else { continue }
      for k in sum.indices { sum[k] += offsets[k] * weight }
    }
    return sum
  }

  private func field(_ offsets: [SIMD3<Float>]) -> SparseField { field(offsets, \.expressionShare) }

  private func field(
    _ offsets: [SIMD3<Float>], _ share: KeyPath<Follower, Float>
  ) -> SparseField {
    var all = [SIMD3<Float>](repeating: .zero, count: mesh.vertices.count)
    for (k, offset) in offsets.enumerated() { all[k] = offset }
    for follower in followers where follower[keyPath: share] > 0 {
      let sum = follower.leaders.reduce(SIMD3<Float>.zero) { $0 + offsets[Int($1)] }
      all[Int(follower.vertex)] +=
        sum * (follower[keyPath: share] / Float(follower.leaders.count))
    }
    return SparseField(all)
  }
}

/// ICT-FaceKit's blendshapes by action unit, at intensity 5.
///
/// - Source: the table in ICT-FaceKit's README, both sides alike. Differs: AU26 is half of its AU27,
///   AU25 parts the lips by its AU11 and AU16, AU23 presses and puckers; amounts are our own choice.
enum ICTBlendshapes {
  static func weights(_ unit: ActionUnit) -> [String: Float] {
    switch unit {
    case .au1: both("browInnerUp")
    case .au2: both("browOuterUp")
    case .au4: both("browDown")
    case .au5: both("eyeWide")
    case .au6: both("cheekSquint")
    case .au7: both("eyeSquint")
    case .au9: both("noseSneer")
    case .au10: ["mouthShrugUpper": 1]
    case .au12: both("mouthSmile", 0.75)
    case .au14: both("mouthDimple")
    case .au15: both("mouthFrown")
    case .au17: ["mouthShrugLower": 0.8]
    case .au20: both("mouthStretch")
    case .au23: both("mouthPress", 0.7).merging(["mouthPucker": 0.3]) { first, _ in first }
    case .au24: both("mouthPress")
    case .au25:
      both("mouthLowerDown").merging(both("mouthUpperUp", 0.4)) { first, _ in first }
    case .au26: ["jawOpen": 0.5]
    case .au45: both("eyeBlink")
    }
  }

  private static func both(_ name: String, _ weight: Float = 1) -> [String: Float] {
    [name + "_L": weight, name + "_R": weight]
  }
}
