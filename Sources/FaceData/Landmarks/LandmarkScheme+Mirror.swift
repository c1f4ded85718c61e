extension LandmarkScheme {
  /// For each point the one that takes its place in the mirror; nil where the points' meaning is
  /// not known.
  ///
  /// - Source: the flip pairs of mmpose's dataset files (aflw, cofw, lapa, wflw), iBUG's numbering.
  /// - Checked by: LandmarkSchemeTests, which compares both sides of real faces.
  public var mirror: [Int]? {
    switch self {
    case .ibug68: Self.ibugMirror
    case .wflw98: Self.wflwMirror
    case .aflw19: Self.aflwMirror
    case .cofw29: Self.cofwMirror
    case .lapa106: Self.lapaMirror
    case .five: [1, 0, 2, 4, 3]
    case .other: nil
    }
  }

  /// Points that have been mirrored, in the scheme's order again; nil where there is no mirror or
  /// the number of points is another.
  public func mirrored<Point>(_ points: [Point]) -> [Point]? {
    guard let mirror, points.count == count else { return nil }
    return mirror.map { points[$0] }
  }

  private static let ibugMirror = table(
    68,
    [
      Array(0...16), Array(17...26), Array(31...35),
      // The corners, upper lids and lower lids of both eyes.
      [36, 37, 38, 39, 42, 43, 44, 45], [41, 40, 47, 46],
      // Outer upper and lower lip, inner upper and lower lip.
      Array(48...54), Array(55...59), Array(60...64), Array(65...67),
    ])

  private static let wflwMirror = table(
    98,
    [
      Array(0...32),
      // Upper and lower edge of the brows.
      [33, 34, 35, 36, 37, 42, 43, 44, 45, 46], [41, 40, 39, 38, 50, 49, 48, 47],
      Array(55...59),
      [60, 61, 62, 63, 64, 68, 69, 70, 71, 72], [67, 66, 65, 75, 74, 73],
      Array(76...82), Array(83...87), Array(88...92), Array(93...95), [96, 97],
    ])

  private static let aflwMirror = table(
    19, [Array(0...5), Array(6...11), Array(12...14), Array(15...17)])

  private static let cofwMirror = table(
    29,
    [
      [0, 1], [2, 3], [4, 6], [5, 7], [8, 9], [10, 11], [12, 14], [13, 15], [16, 17], [18, 19],
      [22, 23],
    ])

  private static let lapaMirror = table(
    106,
    [
      Array(0...32),
      [33, 34, 35, 36, 37, 42, 43, 44, 45, 46], [41, 40, 39, 38, 50, 49, 48, 47],
      Array(55...65),
      [66, 67, 68, 69, 70, 75, 76, 77, 78, 79], [73, 72, 71, 82, 81, 80], [74, 83],
      Array(84...90), Array(91...95), Array(96...100), Array(101...103), [104, 105],
    ])

  /// Each group is one line from left to right; its points change places with its reverse's.
  private static func table(_ count: Int, _ groups: [[Int]]) -> [Int] {
    var table = Array(0..<count)
    for group in groups {
      for (point, other) in zip(group, group.reversed()) { table[point] = other }
    }
    return table
  }
}
