import Foundation
import Testing

@testable import Statistics

@Suite struct StudentTestTests {
  @Test func testsAgreeWithSciPy() throws {
    for golden in try Goldens.load().tests {
      let pairs = min(golden.first.count, golden.second.count)
      let paired = try StudentTest.paired(
        Array(golden.first.prefix(pairs)), Array(golden.second.prefix(pairs)))
      let welch = try StudentTest.welch(golden.first, golden.second)
      for (test, expected) in [(paired, golden.paired), (welch, golden.welch)] {
        #expect(near(test.statistic, expected[0], 1e-12))
        #expect(near(test.degreesOfFreedom, expected[1], 1e-12))
        #expect(near(test.pValue, expected[2], 1e-10))
      }
    }
  }

  @Test func theTailAgreesWithSciPy() throws {
    for golden in try Goldens.load().student {
      let p = StudentTest.twoSidedProbability(golden[0], degreesOfFreedom: golden[1])
      #expect(near(p, golden[2], 1e-10), "t \(golden[0]), df \(golden[1])")
    }
  }

  /// Closed forms: one degree of freedom is Cauchy's distribution. (SciPy 1.17 errs by 3e-9 for
  /// the smallest t.)
  @Test(arguments: [1e-8, 1e-3, 0.7, 3, 1e3])
  func theTailInClosedForm(t: Double) {
    let one = StudentTest.twoSidedProbability(t, degreesOfFreedom: 1)
    #expect(near(one, 2 / Double.pi * atan2(1, t), 1e-12))
    let two = StudentTest.twoSidedProbability(t, degreesOfFreedom: 2)
    let root = (2 + t * t).squareRoot()
    #expect(near(two, 2 / (root * (root + t)), 1e-12))
  }

  @Test func theBetaFunctionAgreesWithSciPy() throws {
    for golden in try Goldens.load().beta {
      let value = incompleteBeta(golden[0], complement: 1 - golden[0], golden[1], golden[2])
      #expect(abs(value - golden[3]) < 1e-10, "\(golden)")
    }
  }

  @Test func withoutSpread() throws {
    #expect(try StudentTest.paired([1, 2], [1, 2]).pValue == 1)
    #expect(try StudentTest.paired([1, 2], [2, 3]).pValue == 0)
    #expect(try StudentTest.welch([1, 1], [1, 1]).pValue == 1)
    #expect(try StudentTest.welch([1, 1], [2, 2, 2]).pValue == 0)
  }

  @Test func tooFewValuesThrow() {
    #expect(throws: StatisticsError.self) { try StudentTest.paired([1], [2]) }
    #expect(throws: StatisticsError.self) { try StudentTest.paired([1, 2], [2, 3, 4]) }
    #expect(throws: StatisticsError.self) { try StudentTest.welch([1], [2, 3]) }
  }

  /// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02.
  @Test(arguments: [
    ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
    ([0.6, 0.7], [1, 1]),
    ([0.02], [0.02]),
    ([], []),
  ])
  func holm(pValues: [Double], expected: [Double]) {
    let adjusted = holmAdjusted(pValues)
    #expect(adjusted.count == expected.count)
    #expect(zip(adjusted, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func summaries() throws {
    let summary = try Summary([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(summary.mean == 5 && summary.count == 8)
    #expect(abs(try #require(summary.standardDeviation) - (32.0 / 7).squareRoot()) < 1e-12)
    #expect(try Summary([3]) == Summary(mean: 3, standardDeviation: nil, count: 1))
    #expect(try Summary([1, .nan]).mean.isNaN)
    #expect(throws: StatisticsError.self) { try Summary([]) }
  }
}
