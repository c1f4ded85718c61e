/// One point of a receiver operating characteristic.
public struct OperatingPoint: Sendable, Hashable {
  /// Pairs at least this similar are taken for the same person.
  public let threshold: Double
  public let falseAcceptRate: Double
  public let trueAcceptRate: Double
}

/// How well similarities tell pairs of one person (genuine) from pairs of two (impostors).
///
/// Made for tens of millions of pairs: a radix sort, and counts in place of points.
/// *Complexity*: O(n) in time and memory, about 40 bytes a pair.
public struct VerificationMetrics: Sendable {
  public let genuineCount: Int
  public let impostorCount: Int
  /// By falling similarity.
  private let similarities: [Float]
  private let isSame: [Bool]
  /// Empty where there are none.
  private let folds: [Int32]
  /// The ROC: after the first, one step for each distinct similarity, by falling similarity; how many
  /// genuine pairs and impostors are at least so similar.
  private let steps: (thresholds: [Float], genuine: [Int32], impostors: [Int32])

  /// - Parameters:
  ///   - similarities: greater means more alike; one for each pair.
  ///   - isSame: whether the pair shows one person.
  ///   - folds: the fold of each pair, for `tenFoldAccuracy`; any 32-bit integers. None by default.
  /// - Throws: `.wrongCount` for lists of unequal lengths or more than 2³¹ pairs; `.degenerate` for a
  ///   NaN or where all pairs are of one kind.
  public init(similarities: [Float], isSame: [Bool], folds: [Int] = []) throws {
    guard similarities.count == isSame.count,
      folds.isEmpty || similarities.count == folds.count, similarities.count < Int(Int32.max)
    else {
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
    let order = fallingOrder(similarities)
    self.similarities = order.map { similarities[Int($0)] }
    self.isSame = order.map { isSame[Int($0)] }
    self.folds = folds.isEmpty ? [] : order.map { Int32(truncatingIfNeeded: folds[Int($0)]) }
    steps = Self.steps(self.similarities, self.isSame)
  }

  private static func steps(
    _ similarities: [Float], _ isSame: [Bool]
  ) -> (thresholds: [Float], genuine: [Int32], impostors: [Int32]) {
    var (genuine, impostors): (Int32, Int32) = (0, 0)
    var steps = (thresholds: [Float.infinity], genuine: [genuine], impostors: [impostors])
    for index in similarities.indices {
      if isSame[index] { genuine += 1 } else { impostors += 1 }
      // Pairs of equal similarity are accepted together.
      let isLast = index + 1 == similarities.count
      if !isLast, similarities[index + 1] == similarities[index] { continue }
      steps.thresholds.append(similarities[index])
      steps.genuine.append(genuine)
      steps.impostors.append(impostors)
    }
    return steps
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
    let names = Set(folds).sorted()
    guard names.count > 1 else {
      throw StatisticsError(
        .wrongCount, "Accuracy over folds needs two folds or more, not \(names.count).")
    }
    return try Summary(names.map(accuracy(heldOut:)))
  }

  private func accuracy(heldOut fold: Int32) -> Double {
    let threshold = bestThreshold(of: folds.indices.filter { folds[$0] != fold })
    let held = folds.indices.filter { folds[$0] == fold }
    let right = held.count { (Double(similarities[$0]) >= threshold) == isSame[$0] }
    return Double(right) / Double(held.count)
  }

  /// The strictest of the thresholds with the greatest accuracy, half-way to the next lower
  /// similarity.
  private func bestThreshold(of pairs: [Int]) -> Double {
    // Start by accepting none: every impostor is right. Then accept pair by pair.
    var right = 0
    var (best, threshold) = (0, Double.infinity)
    for (place, pair) in pairs.enumerated() {
      right += isSame[pair] ? 1 : -1
      let similarity = Double(similarities[pair])
      let next = place + 1 < pairs.count ? Double(similarities[pairs[place + 1]]) : -.infinity
      guard next < similarity, right > best else { continue }
      best = right
      threshold = next.isFinite ? (similarity + next) / 2 : -.infinity
    }
    return threshold
  }

  // MARK: The ROC

  /// The curve from (0, 0) to (1, 1), one point for each distinct similarity.
  public var operatingPoints: [OperatingPoint] {
    steps.thresholds.indices.map { index in
      OperatingPoint(
        threshold: Double(steps.thresholds[index]),
        falseAcceptRate: Double(steps.impostors[index]) / Double(impostorCount),
        trueAcceptRate: trueAcceptRate(step: index))
    }
  }

  private func trueAcceptRate(step: Int) -> Double {
    Double(steps.genuine[step]) / Double(genuineCount)
  }

  /// The greatest share of genuine pairs accepted at a threshold that accepts at most this share
  /// of the impostors. This rule is exact: insightface takes the curve's point with the nearest
  /// false accept rate, which may lie above the one asked for.
  /// - Returns: nil where the rate is below 1 / `impostorCount`, which these pairs cannot resolve.
  public func trueAcceptRate(atFalseAcceptRate rate: Double) -> Double? {
    guard rate <= 1, rate * Double(impostorCount) >= 1 - 1e-9 else { return nil }
    let allowed = Int32((rate * Double(impostorCount) + 1e-9).rounded(.down))
    return steps.impostors.lastIndex { $0 <= allowed }.map { trueAcceptRate(step: $0) }
  }

  /// insightface's rule for IJB: the true accept rate at the curve's point whose false accept rate
  /// is nearest to the one asked for, which may lie above it; of equally near points the one with
  /// the higher rate.
  ///
  /// Points inside of a straight piece of the curve do not count, as scikit-learn's `roc_curve`
  /// leaves them out.
  /// - Source: insightface `eval_ijbc.py`. Checked by: VerificationTests.
  public func trueAcceptRate(nearestTo rate: Double) -> Double {
    var (best, distance) = (steps.genuine.count - 1, Double.infinity)
    for index in steps.genuine.indices.reversed() where isCorner(index) {
      let away = abs(Double(steps.impostors[index]) / Double(impostorCount) - rate)
      if away < distance { (best, distance) = (index, away) }
    }
    return trueAcceptRate(step: best)
  }

  /// Whether the curve bends at a step, or begins or ends there.
  private func isCorner(_ index: Int) -> Bool {
    guard index > 1, index < steps.genuine.count - 1 else { return true }
    func bends(_ counts: [Int32]) -> Bool {
      counts[index] - counts[index - 1] != counts[index + 1] - counts[index]
    }
    return bends(steps.genuine) || bends(steps.impostors)
  }

  /// The probability that a genuine pair is more similar than an impostor, ties counting half
  /// (Mann–Whitney U over the number of combinations; Hanley and McNeil 1982).
  public var areaUnderROC: Double {
    // Twice the area in whole numbers: exact below 2⁵³.
    var doubled = 0.0
    for index in steps.genuine.indices.dropFirst() {
      let width = Double(steps.impostors[index] - steps.impostors[index - 1])
      doubled += width * (Double(steps.genuine[index - 1]) + Double(steps.genuine[index]))
    }
    return doubled / (2 * Double(genuineCount) * Double(impostorCount))
  }

  /// Where the false accept rate equals the false reject rate, on the straight line between two
  /// neighbouring points of the ROC.
  public var equalErrorRate: Double {
    /// FAR − FRR: −1 at the first point, 1 at the last.
    func excess(_ index: Int) -> Double {
      Double(steps.impostors[index]) / Double(impostorCount) - (1 - trueAcceptRate(step: index))
    }
    guard let index = steps.genuine.indices.first(where: { excess($0) >= 0 }), index > 0 else {
      return 0
    }
    let share = -excess(index - 1) / (excess(index) - excess(index - 1))
    let (left, right) = (
      Double(steps.impostors[index - 1]) / Double(impostorCount),
      Double(steps.impostors[index]) / Double(impostorCount)
    )
    return left + share * (right - left)
  }
}
