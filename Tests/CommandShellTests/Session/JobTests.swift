import Experiments
import Testing

@testable import CommandShell

/// Which runs a command carries out, uses again or goes on with.
struct JobTests {
  static let data = "let wild = synthetic wild, identities: 4, images: 40\n"

  @Test func aFinishedRunIsUsedAgain() throws {
    let test = try TestSession()
    try test.run(Self.data + "pretrain swav, as: a, epochs: 2")
    let lines = try test.run("pretrain swav, as: a, epochs: 2")
    #expect(test.runner.names == ["a"])
    #expect(lines[0].hasPrefix("a · reused, finished on "))
    try test.run("pretrain swav, as: a, epochs: 2, fresh: true")
    try test.run("pretrain swav, as: a, epochs: 3")
    try test.run("pretrain swav, as: a, epochs: 3, seed: 2")
    #expect(test.runner.names == ["a", "a", "a", "a"])
  }

  @Test func anotherNameForAFinishedRunWorksToo() throws {
    let test = try TestSession()
    try test.run(Self.data + "pretrain swav, as: a, epochs: 2\npretrain swav, as: b, epochs: 2")
    #expect(test.runner.names == ["a"])
    try test.run("adapt landmarks, from: b, labels: 10%")
    #expect(test.runner.names.last == "landmarks/a/10%/s1")
  }

  @Test func aRunCanBeEnteredForAnotherProgramToStart() throws {
    let test = try TestSession()
    let lines = try test.run(Self.data + "pretrain swav, as: a, epochs: 2, start: false")
    let run = try #require(try test.session.store().run(named: "a"))
    #expect(test.runner.names.isEmpty && run.status == .queued)
    #expect(lines.contains { $0.contains("facet-engine run --store") && $0.contains(run.id) })
    // Said again it is the same run, and it can still be carried out here.
    try test.run("pretrain swav, as: a, epochs: 2, start: false")
    try test.run("pretrain swav, as: a, epochs: 2")
    #expect(try test.session.store().runs().count == 1 && test.runner.names == ["a"])
  }

  @Test func aPausedRunGoesOn() throws {
    let test = try TestSession()
    test.runner.outcomes = [.paused]
    let error = test.failure(Self.data + "pretrain swav, as: a, epochs: 2")
    #expect(
      error == """
        error E0507: a is paused
         --> cell:2:1
        2 | pretrain swav, as: a, epochs: 2
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = `resume` goes on from its checkpoint
        """)
    let id = try #require(try test.session.store().run(named: "a")).id
    #expect(try test.run("pretrain swav, as: a, epochs: 2")[0] == "a · paused, goes on")
    #expect(try test.session.store().run(named: "a")?.id == id)
    #expect(try test.session.store().runs().count == 1)
  }

  @Test func resumeTakesTheNewestOrTheNamed() throws {
    let test = try TestSession()
    test.runner.outcomes = [.paused, .failed("out of memory")]
    _ = test.failure(Self.data + "pretrain swav, as: a")
    #expect(test.failure("pretrain supervised, as: b").contains("E0502: b failed: out of memory"))
    try test.run("resume")
    #expect(test.runner.names == ["a", "b", "a"])
    try test.run("resume b")
    #expect(test.runner.names == ["a", "b", "a", "b"])
    #expect(test.failure("resume b").contains("nothing to resume"))
    #expect(test.failure("resume").contains("no run is paused"))
  }

  @Test func theArchitectureComesFromTheParent() throws {
    let test = try TestSession()
    try test.run(Self.data + "pretrain swav, as: a, width: 32, size: 48")
    let sweep = "sweep adapt landmarks, from: [scratch, a], labels: [10%, 60], seeds: 1...2"
    try test.run(sweep)
    let runs = try test.session.store().runs().filter { $0.kind == .adapt }
    #expect(runs.count == 8)
    #expect(runs.allSatisfy { $0.specification.options["width"] == .integer(32) })
    #expect(runs.allSatisfy { $0.specification.options["size"] == .integer(48) })
    #expect(Set(runs.compactMap { $0.specification.options["labels"] }).count == 2)
    #expect(runs.filter { $0.parents.isEmpty }.count == 4)
    #expect(runs.filter { $0.specification.initialization != nil }.count == 4)
    #expect(
      test.failure("adapt landmarks, from: a, width: 64") == """
        error E0405: width is 64, but a was trained with 32
         --> cell:1:1
        1 | adapt landmarks, from: a, width: 64
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = leave `width:` out to take it from a
        """)
  }

  @Test(arguments: [
    ("seeds: 1...3", 3), ("seeds: [1, 5]", 2), ("labels: [1%, 10%], seeds: 1...3", 6),
    ("labels: 10%, seed: 2", 1),
    ("labels: [1%, 10%], protocol: [linear, fine-tune], seeds: 1...2", 8),
    ("steps: [10, 20], learning-rate: [0.1, 1e-3]", 4),
  ])
  func sweepCounts(options: String, count: Int) throws {
    let test = try TestSession()
    try test.run(Self.data + "sweep adapt landmarks, \(options)")
    #expect(test.runner.names.count == count)
    #expect(Set(try test.session.store().runs().map(\.cacheKey)).count == count)
  }

  @Test func sweepsOverMethodsAndData() throws {
    let test = try TestSession()
    try test.run(Self.data + "let studio = synthetic studio, identities: 4, images: 40")
    try test.run("sweep pretrain [swav, supervised], on: [wild, studio], epochs: 1")
    #expect(
      test.runner.names == [
        "swav/wild/s1", "swav/studio/s1", "supervised/wild/s1", "supervised/studio/s1",
      ])
  }

  @Test func dataComesFromTheLastDefinitionOrTheParent() throws {
    let test = try TestSession()
    try test.run(Self.data + "pretrain swav, as: a")
    let again = try TestSession(folder: test.folder)
    try again.run("adapt landmarks, from: a, labels: 10%")
    let run = try #require(try again.session.store().runs().first)
    #expect(
      run.specification.data == (try again.session.store().run(named: "a")?.specification.data))
    try again.run("pretrain supervised, on: wild")
    #expect(again.runner.names.last == "supervised/wild/s1")
    #expect(try TestSession().failure("adapt landmarks").contains("E0310"))
  }

  @Test func aRunOfAnotherProcessIsNotStartedTwice() throws {
    let test = try TestSession()
    test.runner.outcomes = [.interrupted("killed")]
    #expect(test.failure(Self.data + "pretrain swav, as: a").contains("interrupted: killed"))
    // This very process counts as alive.
    #expect(test.failure("pretrain swav, as: a").contains("another process"))
  }

  @Test func everyCellIsKept() throws {
    let test = try TestSession()
    try test.run(Self.data + "pretrain swav, as: a")
    _ = test.failure("results | where x == 1")
    let cells = try test.session.store().notebookCells("test")
    #expect(cells.map(\.status) == [.finished, .failed])
    #expect(cells[0].source.contains("pretrain swav"))
    #expect(cells[1].error == "the table has no column `x`")
  }
}
