import Statistics
import Testing

@Suite struct VerificationTests {
  /// Ten folds with ties (two decimals), and without.
  @Test(arguments: [0, 1])
  func agreesWithScikitLearn(index: Int) throws {
    let golden = try Goldens.load().verification[index]
    let metrics = try VerificationMetrics(
      similarities: golden.similarities, isSame: golden.same, folds: golden.folds)
    #expect(near(metrics.areaUnderROC, golden.area, 1e-12))
    #expect(abs(metrics.equalErrorRate - golden.equalErrorRate) < 1e-12)
    for (rate, expected) in golden.accepted {
      let rate = try #require(Double(rate))
      #expect(metrics.trueAcceptRate(atFalseAcceptRate: rate) == expected)
    }
    let accuracy = try metrics.tenFoldAccuracy()
    #expect(accuracy.count == 10)
    #expect(near(accuracy.mean, golden.accuracy, 1e-12))
    #expect(near(try #require(accuracy.standardDeviation), golden.accuracyDeviation, 1e-12))
    // The published code's grid of thresholds gives nearly the same.
    #expect(abs(accuracy.mean - golden.gridAccuracy) < 0.02)
  }

  private func metrics(_ genuine: [Float], _ impostors: [Float]) throws -> VerificationMetrics {
    try VerificationMetrics(
      similarities: genuine + impostors,
      isSame: genuine.map { _ in true } + impostors.map { _ in false },
      folds: (0..<(genuine.count + impostors.count)).map { $0 % 2 })
  }

  /// By hand: of 2 × 4 combinations 6 are in order and one is a tie: 6.5 / 8.
  @Test func areaCountsTiesHalf() throws {
    let metrics = try metrics([0.9, 0.5], [0.8, 0.5, 0.2, 0.1])
    #expect(abs(metrics.areaUnderROC - 6.5 / 8) < 1e-15)
  }

  /// By hand: at most 1 of 4 impostors may pass at 0.25, and 0.5 admits two at once.
  @Test func acceptRatesNeverExceedTheRateAskedFor() throws {
    let metrics = try metrics([0.9, 0.5], [0.8, 0.5, 0.2, 0.1])
    #expect(metrics.trueAcceptRate(atFalseAcceptRate: 0.25) == 0.5)
    #expect(metrics.trueAcceptRate(atFalseAcceptRate: 0.49) == 0.5)
    #expect(metrics.trueAcceptRate(atFalseAcceptRate: 0.5) == 1)
    #expect(metrics.trueAcceptRate(atFalseAcceptRate: 1) == 1)
    #expect(metrics.trueAcceptRate(atFalseAcceptRate: 0.24) == nil)
    #expect(metrics.trueAcceptRate(atFalseAcceptRate: .nan) == nil)
  }

  @Test func separableAndReversed() throws {
    let perfect = try metrics([0.9, 0.8], [0.2, 0.1])
    #expect(perfect.areaUnderROC == 1 && perfect.equalErrorRate == 0)
    #expect(try perfect.tenFoldAccuracy().mean == 1)
    let reversed = try metrics([0.1, 0.2], [0.8, 0.9])
    #expect(reversed.areaUnderROC == 0 && reversed.equalErrorRate == 1)
    let constant = try metrics([0.5, 0.5], [0.5, 0.5])
    #expect(constant.areaUnderROC == 0.5 && constant.equalErrorRate == 0.5)
  }

  @Test func badInputThrows() {
    #expect(throws: StatisticsError.self) {
      try VerificationMetrics(similarities: [1], isSame: [true, false], folds: [0, 0])
    }
    #expect(throws: StatisticsError.self) { try metrics([0.5], []) }
    #expect(throws: StatisticsError.self) { try metrics([.nan], [0.5]) }
    #expect(throws: StatisticsError.self) {
      try VerificationMetrics(similarities: [1, 0], isSame: [true, false], folds: [3, 3])
        .tenFoldAccuracy()
    }
  }
}
