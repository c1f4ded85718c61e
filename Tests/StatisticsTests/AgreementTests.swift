import Statistics
import Testing

@Suite struct AgreementTests {
  /// ICC(3,1) against pingouin, the rest against NumPy and scikit-learn.
  @Test(arguments: 0..<4)
  func agreesWithPingouinAndNumPy(index: Int) throws {
    let golden = try TaskGoldens.load().agreement[index]
    let agreement = try Agreement(predicted: golden.predicted, truth: golden.truth)
    #expect(abs(try #require(agreement.intraclassCorrelation) - golden.icc) < 1e-6)
    #expect(near(try #require(agreement.concordance), golden.ccc, 1e-10))
    #expect(near(try #require(agreement.correlation), golden.pcc, 1e-10))
    #expect(near(agreement.rootMeanSquareError, golden.rmse, 1e-12))
    #expect(near(agreement.meanAbsoluteError, golden.mae, 1e-12))
    #expect(near(agreement.signAgreement, golden.sagr, 1e-12))
    let f1 = try detectionF1(predicted: golden.predicted, truth: golden.truth, threshold: 0.5)
    #expect(near(try #require(f1), golden.f1, 1e-12))
  }

  /// By hand: deviations −1, 0, 1 and −2, 0, 2; products 4; squares 2 and 8; means differ by 1.
  @Test func byHand() throws {
    let agreement = try Agreement(predicted: [0, 1, 2], truth: [0, 2, 4])
    #expect(agreement.correlation == 1)
    #expect(agreement.intraclassCorrelation == 0.8)
    let concordance = try #require(agreement.concordance)
    #expect(near(concordance, 8.0 / 13, 1e-15))
    #expect(agreement.meanSquaredError == 5 / 3.0)
    #expect(agreement.signAgreement == 1)
  }

  @Test func constantsHaveNoCorrelation() throws {
    let constant = try Agreement(predicted: [1, 1, 1], truth: [0, 1, 2])
    #expect(constant.correlation == nil)
    #expect(constant.concordance == 0)
    #expect(constant.intraclassCorrelation == 0)
    let both = try Agreement(predicted: [1, 1], truth: [1, 1])
    #expect(both.concordance == nil && both.intraclassCorrelation == nil)
    #expect(try detectionF1(predicted: [0, 1], truth: [1, 0], threshold: 2) == nil)
  }

  @Test func badInputThrows() {
    #expect(throws: StatisticsError.self) { try Agreement(predicted: [1], truth: [1, 2]) }
    #expect(throws: StatisticsError.self) { try Agreement(predicted: [], truth: []) }
    #expect(throws: StatisticsError.self) { try Agreement(predicted: [.nan], truth: [1]) }
  }
}

@Suite struct ClassificationTests {
  @Test(arguments: 0..<3)
  func agreesWithScikitLearn(index: Int) throws {
    let golden = try TaskGoldens.load().classification[index]
    let metrics = try ClassificationMetrics(
      predicted: golden.predicted, truth: golden.truth, classes: golden.classes)
    #expect(metrics.confusion == golden.confusion)
    #expect(near(metrics.accuracy, golden.accuracy, 1e-12))
    #expect(near(metrics.balancedAccuracy, golden.balanced, 1e-12))
    #expect(near(metrics.macroF1, golden.macroF1, 1e-12))
  }

  @Test func badInputThrows() {
    #expect(throws: StatisticsError.self) {
      try ClassificationMetrics(predicted: [3], truth: [0], classes: 3)
    }
    #expect(throws: StatisticsError.self) {
      try ClassificationMetrics(predicted: [], truth: [], classes: 3)
    }
  }
}
