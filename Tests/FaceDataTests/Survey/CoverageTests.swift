import Foundation
import Testing

@testable import FaceData

struct CoverageTests {
  /// Points about `centres` directions, `each` of them about each.
  private static func clusters(_ centres: Int, each: Int, spread: Float) throws -> FeatureTable {
    var stream = RandomStream(seed: 3, purpose: "test clusters")
    var rows: [Float] = []
    for _ in 0..<centres {
      let centre = (0..<24).map { _ in stream.normal() }
      for _ in 0..<each { rows += centre.map { $0 + spread * stream.normal() } }
    }
    return try FeatureTable(rows: rows, dimension: 24)
  }

  /// Distances to the nearest of a choice, by comparing with all.
  private func distances(_ features: FeatureTable, _ chosen: [Int]) -> [Float] {
    (0..<features.count).map { sample in
      chosen.map { $0 == sample ? 0 : features.distance($0, sample) }.min() ?? .infinity
    }
  }

  @Test("skipping groups gives what comparing with all gives")
  func exact() throws {
    let features = try Self.clusters(8, each: 30, spread: 0.4)
    var coverage = Coverage(features)
    var stream = RandomStream(seed: 1, purpose: "test order")
    for sample in stream.shuffled(0..<features.count).prefix(60) {
      coverage.add(sample)
      let expected = distances(features, coverage.chosen)
      #expect(zip(coverage.distances, expected).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(abs(coverage.radius - (expected.max() ?? 0)) < 1e-4)
    }
    #expect(coverage.share(within: coverage.radius) == 1)
  }

  @Test("the nearest are those of the same cluster, the most alike first")
  func nearest() throws {
    let features = try Self.clusters(5, each: 4, spread: 0.1)
    let found = features.nearest(to: 9, in: features, count: 3) { $0 == 9 }
    #expect(Set(found.map(\.row)) == [8, 10, 11])
    #expect(found.map(\.cosine) == found.map(\.cosine).sorted(by: >))
    #expect(features.nearest(to: 9, in: features, count: 1).first?.row == 9)
    let vector = features.vector(9)
    #expect(vector.count == 24 && abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
  }

  @Test("the farthest points take one of each cluster before a second of any")
  func clusters() throws {
    let features = try Self.clusters(8, each: 30, spread: 0.02)
    let chosen = try FarthestPoints.choose(8, of: features)
    #expect(Set(chosen.map { $0 / 30 }).count == 8)
    // Nested, each the farthest from those before it.
    let more = try FarthestPoints.choose(20, of: features)
    #expect(Array(more.prefix(8)) == chosen)
    for place in 1..<20 {
      let before = distances(features, Array(more.prefix(place)))
      #expect(abs(before[more[place]] - (before.max() ?? 0)) < 1e-4)
    }
  }

  @Test("copies of chosen samples are not chosen")
  func copies() throws {
    let features = try FeatureTable(rows: [1, 0, 0, 1, 1, 0, 0, 1, 0, 1], dimension: 2)
    #expect(try FarthestPoints.choose(5, of: features).count == 2)
  }

  @Test("a redundant set is covered by a few farthest points, sooner than by chance")
  func curve() throws {
    let features = try Self.clusters(10, each: 40, spread: 0.02)
    let curve = try RedundancyCurve(features, shares: [0.01, 0.025, 0.1])
    let best = curve.points.filter { $0.choice == .farthest }
    let chance = curve.points.filter { $0.choice == .random }
    #expect(best.map(\.kept) == [4, 10, 40] && chance.map(\.kept) == [4, 10, 40])
    #expect(abs(best[0].covered - 0.4) < 1e-9)
    #expect(best[1].covered == 1 && chance[1].covered < 1)
    #expect(best[1].largestDistance < chance[1].largestDistance)
    #expect(curve.kept(covering: 0.9)?.kept == 10)
    #expect(faceDataError { _ = try RedundancyCurve(features, shares: [0]) } != nil)
  }

  @Test("rows without length share a direction, which is no other row's")
  func flatRows() throws {
    let table = try FeatureTable(rows: [0, 0, 3, 0, 0, 0], dimension: 2)
    #expect(table.cosine(0, 2) == 1 && table.cosine(0, 1) == 0)
    #expect(faceDataError { _ = try FeatureTable(rows: [1, .nan], dimension: 2) } != nil)
  }

  @Test("centring takes the common part away")
  func centred() throws {
    let table = try FeatureTable(rows: [10, 1, 10, -1], dimension: 2)
    #expect(table.cosine(0, 1) > 0.9)
    #expect(abs(try table.centred().cosine(0, 1) + 1) < 1e-4)
  }
}
