import Foundation

/// The standard normal distribution.
enum NormalDistribution {
  /// Φ(z): the probability of a value of at most z.
  static func probability(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  static func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

  /// Φ⁻¹(p): the value that a share p of the distribution lies below.
  ///
  /// Bisection for a start, then Halley's method on erfc: the error is that of erfc.
  /// - Edge cases: −∞ for 0, ∞ for 1, NaN outside.
  static func quantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    // The lower half alone: there Φ loses no digits.
    if p > 0.5 { return -quantile(1 - p) }
    var z = bisected(-38.6...0, tolerance: 1e-3) { probability($0) - p }
    for _ in 0..<4 {
      let error = (probability(z) - p) / density(z)
      z -= error / (1 + z * error / 2)
    }
    return z
  }
}

/// Where an ascending function changes its sign.
func bisected(
  _ range: ClosedRange<Double>, tolerance: Double = 1e-12, _ function: (Double) -> Double
) -> Double {
  var (low, high) = (range.lowerBound, range.upperBound)
  while high - low > tolerance * max(1, abs(low)) {
    let middle = (low + high) / 2
    if middle <= low || middle >= high { break }
    if function(middle) < 0 { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// The χ² distribution.
enum ChiSquared {
  /// P(X ≥ x) = Q(ν/2, x/2), ν the degrees of freedom.
  static func upperTail(_ x: Double, degreesOfFreedom: Double) -> Double {
    guard x > 0 else { return 1 }
    return upperIncompleteGamma(degreesOfFreedom / 2, x / 2)
  }
}

/// The regularised upper incomplete gamma function Q(a, x), for a > 0 and x ≥ 0.
///
/// By the series of P (Abramowitz and Stegun 6.5.29) below a + 1, above by the continued fraction
/// 6.5.31 with Lentz's method.
func upperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
  if x <= 0 { return 1 }
  let front = exp(a * log(x) - x - lgamma(a))
  if x < a + 1 {
    var (term, sum, index) = (1 / a, 1 / a, a)
    while abs(term) > abs(sum) * 1e-17 {
      index += 1
      term *= x / index
      sum += term
    }
    return 1 - front * sum
  }
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var result = d
  for index in 1...10_000 {
    let i = Double(index)
    let coefficient = -i * (i - a)
    b += 2
    d = 1 / (coefficient * d + b)
    c = b + coefficient / c
    result *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return front * result
}

/// The range of k independent standard normal variables.
enum StudentizedRange {
  /// P(R ≤ q) = k ∫ φ(z) [Φ(z) − Φ(z − q)]^(k−1) dz, by the trapezoidal rule, which converges
  /// exponentially for a smooth function that vanishes at both ends.
  static func probability(_ q: Double, groups k: Int) -> Double {
    guard q > 0, k > 1 else { return q > 0 ? 1 : 0 }
    let step = 0.02
    var sum = 0.0
    for index in -500...900 {
      let z = Double(index) * step
      let inside = NormalDistribution.probability(z) - NormalDistribution.probability(z - q)
      sum += NormalDistribution.density(z) * pow(inside, Double(k - 1))
    }
    return min(1, Double(k) * sum * step)
  }

  /// The q that a share p of the distribution lies below.
  static func quantile(_ p: Double, groups k: Int) -> Double {
    bisected(0...60, tolerance: 1e-11) { probability($0, groups: k) - p }
  }
}

/// Ranks from 1 in ascending order, equal values sharing the mean of theirs.
func averageRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = values
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for position in start..<end { ranks[order[position]] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}

/// The value that a share of the sorted values lies below, on the straight line between
/// neighbours (Hyndman and Fan's type 7, as in NumPy).
///
/// - Precondition: `sorted` is ascending and not empty.
public func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double {
  let position = max(0, min(1, share)) * Double(sorted.count - 1)
  let below = Int(position)
  guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
  return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
}
