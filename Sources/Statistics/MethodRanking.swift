/// Methods compared over many cases (tasks, data sets, seeds) by their ranks.
///
/// - Source: Friedman 1937; Demšar 2006, JMLR 7. Differs from Demšar: by default methods are told
///   apart by pairwise Wilcoxon tests with Holm's correction, since with Nemenyi's test whether two
///   methods differ depends on which others are in the pool (Benavoli, Mangili and Corani,
///   arXiv:1505.02288). Checked by: MethodRankingTests against SciPy and autorank.
public struct MethodRanking: Sendable, Hashable {
  public enum Test: String, Sendable, Hashable, CaseIterable {
    /// Signed-rank tests of all pairs, Holm-corrected over all pairs.
    case wilcoxonHolm = "wilcoxon-holm"
    /// Mean ranks further apart than the critical difference.
    case nemenyi
  }

  public let methods: [String]
  /// Mean over the cases, 1 the best; in the methods' order.
  public let meanRanks: [Double]
  public let caseCount: Int
  /// χ² with methods − 1 degrees of freedom, corrected for ties.
  public let friedmanStatistic: Double
  public let friedmanP: Double
  public let test: Test
  public let significance: Double
  /// Mean ranks at least so far apart differ by Nemenyi's test: q √(k (k + 1) / 6N).
  public let criticalDifference: Double
  /// Adjusted p for each pair, symmetric, 1 on the diagonal.
  public let adjustedP: [[Double]]
  /// Sets of two methods or more, in order of rank, of which no pair can be told apart; each as
  /// positions in `methods`, none within another.
  public let cliques: [[Int]]

  /// - Parameters: scores: `[case][method]`, complete; better: which values are good.
  /// - Throws: `.wrongCount` for fewer than two methods, fewer than two cases or ragged rows;
  ///   `.degenerate` for a NaN.
  public init(
    methods: [String], scores: [[Double]], better: MetricDirection, test: Test = .wilcoxonHolm,
    significance: Double = 0.05
  ) throws {
    try Self.check(methods, scores)
    let k = Double(methods.count)
    let n = Double(scores.count)
    let ranks = scores.map { averageRanks(better == .lower ? $0 : $0.map(-)) }
    let means = methods.indices.map { method in mean(ranks.map { $0[method] }) }
    (self.methods, meanRanks, caseCount) = (methods, means, scores.count)
    (self.test, self.significance) = (test, significance)
    friedmanStatistic = Self.friedman(ranks, means)
    friedmanP =
      friedmanStatistic.isNaN
      ? 1 : ChiSquared.upperTail(friedmanStatistic, degreesOfFreedom: k - 1)
    let spread = (k * (k + 1) / (6 * n)).squareRoot()
    criticalDifference =
      StudentizedRange.quantile(1 - significance, groups: methods.count) / 2.0.squareRoot()
      * spread
    adjustedP =
      test == .nemenyi
      ? Self.nemenyi(means, spread) : try Self.wilcoxonHolm(scores, methods.count)
    cliques = Self.cliques(means, adjustedP, significance)
  }

  private static func check(_ methods: [String], _ scores: [[Double]]) throws {
    guard methods.count > 1, scores.count > 1,
      scores.allSatisfy({ $0.count == methods.count })
    else {
      throw StatisticsError(
        .wrongCount,
        "A ranking needs two methods or more with a score on each of two cases or more; there are "
          + "\(methods.count) methods and \(scores.count) cases. Leave out cases that a method "
          + "lacks.")
    }
    guard !scores.joined().contains(where: \.isNaN) else {
      throw StatisticsError(
        .degenerate, "A score is not a number: leave its case out of the ranking.")
    }
  }

  /// χ² = (12 n Σ (R̄ⱼ − (k+1)/2)² / (k(k+1))) / (1 − Σ(t³ − t) / (n k (k² − 1))), t the sizes
  /// of groups of equal scores within a case.
  private static func friedman(_ ranks: [[Double]], _ means: [Double]) -> Double {
    let (n, k) = (Double(ranks.count), Double(means.count))
    let between = means.reduce(0) { $0 + ($1 - (k + 1) / 2) * ($1 - (k + 1) / 2) }
    var ties = 0.0
    for row in ranks {
      for (_, size) in Dictionary(row.map { ($0, 1.0) }, uniquingKeysWith: +) {
        ties += size * size * size - size
      }
    }
    return 12 * n * between / (k * (k + 1)) / (1 - ties / (n * k * (k * k - 1)))
  }

  private static func nemenyi(_ means: [Double], _ spread: Double) -> [[Double]] {
    means.map { first in
      means.map { second in
        let q = abs(first - second) / spread * 2.0.squareRoot()
        return 1 - StudentizedRange.probability(q, groups: means.count)
      }
    }
  }

  private static func wilcoxonHolm(_ scores: [[Double]], _ count: Int) throws -> [[Double]] {
    var pairs: [(Int, Int)] = []
    for first in 0..<count { for second in (first + 1)..<count { pairs.append((first, second)) } }
    let raw = try pairs.map { first, second in
      try WilcoxonTest(scores.map { $0[first] }, scores.map { $0[second] }).pValue
    }
    var adjusted = [[Double]](repeating: [Double](repeating: 1, count: count), count: count)
    for ((first, second), p) in zip(pairs, holmAdjusted(raw)) {
      (adjusted[first][second], adjusted[second][first]) = (p, p)
    }
    return adjusted
  }

  /// The longest runs of neighbours in rank of which every pair is alike.
  private static func cliques(
    _ means: [Double], _ p: [[Double]], _ significance: Double
  ) -> [[Int]] {
    let order = means.indices.sorted { (means[$0], $0) < (means[$1], $1) }
    var found: [[Int]] = []
    var reached = 0
    for start in order.indices {
      var end = start + 1
      while end < order.count,
        order[start..<end].allSatisfy({ p[$0][order[end]] >= significance })
      {
        end += 1
      }
      if end - start > 1, end > reached { found.append(Array(order[start..<end])) }
      reached = max(reached, end)
    }
    return found
  }
}
