import Foundation

/// An error rate over pairs of faces that share identities, with an interval that allows for it.
///
/// Pairs of the same person are no independent evidence: an interval that takes them for such is
/// too short. Wilson's interval is taken with the effective number of pairs n* = p (1 − p) / V, V the
/// variance of the rate over the identities.
///
/// With eᵢⱼ the errors less p of the pairs of identities i and j, and N pairs: for pairs of one
/// person V = Σᵢ eᵢᵢ² / N²; for pairs of two V = (Σᵢ Σⱼ<ᵢ eᵢⱼ² + max(0, Σᵢ ((Σⱼ eᵢⱼ)² − Σⱼ eᵢⱼ²))) / N².
/// - Source: Fogliato, Patil and Perona, "Confidence intervals for error rates in 1:1 matching
///   tasks", arXiv:2306.01198, with the rules of its authors' code for no or one error.
///   Checked by: ClusteredErrorRateTests against that code's formulas.
public struct ClusteredErrorRate: Sendable, Hashable {
  public let errors: Int
  public let count: Int
  /// The variance of the rate.
  public let variance: Double

  public var rate: Double { Double(errors) / Double(count) }

  /// A pair: the identities of its two faces (equal in a genuine pair) and whether it was told wrong.
  public struct Pair: Sendable, Hashable {
    public let first: Int
    public let second: Int
    public let isError: Bool

    public init(_ first: Int, _ second: Int, isError: Bool) {
      (self.first, self.second, self.isError) = (first, second, isError)
    }
  }

  /// - Parameter pairs: all genuine or all of two people.
  /// - Throws: `.wrongCount` for no pairs, `.degenerate` where both kinds are mixed.
  public init(_ pairs: [Pair]) throws {
    guard let head = pairs.first else {
      throw StatisticsError(.wrongCount, "There are no pairs to take an error rate of.")
    }
    let isGenuine = head.first == head.second
    guard pairs.allSatisfy({ ($0.first == $0.second) == isGenuine }) else {
      throw StatisticsError(
        .degenerate, "Pairs of one person and of two have error rates of their own: part them.")
    }
    (errors, count) = (pairs.count { $0.isError }, pairs.count)
    let mean = Double(errors) / Double(count)
    var dyads: [SIMD2<Int>: Double] = [:]
    for pair in pairs {
      let key = SIMD2(min(pair.first, pair.second), max(pair.first, pair.second))
      dyads[key, default: 0] += (pair.isError ? 1 : 0) - mean
    }
    variance = Self.variance(dyads, isGenuine: isGenuine) / Double(count * count)
  }

  private static func variance(_ dyads: [SIMD2<Int>: Double], isGenuine: Bool) -> Double {
    // Sums in a fixed order: a dictionary's own differs from run to run.
    let ordered = dyads.sorted { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }
    let own = ordered.reduce(0) { $0 + $1.value * $1.value }
    if isGenuine { return own }
    var sums: [Int: Double] = [:]
    for (key, value) in ordered {
      sums[key.x, default: 0] += value
      sums[key.y, default: 0] += value
    }
    let rows = sums.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
    return own + max(0, rows - 2 * own)
  }

  /// Wilson's interval with the effective number of pairs.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let n = Double(count)
    let p = rate
    let effective = errors == 0 || errors == count || variance <= 0 ? n : p * (1 - p) / variance
    let z = NormalDistribution.quantile((1 + level) / 2)
    let half = z * ((p * (1 - p) + z * z / (4 * effective)) / effective).squareRoot()
    let scale = 1 + z * z / effective
    let middle = p + z * z / (2 * effective)
    var bounds = ((middle - half) / scale, (middle + half) / scale)
    if errors == 0 { bounds.0 = 0 }
    if errors == count { bounds.1 = 1 }
    // A single error: the exact bound of a Poisson count.
    if errors == 1 { bounds.0 = -log(level) / n }
    if errors == count - 1, count > 1 { bounds.1 = 1 + log(level) / n }
    return ConfidenceInterval(
      estimate: p, lower: bounds.0, upper: bounds.1, level: level,
      method: "Wilson, adjusted for shared identities")
  }
}
