/// Where the eyes look, from straight ahead of the head, in degrees: `right` to the picture's right,
/// `up` upwards.
public struct Gaze: Sendable, Hashable, Codable {
  public var right: Float
  public var up: Float

  public init(right: Float, up: Float) { (self.right, self.up) = (right, up) }

  init(degrees: SIMD2<Float>) { self.init(right: degrees.x, up: degrees.y) }

  /// The gaze of the mirrored face.
  public var mirrored: Gaze { Gaze(right: -right, up: up) }
}
