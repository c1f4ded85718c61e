extension LandmarkScheme {
  /// Points of this scheme as points of another one, where every one of them has a counterpart.
  ///
  /// A converted point is one of the given points or the mean of a few.
  /// - Throws: `FaceDataError` `.invalidSetting` where no conversion is defined (a lower edge of the
  ///   brow cannot be made of 68 points), `.brokenLabels` if the number of points is wrong.
  /// - Source: 98 → 68 takes the points that both schemes share, as WFLW's authors and users of
  ///   HRNet do; 106 ↔ 98 ↔ 68 are the index pairs of mmpose's RTMPose face6 configuration; five
  ///   points are InsightFace's; 106 → 19 follows AFLW's own description of its points (Köstinger et
  ///   al. 2011).
  /// - Checked by: LandmarkSchemeTests.
  public func converted(_ points: [SIMD2<Float>], to target: LandmarkScheme) throws
    -> [SIMD2<Float>]
  {
    guard points.count == count else {
      throw FaceDataError(
        .brokenLabels, "\(points.count) points, and the scheme \(name) has \(count)")
    }
    return try conversion(to: target).map { group in
      group.reduce(.zero) { $0 + points[$1] } / Float(group.count)
    }
  }

  /// For each point of the target the points of this scheme whose mean it is.
  ///
  /// - Throws: as `converted`.
  public func conversion(to target: LandmarkScheme) throws -> [[Int]] {
    if self == target { return (0..<count).map { [$0] } }
    if let table = Self.conversions[Pair(from: self, to: target)] { return table }
    let known = Self.named.filter { Self.conversions[Pair(from: self, to: $0)] != nil }
    let others =
      known.isEmpty
      ? "it cannot be converted at all"
      : "it can become \(known.map(\.name).joined(separator: ", "))"
    throw FaceDataError(
      .invalidSetting, "no conversion from \(name) to \(target.name) is defined: \(others)")
  }

  private struct Pair: Hashable { let from, to: LandmarkScheme }

  private static let conversions: [Pair: [[Int]]] = [
    Pair(from: .wflw98, to: .ibug68): wflwToIBUG.map { [$0] },
    Pair(from: .lapa106, to: .wflw98): lapaToWFLW.map { [$0] },
    Pair(from: .lapa106, to: .ibug68): ibugInLaPa.map { [$0] },
    Pair(from: .lapa106, to: .cofw29): lapaToCOFW.map { [$0] },
    Pair(from: .lapa106, to: .aflw19): lapaToAFLW,
    Pair(from: .ibug68, to: .five): [
      Array(36...41), Array(42...47), [30], [48], [54],
    ],
    Pair(from: .wflw98, to: .five): [[96], [97], [54], [76], [82]],
    Pair(from: .lapa106, to: .five): [[104], [105], [54], [84], [90]],
    Pair(from: .cofw29, to: .five): [[16], [17], [20], [22], [23]],
    Pair(from: .aflw19, to: .five): [[7], [10], [13], [15], [17]],
  ]

  /// Every second point of the jaw, the brows' upper edges, the eyes without the lids' middles.
  private static let wflwToIBUG: [Int] =
    Array(stride(from: 0, through: 32, by: 2)) + Array(33...37) + Array(42...46) + Array(51...59)
    + [60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75] + Array(76...95)

  /// All but the sides of the nose and the eyes' centres.
  private static let lapaToWFLW: [Int] =
    Array(0...54) + Array(58...62) + Array(66...73) + Array(75...82) + Array(84...105)

  /// iBUG's points among the 106 of LaPa.
  static let ibugInLaPa: [Int] = wflwToIBUG.map { lapaToWFLW[$0] }

  /// Ends and middles of the brows' breadth, eyes and their centres, wings and tip of the nose, the
  /// mouth with the middle of its inner lips, chin.
  private static let lapaToAFLW: [[Int]] = [
    [33], [35, 40], [37, 38], [42, 50], [44, 48], [46], [66], [74], [70], [75], [83], [79],
    [57], [54], [63], [84], [98, 102], [90], [16],
  ]

  /// mmpose's pairs; its eyes are numbered as WFLW's there, here by their meaning.
  private static let lapaToCOFW: [Int] = [
    33, 46, 38, 50, 35, 40, 44, 48, 66, 79, 70, 75, 68, 72, 77, 81, 104, 105, 57, 63, 54, 60,
    84, 90, 87, 98, 102, 93, 16,
  ]
}
