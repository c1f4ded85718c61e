import Testing

@testable import Statistics

@Suite struct ClusteredErrorRateTests {
  @Test func theVarianceIsThatOfPairsThatShareIdentities() throws {
    for golden in try ComparisonGoldens.load().clustered {
      let rate = try ClusteredErrorRate(
        golden.pairs.map { .init($0[0], $0[1], isError: $0[2] == 1) })
      let interval = rate.interval()
      #expect(near(rate.rate, golden.rate, 1e-12))
      #expect(near(rate.variance, golden.variance, 1e-10))
      #expect(near(interval.lower, golden.interval[0], 1e-9))
      #expect(near(interval.upper, golden.interval[1], 1e-9))
    }
  }

  /// The order of two faces in a pair, and that of the pairs, say nothing.
  @Test func orderDoesNotMatter() throws {
    let golden = try ComparisonGoldens.load().clustered[1]
    let pairs = golden.pairs.map { ClusteredErrorRate.Pair($0[0], $0[1], isError: $0[2] == 1) }
    let turned = golden.pairs.reversed().map {
      ClusteredErrorRate.Pair($0[1], $0[0], isError: $0[2] == 1)
    }
    let (first, second) = (try ClusteredErrorRate(pairs), try ClusteredErrorRate(turned))
    #expect(near(first.variance, second.variance, 1e-12))
  }

  @Test func noErrorLeavesRoomAbove() throws {
    let rate = try ClusteredErrorRate((0..<50).map { .init($0, $0, isError: false) })
    let interval = rate.interval()
    #expect(interval.lower == 0)
    // Wilson's z² / (n + z²).
    #expect(near(interval.upper, 3.841_458_82 / (50 + 3.841_458_82), 1e-6))
    #expect(throws: StatisticsError.self) { try ClusteredErrorRate([]) }
    #expect(throws: StatisticsError.self) {
      try ClusteredErrorRate([.init(1, 1, isError: false), .init(1, 2, isError: false)])
    }
  }

  @Test func acceptRatesBelowOneImpostorAreNotResolvable() throws {
    // Ten identities, two genuine pairs each; impostor similarities 0.00, 0.01, …, 0.44.
    var (similarities, identities): ([Float], [(Int, Int)]) = ([], [])
    for first in 0..<10 {
      similarities += [0.9, first < 3 ? 0.2 : 0.8]
      identities += [(first, first), (first, first)]
      for second in (first + 1)..<10 {
        similarities.append(Float(similarities.count - 2 * (first + 1)) / 100)
        identities.append((first, second))
      }
    }
    let few = try TrueAcceptInterval(
      similarities: similarities, identities: identities, falseAcceptRate: 1e-3)
    #expect(few == .notResolvable(smallest: 1 / 45.0))
    let some = try TrueAcceptInterval(
      similarities: similarities, identities: identities, falseAcceptRate: 0.1)
    guard case .resolved(let interval) = some else {
      Issue.record("not resolved")
      return
    }
    // Above the five greatest impostors, 17 of 20 genuine pairs are accepted.
    #expect(near(interval.estimate, 0.85, 1e-12))
    #expect(interval.lower < 0.85 && interval.lower > 0.4)
    #expect(interval.upper > 0.85 && interval.upper < 1)
  }
}
