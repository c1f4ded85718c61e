/// One point of a receiver operating characteristic.
public struct OperatingPoint: Sendable, Hashable {
  /// Pairs at least this similar are taken for the same person.
  public let threshold: Double
  public let falseAcceptRate: Double
  public let trueAcceptRate: Double
}

/// How well similarities tell pairs of one person (genuine) from pairs of two (impostors).
public struct VerificationMetrics: Sendable {
  private struct Pair: Sendable {
    let similarity: Double
    let isSame: Bool
    let fold: Int
  }

  /// By falling similarity.
  private let pairs: [Pair]
  public let genuineCount: Int
  public let impostorCount: Int
  /// The curve from (0, 0) to (1, 1), one point for each distinct similarity.
  public let operatingPoints: [OperatingPoint]

  /// - Parameters:
  ///   - similarities: greater means more alike; one for each pair.
  ///   - isSame: whether the pair shows one person.
  ///   - folds: the fold of each pair, for `tenFoldAccuracy`; any integers.
  /// - Throws: `.wrongCount` for lists of unequal lengths; `.degenerate` for a NaN or where all
  ///   pairs are of one kind.
  public init(similarities: [Float], isSame: [Bool], folds: [Int]) throws {
    guard similarities.count == isSame.count, similarities.count == folds.count else {
      throw StatisticsError(
        .wrongCount,
        "There are \(similarities.count) similarities, \(isSame.count) labels and "
          + "\(folds.count) folds; the counts must be equal.")
    }
    guard !similarities.contains(where: \.isNaN) else {
      throw StatisticsError(
        .degenerate, "A similarity is not a number: the network's features are broken.")
    }
    genuineCount = isSame.count { $0 }
    impostorCount = isSame.count - genuineCount
    guard genuineCount > 0, impostorCount > 0 else {
      throw StatisticsError(
        .degenerate,
        "There are \(genuineCount) pairs of one person and \(impostorCount) of two; both kinds "
          + "are needed.")
    }
    pairs = similarities.indices
      .map { Pair(similarity: Double(similarities[$0]), isSame: isSame[$0], fold: folds[$0]) }
      .sorted { $0.similarity > $1.similarity }
    operatingPoints = Self.points(pairs, genuineCount: genuineCount, impostorCount: impostorCount)
  }

  // MARK: Accuracy over folds

  /// The share of pairs told right, over the folds: for each fold, the threshold with the greatest
  /// accuracy on the other folds is applied to it. `standardDeviation` is over the folds (n − 1).
  ///
  /// Source: the LFW protocol (Huang et al. 2007) as in facenet's and insightface's lfw.py.
  /// Differs: every threshold that separates two similarities is tried, not a grid of 0.01; of
  /// equally good ones the strictest is taken, as there.
  /// - Throws: `.wrongCount` for fewer than two folds.
  public func tenFoldAccuracy() throws -> Summary {
    let folds = Set(pairs.map(\.fold)).sorted()
    guard folds.count > 1 else {
      throw StatisticsError(
        .wrongCount, "Accuracy over folds needs two folds or more, not \(folds.count).")
    }
    return try Summary(folds.map(accuracy(heldOut:)))
  }

  private func accuracy(heldOut fold: Int) -> Double {
    let threshold = bestThreshold(of: pairs.filter { $0.fold != fold })
    let held = pairs.filter { $0.fold == fold }
    let right = held.count { ($0.similarity >= threshold) == $0.isSame }
    return Double(right) / Double(held.count)
  }

  /// The strictest of the thresholds with the greatest accuracy, half-way to the next lower
  /// similarity.
  private func bestThreshold(of pairs: [Pair]) -> Double {
    // Start by accepting none: every impostor is right. Then accept pair by pair.
    var right = 0
    var (best, threshold) = (0, Double.infinity)
    for (index, pair) in pairs.enumerated() {
      right += pair.isSame ? 1 : -1
      let next = index + 1 < pairs.count ? pairs[index + 1].similarity : -.infinity
      guard next < pair.similarity, right > best else { continue }
      best = right
      threshold = next.isFinite ? (pair.similarity + next) / 2 : -.infinity
    }
    return threshold
  }

  // MARK: The ROC

  private static func points(_ pairs: [Pair], genuineCount: Int, impostorCount: Int)
    -> [OperatingPoint]
  {
    var (genuine, impostors) = (0, 0)
    var points = [
      OperatingPoint(threshold: .infinity, falseAcceptRate: 0, trueAcceptRate: 0)
    ]
    for (index, pair) in pairs.enumerated() {
      if pair.isSame { genuine += 1 } else { impostors += 1 }
      // Pairs of equal similarity are accepted together.
      if index + 1 < pairs.count, pairs[index + 1].similarity == pair.similarity { continue }
      points.append(
        OperatingPoint(
          threshold: pair.similarity,
          falseAcceptRate: Double(impostors) / Double(impostorCount),
          trueAcceptRate: Double(genuine) / Double(genuineCount)))
    }
    return points
  }

  /// The greatest share of genuine pairs accepted at a threshold that accepts at most this share
  /// of the impostors. This rule is exact: insightface takes the curve's point with the nearest
  /// false accept rate, which may lie above the one asked for.
  /// - Returns: nil where the rate is below 1 / `impostorCount`, which these pairs cannot resolve.
  public func trueAcceptRate(atFalseAcceptRate rate: Double) -> Double? {
    guard rate <= 1, rate * Double(impostorCount) >= 1 - 1e-9 else { return nil }
    let allowed = Int((rate * Double(impostorCount) + 1e-9).rounded(.down))
    let limit = (Double(allowed) + 0.5) / Double(impostorCount)
    return operatingPoints.last { $0.falseAcceptRate < limit }?.trueAcceptRate
  }

  /// insightface's rule for IJB: the true accept rate at the curve's point whose false accept rate
  /// is nearest to the one asked for, which may lie above it; of equally near points the one with
  /// the higher rate.
  ///
  /// Points inside of a straight piece of the curve do not count, as scikit-learn's `roc_curve`
  /// leaves them out.
  /// - Source: insightface `eval_ijbc.py`. Checked by: VerificationTests.
  public func trueAcceptRate(nearestTo rate: Double) -> Double {
    let corners = corners
    var best = corners[corners.count - 1]
    for point in corners.reversed()
    where abs(point.falseAcceptRate - rate) < abs(best.falseAcceptRate - rate) {
      best = point
    }
    return best.trueAcceptRate
  }

  /// The points where the curve bends, with (0, 0) and (1, 1).
  private var corners: [OperatingPoint] {
    let points = Array(operatingPoints.dropFirst())
    func counts(_ point: OperatingPoint) -> SIMD2<Int> {
      SIMD2(
        Int((point.falseAcceptRate * Double(impostorCount)).rounded()),
        Int((point.trueAcceptRate * Double(genuineCount)).rounded()))
    }
    var kept = [operatingPoints[0]]
    for (index, point) in points.enumerated() {
      let isEnd = index == 0 || index == points.count - 1
      if isEnd
        || counts(point) &- counts(points[index - 1])
          != counts(points[index + 1]) &- counts(point)
      {
        kept.append(point)
      }
    }
    return kept
  }

  /// The probability that a genuine pair is more similar than an impostor, ties counting half
  /// (Mann–Whitney U over the number of combinations; Hanley and McNeil 1982).
  public var areaUnderROC: Double {
    let points = operatingPoints
    return zip(points, points.dropFirst()).reduce(0) { area, pair in
      let (left, right) = pair
      return area + (right.falseAcceptRate - left.falseAcceptRate)
        * (left.trueAcceptRate + right.trueAcceptRate) / 2
    }
  }

  /// Where the false accept rate equals the false reject rate, on the straight line between two
  /// neighbouring points of the ROC.
  public var equalErrorRate: Double {
    let points = operatingPoints
    /// FAR − FRR: −1 at the first point, 1 at the last.
    func excess(_ point: OperatingPoint) -> Double {
      point.falseAcceptRate - (1 - point.trueAcceptRate)
    }
    guard let index = points.firstIndex(where: { excess($0) >= 0 }), index > 0 else { return 0 }
    let (left, right) = (points[index - 1], points[index])
    let share = -excess(left) / (excess(right) - excess(left))
    return left.falseAcceptRate + share * (right.falseAcceptRate - left.falseAcceptRate)
  }
}
