import FaceData
import Testing

@testable import FaceTasks

struct ShotIdentificationTests {
  /// People at right angles, eight pictures each; `wrong` of everybody's look like the next person.
  private func predictions(wrong: Int) -> TaskPredictions {
    let samples = (0..<48).map {
      TaskSample(index: $0, labels: FaceLabels(identity: $0 % 6), toImage: .identity, size: 8)
    }
    let rows = (0..<48).map { index -> [Float] in
      let shown = index / 6 < wrong ? (index % 6 + 1) % 6 : index % 6
      return (0..<6).map { $0 == shown ? 1 : 0 }
    }
    return TaskPredictions(samples: samples, rows: rows)
  }

  @Test("people are found by one picture and by five; the name says how many people there are")
  func perfect() throws {
    let metrics = try shotMetrics(of: predictions(wrong: 0))
    #expect(
      metrics.map(\.name) == [
        "rank[1-6-people:1-shot]", "rank[5-6-people:1-shot]", "rank[1-6-people:5-shot]",
        "rank[5-6-people:5-shot]",
      ])
    #expect(metrics.allSatisfy { $0.value == 100 })
    // 8 − 1 and 8 − 5 probes of each of six people.
    #expect(metrics.map(\.count) == [42, 42, 18, 18])
  }

  /// By hand: with two of eight pictures wrong, a single enrolled one finds 7 of 7 or, if wrong, the
  /// other wrong one; five of them hold at most two wrong ones and find the right pictures.
  @Test("more shots bear more wrong pictures")
  func shots() throws {
    let metrics = try shotMetrics(of: predictions(wrong: 2))
    func value(_ name: String) throws -> Double {
      try #require(metrics.first { $0.name == name }).value
    }
    let (one, five) = try (value("rank[1-6-people:1-shot]"), value("rank[1-6-people:5-shot]"))
    #expect(one < five && one > 30 && five < 100, "\(one) and \(five)")
  }

  @Test("too few pictures give no rate")
  func few() throws {
    let all = predictions(wrong: 0)
    let one = TaskPredictions(
      samples: Array(all.samples.prefix(6)), rows: Array(all.rows.prefix(6)))
    #expect(try shotMetrics(of: one).isEmpty)
  }
}
