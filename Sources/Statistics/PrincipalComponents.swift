/// The directions in which points vary most, and the points along them.
public struct PrincipalComponents: Sendable, Hashable {
  /// `[component][dimension]`, of length 1, the greatest first; each one's greatest entry is positive.
  public let directions: [[Double]]
  /// The variance along each (n − 1).
  public let variances: [Double]
  /// `[point][component]`, from the mean.
  public let coordinates: [[Double]]

  /// By orthogonal iteration on the covariance, which is never formed: O(n d k) a round.
  ///
  /// - Parameters: points: `[point][dimension]`; components: at most the number of dimensions and of
  ///   points − 1; generator: draws where the iteration starts.
  /// - Throws: `.wrongCount` for fewer than two points or ragged rows, `.outOfRange` for the count,
  ///   `.degenerate` for a NaN.
  /// - Source: Pearson 1901; Golub and Van Loan 2013, §8.2.4. Checked by: EmbeddingTests against
  ///   NumPy's singular values.
  public init(
    _ points: [[Double]], components: Int = 2, using generator: inout some RandomNumberGenerator
  ) throws {
    let dimensions = points.first?.count ?? 0
    guard points.count > 1, points.allSatisfy({ $0.count == dimensions }) else {
      throw StatisticsError(
        .wrongCount, "Principal components need two points or more of one dimension.")
    }
    guard components > 0, components <= min(dimensions, points.count - 1) else {
      throw StatisticsError(
        .outOfRange,
        "\(points.count) points of \(dimensions) dimensions have at most "
          + "\(min(dimensions, points.count - 1)) components, not \(components).")
    }
    guard points.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw StatisticsError(.degenerate, "A coordinate is not a finite number.")
    }
    let centred = Self.centred(points)
    // A few directions more make those that are asked for converge fast.
    let width = min(dimensions, points.count - 1, components + 6)
    var basis = (0..<width).map { _ in
      (0..<dimensions).map { _ in Double(generator.next() >> 11) * 0x1p-53 - 0.5 }
    }
    Self.orthonormalize(&basis)
    var last = [Double](repeating: 0, count: components)
    for _ in 0..<400 {
      basis = basis.map { Self.covarianceTimes($0, centred) }
      let lengths = Self.orthonormalize(&basis).prefix(components)
      let change = zip(lengths, last).map { abs($0 - $1) / max($0, 1e-300) }.max() ?? 0
      last = Array(lengths)
      if change < 1e-14 { break }
    }
    let found = basis.prefix(components).map(Self.withPositivePeak)
    directions = found
    coordinates = centred.map { point in found.map { dot($0, point) } }
    let scores = coordinates
    variances = found.indices.map { index in
      scores.reduce(0) { $0 + $1[index] * $1[index] } / Double(points.count - 1)
    }
  }

  private static func centred(_ points: [[Double]]) -> [[Double]] {
    var centre = [Double](repeating: 0, count: points[0].count)
    for point in points { for index in centre.indices { centre[index] += point[index] } }
    for index in centre.indices { centre[index] /= Double(points.count) }
    return points.map { point in zip(point, centre).map { $0 - $1 } }
  }

  private static func covarianceTimes(_ direction: [Double], _ points: [[Double]]) -> [Double] {
    var result = [Double](repeating: 0, count: direction.count)
    for point in points {
      let along = dot(direction, point)
      for index in result.indices { result[index] += along * point[index] }
    }
    return result
  }

  /// Gram and Schmidt, twice, which is enough (Kahan and Parlett); the lengths before scaling.
  @discardableResult
  private static func orthonormalize(_ basis: inout [[Double]]) -> [Double] {
    basis.indices.map { index in
      for _ in 0..<2 {
        for earlier in 0..<index {
          let overlap = dot(basis[index], basis[earlier])
          for k in basis[index].indices { basis[index][k] -= overlap * basis[earlier][k] }
        }
      }
      let length = dot(basis[index], basis[index]).squareRoot()
      if length > 0 { for k in basis[index].indices { basis[index][k] /= length } }
      return length
    }
  }

  private static func withPositivePeak(_ direction: [Double]) -> [Double] {
    let peak = direction.max { abs($0) < abs($1) } ?? 1
    return peak < 0 ? direction.map(-) : direction
  }
}

func dot(_ first: [Double], _ second: [Double]) -> Double {
  var sum = 0.0
  for index in first.indices { sum += first[index] * second[index] }
  return sum
}

extension PrincipalComponents {
  /// The variance in all directions together (n − 1).
  public static func totalVariance(_ points: [[Double]]) -> Double {
    centred(points).reduce(0) { $0 + dot($1, $1) } / Double(max(1, points.count - 1))
  }
}
