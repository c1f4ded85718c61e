import Foundation
import Testing

@testable import Experiments

@Suite struct TableTests {
  let store: Store

  init() throws { store = try Store(path: ":memory:") }

  private func add(
    _ run: Run, _ metric: String, _ value: Double, selection: SelectionRule = .validationBest,
    split: String = "test", task: String = "landmarks"
  ) throws {
    try store.addResults([
      ResultRow(
        run: run.id, task: task, dataset: "helen", protocolName: "fine-tune", metric: metric,
        split: split, selection: selection, value: value, count: 27)
    ])
  }

  private func column(_ name: String, _ table: QueryResult) throws -> [SQLValue] {
    try #require(table.values(of: name))
  }

  @Test func aRowForEachRunAndAColumnForEachMetric() throws {
    let parent = try store.finished(pretraining(), name: "swav-wild")
    let scratch = try store.finished(adaptation(labels: .integer(60)), name: "s")
    let tuned = try store.finished(adaptation(from: parent.cacheKey), name: "t")
    try add(scratch, "nme[box]", 5)
    try add(tuned, "nme[box]", 4)
    try add(tuned, "auc[box@0.07]", .infinity)
    let table = try store.resultsTable()
    #expect(
      table.columns == [
        "run", "name", "task", "dataset", "from", "pretraining", "labels", "protocol", "seed",
        "selection", "split", "auc[box@0.07]", "nme[box]",
      ])
    #expect(
      table.rows == [
        [
          .text(scratch.id), .text("s"), .text("landmarks"), .text("helen"), .text("scratch"),
          .text("none"), .text("60"), .text("fine-tune"), .integer(1), .text("validation-best"),
          .text("test"), .null, .real(5),
        ],
        [
          .text(tuned.id), .text("t"), .text("landmarks"), .text("helen"), .text("swav-wild"),
          .text("swav"), .text("10%"), .text("fine-tune"), .integer(1), .text("validation-best"),
          .text("test"), .real(.infinity), .real(4),
        ],
      ])
  }

  @Test("an option that differs between runs of one method has a column; others have none")
  func varyingOptions() throws {
    var slow = adaptation(seed: 2)
    slow.options["learning-rate"] = .real(0.001)
    slow.options["threads"] = .integer(1)
    var fast = adaptation(seed: 3)
    fast.options["learning-rate"] = .real(0.003)
    fast.options["threads"] = .integer(2)
    for specification in [adaptation(), slow, fast] {
      try add(try store.finished(specification), "eer", 5)
    }
    let table = try store.resultsTable()
    #expect(table.columns.suffix(3) == ["split", "learning-rate", "eer"])
    #expect(try column("learning-rate", table) == [.null, .real(0.001), .real(0.003)])
  }

  @Test func aLostParentIsNotScratch() throws {
    let key = String(repeating: "ab", count: 32)
    try add(try store.finished(adaptation(from: key)), "eer", 5)
    let table = try store.resultsTable()
    #expect(try column("from", table) == [.text("abababab")])
    #expect(try column("pretraining", table) == [.text("unknown")])
  }

  @Test func onlyFinishedRunsAndTheNewestOfAKey() throws {
    let first = try store.finished(adaptation())
    let second = try store.finished(adaptation())
    let third = try store.createRun(specification: adaptation(), dataFingerprint: "data")
    let other = try store.createRun(specification: adaptation(seed: 2), dataFingerprint: "data")
    for (index, run) in [first, second, third, other].enumerated() {
      try add(run, "eer", Double(index))
    }
    #expect(try column("run", store.resultsTable()) == [.text(second.id)])
  }

  @Test func selectionsAreNeverMixed() throws {
    let adapted = try store.finished(adaptation())
    try add(adapted, "eer", 1, selection: .validationBest)
    try add(adapted, "eer", 2, selection: .last)
    try add(adapted, "eer", 3, selection: .testBest)
    try add(adapted, "eer", 4, selection: .validationBest, split: "validation")
    // A run without a validation has only a last model.
    let evaluated = try store.finished(adaptation(seed: 2))
    try add(evaluated, "eer", 5, selection: .last)
    func values(_ selection: Store.Selection, allSplits: Bool = false) throws -> [SQLValue] {
      try column("eer", store.resultsTable(selection: selection, allSplits: allSplits))
    }
    #expect(try values(.validationBest) == [.real(1), .real(5)])
    #expect(try values(.last) == [.real(2), .real(5)])
    #expect(try values(.all) == [.real(2), .real(3), .real(1), .real(5)])
    #expect(try values(.validationBest, allSplits: true) == [.real(1), .real(4), .real(5)])
    try add(adapted, "trials", 6, selection: .validationBest, split: "validation")
    #expect(try !store.resultsTable().columns.contains("trials"), "no row has it")
  }

  @Test func aSecondValueReplacesTheFirst() throws {
    let run = try store.finished(adaptation())
    try add(run, "eer", .nan)
    try add(run, "eer", 7)
    #expect(try column("eer", store.resultsTable()) == [.real(7)])
  }

  @Test func theSamplesOfASubsetAreKeptInOrderAndOnce() throws {
    for _ in 0..<2 {
      try store.registerDataset(
        name: "few", specification: .record(["kind": .text("subset")]), fingerprint: "data",
        counts: ["samples": 3], samples: ["b", "a", "c"])
    }
    try store.registerDataset(
      name: "other", specification: .record([:]), fingerprint: "data", counts: [:], samples: ["d"])
    #expect(try store.samples(ofDataset: "few", fingerprint: "data") == ["b", "a", "c"])
    #expect(try store.samples(ofDataset: "few", fingerprint: "no").isEmpty)
  }

  @Test func theRunsTable() throws {
    let parent = try store.finished(pretraining(), name: "swav-wild")
    let tuned = try store.finished(adaptation(from: parent.cacheKey), name: "t")
    _ = try store.createRun(
      specification: adaptation(seed: 2), name: "waits", dataFingerprint: "data")
    let table = try store.runsTable(status: .finished)
    #expect(try column("name", table) == [.text("t"), .text("swav-wild")])
    #expect(try column("kind", table) == [.text("adapt"), .text("pretrain")])
    #expect(try column("labels", table) == [.text("10%"), .null])
    #expect(try column("run", table) == [.text(tuned.id), .text(parent.id)])
    #expect(try column("duration", table).allSatisfy { ($0.realValue ?? -1) >= 0 })
    #expect(try column("created", table).allSatisfy { ($0.realValue ?? 0) > 0 })
    #expect(try column("status", store.runsTable()).first == .text("queued"))
    #expect(try column("name", store.runsTable(limit: 2)) == [.text("waits"), .text("t")])
  }

  @Test("the view run_overview says where a run comes from and what it saw")
  func theOverview() throws {
    let parent = try store.finished(pretraining(), name: "swav-wild")
    try store.registerDataset(
      name: "wild", specification: .record(["kind": .text("synthetic")]), fingerprint: "data",
      counts: ["samples": 20_000])
    _ = try store.finished(adaptation(from: parent.cacheKey), name: "t")
    let table = try store.query("SELECT * FROM run_overview ORDER BY name DESC")
    #expect(try column("name", table) == [.text("t"), .text("swav-wild")])
    #expect(try column("parent", table) == [.text("swav-wild"), .text("scratch")])
    #expect(try column("labels", table) == [.text("10%"), .null])
    #expect(try column("dataset", table) == [.text("wild"), .text("wild")])
    #expect(try column("segments", table) == [.integer(1), .integer(1)])
  }

  @Test("the wide table and the view results_long say the same of a run")
  func theViewAgrees() throws {
    let parent = try store.finished(pretraining(), name: "swav-wild")
    let lost = adaptation(seed: 2, from: String(repeating: "ab", count: 32))
    for specification in [adaptation(), adaptation(from: parent.cacheKey), lost] {
      try add(try store.finished(specification), "eer", 5)
    }
    let names = ["run", "name", "task", "labels", "protocol", "seed", "pretraining"]
    let (wide, view) = (
      try store.resultsTable(), try store.query("SELECT * FROM results_long ORDER BY run_id")
    )
    for name in names { #expect(try column(name, wide) == column(name, view), "\(name)") }
    #expect(try column("from", wide) == column("parent", view))
    #expect(wide.rows.count == 3)
  }

  @Test func whatARunLeaves() throws {
    let run = try store.finished(pretraining())
    let digest = String(repeating: "0", count: 64)
    try store.addArtifact(
      run: run.id, name: "model", path: "runs/x/model.safetensors", size: 12, sha256: digest)
    #expect(try store.artifactPath(run: run.id, name: "model") == "runs/x/model.safetensors")
    #expect(try store.artifactPath(run: run.id, name: "nothing") == nil)
    try store.registerModel(
      run: run.id, path: "runs/x/model.safetensors", sha256: digest, backbone: "resnet18",
      settings: ["width": .integer(64)])
    #expect(
      try store.query("SELECT backbone, settings ->> 'width' FROM models").rows
        == [[.text("resnet18"), .integer(64)]])
    let error = #expect(throws: ExperimentsError.self) {
      try store.addArtifact(run: run.id, name: "bad", path: "p", size: 1, sha256: "short")
    }
    #expect(error?.code == .constraint)
  }
}
