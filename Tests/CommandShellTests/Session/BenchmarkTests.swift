import Experiments
import Statistics
import Testing

@testable import CommandShell

/// The benchmark's runs and its table, and tests on another set.
struct BenchmarkTests {
  private func session() throws -> TestSession {
    let test = try TestSession()
    try test.run(JobTests.data + "pretrain swav, as: a, epochs: 2")
    return test
  }

  @Test func everyModelTaskBudgetAndSeedIsRunOnce() throws {
    let test = try session()
    let line =
      "benchmark [scratch, a], tasks: [landmarks, emotion], labels: [1%, 10%], seeds: 1...3"
    let lines = try test.run(line)
    #expect(test.runner.names.count == 1 + 2 * 2 * 2 * 3)
    // NME = 10 − 2·(pre-trained) − log10 of the percentage + 0.1·seed.
    let text = lines.joined(separator: "\n")
    #expect(text.contains("benchmark · 24 runs, 0 reused"))
    let cells = text.split(separator: " ").joined(separator: " ")
    #expect(cells.contains("10.2 ± 0.1") && cells.contains("7.20 ± 0.10"), "\(text)")
    #expect(text.contains("nme[inter-ocular]") && text.contains("accuracy[10-fold]"))
    let again = try test.run(line).joined(separator: "\n")
    #expect(test.runner.names.count == 25 && again.contains("24 reused"))
  }

  @Test func quickIsOneFrozenRunATask() throws {
    let test = try session()
    try test.run("benchmark a, quick: true, neighbours: 3")
    let runs = try test.session.store().runs().filter { $0.kind == .adapt }
    #expect(runs.count == MethodCatalog.methods.count { $0.kind == .adapt })
    for run in runs {
      #expect(run.specification.options["protocol"] == .text("linear"))
      #expect(run.specification.options["labels"] == .text("10%"))
      #expect(run.specification.options["neighbours"] == .integer(3))
    }
  }

  @Test func aFailedRunLeavesAGap() throws {
    let test = try session()
    test.runner.outcomes = [.failed("too few meshes")]
    let text = try test.run("benchmark a, tasks: landmarks, labels: [1%, 10%], seeds: 1...1")
      .joined(separator: "\n")
    #expect(text.contains("1 runs, 0 reused, 1 failed") && text.contains("too few meshes"))
    #expect(text.contains("7.10"))
  }

  @Test func anUnknownOptionIsRefused() throws {
    let test = try session()
    #expect(test.failure("benchmark a, task: all").contains("has no option `task:`"))
    #expect(test.failure("benchmark a, tasks: [hair]").contains("unknown task `hair`"))
  }

  @Test func aTestSetIsPartOfTheRun() throws {
    let test = try session()
    try test.run("let studio = synthetic studio, identities: 4, images: 40")
    try test.run("adapt landmarks, from: a, on: wild, as: own")
    try test.run("adapt landmarks, from: a, on: wild, test: studio")
    #expect(test.runner.names.last == "landmarks/a/100%/studio/s1")
    let runs = try test.session.store().runs().filter { $0.kind == .adapt }
    #expect(Set(runs.map(\.cacheKey)).count == 2)
    #expect(Set(runs.map { $0.specification.test == nil }).count == 2)
    #expect(runs.allSatisfy { $0.specification.data == runs[0].specification.data })
    try test.run("evaluate landmarks, of: own, on: studio")
    #expect(test.runner.names.last == "landmarks/own/studio/s1")
    #expect(test.failure("pretrain swav, test: studio").contains("has no option `test:`"))
  }

  /// After `where task == reconstruction` the landmark task's column is there, but empty.
  @Test func aShortNameMeansAMetricThatHasValues() throws {
    let frame = DataFrame(
      columns: ["nme[inter-ocular]", "nme[68-box]", "nme[dense-box]"],
      rows: [[.missing, .number(3), .number(4)]])
    #expect(try ColumnResolver(frame: frame).index(of: "nme") == 1)
    let both = DataFrame(
      columns: frame.columns, rows: [[.number(2), .number(3), .number(4)]])
    #expect(try ColumnResolver(frame: both).index(of: "nme") == 0)
  }
}
