import Statistics
import Testing

@Suite struct CumulativeErrorTests {
  @Test func agreesWithSciPy() throws {
    let golden = try Goldens.load().cumulative
    let distribution = try CumulativeErrorDistribution(errors: golden.errors)
    for expected in golden.cases {
      let area = try distribution.areaUnderCurve(threshold: expected.threshold)
      #expect(near(area, expected.area, 1e-12), "at \(expected.threshold)")
      let failures = distribution.failureRate(threshold: expected.threshold)
      #expect(abs(failures - expected.failures) < 1e-15, "at \(expected.threshold)")
    }
  }

  @Test func limits() throws {
    let perfect = try CumulativeErrorDistribution(errors: [0, 0])
    #expect(abs(try perfect.areaUnderCurve(threshold: 0.1) - 1) < 1e-12)
    #expect(perfect.failureRate(threshold: 0.1) == 0)
    let hopeless = try CumulativeErrorDistribution(errors: [0.2, .infinity, .nan])
    #expect(try hopeless.areaUnderCurve(threshold: 0.1) == 0)
    #expect(hopeless.failureRate(threshold: 0.1) == 1)
    #expect(abs(hopeless.failureRate(threshold: 0.2) - 2.0 / 3) < 1e-15)
  }

  /// An error at half the threshold cuts the area in half, up to a step of the integration.
  @Test func aStepInTheMiddle() throws {
    let distribution = try CumulativeErrorDistribution(errors: [0.05])
    #expect(abs(try distribution.areaUnderCurve(threshold: 0.1) - 0.5) < 1e-3)
  }

  @Test func badInputThrows() throws {
    #expect(throws: StatisticsError.self) { try CumulativeErrorDistribution(errors: []) }
    #expect(throws: StatisticsError.self) { try CumulativeErrorDistribution(errors: [-0.1]) }
    let distribution = try CumulativeErrorDistribution(errors: [0.1])
    for threshold in [0, -1, .nan, .infinity] {
      #expect(throws: StatisticsError.self) {
        try distribution.areaUnderCurve(threshold: threshold)
      }
    }
  }
}
