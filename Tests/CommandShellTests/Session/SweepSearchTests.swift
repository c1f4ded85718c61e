import Experiments
import Statistics
import Testing

@testable import CommandShell

/// Sweeps that draw their combinations, give up hopeless ones, and keep to a budget.
struct SweepSearchTests {
  private static let data = JobTests.data

  private func rates(_ test: TestSession) throws -> [Double] {
    try test.session.store().runs().reversed().compactMap {
      $0.specification.options["learning-rate"]?.realValue
    }
  }

  @Test(arguments: ["halton", "random"])
  func trialsAreDrawnOverOrdersOfMagnitude(draw: String) throws {
    let test = try TestSession()
    let sweep =
      "sweep pretrain swav, learning-rate: 0.001...1, optimizer: [sgd, lars], trials: 12,"
      + " draw: \(draw), epochs: 1"
    try test.run(Self.data + sweep)
    let rates = try rates(test)
    #expect(rates.count == 12 && Set(rates).count == 12)
    #expect(rates.allSatisfy { (0.001...1).contains($0) })
    // Even in the logarithm: about a third in each decade.
    for decade in [0.001, 0.01, 0.1] {
      let count = rates.filter { $0 >= decade && $0 < decade * 10 }.count
      #expect((draw == "halton" ? 3...5 : 1...9).contains(count), "\(rates)")
    }
    let rules = try test.session.store().runs().compactMap { $0.specification.options["optimizer"] }
    #expect(Set(rules).count == 2)
    #expect(test.runner.names.first == "swav/wild/t1/s1")
    // The same command draws the same.
    #expect(try test.run(sweep).last?.contains("12 runs, 12 reused") == true)
  }

  @Test func whatIsNoOptionGoesWithEveryTrial() throws {
    let test = try TestSession()
    try test.run(
      Self.data + "sweep pretrain swav, epochs: 1...40, seeds: 1...3, trials: 4")
    #expect(test.runner.names.count == 12)
    #expect(
      test.runner.names.prefix(3) == ["swav/wild/t1/s1", "swav/wild/t1/s2", "swav/wild/t1/s3"])
    let epochs = try test.session.store().runs().compactMap {
      $0.specification.options["epochs"]?.integerValue
    }
    #expect(Set(epochs).count == 4 && epochs.allSatisfy { (1...40).contains($0) })
  }

  @Test func halvingGivesUpTheHopeless() throws {
    let test = try TestSession()
    let rates = "[1e-5, 1e-4, 1e-3, 0.01, 0.09, 0.2, 1, 10, 100]"
    let sweep = "sweep pretrain swav, learning-rate: \(rates), prune: halving, epochs: 3"
    let lines = try test.run(Self.data + sweep)
    let shares = [Double](repeating: 1.0 / 9, count: 9) + [Double](repeating: 1.0 / 3, count: 3)
    #expect(test.runner.shares == shares)
    #expect(test.runner.names.count == 13)
    #expect(lines.last?.contains("1 runs, 0 reused, 8 pruned") == true, "\(lines)")
    let finished = try test.session.store().runs(status: [.finished])
    #expect(finished.map { $0.specification.options["learning-rate"] } == [.real(0.09)])
    #expect(try test.session.store().runs(status: [.paused]).count == 8)
    // The same command comes to the same end, and trains nothing anew.
    let again = try test.run(sweep)
    #expect(again.last?.contains("1 runs") == true)
    #expect(try test.session.store().runs().count == 9)
  }

  @Test func aRunThatFailsIsTheWorst() throws {
    let test = try TestSession()
    test.runner.outcomes = [.failed("the loss became nan")]
    let lines = try test.run(
      Self.data + "sweep pretrain swav, learning-rate: [0.1, 0.2, 10], prune: halving")
    #expect(lines.contains { $0.contains("the loss became nan") })
    let finished = try test.session.store().runs(status: [.finished])
    #expect(finished.map { $0.specification.options["learning-rate"] } == [.real(0.2)])
    #expect(lines.last?.contains("1 pruned, 1 failed") == true, "\(lines)")
  }

  @Test func aBudgetEndsTheSweepAndALargerOneGoesOn() throws {
    let test = try TestSession()
    let sweep = "sweep pretrain swav, epochs: 1...60, at-most: "
    let lines = try test.run(Self.data + sweep + "1ms")
    let done = try test.session.store().runs(status: [.finished]).count
    #expect(done > 0 && done < 60)
    #expect(lines.last?.contains("the time is used up") == true, "\(lines)")
    let rest = try test.run(sweep + "2h")
    #expect(rest.last?.contains("60 runs, \(done) reused") == true, "\(rest)")
  }

  @Test func comparedRunsAreOfOneKind() {
    let halving = SuccessiveHalving(isOn: true)
    #expect(halving.shares(of: 2) == [1] && halving.counts(of: 2) == [2])
    #expect(halving.shares(of: 4) == [1.0 / 3, 1] && halving.counts(of: 4) == [4, 1])
    #expect(halving.counts(of: 30) == [30, 10, 3])
    #expect(
      SuccessiveHalving.best([3, nil, 1, .nan, 2], keep: 2, direction: .lower) == [2, 4])
    #expect(SuccessiveHalving.best([3, nil, 1, 3], keep: 2, direction: .higher) == [0, 3])
  }

  @Test(arguments: [
    ("trials: 3", "E0310", "nothing to draw from"),
    ("draw: halton", "E0310", "`draw:` needs `trials:`"),
    ("prune: bisection", "E0309", "unknown prune"),
    ("at-most: 5", "E0401", "a length of time"),
    ("learning-rate: [0.1, 0.2, 0.3], prune: halving, by: beauty", "E0309", "beauty"),
  ])
  func mistakes(options: String, code: String, words: String) throws {
    let error = try TestSession().failure(Self.data + "sweep pretrain swav, \(options)")
    #expect(error.contains(code) && error.contains(words), "\(error)")
  }

  @Test func aFailedRunIsLeftBehindAndNamedUnderTheTable() throws {
    let shell = try TestSession(isDocument: true)
    try shell.run("let faces = synthetic wild, identities: 4, images: 40")
    let sweep = "sweep adapt landmarks, on: faces, labels: [10%, 100%], seeds: 1...2"
    shell.runner.outcomes = [.finished, .failed("the loss is not a number")]
    #expect(shell.failure(sweep).contains("the loss is not a number"))
    #expect(shell.runner.names.count == 2)
    shell.runner.outcomes = [.failed("again")]
    #expect(try shell.run(sweep + ", keep-going: true").last?.contains("1 failed") == true)
    #expect(shell.runner.names.count == 5)
    let table = try shell.run("results | pivot rows: from, columns: labels, value: nme").joined()
    #expect(table.contains("1 run failed and is left out: landmarks/scratch/10%/s2."), "\(table)")
    try shell.run(sweep)
    let whole = try shell.run("results | pivot rows: from, columns: labels, value: nme").joined()
    #expect(!whole.contains("failed"))
  }
}
