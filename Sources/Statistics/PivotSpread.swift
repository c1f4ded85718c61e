/// What a pivot says of its means' uncertainty.
public enum PivotSpread: Sendable, Hashable {
  /// The standard deviation of the repeated measurements.
  case deviation
  /// Student's interval of the mean over the repeated measurements.
  case repetitions(level: Double)
  /// Two columns hold the ends of each measurement's own interval, such as over its test samples; a
  /// cell has the means of its measurements' ends. As these share their samples, that interval is at
  /// least as wide as the mean's own.
  case columns(lower: String, upper: String)
}

/// Finds the intervals of a pivot's cells.
struct PivotIntervals {
  private let spread: PivotSpread
  private let ends: (lower: Int, upper: Int)?

  /// - Throws: `.column` for a column that is not there; `.outOfRange` for a level that is none.
  init(_ spread: PivotSpread, in frame: DataFrame) throws {
    self.spread = spread
    switch spread {
    case .deviation: ends = nil
    case .repetitions(let level):
      guard level > 0, level < 1 else {
        throw StatisticsError(.outOfRange, "The level of an interval is \(level): use 0.95.")
      }
      ends = nil
    case .columns(let lower, let upper):
      guard let low = frame.index(of: lower), let high = frame.index(of: upper) else {
        throw StatisticsError(
          .column, "The table has no columns \(lower) and \(upper) with the ends of intervals.")
      }
      ends = (low, high)
    }
  }

  /// Nil where there is none: of a single measurement no interval over repetitions is known, and one
  /// end that is missing leaves the cell without.
  func interval(of group: [Measurement], _ summary: Summary) -> ClosedRange<Double>? {
    if case .repetitions(let level) = spread {
      guard let deviation = summary.standardDeviation else { return nil }
      let half =
        StudentTest.quantile(level: level, degreesOfFreedom: Double(summary.count - 1))
        * deviation / Double(summary.count).squareRoot()
      return half.isFinite ? summary.mean - half...summary.mean + half : nil
    }
    guard let ends else { return nil }
    let lower = group.compactMap { $0.cells[ends.lower].numericValue }
    let upper = group.compactMap { $0.cells[ends.upper].numericValue }
    guard !group.isEmpty, lower.count == group.count, upper.count == group.count else { return nil }
    let (low, high) = (mean(lower), mean(upper))
    return low <= high ? low...high : nil
  }
}

extension StudentTest {
  /// How many standard errors reach from the mean to the ends of a two-sided interval.
  static func quantile(level: Double, degreesOfFreedom: Double) -> Double {
    // The probability falls in t; a million standard errors hold 95 % even of two measurements.
    bisected(0...1e6) { t in
      1 - level - twoSidedProbability(t, degreesOfFreedom: degreesOfFreedom)
    }
  }
}
