/// The 68-point scheme of iBUG 300-W.
///
/// Left and right are the viewer's: point 0 is the end of the jaw at the picture's left.
/// - Source: Sagonas et al. 2013, "300 Faces in-the-wild challenge".
public enum FaceLandmarks {
  public static let count = 68

  /// Lines to draw, each a list of points.
  public static let contours: [[Int]] = [
    Array(0...16), Array(17...21), Array(22...26), Array(27...30), Array(31...35),
    Array(36...41) + [36], Array(42...47) + [42], Array(48...59) + [48], Array(60...67) + [60],
  ]

  /// For each point the one that takes its place in the mirror.
  public static let mirror: [Int] = {
    let groups: [[Int]] = [
      Array(0...16), Array(17...26), Array(31...35),
      // The corners, upper lids and lower lids of both eyes.
      [36, 37, 38, 39, 42, 43, 44, 45], [41, 40, 47, 46],
      // Outer upper and lower lip, inner upper and lower lip.
      Array(48...54), Array(55...59), Array(60...64), Array(65...67),
    ]
    var table = Array(0..<count)
    for group in groups {
      for (point, other) in zip(group, group.reversed()) { table[point] = other }
    }
    return table
  }()

  /// Points that have been mirrored, in the scheme's order again.
  ///
  /// - Edge cases: a list of other length than 68 comes back unchanged.
  public static func mirrored(_ points: [SIMD2<Float>]) -> [SIMD2<Float>] {
    points.count == count ? mirror.map { points[$0] } : points
  }
}
