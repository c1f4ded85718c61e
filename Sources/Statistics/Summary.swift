/// Mean, spread and number of repeated measurements.
public struct Summary: Sendable, Hashable {
  public let mean: Double
  /// The sample's, with n − 1; nil for a single value, which says nothing of the spread.
  public let standardDeviation: Double?
  public let count: Int

  public init(mean: Double, standardDeviation: Double?, count: Int) {
    (self.mean, self.standardDeviation, self.count) = (mean, standardDeviation, count)
  }

  /// - Throws: `.wrongCount` for no values.
  /// - Edge cases: a NaN among the values makes both NaN.
  public init(_ values: [Double]) throws {
    guard !values.isEmpty else {
      throw StatisticsError(.wrongCount, "There are no values to summarise.")
    }
    (mean, count) = (values.reduce(0, +) / Double(values.count), values.count)
    standardDeviation = values.count > 1 ? sampleVariance(values).squareRoot() : nil
  }
}

/// Σ (x − mean)² / (n − 1), by two passes; two or more values.
func sampleVariance(_ values: [Double]) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
}
