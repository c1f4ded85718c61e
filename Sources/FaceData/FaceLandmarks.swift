/// The 68-point scheme of iBUG 300-W, which the face world and the landmark task use: short for
/// `LandmarkScheme.ibug68`.
///
/// Left and right are the viewer's: point 0 is the end of the jaw at the picture's left.
/// - Source: Sagonas et al. 2013, "300 Faces in-the-wild challenge".
public enum FaceLandmarks {
  public static let count = LandmarkScheme.ibug68.count

  /// Lines to draw, each a list of points.
  public static let contours: [[Int]] = LandmarkScheme.ibug68.contours

  /// For each point the one that takes its place in the mirror.
  public static let mirror: [Int] = LandmarkScheme.ibug68.mirror ?? []

  /// Points that have been mirrored, in the scheme's order again.
  ///
  /// - Edge cases: a list of other length than 68 comes back unchanged.
  public static func mirrored(_ points: [SIMD2<Float>]) -> [SIMD2<Float>] {
    LandmarkScheme.ibug68.mirrored(points) ?? points
  }
}
