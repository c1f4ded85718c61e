/// The share of images whose error is at most x, over x: CED(x).
public struct CumulativeErrorDistribution: Sendable, Hashable {
  /// The distance between the points at which the curve is integrated.
  static let step = 1e-4
  /// Ascending, without NaN.
  private let errors: [Double]
  /// All images, with those of NaN.
  public let count: Int

  /// - Parameter errors: one for each image, as fractions. NaN and infinity count as failures.
  /// - Throws: `.wrongCount` for no errors, `.outOfRange` for a negative one.
  public init(errors: [Double]) throws {
    guard !errors.isEmpty else {
      throw StatisticsError(.wrongCount, "There are no errors to summarise.")
    }
    if let negative = errors.first(where: { $0 < 0 }) {
      throw StatisticsError(.outOfRange, "An error is \(negative), but must not be negative.")
    }
    self.errors = errors.filter { !$0.isNaN }.sorted()
    count = errors.count
  }

  /// CED(x): the share of images with an error of at most x.
  public func share(atMost x: Double) -> Double {
    var (low, high) = (0, errors.count)
    while low < high {
      let middle = (low + high) / 2
      if errors[middle] <= x { low = middle + 1 } else { high = middle }
    }
    return Double(low) / Double(count)
  }

  /// 1 − CED(threshold): the share of images with a greater error.
  public func failureRate(threshold: Double) -> Double { 1 - share(atMost: threshold) }

  /// (1/τ) ∫₀^τ CED(x) dx with τ the `threshold`: 1 for no errors at all, 0 where all exceed τ.
  ///
  /// Simpson's rule on points about 1e-4 apart, as STAR and SPIGA have it. Where the number of
  /// intervals is odd, the last one takes the parabola through the last three points (Cartwright
  /// 2017), as SciPy's `simpson` does.
  /// - Throws: `.outOfRange` for a threshold that is not positive and finite.
  public func areaUnderCurve(threshold: Double) throws -> Double {
    guard threshold > 0, threshold.isFinite, threshold / Self.step < 1e7 else {
      throw StatisticsError(.outOfRange, "The threshold is \(threshold); give one such as 0.1.")
    }
    let intervals = max(2, Int((threshold / Self.step).rounded()))
    let curve = values(intervals: intervals, threshold: threshold)
    return simpson(curve, spacing: threshold / Double(intervals)) / threshold
  }

  /// CED at intervals + 1 evenly spaced points from 0 to the threshold.
  private func values(intervals: Int, threshold: Double) -> [Double] {
    var passed = 0
    return (0...intervals).map { index in
      let x = threshold * Double(index) / Double(intervals)
      while passed < errors.count, errors[passed] <= x { passed += 1 }
      return Double(passed) / Double(count)
    }
  }
}

/// Composite Simpson's rule over evenly spaced values, three or more.
func simpson(_ values: [Double], spacing: Double) -> Double {
  let intervals = values.count - 1
  let even = intervals - intervals % 2
  var sum = 0.0
  for index in stride(from: 0, to: even, by: 2) {
    sum += (values[index] + 4 * values[index + 1] + values[index + 2]) / 3
  }
  if even < intervals {
    sum += (5 * values[intervals] + 8 * values[intervals - 1] - values[intervals - 2]) / 12
  }
  return sum * spacing
}
