import Testing

@testable import Statistics

@Suite struct MethodComparisonTests {
  @Test func distributionsAgreeWithSciPy() throws {
    let goldens = try ComparisonGoldens.load().distributions
    for row in goldens.normal {
      let z = NormalDistribution.quantile(row[0])
      #expect(abs(z - row[1]) <= 1e-11 * max(1, abs(row[1])), "p \(row[0])")
    }
    for row in goldens.chiSquared {
      let tail = ChiSquared.upperTail(row[0], degreesOfFreedom: row[1])
      #expect(near(tail, row[2], 1e-10), "χ² \(row)")
    }
    for row in goldens.range {
      let p = StudentizedRange.probability(row[0], groups: Int(row[1]))
      #expect(abs(p - row[2]) < 1e-9, "range \(row)")
    }
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(2).isNaN)
  }

  @Test func signedRanksAgreeWithSciPy() throws {
    for golden in try ComparisonGoldens.load().paired {
      let test = try WilcoxonTest(golden.first, golden.second)
      #expect(near(test.statistic, golden.result[0], 1e-12))
      #expect(near(test.pValue, golden.result[1], 1e-9), "\(test)")
    }
  }

  @Test func signedRanksAtTheEdges() throws {
    // Three pairs of one sign: 2 of the 8 signs are as extreme.
    #expect(try WilcoxonTest([1, 2, 3], [0, 0, 0]).pValue == 0.25)
    #expect(try WilcoxonTest([1, 2], [1, 2]).pValue == 1)
    #expect(throws: StatisticsError.self) { try WilcoxonTest([1], [1, 2]) }
  }

  @Test func theRankingAgreesWithSciPyAndAutorank() throws {
    let golden = try ComparisonGoldens.load().ranking
    let names = ["a", "b", "c", "d", "e"]
    let ranking = try MethodRanking(methods: names, scores: golden.scores, better: .higher)
    let nemenyi = try MethodRanking(
      methods: names, scores: golden.scores, better: .higher, test: .nemenyi)
    #expect(near(ranking.friedmanStatistic, golden.friedman[0], 1e-11))
    #expect(near(ranking.friedmanP, golden.friedman[1], 1e-9))
    // autorank takes q from a table of five digits.
    #expect(near(ranking.criticalDifference, golden.criticalDifference, 2e-5))
    for (rank, expected) in zip(ranking.meanRanks, golden.meanRanks) {
      #expect(near(rank, expected, 1e-12))
    }
    var pair = 0
    for first in 0..<5 {
      for second in (first + 1)..<5 {
        #expect(near(ranking.adjustedP[first][second], golden.holm[pair], 1e-9))
        #expect(near(ranking.adjustedP[second][first], golden.holm[pair], 1e-9))
        #expect(abs(nemenyi.adjustedP[first][second] - golden.nemenyi[pair]) < 1e-8)
        pair += 1
      }
    }
  }

  @Test func cliquesJoinWhatCannotBeToldApart() throws {
    // a and b take turns, c is always far behind.
    let scores = (0..<10).map { place in
      [place.isMultiple(of: 2) ? 1.0 : 2, place.isMultiple(of: 2) ? 2 : 1.1, 90 + Double(place)]
    }
    let ranking = try MethodRanking(methods: ["a", "b", "c"], scores: scores, better: .lower)
    #expect(ranking.meanRanks[2] == 3)
    #expect(ranking.cliques.map { $0.sorted() } == [[0, 1]])
    #expect(ranking.friedmanP < 0.01)
    let alike = try MethodRanking(
      methods: ["a", "b"], scores: [[1, 1], [2, 2], [3, 3]], better: .lower)
    #expect(alike.friedmanP == 1 && alike.cliques == [[0, 1]])
  }

  @Test func incompleteScoresAreRefused() {
    #expect(throws: StatisticsError.self) {
      try MethodRanking(methods: ["a", "b"], scores: [[1, 2], [1]], better: .lower)
    }
    #expect(throws: StatisticsError.self) {
      try MethodRanking(methods: ["a", "b"], scores: [[1, 2], [1, .nan]], better: .lower)
    }
  }

  @Test func aggregatesAgreeWithRliable() throws {
    let golden = try ComparisonGoldens.load().scores
    let (first, second) = (try ScoreSet(tasks: golden.first), try ScoreSet(tasks: golden.second))
    #expect(near(first.interquartileMean, golden.interquartileMean, 1e-12))
    #expect(near(first.meanOfTasks, golden.mean, 1e-12))
    #expect(near(first.medianOfTasks, golden.median, 1e-12))
    #expect(near(first.optimalityGap(gamma: 0.9), golden.optimalityGap, 1e-12))
    #expect(
      near(try first.probabilityOfImprovement(over: second), golden.improvement, 1e-12))
    for (tau, share) in zip(golden.taus, golden.profile) {
      #expect(near(first.profile(above: tau), share, 1e-12))
    }
  }

  @Test func normalizedScoresRunFromTheWorstToTheBestMethod() throws {
    let sets = try ScoreSet.normalized(
      [[[10, 20], [0.5]], [[30, 30], [0.9]]], better: [.lower, .higher])
    #expect(sets[0].tasks[0].reduce(0, +) / 2 == 1 && sets[1].tasks[0] == [0, 0])
    #expect(sets[0].tasks[1] == [0] && sets[1].tasks[1] == [1])
    #expect(throws: StatisticsError.self) {
      try ScoreSet.normalized([[[1]], [[1], [2]]], better: [.lower])
    }
  }
}
