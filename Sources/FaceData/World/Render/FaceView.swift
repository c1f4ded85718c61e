import Foundation

/// Takes points of the head's frame into the camera's and onto the picture.
///
/// The camera's frame is OpenCV's: x right, y down, z away from the camera, in mm.
struct FaceView {
  /// Rows of the rotation into x right, y up, z towards the camera.
  let rotation: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
  private let columns: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)
  let distance: Float
  /// Pixels for each unit of x/z, and where x/z = y/z = 0 lies.
  private(set) var focal: Float = 1
  private(set) var centre = SIMD2<Float>()

  init(pose: FaceScene.Pose, distance: Float) {
    let (sy, cy) = (sin(pose.yaw), cos(pose.yaw))
    let (sp, cp) = (sin(pose.pitch), cos(pose.pitch))
    let (sr, cr) = (sin(pose.roll), cos(pose.roll))
    // Roll after yaw after pitch: R = Rz · Ry · Rx.
    let x = SIMD3(cr * cy, sr * cp - cr * sy * sp, sr * sp + cr * sy * cp)
    let y = SIMD3(-sr * cy, cr * cp + sr * sy * sp, cr * sp - sr * sy * cp)
    let z = SIMD3(-sy, -cy * sp, cy * cp)
    rotation = (x, y, z)
    columns = (SIMD4(x.x, -y.x, -z.x, 0), SIMD4(x.y, -y.y, -z.y, 0), SIMD4(x.z, -y.z, -z.z, 0))
    self.distance = distance
  }

  /// In the camera's frame.
  @inline(__always)
  func camera(_ p: SIMD4<Float>) -> SIMD4<Float> {
    var q = columns.0 * p.x + columns.1 * p.y + columns.2 * p.z
    q.z += distance
    return q
  }

  /// Pixels of a point in the camera's frame.
  @inline(__always)
  func project(_ q: SIMD4<Float>) -> SIMD2<Float> {
    SIMD2(q.x, q.y) * (focal / q.z) + centre
  }

  /// Pixels of a point in the camera's frame, and by how many it is nearer than the middle of the head.
  func projectWithDepth(_ q: SIMD4<Float>) -> SIMD3<Float> {
    let p = project(q)
    return SIMD3(p.x, p.y, (distance - q.z) * focal / distance)
  }

  /// Sets the crop so that a box, in x/z and y/z, fills it but for the margin.
  mutating func fit(
    low: SIMD2<Float>, high: SIMD2<Float>, camera: FaceScene.Camera, size: Int
  ) {
    let extent = (high - low).max()
    focal = Float(size) / (extent * camera.margin)
    centre = Float(size) * (SIMD2(repeating: 0.5) + camera.shift) - focal * (low + high) / 2
  }

  /// A direction of the camera's frame (x right, y up, z towards it) in the head's frame.
  func toHead(_ d: SIMD3<Float>) -> SIMD3<Float> {
    rotation.0 * d.x + rotation.1 * d.y + rotation.2 * d.z
  }
}
