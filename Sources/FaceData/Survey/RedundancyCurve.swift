/// How much of a data set a part of it shows: coverage against the share kept.
///
/// The farthest points are the best that a choice by these features can do, and a random choice of
/// the same size says what the choosing is worth. Where the curve is flat early, the rest of the set
/// repeats what is kept.
public struct RedundancyCurve: Sendable {
  public enum Choice: String, Sendable, CaseIterable {
    case farthest = "farthest-point"
    case random
  }

  public struct Point: Sendable, Hashable {
    public let choice: Choice
    public let kept: Int
    /// Of the samples, 0…1.
    public let share: Double
    /// Between a sample and the nearest kept one, as points of the unit sphere (0…2).
    public let meanDistance: Float
    public let largestDistance: Float
    /// The share of samples with a kept one of at least the curve's similarity.
    public let covered: Double
  }

  /// By choice, then by the number kept.
  public let points: [Point]
  /// The cosine from which a sample counts as covered.
  public let similarity: Float
  public let count: Int

  /// - Parameters: shares: of the samples, 0…1; each keeps at least one. seed: of the random choice.
  ///   progress: what it throws stops the work; told samples chosen and to be chosen.
  /// - Throws: `FaceDataError` `.notEnoughData` for no samples, `.invalidSetting` for shares or a
  ///   similarity out of range.
  public init(
    _ features: FeatureTable, shares: [Double], similarity: Float = 0.95, seed: UInt64 = 0,
    progress: (_ done: Int, _ count: Int) throws -> Void = { _, _ in }
  ) throws {
    guard features.count > 0 else {
      throw FaceDataError(.notEnoughData, "there are no samples whose redundancy could be measured")
    }
    guard !shares.isEmpty, shares.allSatisfy({ $0 > 0 && $0 <= 1 }), similarity > -1, similarity < 1
    else {
      throw FaceDataError(
        .invalidSetting,
        "shares of \(shares) and a similarity of \(similarity): take shares above 0 and up to 1, and "
          + "a similarity between −1 and 1")
    }
    let counts = Set(shares.map { max(1, Int(($0 * Double(features.count)).rounded())) }).sorted()
    let radius = FeatureTable.distance(cosine: similarity)
    let total = 2 * (counts.last ?? 1)
    var points: [Point] = []
    func note(_ coverage: Coverage, _ choice: Choice) {
      points.append(
        Point(
          choice: choice, kept: coverage.chosen.count,
          share: Double(coverage.chosen.count) / Double(features.count),
          meanDistance: coverage.meanDistance, largestDistance: coverage.radius,
          covered: coverage.share(within: radius)))
    }
    var wanted = Set(counts)
    _ = try FarthestPoints.choose(counts.last ?? 1, of: features) { coverage, _ in
      if wanted.remove(coverage.chosen.count) != nil { note(coverage, .farthest) }
      try progress(coverage.chosen.count, total)
    }
    var stream = RandomStream(seed: seed, purpose: "redundancy.random")
    var random = Coverage(features)
    for sample in stream.shuffled(0..<features.count).prefix(counts.last ?? 1) {
      random.add(sample)
      if counts.contains(random.chosen.count) { note(random, .random) }
      try progress(total / 2 + random.chosen.count, total)
    }
    (self.points, self.similarity, count) = (points, similarity, features.count)
  }

  /// The fewest farthest points, of those measured, that cover a share of the samples.
  public func kept(covering share: Double) -> Point? {
    points.first { $0.choice == .farthest && $0.covered >= share }
  }
}
