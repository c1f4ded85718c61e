import Foundation

/// An estimate with the interval that covers the true value in a share `level` of experiments.
public struct ConfidenceInterval: Sendable, Hashable {
  public let estimate: Double
  public let lower: Double
  public let upper: Double
  /// 0.95 for a 95 % interval.
  public let level: Double
  /// How it was made, for a note: "percentile bootstrap, 2,000 resamples".
  public let method: String

  public init(
    estimate: Double, lower: Double, upper: Double, level: Double = 0.95, method: String
  ) {
    (self.estimate, self.lower, self.upper) = (estimate, lower, upper)
    (self.level, self.method) = (level, method)
  }
}

/// Bootstrap intervals: the statistic of many resamples tells how far it may be off.
///
/// Strata are resampled each by itself, as rliable resamples the runs within a task.
/// - Source: Efron and Tibshirani 1993, chapters 13 and 14; Agarwal et al. 2021 (rliable), §4.
///   Checked by: BootstrapTests against SciPy's `bootstrap` and rliable's.
public struct Bootstrap: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// The quantiles of the resamples' statistics.
    case percentile
    /// Bias-corrected and accelerated: second-order accurate, needs three or more values.
    case bca = "BCa"
  }

  public var method: Method
  public var resamples: Int
  public var level: Double

  public init(method: Method = .percentile, resamples: Int = 2000, level: Double = 0.95) {
    (self.method, self.resamples, self.level) = (method, resamples, level)
  }

  /// The interval of a statistic of stratified values.
  ///
  /// - Parameters: strata: the values, `[stratum][value]`; statistic: of values in that form;
  ///   generator: seeded by the caller; the same state gives the same interval.
  /// - Throws: `.wrongCount` for no values or an empty stratum, `.outOfRange` for settings,
  ///   `.degenerate` where BCa is undefined: the statistic does not vary.
  public func interval(
    of strata: [[Double]], using generator: inout some RandomNumberGenerator,
    statistic: ([[Double]]) -> Double
  ) throws -> ConfidenceInterval {
    try check(strata)
    var replicates: [Double] = []
    replicates.reserveCapacity(resamples)
    for _ in 0..<resamples {
      let sample = strata.map { values in
        values.map { _ in values[randomIndex(below: values.count, using: &generator)] }
      }
      replicates.append(statistic(sample))
    }
    return try interval(replicates: replicates, of: strata, statistic: statistic)
  }

  /// The interval of the mean of plain values.
  public func meanInterval(
    of values: [Double], using generator: inout some RandomNumberGenerator
  ) throws -> ConfidenceInterval {
    try interval(of: [values], using: &generator) { mean($0[0]) }
  }

  func check(_ strata: [[Double]]) throws {
    guard !strata.isEmpty, strata.allSatisfy({ !$0.isEmpty }) else {
      throw StatisticsError(
        .wrongCount, "A bootstrap needs one value or more in each stratum, and one is empty.")
    }
    guard resamples >= 10, level > 0, level < 1 else {
      throw StatisticsError(
        .outOfRange,
        "A bootstrap of \(resamples) resamples at level \(level) says nothing: use 10 resamples "
          + "or more and a level such as 0.95.")
    }
  }

  /// The interval from the statistics of given resamples.
  func interval(
    replicates: [Double], of strata: [[Double]], statistic: ([[Double]]) -> Double
  ) throws -> ConfidenceInterval {
    let estimate = statistic(strata)
    let sorted = replicates.sorted()
    var shares = ((1 - level) / 2, (1 + level) / 2)
    if method == .bca {
      shares = try corrected(shares, sorted, estimate, Self.jackknife(strata, statistic))
    }
    return ConfidenceInterval(
      estimate: estimate, lower: quantile(shares.0, ofSorted: sorted),
      upper: quantile(shares.1, ofSorted: sorted), level: level,
      method: "\(method.rawValue) bootstrap, \(resamples) resamples")
  }

  /// The statistic without each value in turn, by stratum.
  private static func jackknife(
    _ strata: [[Double]], _ statistic: ([[Double]]) -> Double
  ) -> [[Double]] {
    strata.indices.map { stratum in
      strata[stratum].indices.map { index in
        var left = strata
        left[stratum].remove(at: index)
        return statistic(left)
      }
    }
  }

  /// Efron's BCa shares: Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z))) with the bias z₀ and the
  /// acceleration a.
  private func corrected(
    _ shares: (Double, Double), _ sorted: [Double], _ estimate: Double, _ jackknife: [[Double]]
  ) throws -> (Double, Double) {
    let below = sorted.count { $0 < estimate } + sorted.count { $0 <= estimate }
    let bias = NormalDistribution.quantile(Double(below) / Double(2 * sorted.count))
    var (cubes, squares) = (0.0, 0.0)
    for values in jackknife {
      let n = Double(values.count)
      let centre = mean(values)
      for value in values {
        let influence = (n - 1) * (centre - value)
        cubes += influence * influence * influence / (n * n * n)
        squares += influence * influence / (n * n)
      }
    }
    let acceleration = cubes / (6 * squares * squares.squareRoot())
    guard bias.isFinite, acceleration.isFinite else {
      throw StatisticsError(
        .degenerate,
        "The BCa interval is undefined: the statistic does not vary over the values. Use the "
          + "percentile method.")
    }
    func share(_ p: Double) -> Double {
      let shifted = bias + NormalDistribution.quantile(p)
      return NormalDistribution.probability(bias + shifted / (1 - acceleration * shifted))
    }
    return (share(shares.0), share(shares.1))
  }
}

/// A whole number below a bound, without bias (Lemire 2019): written out because the standard
/// library does not promise its algorithm between releases.
func randomIndex(below bound: Int, using generator: inout some RandomNumberGenerator) -> Int {
  let bound = UInt64(max(1, bound))
  var product = generator.next().multipliedFullWidth(by: bound)
  let threshold = (0 &- bound) % bound
  while product.low < threshold { product = generator.next().multipliedFullWidth(by: bound) }
  return Int(product.high)
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
