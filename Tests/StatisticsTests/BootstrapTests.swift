import Testing

@testable import Statistics

@Suite struct BootstrapTests {
  private static func statistic(_ name: String) -> ([[Double]]) -> Double {
    name == "mean" ? { mean($0[0]) } : { mean($0[0]) - mean($0[1]) }
  }

  @Test func intervalsOfGivenResamplesAgreeWithSciPy() throws {
    for golden in try ComparisonGoldens.load().bootstraps {
      for method in Bootstrap.Method.allCases {
        let bootstrap = Bootstrap(method: method, resamples: golden.replicates.count)
        let interval = try bootstrap.interval(
          replicates: golden.replicates, of: golden.strata,
          statistic: Self.statistic(golden.statistic))
        let expected = try #require(golden.intervals[method.rawValue])
        #expect(near(interval.lower, expected[0], 1e-10), "\(method) of \(golden.statistic)")
        #expect(near(interval.upper, expected[1], 1e-10), "\(method) of \(golden.statistic)")
      }
    }
  }

  @Test func theStratifiedIntervalAgreesWithRliable() throws {
    let golden = try ComparisonGoldens.load().scores
    let interval = try Bootstrap(resamples: golden.replicates.count).interval(
      replicates: golden.replicates, of: golden.first, statistic: ScoreSet.interquartileMean)
    #expect(near(interval.estimate, golden.interquartileMean, 1e-12))
    #expect(near(interval.lower, golden.interval[0], 1e-12))
    #expect(near(interval.upper, golden.interval[1], 1e-12))
  }

  /// A normal mean has a known interval: the bootstrap's must cover the truth about as often.
  @Test(arguments: Bootstrap.Method.allCases)
  func intervalsCoverTheTruthAboutAsOftenAsTheySay(method: Bootstrap.Method) throws {
    var generator = TestGenerator(state: 3)
    let bootstrap = Bootstrap(method: method, resamples: 300, level: 0.9)
    var covered = 0
    for _ in 0..<150 {
      let values = (0..<30).map { _ in 5 + generator.normal() }
      let interval = try bootstrap.meanInterval(of: values, using: &generator)
      if interval.lower <= 5, interval.upper >= 5 { covered += 1 }
    }
    // 135 expected, standard deviation 3.7; small samples cover a little less.
    #expect((120...147).contains(covered), "\(covered) of 150")
  }

  @Test func strataKeepTheirSizesAndTheSeedDecides() throws {
    let strata = [[0.0, 0, 0], [10.0, 10]]
    var generator = TestGenerator(state: 1)
    let fixed = try Bootstrap(resamples: 50).interval(of: strata, using: &generator) { sample in
      #expect(sample.map(\.count) == [3, 2])
      return mean(sample[0]) + mean(sample[1])
    }
    #expect(fixed.lower == 10 && fixed.upper == 10)
    let values = (1...25).map { number -> Double in
      Double(number * number % 29) + 1 / Double(number)
    }
    var (first, second, third) = (
      TestGenerator(state: 9), TestGenerator(state: 9), TestGenerator(state: 10)
    )
    let one = try Bootstrap().meanInterval(of: values, using: &first)
    #expect(try one == Bootstrap().meanInterval(of: values, using: &second))
    #expect(try one != Bootstrap().meanInterval(of: values, using: &third))
  }

  @Test func whatCannotBeResampledIsRefused() {
    var generator = TestGenerator(state: 1)
    #expect(throws: StatisticsError.self) {
      try Bootstrap().meanInterval(of: [], using: &generator)
    }
    #expect(throws: StatisticsError.self) {
      try Bootstrap(resamples: 0).meanInterval(of: [1, 2], using: &generator)
    }
    #expect(throws: StatisticsError.self) {
      try Bootstrap(method: .bca).meanInterval(of: [2, 2, 2], using: &generator)
    }
  }
}
