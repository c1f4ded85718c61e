extension LandmarkScheme {
  /// Lines to draw, each a list of points; a closed line ends with its first point. A point that
  /// belongs to no line is a list of one.
  public var contours: [[Int]] {
    switch self {
    case .ibug68:
      [
        Array(0...16), Array(17...21), Array(22...26), Array(27...30), Array(31...35),
        Array(36...41) + [36], Array(42...47) + [42], Array(48...59) + [48], Array(60...67) + [60],
      ]
    case .wflw98:
      [
        Array(0...32), Array(33...41) + [33], Array(42...50) + [42], Array(51...54),
        Array(55...59), Array(60...67) + [60], Array(68...75) + [68], Array(76...87) + [76],
        Array(88...95) + [88], [96], [97],
      ]
    case .aflw19:
      [
        [0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11], [12, 13, 14], [15, 16, 17], [18],
      ]
    case .cofw29:
      [
        [0, 4, 2, 5, 0], [3, 6, 1, 7, 3], [8, 12, 10, 13, 8], [11, 14, 9, 15, 11], [16], [17],
        [18, 21, 19], [20], [22, 24, 23, 27, 22], [22, 25, 23, 26, 22], [28],
      ]
    case .lapa106:
      [
        Array(0...32), Array(33...41) + [33], Array(42...50) + [42], Array(51...54),
        Array(55...65), Array(66...73) + [66], Array(75...82) + [75], Array(84...95) + [84],
        Array(96...103) + [96], [74], [83], [104], [105],
      ]
    case .five: [[0], [1], [2], [3, 4]]
    case .other(let count): (0..<max(0, count)).map { [$0] }
    }
  }

  /// Two groups of points; a normaliser is the distance between the groups' means.
  public struct Distance: Sendable, Hashable {
    public let left: [Int]
    public let right: [Int]

    public init(left: [Int], right: [Int]) { (self.left, self.right) = (left, right) }

    /// The length in the unit of the points; nil if a point is missing from the list.
    public func length(of points: [SIMD2<Float>]) -> Float? {
      guard (left + right).allSatisfy(points.indices.contains), !left.isEmpty, !right.isEmpty
      else { return nil }
      let offset = Self.mean(left, points) - Self.mean(right, points)
      return (offset * offset).sum().squareRoot()
    }

    private static func mean(_ group: [Int], _ points: [SIMD2<Float>]) -> SIMD2<Float> {
      group.reduce(.zero) { $0 + points[$1] } / Float(group.count)
    }
  }

  /// Between the outer corners of the eyes; nil where the scheme lacks them.
  ///
  /// - Source: 300-W 36–45 (Sagonas et al. 2013); WFLW 60–72, COFW 8–9, AFLW-19 6–11 (FaRL's and
  ///   HRNet's scorers); LaPa 66–79 (mmpose).
  public var interOcular: Distance? {
    switch self {
    case .ibug68: Distance(left: [36], right: [45])
    case .wflw98: Distance(left: [60], right: [72])
    case .aflw19: Distance(left: [6], right: [11])
    case .cofw29: Distance(left: [8], right: [9])
    case .lapa106: Distance(left: [66], right: [79])
    case .five, .other: nil
    }
  }

  /// Between the pupils, or between the eyes' centres where there are no pupils; nil where the
  /// scheme has neither.
  ///
  /// - Source: 300-W the means of 36…41 and 42…47; WFLW 96–97, AFLW-19 7–10 (FaRL's scorers).
  public var interPupil: Distance? {
    switch self {
    case .ibug68: Distance(left: Array(36...41), right: Array(42...47))
    case .wflw98: Distance(left: [96], right: [97])
    case .aflw19: Distance(left: [7], right: [10])
    case .cofw29: Distance(left: [16], right: [17])
    case .lapa106: Distance(left: [104], right: [105])
    case .five: Distance(left: [0], right: [1])
    case .other: nil
    }
  }
}
