import Foundation

/// The five numbers of a box plot.
public struct BoxSummary: Sendable, Hashable {
  public let lowerQuartile: Double
  public let median: Double
  public let upperQuartile: Double
  /// The outermost values within 1.5 interquartile ranges of the box (Tukey 1977).
  public let lowerWhisker: Double
  public let upperWhisker: Double
  /// The values beyond the whiskers, ascending.
  public let outliers: [Double]

  /// - Throws: `.wrongCount` for no finite values. NaN is left out.
  public init(_ values: [Double]) throws {
    let sorted = values.filter(\.isFinite).sorted()
    guard let first = sorted.first, let last = sorted.last else {
      throw StatisticsError(.wrongCount, "There are no values to summarise.")
    }
    (lowerQuartile, median, upperQuartile) = (
      quantile(0.25, ofSorted: sorted), quantile(0.5, ofSorted: sorted),
      quantile(0.75, ofSorted: sorted)
    )
    let reach = 1.5 * (upperQuartile - lowerQuartile)
    let (low, high) = (lowerQuartile - reach, upperQuartile + reach)
    lowerWhisker = min(lowerQuartile, sorted.first { $0 >= low } ?? first)
    upperWhisker = max(upperQuartile, sorted.last { $0 <= high } ?? last)
    outliers = sorted.filter { $0 < low || $0 > high }
  }
}

/// Values counted in bins of one width.
public struct Histogram: Sendable, Hashable {
  /// Ascending, one more than there are bins.
  public let edges: [Double]
  public let counts: [Int]

  /// - Parameters: values: NaN and infinity are left out; bins: nil for Freedman and Diaconis' rule,
  ///   a width of 2 IQR / ∛n, between 5 and 60 bins; range: nil for that of the values.
  /// - Throws: `.wrongCount` for no finite values, `.outOfRange` for bins outside 1…1000.
  public init(_ values: [Double], bins: Int? = nil, range: ClosedRange<Double>? = nil) throws {
    let sorted = values.filter(\.isFinite).sorted()
    guard let first = sorted.first, let last = sorted.last else {
      throw StatisticsError(.wrongCount, "There are no values to count.")
    }
    guard (1...1000).contains(bins ?? 1) else {
      throw StatisticsError(.outOfRange, "\(bins ?? 0) bins are not possible: use 1 to 1,000.")
    }
    let low = range?.lowerBound ?? first
    var high = range?.upperBound ?? last
    if high <= low { high = low + 1 }
    let count = bins ?? Self.binCount(sorted, length: high - low)
    let width = (high - low) / Double(count)
    var counts = [Int](repeating: 0, count: count)
    for value in sorted where value >= low && value <= high {
      counts[min(count - 1, Int((value - low) / width))] += 1
    }
    self.counts = counts
    edges = (0...count).map { $0 == count ? high : low + Double($0) * width }
  }

  private static func binCount(_ sorted: [Double], length: Double) -> Int {
    let spread = quantile(0.75, ofSorted: sorted) - quantile(0.25, ofSorted: sorted)
    let width = 2 * spread / cbrt(Double(sorted.count))
    return width > 0 ? max(5, min(60, Int((length / width).rounded(.up)))) : 10
  }
}

/// A smooth estimate of the density that values were drawn from.
///
/// f(x) = (1 / n h) Σᵢ φ((x − xᵢ) / h), φ the standard normal density.
/// - Source: Parzen 1962; width by Scott 1992: h = s n^(−1/5), s the sample's standard deviation.
///   Checked by: DistributionShapeTests against SciPy's `gaussian_kde`.
public struct KernelDensity: Sendable, Hashable {
  private let values: [Double]
  /// h, in the values' unit.
  public let width: Double

  /// - Throws: `.wrongCount` for fewer than two finite values, `.degenerate` where all are equal.
  public init(_ values: [Double], width: Double? = nil) throws {
    let finite = values.filter(\.isFinite)
    guard finite.count > 1 else {
      throw StatisticsError(.wrongCount, "A density needs two values or more.")
    }
    let scott = sampleVariance(finite).squareRoot() * pow(Double(finite.count), -0.2)
    self.values = finite.sorted()
    self.width = width ?? scott
    guard self.width > 0 else {
      throw StatisticsError(.degenerate, "All values are equal: they have no density to draw.")
    }
  }

  /// f(x).
  public func callAsFunction(_ x: Double) -> Double {
    let sum = values.reduce(0) { $0 + NormalDistribution.density((x - $1) / width) }
    return sum / (Double(values.count) * width)
  }

  /// The range beyond which nothing is seen: three widths outside the values.
  public var range: ClosedRange<Double> {
    (values[0] - 3 * width)...(values[values.count - 1] + 3 * width)
  }
}
