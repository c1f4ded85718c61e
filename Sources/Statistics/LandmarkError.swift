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
  /// - Parameters: truth: two points or more, for `interOcular` and `interPupil` as many as the
  ///   scheme has; eyes: where its eyes are.
  /// - Throws: `.wrongCount`; `.degenerate` where the scheme lacks the points, or where the length
  ///   is zero or not finite.
  public func length(of truth: [SIMD2<Float>], eyes: LandmarkEyes = .ibug68) throws -> Double {
    let needed =
      self == .interOcular || self == .interPupil ? eyes.points...eyes.points : 2...Int.max
    guard needed.contains(truth.count) else {
      throw StatisticsError(
        .wrongCount,
        "The normaliser \(rawValue) needs \(needed.lowerBound) points, not \(truth.count).")
    }
    let points = truth.map { SIMD2<Double>($0) }
    let length =
      switch self {
      case .interOcular: eyes.corners.map { distance(points[$0.0], points[$0.1]) } ?? .nan
      case .interPupil:
        eyes.pupils.map { left, right in
          distance(mean(left.map { points[$0] }), mean(right.map { points[$0] }))
        } ?? .nan
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

/// Which points of a landmark scheme the eyes are; numbers count from 0.
public struct LandmarkEyes: Sendable {
  /// Points that the scheme has.
  public let points: Int
  /// The outer corners of the eyes; nil where the scheme lacks them.
  public let corners: (Int, Int)?
  /// Points whose mean stands for each pupil; nil where there are none.
  public let pupils: ([Int], [Int])?

  public init(points: Int, corners: (Int, Int)?, pupils: ([Int], [Int])?) {
    (self.points, self.corners, self.pupils) = (points, corners, pupils)
  }

  public static let ibug68 = LandmarkEyes(
    points: 68, corners: (36, 45), pupils: (Array(36...41), Array(42...47)))
}

/// The mean distance between predicted and true points, as a fraction of the normaliser.
///
/// NME = (1/N) Σᵢ ‖pᵢ − tᵢ‖₂ / d, with N points, `predicted` p, `truth` t and d the normaliser's
/// length. Times 100 it is the percentage that papers print.
/// - Throws: `StatisticsError` where the counts differ or the normaliser has no length.
/// - Edge cases: a NaN among the predicted points gives NaN.
/// - Source: Sagonas et al. 2013 (300-W).
public func normalizedMeanError(
  predicted: [SIMD2<Float>], truth: [SIMD2<Float>], normalizer: LandmarkNormalizer,
  eyes: LandmarkEyes = .ibug68
) throws -> Double {
  let distances = try pointDistances(predicted: predicted, truth: truth)
  let length = try normalizer.length(of: truth, eyes: eyes)
  return distances.reduce(0, +) / Double(truth.count) / length
}

/// The distance of each predicted point from the true one.
/// - Throws: `.wrongCount` where the counts differ.
public func pointDistances(predicted: [SIMD2<Float>], truth: [SIMD2<Float>]) throws -> [Double] {
  guard predicted.count == truth.count else {
    throw StatisticsError(
      .wrongCount, "There are \(predicted.count) predicted, but \(truth.count) true landmarks.")
  }
  return zip(predicted, truth).map { distance(SIMD2<Double>($0), SIMD2<Double>($1)) }
}

private func distance(_ first: SIMD2<Double>, _ second: SIMD2<Double>) -> Double {
  let difference = first - second
  return (difference * difference).sum().squareRoot()
}

private func mean(_ points: [SIMD2<Double>]) -> SIMD2<Double> {
  points.reduce(.zero, +) / Double(points.count)
}

/// Width and height of the tightest box.
private func boxSize(_ points: [SIMD2<Double>]) -> SIMD2<Double> {
  let low = points.reduce(points[0]) { pointwiseMin($0, $1) }
  let high = points.reduce(points[0]) { pointwiseMax($0, $1) }
  return high - low
}
