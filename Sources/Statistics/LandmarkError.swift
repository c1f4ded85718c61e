/// What a landmark error is divided by, always taken from the ground truth.
///
/// Source: the 300-W convention for 68 iBUG points (Sagonas et al. 2013) and the scorers of FaRL;
/// point numbers count from 0.
public enum LandmarkNormalizer: String, Sendable, Hashable, CaseIterable, Codable {
  /// Between the outer corners of the eyes, points 36 and 45.
  case interOcular = "inter-ocular"
  /// Between the means of the eyes' points, 36…41 and 42…47.
  case interPupil = "inter-pupil"
  /// sqrt(w · h) of the tightest box around the points.
  case box
  /// sqrt(w² + h²) of that box.
  case diagonal

  /// The normaliser's length in the unit of the points.
  /// - Parameter truth: 68 points for `interOcular` and `interPupil`, two or more for the others.
  /// - Throws: `.wrongCount`; `.degenerate` where the length is zero or not finite.
  public func length(of truth: [SIMD2<Float>]) throws -> Double {
    let needed = self == .interOcular || self == .interPupil ? 68...68 : 2...Int.max
    guard needed.contains(truth.count) else {
      throw StatisticsError(
        .wrongCount,
        "The normaliser \(rawValue) needs \(needed.lowerBound) points, not \(truth.count).")
    }
    let points = truth.map { SIMD2<Double>($0) }
    let length =
      switch self {
      case .interOcular: distance(points[36], points[45])
      case .interPupil: distance(mean(points[36...41]), mean(points[42...47]))
      case .box: (boxSize(points).x * boxSize(points).y).squareRoot()
      case .diagonal: distance(boxSize(points), .zero)
      }
    guard length > 0, length.isFinite else {
      throw StatisticsError(
        .degenerate,
        "The \(rawValue) length of the true landmarks is \(length): the points coincide or are "
          + "not numbers. Leave this face out.")
    }
    return length
  }
}

/// The mean distance between predicted and true points, as a fraction of the normaliser.
///
/// NME = (1/N) Σᵢ ‖pᵢ − tᵢ‖₂ / d, with N points, `predicted` p, `truth` t and d the normaliser's
/// length. Times 100 it is the percentage that papers print.
/// - Throws: `StatisticsError` where the counts differ or the normaliser has no length.
/// - Edge cases: a NaN among the predicted points gives NaN.
/// - Source: Sagonas et al. 2013 (300-W).
public func normalizedMeanError(
  predicted: [SIMD2<Float>], truth: [SIMD2<Float>], normalizer: LandmarkNormalizer
) throws -> Double {
  guard predicted.count == truth.count else {
    throw StatisticsError(
      .wrongCount, "There are \(predicted.count) predicted, but \(truth.count) true landmarks.")
  }
  let length = try normalizer.length(of: truth)
  let sum = zip(predicted, truth).reduce(0) { sum, pair in
    sum + distance(SIMD2<Double>(pair.0), SIMD2<Double>(pair.1))
  }
  return sum / Double(truth.count) / length
}

private func distance(_ first: SIMD2<Double>, _ second: SIMD2<Double>) -> Double {
  let difference = first - second
  return (difference * difference).sum().squareRoot()
}

private func mean(_ points: ArraySlice<SIMD2<Double>>) -> SIMD2<Double> {
  points.reduce(.zero, +) / Double(points.count)
}

/// Width and height of the tightest box.
private func boxSize(_ points: [SIMD2<Double>]) -> SIMD2<Double> {
  let low = points.reduce(points[0]) { pointwiseMin($0, $1) }
  let high = points.reduce(points[0]) { pointwiseMax($0, $1) }
  return high - low
}
