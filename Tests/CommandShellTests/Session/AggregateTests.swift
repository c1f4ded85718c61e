import Reporting
import Statistics
import Testing

@testable import CommandShell

struct AggregateTests {
  /// Two methods on two tasks with four runs each; a third task that only one has.
  private static let source = """
    let t = sql "WITH v(who, labels, nme, accuracy) AS (VALUES \
    ('scratch', '1%', 10, 50), ('scratch', '1%', 12, 52), ('scratch', '1%', 14, 54), \
    ('scratch', '1%', 16, 56), ('swav', '1%', 6, 70), ('swav', '1%', 8, 72), ('swav', '1%', 10, 74), \
    ('swav', '1%', 12, 76), ('swav', '10%', 1, 99)) SELECT * FROM v"

    """

  private func numbers(_ test: TestSession, _ row: Int) throws -> [Double?] {
    let lines = try #require(test.csv).split(separator: "\n", omittingEmptySubsequences: false)
    return lines[row + 1].split(separator: ",", omittingEmptySubsequences: false).dropFirst()
      .map { Double($0) }
  }

  @Test("interquartile means and probabilities of improvement, with intervals")
  func aggregates() throws {
    let test = try TestSession()
    try test.run(
      Self.source + "let s = t | aggregate metrics: [nme, accuracy], method: who, task: labels\n"
        + "s | select who, iqm, low95.iqm, high95.iqm, improvement")
    let (scratch, swav) = (try numbers(test, 0), try numbers(test, 1))
    // NME 10…16 and 6…12 on 9 ↦ 1, 13 ↦ 0; accuracy 50…56 and 70…76 on 73 ↦ 1, 53 ↦ 0. Of the eight
    // scores −0.75, −0.25, −0.15, −0.05, 0.05, 0.15, 0.25, 0.75 the middle four have the mean 0.
    #expect(abs((scratch[0] ?? 9) - 0) < 1e-12 && scratch[3] == nil)
    #expect(abs((swav[0] ?? 9) - 1) < 1e-12)
    #expect((swav[1] ?? 9) < 1 && (swav[2] ?? 0) > 1)
    // Accuracy is always better; of 16 pairs of NME 13 are, and two are equal.
    #expect(abs((swav[3] ?? 0) - (1 + 14.0 / 16) / 2) < 1e-12)
    try test.run(
      "t | aggregate metrics: nme, method: who, task: labels, baseline: swav, interval: BCa")
    let layout = try #require(test.tables.first).table
    #expect(layout.columns[2].title == "P(better than swav)")
    #expect(layout.rows[1].cells[2].value == .missing)
    let note = layout.notes[0].plainText
    #expect(note.contains("BCa bootstrap, stratified by task"))
    #expect(note.hasSuffix("Left out, since a method has no run of them: 1 task."))
  }

  @Test("the same seed gives the same intervals, and errors say what is missing")
  func seedsAndErrors() throws {
    let test = try TestSession()
    let line = "t | aggregate metrics: nme, method: who, task: labels"
    try test.run(Self.source + line)
    let first = test.csv
    try test.run(line + ", seed: 1")
    #expect(test.csv == first)
    try test.run(line + ", seed: 2")
    #expect(test.csv != first)
    #expect(test.failure("t | aggregate method: who").contains("needs `metrics:`"))
    #expect(
      test.failure("t | select who, x: nme | aggregate metrics: x, method: who")
        .contains("which way `x` is better"))
    #expect(
      test.failure("t | where who == swav | aggregate metrics: nme, method: who")
        .contains("fewer than two methods"))
    #expect(test.failure(line + ", baseline: byol").contains("unknown method `byol`"))
  }
}
