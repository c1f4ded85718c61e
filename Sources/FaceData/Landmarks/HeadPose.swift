import Foundation

/// The head's rotation as 300W-LP and AFLW2000-3D give it, in degrees.
///
/// With x to the picture's right, y up and z towards the viewer a point of the head at rest becomes
/// R · p, R = Rx(pitch) · Ry(yaw) · Rz(roll), each turning by the negative angle of the usual
/// right-handed matrix. Positive yaw turns the face to the picture's left, pitch up, roll clockwise.
/// - Source: Zhu et al. 2016, "Face alignment across large poses"; `Pose_Para` = pitch, yaw, roll in
///   radians. Checked by: HeadPoseTests, which compares it with the data's own 3D points.
public struct HeadPose: Sendable, Hashable, Codable {
  public var pitch: Float
  public var yaw: Float
  public var roll: Float

  public init(pitch: Float, yaw: Float, roll: Float) {
    (self.pitch, self.yaw, self.roll) = (pitch, yaw, roll)
  }

  /// The rows of R.
  public var rotation: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) {
    let degree = Float.pi / 180
    let (sx, cx) = (sin(pitch * degree), cos(pitch * degree))
    let (sy, cy) = (sin(yaw * degree), cos(yaw * degree))
    let (sz, cz) = (sin(roll * degree), cos(roll * degree))
    return (
      SIMD3(cy * cz, cy * sz, -sy),
      SIMD3(-cx * sz + sx * sy * cz, cx * cz + sx * sy * sz, sx * cy),
      SIMD3(sx * sz + cx * sy * cz, -sx * cz + cx * sy * sz, cx * cy)
    )
  }

  /// The angles of a rotation; yaw is within ±90°.
  ///
  /// - Edge cases: at ±90° of yaw pitch and roll turn about one axis, and roll is taken as zero.
  public init(rotation: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)) {
    let (x, y, z) = rotation
    let degrees = 180 / Float.pi
    yaw = asin(min(max(-x.z, -1), 1)) * degrees
    if abs(x.z) < 0.99999 {
      pitch = atan2(y.z, z.z) * degrees
      roll = atan2(x.y, x.x) * degrees
    } else {
      pitch = atan2(-z.y, y.y) * degrees
      roll = 0
    }
  }

  /// The pose of the mirrored face.
  public var mirrored: HeadPose { HeadPose(pitch: pitch, yaw: -yaw, roll: -roll) }
}
