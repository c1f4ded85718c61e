import Foundation

/// Renders scenes at one size. Not for use by two threads at once.
final class FaceRenderer {
  private let size: Int
  private let head = HeadModel.shared
  private let buffers: RenderBuffers
  private let developer: PictureDeveloper

  init(size: Int) {
    self.size = size
    let glasses = GlassesFrame.thick
    let shellVertices = HairShell.columns * HairShell.rows
    buffers = RenderBuffers(
      vertexCapacity: HeadModel.shared.vertexCount + shellVertices + glasses.positions.count,
      triangleCapacity: HeadModel.shared.corners.count + 2 * shellVertices + glasses.corners.count,
      size: size)
    developer = PictureDeveloper(buffers: buffers, size: size)
  }

  /// Labels without the picture.
  func labels(of scene: FaceScene) -> FaceLabels {
    let view = place(scene)
    return labels(of: scene, view: view)
  }

  /// The picture and its labels.
  func render(_ scene: FaceScene) -> (Image, FaceLabels) {
    let view = place(scene)
    let labels = labels(of: scene, view: view)
    let parts = FaceParts(scene, head: head, buffers: buffers)
    parts.project(view)
    var rasterizer = Rasterizer(buffers)
    rasterizer.clear()
    parts.addTriangles(to: &rasterizer)
    let palette = FacePalette(scene)
    let lighting = FaceLighting(scene.light, view: view)
    parts.paint(palette: palette, lighting: lighting)
    rasterizer.fill()
    let detail = DetailShader(scene, palette: palette, lighting: lighting)
    return (developer.develop(scene, detail: detail, details: head.details), labels)
  }

  /// Poses the head, takes it into the camera's frame and fits the crop to the face.
  private func place(_ scene: FaceScene) -> FaceView {
    FacePoser().pose(scene, into: buffers.positions)
    var view = FaceView(pose: scene.pose, distance: scene.camera.distance)
    for index in 0..<head.vertexCount {
      buffers.camera[index] = view.camera(buffers.positions[index])
    }
    var low = SIMD2<Float>(repeating: .infinity)
    var high = -low
    for point in head.landmarks + head.foreheadPoints {
      let q = surfacePoint(point)
      let flat = SIMD2(q.x, q.y) / q.z
      low = pointwiseMin(low, flat)
      high = pointwiseMax(high, flat)
    }
    view.fit(low: low, high: high, camera: scene.camera, size: size)
    return view
  }

  private func labels(of scene: FaceScene, view: FaceView) -> FaceLabels {
    let landmarks = head.landmarks.map { view.project(surfacePoint($0)) }
    let mesh = (0..<head.vertexCount).map { index -> SIMD3<Float> in
      let q = buffers.camera[index]
      return SIMD3(q.x, q.y, q.z)
    }
    return FaceLabels(
      identity: scene.identityIndex, landmarks: landmarks, actionUnits: scene.actionUnits,
      emotion: scene.emotion, mesh: mesh)
  }

  /// In the camera's frame.
  private func surfacePoint(_ point: SurfacePoint) -> SIMD4<Float> {
    var sum = SIMD4<Float>()
    for k in 0..<4 { sum += buffers.camera[Int(point.vertices[k])] * point.weights[k] }
    return sum
  }
}
