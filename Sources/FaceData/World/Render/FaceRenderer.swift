import Foundation

/// Renders scenes at one size. Not for use by two threads at once.
final class FaceRenderer {
  private let size: Int
  private let kit: FaceKit
  private let head: HeadModel
  /// Groups of the dense points whose means are the landmarks; nil for the 68 of iBUG.
  private let groups: [[Int]]?
  private let scheme: LandmarkScheme
  private let buffers: RenderBuffers
  private let developer: PictureDeveloper
  /// A landmark is hidden by what is nearer to the camera by more than so many mm.
  private static let tolerance: Float = 9

  /// - Parameter scheme: one that has a name.
  init(size: Int, kit: FaceKit = .own, scheme: LandmarkScheme = .ibug68) {
    (self.size, self.kit, head) = (size, kit, kit.head)
    self.scheme = scheme
    groups = scheme == .ibug68 ? nil : try? LandmarkScheme.lapa106.conversion(to: scheme)
    let shells =
      HairShell.columns * HairShell.rows + kit.thickGlasses.positions.count
      + HatShell.columns * HatShell.rows
    let shellTriangles = 2 * shells + kit.thickGlasses.corners.count
    buffers = RenderBuffers(
      vertexCapacity: kit.head.vertexCount + shells + Occluder.vertexCapacity,
      triangleCapacity: kit.head.corners.count + shellTriangles + Occluder.triangleCapacity,
      size: size)
    for (index, detail) in kit.head.details.enumerated() { buffers.details[index] = detail }
    developer = PictureDeveloper(buffers: buffers, size: size)
  }

  /// Labels without the picture.
  func labels(of scene: WorldScene) -> FaceLabels {
    switch scene {
    case .face(let face): return labels(of: face)
    case .objects(let objects): return FaceLabels(identity: objects.objectClass)
    }
  }

  func labels(of scene: FaceScene) -> FaceLabels {
    let drawing = draw(scene)
    return labels(of: scene, drawing.landmarks, view: drawing.view)
  }

  /// The picture and its labels.
  func render(_ scene: WorldScene) -> (Image, FaceLabels) {
    switch scene {
    case .face(let face): return render(face)
    case .objects(let objects): return (render(objects), labels(of: scene))
    }
  }

  func render(_ scene: FaceScene) -> (Image, FaceLabels) {
    let (view, landmarks, parts) = draw(scene)
    let labels = labels(of: scene, landmarks, view: view)
    let palette = FacePalette(scene)
    let lighting = FaceLighting(scene.light, view: view)
    parts.paint(palette: palette, lighting: lighting)
    let detail = DetailShader(scene, palette: palette, lighting: lighting)
    return (developer.develop(scene.background, scene.sensor, detail: detail), labels)
  }

  /// Finds what is seen where.
  private func draw(
    _ scene: FaceScene
  ) -> (view: FaceView, landmarks: [SIMD4<Float>], parts: FaceParts) {
    let (view, landmarks) = place(scene)
    let parts = FaceParts(scene, kit: kit, buffers: buffers)
    parts.project(view)
    var rasterizer = Rasterizer(buffers)
    rasterizer.clear()
    parts.addTriangles(to: &rasterizer)
    rasterizer.fill()
    return (view, landmarks, parts)
  }

  /// Poses the head, takes it into the camera's frame and fits the crop to the landmarks.
  private func place(_ scene: FaceScene) -> (FaceView, landmarks: [SIMD4<Float>]) {
    FacePoser(head).pose(scene, into: buffers.positions)
    var view = FaceView(pose: scene.pose, distance: scene.camera.distance)
    for index in 0..<head.vertexCount {
      buffers.camera[index] = view.camera(buffers.positions[index])
    }
    var low = SIMD2<Float>(repeating: .infinity)
    var high = -low
    let landmarks = seen(head.landmarks, head.outlines, roll: scene.pose.roll)
    let forehead = scene.camera.holdsForehead ? head.foreheadPoints.map { surfacePoint($0) } : []
    for q in landmarks + forehead {
      let flat = SIMD2(q.x, q.y) / q.z
      low = pointwiseMin(low, flat)
      high = pointwiseMax(high, flat)
    }
    view.fit(low: low, high: high, camera: scene.camera, size: size)
    return (view, landmarks)
  }

  /// Points in the camera's frame, those of the jaw line on the outline of the face as it is seen:
  /// people who mark a picture cannot see a jaw that is turned away, and mark the edge of the cheek.
  ///
  /// - Source: the outline at a point's own height, as in Zhu et al. 2015, "High-fidelity pose and
  ///   expression normalization" (landmark marching). Checked by: FaceOutlineTests.
  private func seen(
    _ landmarks: [SurfacePoint], _ outlines: [[SurfacePoint]], roll: Float
  ) -> [SIMD4<Float>] {
    var points = landmarks.map { surfacePoint($0) }
    let across = SIMD2(cos(roll), sin(roll))
    let chin = outlines.count / 2
    for (point, outline) in outlines.enumerated() where point != chin {
      let side: Float = point < chin ? -1 : 1
      var farthest = -Float.infinity
      for candidate in outline {
        let q = surfacePoint(candidate)
        let reach = side * (SIMD2(q.x, q.y) * across).sum() / q.z
        if reach > farthest { (farthest, points[point]) = (reach, q) }
      }
    }
    return points
  }

  private func labels(
    of scene: FaceScene, _ ibug: [SIMD4<Float>], view: FaceView
  ) -> FaceLabels {
    let (points, headPoints) = inScheme(ibug, roll: scene.pose.roll)
    let landmarks = points.map { view.project($0) }
    let mesh = (0..<head.vertexCount).map { index -> SIMD3<Float> in
      let q = buffers.camera[index]
      return SIMD3(q.x, q.y, q.z)
    }
    let affect = Affect(scene.emotion, actionUnits: scene.actionUnits)
    var labels = FaceLabels(
      identity: scene.identityIndex, landmarks: landmarks, actionUnits: scene.actionUnits,
      emotion: scene.emotion, mesh: mesh, valence: affect.valence, arousal: affect.arousal)
    labels.landmarkVisibility = zip(landmarks, points).map { place, point in
      isSeen(place, depth: point.z) ? .visible : .hidden
    }
    labels.landmarks3D = headPoints.map { view.projectWithDepth($0) }
    labels.landmarkScheme = scheme
    labels.headPose = HeadPose(rotation: view.rotation)
    labels.gaze = Gaze(degrees: scene.gaze * (180 / .pi))
    return labels
  }

  /// The scheme's points as they are seen, and on the head itself, in the camera's frame.
  private func inScheme(
    _ ibug: [SIMD4<Float>], roll: Float
  ) -> (seen: [SIMD4<Float>], onHead: [SIMD4<Float>]) {
    guard let groups else { return (ibug, head.landmarks.map { surfacePoint($0) }) }
    func means(_ points: [SIMD4<Float>]) -> [SIMD4<Float>] {
      groups.map { group in
        group.reduce(SIMD4.zero) { $0 + points[$1] } / Float(group.count)
      }
    }
    return (
      means(seen(head.denseLandmarks, head.denseOutlines, roll: roll)),
      means(head.denseLandmarks.map { surfacePoint($0) })
    )
  }

  /// Whether nothing lies before a point in any of the nine samples around it.
  private func isSeen(_ place: SIMD2<Float>, depth: Float) -> Bool {
    guard place.min() >= 0, place.max() < Float(size) else { return false }
    let (column, row) = (Int(place.x * 2), Int(place.y * 2))
    let last = buffers.side - 1
    for y in max(0, row - 1)...min(last, row + 1) {
      for x in max(0, column - 1)...min(last, column + 1) {
        let nearest = buffers.depths[y / 4 * buffers.side + x][y % 4]
        if nearest == 0 || 1 / nearest > depth - Self.tolerance { return true }
      }
    }
    return false
  }

  private func render(_ scene: ObjectScene) -> Image {
    ObjectPainter(buffers: buffers, size: size).draw(scene)
    return developer.develop(scene.background, scene.sensor, detail: nil)
  }

  /// In the camera's frame.
  private func surfacePoint(_ point: SurfacePoint) -> SIMD4<Float> {
    var sum = SIMD4<Float>()
    for k in 0..<4 { sum += buffers.camera[Int(point.vertices[k])] * point.weights[k] }
    return sum
  }
}

extension RenderBuffers {
  /// Takes points of the camera's frame onto the picture's samples and clears their normals.
  func project(_ view: FaceView, count: Int) {
    for index in 0..<count {
      let q = camera[index]
      let p = view.project(q) * 2
      screen[index] = SIMD4(p.x, p.y, 1 / q.z, 0)
      normals[index] = .zero
    }
  }

  @inline(__always)
  func unitNormal(_ index: Int) -> SIMD4<Float> {
    let n = normals[index]
    let square = (n * n).sum()
    return square > 0 ? n / square.squareRoot() : .zero
  }
}
