import Foundation

/// The outcome of a two-sided t-test.
public struct StudentTest: Sendable, Hashable {
  public let statistic: Double
  public let degreesOfFreedom: Double
  /// The probability of a statistic at least this far from zero where the means are equal.
  public let pValue: Double

  /// The paired test on the differences: t = d̄ / (s_d / √n), n − 1 degrees of freedom.
  /// - Throws: `.wrongCount` for lists of unequal lengths or fewer than two pairs.
  /// - Edge cases: differences that are all zero give p = 1, all equal but not zero p = 0.
  /// - Source: Student 1908. Checked by: StudentTestTests against SciPy's `ttest_rel`.
  public static func paired(_ first: [Double], _ second: [Double]) throws -> StudentTest {
    guard first.count == second.count, first.count > 1 else {
      throw StatisticsError(
        .wrongCount,
        "A paired test needs two lists of one length, of two values or more, not "
          + "\(first.count) and \(second.count).")
    }
    let differences = zip(first, second).map { $0 - $1 }
    let n = Double(differences.count)
    return StudentTest(
      difference: differences.reduce(0, +) / n,
      squaredError: sampleVariance(differences) / n, degreesOfFreedom: n - 1)
  }

  /// Welch's test for two samples whose variances may differ.
  ///
  /// t = (x̄ − ȳ) / √(s_x²/n + s_y²/m); degrees of freedom by Welch–Satterthwaite:
  /// (s_x²/n + s_y²/m)² / ((s_x²/n)²/(n−1) + (s_y²/m)²/(m−1)).
  /// - Throws: `.wrongCount` for fewer than two values in either.
  /// - Edge cases: as `paired`, where neither sample varies.
  /// - Source: Welch 1947. Checked by: StudentTestTests against SciPy's `ttest_ind`.
  public static func welch(_ first: [Double], _ second: [Double]) throws -> StudentTest {
    guard first.count > 1, second.count > 1 else {
      throw StatisticsError(
        .wrongCount,
        "Welch's test needs two values or more in each sample, not \(first.count) and "
          + "\(second.count).")
    }
    let (n, m) = (Double(first.count), Double(second.count))
    let (a, b) = (sampleVariance(first) / n, sampleVariance(second) / m)
    return StudentTest(
      difference: first.reduce(0, +) / n - second.reduce(0, +) / m, squaredError: a + b,
      degreesOfFreedom: a + b > 0
        ? (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1)) : n + m - 2)
  }

  private init(difference: Double, squaredError: Double, degreesOfFreedom: Double) {
    self.degreesOfFreedom = degreesOfFreedom
    if squaredError == 0 {
      statistic = difference == 0 ? 0 : difference > 0 ? .infinity : -.infinity
    } else {
      statistic = difference / squaredError.squareRoot()
    }
    pValue = StudentTest.twoSidedProbability(statistic, degreesOfFreedom: degreesOfFreedom)
  }

  /// P(|T| ≥ |t|) = I_x(ν/2, 1/2) with x = ν / (ν + t²), ν the degrees of freedom.
  static func twoSidedProbability(_ t: Double, degreesOfFreedom: Double) -> Double {
    if t.isNaN { return .nan }
    if t.isInfinite { return 0 }
    // 1 − x is handed over too: near t = 0 the difference would lose every digit.
    let (x, rest) = (
      degreesOfFreedom / (degreesOfFreedom + t * t), t * t / (degreesOfFreedom + t * t)
    )
    return incompleteBeta(x, complement: rest, degreesOfFreedom / 2, 0.5)
  }
}

/// The regularised incomplete beta function I_x(a, b), with `complement` = 1 − x.
///
/// The continued fraction of Abramowitz and Stegun 26.5.8, by Lentz's method, on the side of the
/// mean where it converges fast. Relative error about 1e-13 for a, b up to some thousands.
func incompleteBeta(_ x: Double, complement: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if complement <= 0 { return 1 }
  let logFront =
    lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(complement)
  if x < (a + 1) / (a + b + 2) { return exp(logFront) * betaFraction(x, a, b) / a }
  return 1 - exp(logFront) * betaFraction(complement, b, a) / b
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300
  func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / away(1 - (a + b) * x / (a + 1))
  var result = d
  for index in 1...10_000 {
    let m = Double(index)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    for coefficient in [even, odd] {
      d = 1 / away(1 + coefficient * d)
      c = away(1 + coefficient / c)
      result *= c * d
    }
    if abs(c * d - 1) < 1e-16 { break }
  }
  return result
}

/// Holm's step-down correction of a family of p-values, in the order given.
///
/// Sorted ascending, the k-th of m (k from 0) becomes max over j ≤ k of (m − j) pⱼ, at most 1.
/// - Source: Holm 1979, Scandinavian Journal of Statistics 6.
public func holmAdjusted(_ pValues: [Double]) -> [Double] {
  var adjusted = pValues
  var highest = 0.0
  let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
  for (rank, index) in order.enumerated() {
    highest = max(highest, min(1, Double(pValues.count - rank) * pValues[index]))
    adjusted[index] = highest
  }
  return adjusted
}
