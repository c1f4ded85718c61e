/// How well predicted values agree with true ones.
///
/// A value that is not defined for the data, such as a correlation with a constant, is nil: it
/// never stands for a number.
public struct Agreement: Sendable, Hashable {
  /// n ≥ 1.
  public let count: Int
  private let means: (predicted: Double, truth: Double)
  /// Sums of squares and of products about the means.
  private let squares: (predicted: Double, truth: Double, product: Double)
  private let absoluteDifferences: Double
  private let squaredDifferences: Double
  private let equalSigns: Int

  public static func == (first: Agreement, second: Agreement) -> Bool {
    first.summary == second.summary
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(summary) }

  private var summary: [Double] {
    [
      Double(count), means.predicted, means.truth, squares.predicted, squares.truth,
      squares.product, absoluteDifferences, squaredDifferences, Double(equalSigns),
    ]
  }

  /// - Throws: `.wrongCount` for lists of unequal lengths or without values, `.degenerate` for a
  ///   value that is not finite.
  public init(predicted: [Double], truth: [Double]) throws {
    guard predicted.count == truth.count, !truth.isEmpty else {
      throw StatisticsError(
        .wrongCount,
        "There are \(predicted.count) predicted values and \(truth.count) true ones; the counts "
          + "must be equal and above 0.")
    }
    guard predicted.allSatisfy(\.isFinite), truth.allSatisfy(\.isFinite) else {
      throw StatisticsError(.degenerate, "A predicted or true value is not a finite number.")
    }
    count = truth.count
    let mean = (
      predicted: predicted.reduce(0, +) / Double(count), truth: truth.reduce(0, +) / Double(count)
    )
    var sums = (predicted: 0.0, truth: 0.0, product: 0.0)
    var (absolute, squared, signs) = (0.0, 0.0, 0)
    for (p, t) in zip(predicted, truth) {
      let (dp, dt, difference) = (p - mean.predicted, t - mean.truth, p - t)
      sums.predicted += dp * dp
      sums.truth += dt * dt
      sums.product += dp * dt
      absolute += abs(difference)
      squared += difference * difference
      signs += Self.sign(p) == Self.sign(t) ? 1 : 0
    }
    (means, squares) = (mean, sums)
    (absoluteDifferences, squaredDifferences, equalSigns) = (absolute, squared, signs)
  }

  private static func sign(_ value: Double) -> Int { value > 0 ? 1 : value < 0 ? -1 : 0 }

  public var meanAbsoluteError: Double { absoluteDifferences / Double(count) }
  public var meanSquaredError: Double { squaredDifferences / Double(count) }
  public var rootMeanSquareError: Double { meanSquaredError.squareRoot() }

  /// SAGR: the share of samples whose two values have the same sign, 0 being a sign of its own.
  /// - Source: Nicolaou et al. 2011; NumPy's `sign` as in emonet's metrics.
  public var signAgreement: Double { Double(equalSigns) / Double(count) }

  /// PCC: Pearson's r.
  /// - Returns: nil where either list is constant.
  public var correlation: Double? {
    let product = (squares.predicted * squares.truth).squareRoot()
    return product > 0 ? max(-1, min(1, squares.product / product)) : nil
  }

  /// CCC: 2·cov / (s_p² + s_t² + (m_p − m_t)²), with the population's variances (1/n).
  /// - Returns: nil where both lists are the same constant.
  /// - Source: Lin 1989; emonet's metrics. Checked by: AgreementTests.
  public var concordance: Double? {
    let n = Double(count)
    let shift = means.predicted - means.truth
    let denominator = (squares.predicted + squares.truth) / n + shift * shift
    return denominator > 0 ? 2 * squares.product / n / denominator : nil
  }

  /// ICC(3,1): consistency of two raters, the prediction and the truth.
  ///
  /// ICC = (BMS − EMS) / (BMS + EMS), with the mean squares between samples and of the residuals:
  /// for two raters BMS = (S_p + S_t + 2S_pt) / 2(n − 1), EMS = (S_p + S_t − 2S_pt) / 2(n − 1), so
  /// ICC = 2S_pt / (S_p + S_t) with the sums about each rater's own mean.
  /// - Returns: nil where both lists are constant.
  /// - Source: Shrout and Fleiss 1979; emonet's metrics. Checked by: AgreementTests (pingouin).
  public var intraclassCorrelation: Double? {
    let sum = squares.predicted + squares.truth
    return sum > 0 ? 2 * squares.product / sum : nil
  }
}
