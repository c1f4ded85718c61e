import Testing

@testable import Statistics

@Suite struct DistributionShapeTests {
  @Test func quartilesBinsAndDensityAgreeWithNumPyAndSciPy() throws {
    let golden = try ComparisonGoldens.load().shapes
    let box = try BoxSummary(golden.values)
    #expect(near(box.lowerQuartile, golden.quartiles[0], 1e-12))
    #expect(near(box.median, golden.quartiles[1], 1e-12))
    #expect(near(box.upperQuartile, golden.quartiles[2], 1e-12))
    let histogram = try Histogram(golden.values, bins: 8)
    #expect(histogram.counts == golden.binCounts)
    for (edge, expected) in zip(histogram.edges, golden.binEdges) {
      #expect(near(edge, expected, 1e-12))
    }
    let density = try KernelDensity(golden.values)
    for (x, expected) in zip(golden.densityAt, golden.density) {
      #expect(near(density(x), expected, 1e-9))
    }
  }

  @Test func whiskersEndAtValuesAndTheRestAreOutliers() throws {
    let box = try BoxSummary([1, 2, 3, 4, 5, 6, 7, 30, .nan])
    #expect(box.lowerWhisker == 1 && box.upperWhisker == 7 && box.outliers == [30])
    #expect(throws: StatisticsError.self) { try BoxSummary([.nan]) }
  }

  @Test func oddValuesAreCountedOrRefused() throws {
    let one = try Histogram([3, 3, .infinity])
    #expect(one.counts.reduce(0, +) == 2)
    #expect(throws: StatisticsError.self) { try Histogram([], bins: 4) }
    #expect(throws: StatisticsError.self) { try Histogram([1], bins: 0) }
    #expect(throws: StatisticsError.self) { try KernelDensity([2, 2, 2]) }
  }
}
