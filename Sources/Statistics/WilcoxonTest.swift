/// The outcome of a two-sided Wilcoxon signed-rank test of paired values.
public struct WilcoxonTest: Sendable, Hashable {
  /// The smaller of the sums of ranks of positive and of negative differences.
  public let statistic: Double
  public let pValue: Double
  /// Pairs that differ; the others say nothing and are left out (Wilcoxon's own rule).
  public let count: Int
  /// Whether p is exact: up to 50 differing pairs.
  public let isExact: Bool

  /// Up to 50 pairs the distribution of the rank sum over all 2ⁿ signs is counted, with ties as
  /// they are; above, the normal approximation with the correction for ties.
  /// - Throws: `.wrongCount` for lists of unequal lengths or no pairs.
  /// - Edge cases: p = 1 where no pair differs.
  /// - Source: Wilcoxon 1945; Pratt and Gibbons 1981. Checked by: WilcoxonTestTests against SciPy's
  ///   `wilcoxon`, with ties against its permutation of all signs.
  public init(_ first: [Double], _ second: [Double]) throws {
    guard first.count == second.count, !first.isEmpty else {
      throw StatisticsError(
        .wrongCount,
        "A signed-rank test needs two lists of one length, not \(first.count) and "
          + "\(second.count) values.")
    }
    let differences = zip(first, second).map { $0 - $1 }.filter { $0 != 0 }
    let ranks = averageRanks(differences.map(abs))
    let total = ranks.reduce(0, +)
    let positive = zip(differences, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    statistic = min(positive, total - positive)
    (count, isExact) = (differences.count, differences.count <= 50)
    if differences.isEmpty {
      pValue = 1
    } else if isExact {
      pValue = Self.exact(statistic, ranks)
    } else {
      pValue = Self.approximate(statistic, ranks)
    }
  }

  /// 2 P(W ≤ w) over all signs. Ranks are halves at finest, so that twice the sum is an index.
  private static func exact(_ statistic: Double, _ ranks: [Double]) -> Double {
    let doubled = ranks.map { Int((2 * $0).rounded()) }
    let total = doubled.reduce(0, +)
    var shares = [Double](repeating: 0, count: total + 1)
    shares[0] = 1
    for rank in doubled {
      for sum in stride(from: total, through: 0, by: -1) {
        shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2
      }
    }
    let limit = min(total, Int((2 * statistic).rounded()))
    return min(1, 2 * shares[...limit].reduce(0, +))
  }

  /// Mean n(n+1)/4; variance Σ rank²/4, which is n(n+1)(2n+1)/24 without ties.
  private static func approximate(_ statistic: Double, _ ranks: [Double]) -> Double {
    let centre = ranks.reduce(0, +) / 2
    let variance = ranks.reduce(0) { $0 + $1 * $1 } / 4
    let z = (statistic - centre) / variance.squareRoot()
    return min(1, 2 * NormalDistribution.probability(z))
  }
}
