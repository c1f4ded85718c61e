import Foundation

/// Draws solids into the buffers that heads are drawn into.
struct ObjectPainter {
  let buffers: RenderBuffers
  let size: Int

  func draw(_ scene: ObjectScene) {
    var all: Solid?
    for solid in scene.solids {
      if all == nil { all = solid } else { all?.append(solid) }
    }
    var rasterizer = Rasterizer(buffers)
    rasterizer.clear()
    guard let all, all.positions.count <= buffers.vertexCapacity,
      all.corners.count <= buffers.triangleCapacity
    else { return }
    let view = place(all, scene)
    buffers.project(view, count: all.positions.count)
    all.corners.withUnsafeBufferPointer {
      rasterizer.add($0, material: .smooth, offset: 0, isTwoSided: true)
    }
    rasterizer.fill()
    let lighting = FaceLighting(scene.light, view: view)
    for index in 0..<all.positions.count {
      let normal = buffers.unitNormal(index)
      guard normal != .zero else { continue }
      buffers.colours[index] = lighting.shade(
        SIMD4(all.colours[index], 0), normal: normal, ambientVisibility: 1, keyVisibility: 1,
        gloss: 1)
    }
  }

  /// Takes the solids into the camera's frame and fits the crop to them.
  private func place(_ solid: Solid, _ scene: ObjectScene) -> FaceView {
    var view = FaceView(pose: scene.pose, distance: scene.camera.distance)
    var low = SIMD2<Float>(repeating: .infinity)
    var high = -low
    for (index, position) in solid.positions.enumerated() {
      buffers.positions[index] = SIMD4(position, 0)
      var q = view.camera(buffers.positions[index])
      q.z = max(q.z, 50)
      buffers.camera[index] = q
      let flat = SIMD2(q.x, q.y) / q.z
      low = pointwiseMin(low, flat)
      high = pointwiseMax(high, flat)
    }
    view.fit(low: low, high: high, camera: scene.camera, size: size)
    return view
  }
}
