import Foundation

/// t-SNE: points of many dimensions in the plane, neighbours staying neighbours.
///
/// Distances between groups and the groups' sizes mean little in it; who stands beside whom does.
/// - Source: van der Maaten and Hinton 2008, JMLR 9; start at the principal components as Kobak and
///   Berens 2019 advise. Differs: exact, O(n²) a round, so for some thousand points at most.
///   Checked by: EmbeddingTests against scikit-learn's joint probabilities, divergence and gradient.
public struct NeighbourEmbedding: Sendable, Hashable {
  /// How many neighbours each point is held to, roughly.
  public var perplexity: Double
  public var rounds: Int

  public init(perplexity: Double = 30, rounds: Int = 500) {
    (self.perplexity, self.rounds) = (perplexity, rounds)
  }

  /// The points' places, `[point]`.
  ///
  /// - Throws: as `PrincipalComponents`; `.outOfRange` for a perplexity not below a third of the
  ///   points' number, or more than 5,000 points.
  public func places(
    of points: [[Double]], using generator: inout some RandomNumberGenerator
  ) throws -> [SIMD2<Double>] {
    guard perplexity >= 2, 3 * perplexity < Double(points.count), points.count <= 5000 else {
      throw StatisticsError(
        .outOfRange,
        "A perplexity of \(perplexity) does not go with \(points.count) points: it must be 2 or "
          + "more and below a third of their number, which must be at most 5,000.")
    }
    let start = try PrincipalComponents(points, components: 2, using: &generator)
    let scale = 1e-4 / max(start.variances[0].squareRoot(), 1e-300)
    var places = start.coordinates.map { SIMD2($0[0], $0[1]) * scale }
    let joint = Self.jointProbabilities(points, perplexity: perplexity)
    descend(&places, joint)
    return places
  }

  /// Gradient descent with momentum and gains, the attraction exaggerated twelvefold at first.
  private func descend(_ places: inout [SIMD2<Double>], _ joint: [[Double]]) {
    var speed = [SIMD2<Double>](repeating: .zero, count: places.count)
    var gain = [SIMD2<Double>](repeating: SIMD2(repeating: 1), count: places.count)
    let rate = max(50, Double(places.count) / 48)
    let early = min(250, rounds / 2)
    for round in 0..<rounds {
      let isEarly = round < early
      let gradient = Self.gradient(places, joint, exaggeration: isEarly ? 12 : 1)
      for index in places.indices {
        for axis in 0..<2 {
          let agrees = (gradient[index][axis] > 0) == (speed[index][axis] > 0)
          gain[index][axis] = agrees ? max(0.01, gain[index][axis] * 0.8) : gain[index][axis] + 0.2
        }
        speed[index] = (isEarly ? 0.5 : 0.8) * speed[index] - rate * gain[index] * gradient[index]
        places[index] += speed[index]
      }
    }
  }

  /// p_ij = (p_j|i + p_i|j) / 2n, each row's width set so that its entropy is log(perplexity).
  static func jointProbabilities(_ points: [[Double]], perplexity: Double) -> [[Double]] {
    let n = points.count
    var joint = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for i in 0..<n {
      let squares = points.indices.map { j in
        zip(points[i], points[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let row = conditional(squares, of: i, entropy: log(perplexity))
      for j in 0..<n {
        joint[i][j] += row[j] / Double(2 * n)
        joint[j][i] += row[j] / Double(2 * n)
      }
    }
    return joint
  }

  /// exp(−β d²) over its sum, β by bisection on the logarithm.
  private static func conditional(
    _ squares: [Double], of own: Int, entropy wanted: Double
  ) -> [Double] {
    var nearest = Double.infinity
    var mean = 0.0
    for (j, square) in squares.enumerated() where j != own {
      nearest = min(nearest, square)
      mean += square / Double(squares.count - 1)
    }
    func row(_ beta: Double) -> (values: [Double], entropy: Double) {
      // Less the nearest: nothing underflows that matters.
      var values = squares.map { exp(-beta * ($0 - nearest)) }
      values[own] = 0
      let sum = values.reduce(0, +)
      var entropy = 0.0
      for index in values.indices {
        values[index] /= sum
        if values[index] > 0 { entropy -= values[index] * log(values[index]) }
      }
      return (values, entropy)
    }
    guard mean > 0 else { return row(1).values }
    let scale = bisected(-30...60, tolerance: 1e-13) { wanted - row(exp($0) / mean).entropy }
    return row(exp(scale) / mean).values
  }

  /// 4 Σⱼ (p_ij − q_ij) (yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²).
  static func gradient(
    _ places: [SIMD2<Double>], _ joint: [[Double]], exaggeration: Double = 1
  ) -> [SIMD2<Double>] {
    let n = places.count
    var kernel = [Double](repeating: 0, count: n * n)
    var sum = 0.0
    for i in 0..<n {
      for j in 0..<n where j != i {
        let difference = places[i] - places[j]
        kernel[i * n + j] = 1 / (1 + (difference * difference).sum())
        sum += kernel[i * n + j]
      }
    }
    return (0..<n).map { i in
      var total = SIMD2<Double>.zero
      for j in 0..<n where j != i {
        let weight = kernel[i * n + j]
        total += (exaggeration * joint[i][j] - weight / sum) * weight * (places[i] - places[j])
      }
      return 4 * total
    }
  }

  /// Σ p log(p / q): what the descent makes small.
  static func divergence(_ places: [SIMD2<Double>], _ joint: [[Double]]) -> Double {
    var sum = 0.0
    func kernel(_ i: Int, _ j: Int) -> Double {
      let difference = places[i] - places[j]
      return 1 / (1 + (difference * difference).sum())
    }
    for i in places.indices { for j in places.indices where j != i { sum += kernel(i, j) } }
    var divergence = 0.0
    for i in places.indices {
      for j in places.indices where j != i && joint[i][j] > 0 {
        divergence += joint[i][j] * log(joint[i][j] * sum / kernel(i, j))
      }
    }
    return divergence
  }
}
