import Statistics
import Testing

@Suite struct IdentificationTests {
  @Test func agreesWithNumPy() throws {
    let golden = try TaskGoldens.load().identification
    var metrics = IdentificationMetrics()
    for (row, mate) in zip(golden.matrix, golden.mates) {
      try metrics.add(similarities: row, mate: mate < 0 ? nil : mate)
    }
    #expect(metrics.mated == 34)
    for (k, expected) in golden.rank {
      let rate = metrics.rankRate(try #require(Int(k)))
      #expect(near(try #require(rate), expected, 1e-12))
    }
    for (impostors, rates) in [
      (IdentificationMetrics.Impostors.unenrolledProbes, golden.unenrolled),
      (.mateLeftOut, golden.leftOut),
    ] {
      for (rate, expected) in rates {
        let found = metrics.truePositiveRate(
          atFalsePositiveRate: try #require(Double(rate)), impostors: impostors)
        #expect(near(try #require(found), expected, 1e-12), "\(impostors) at \(rate)")
      }
    }
    let unresolved = metrics.truePositiveRate(atFalsePositiveRate: 1e-3, impostors: .mateLeftOut)
    #expect(unresolved == nil)
  }

  /// A tie with another is no identification.
  @Test func tiesCountAgainstTheMate() throws {
    var metrics = IdentificationMetrics()
    try metrics.add(similarities: [0.5, 0.5, 0.1], mate: 0)
    #expect(metrics.rankRate(1) == 0 && metrics.rankRate(2) == 1)
    #expect(throws: StatisticsError.self) { try metrics.add(similarities: [1], mate: 1) }
    #expect(throws: StatisticsError.self) { try metrics.add(similarities: [.nan], mate: nil) }
  }

  /// insightface's rule for TAR at FAR, which takes the nearest point of scikit-learn's curve.
  @Test(arguments: 0..<2)
  func nearestFalseAcceptRate(index: Int) throws {
    let golden = try TaskGoldens.load().nearest[index]
    let metrics = try VerificationMetrics(
      similarities: golden.similarities, isSame: golden.same,
      folds: golden.same.map { _ in 0 })
    for (rate, expected) in golden.rates {
      let found = metrics.trueAcceptRate(nearestTo: try #require(Double(rate)))
      #expect(near(found, expected, 1e-12), "at \(rate)")
    }
  }

  @Test func templatesPoolMediaFirst() throws {
    let golden = try TaskGoldens.load().templates
    let pooled = try pooledTemplate(
      features: golden.features, media: golden.media, weights: golden.weights)
    for (found, expected) in zip(pooled, golden.pooled) { #expect(abs(found - expected) < 1e-6) }
    // By hand: two frames of a video and a photograph at right angles weigh the same.
    let even = try pooledTemplate(features: [[1, 0], [1, 0], [0, 1]], media: [1, 1, 2])
    #expect(abs(even[0] - even[1]) < 1e-6)
    #expect(throws: StatisticsError.self) { try pooledTemplate(features: [[0, 0]], media: [1]) }
    #expect(throws: StatisticsError.self) { try pooledTemplate(features: [], media: []) }
  }
}
