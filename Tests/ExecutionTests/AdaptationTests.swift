import Experiments
import FaceData
import FaceTasks
import Foundation
import Testing
import Torch

@testable import Execution

/// Adaptation through `Engine`, for every task and protocol.
@Suite(.serialized)
struct AdaptationTests {
  static let tasks = TaskTable.tasks.map { $0.name }

  private func options(_ more: [String: SpecValue] = [:]) -> [String: SpecValue] {
    [
      "labels": .text("50%"), "steps": .integer(12), "validate-every": .integer(4),
      "stem": .text("small"),
    ].merging(more) { $1 }
  }

  @Test("without pairs of its own a set gets as many as LFW: ten folds of 600, half same")
  func pairs() throws {
    let settings = FaceWorldSettings(
      profile: .studio, identities: 200, images: 2000, size: 32, seed: 1)
    let faces = try DatasetSpecification.synthetic(settings).open(cacheFolder: nil, threads: 1)
    let pairs = try AdaptationData.pairs(of: faces, among: Array(0..<faces.count))
    #expect((0..<10).allSatisfy { fold in pairs.count { $0.fold == fold } == 600 })
    #expect(pairs.count { $0.isSame } == 3000)
  }

  @Test("the catalogue and the table of tasks name the same tasks, and each can be evaluated")
  func catalogueMatchesTable() {
    func names(_ kind: RunSpecification.Kind) -> Set<String> {
      Set(MethodCatalog.methods.filter { $0.kind == kind }.map(\.name))
    }
    #expect(names(.adapt) == Set(Self.tasks))
    #expect(names(.evaluate) == Set(Self.tasks + ["verification", "embeddings"]))
    #expect(MethodCatalog.methods.allSatisfy { $0.kind != .adapt || $0.headline != nil })
  }

  @Test(
    "last, best-on-validation and best-on-test are kept apart, and a pause changes nothing",
    arguments: tasks, ["fine-tune", "linear"])
  func adapt(task: String, way: String) throws {
    let place = try Workplace()
    let options = options(["protocol": .text(way)])
    let unbroken = try place.makeRun(.adapt, task, options: options)
    #expect(try place.execute(unbroken) == .finished)
    let broken = try place.makeRun(.adapt, task, options: options)
    #expect(try place.execute(broken, interruptAt: 7) == .paused)
    #expect(try place.execute(broken) == .finished)
    #expect(try place.modelHash(broken) == place.modelHash(unbroken))
    let results = try place.results(of: broken)
    #expect(results == (try place.results(of: unbroken)))
    #expect(
      Set(results.map { $0[0] }) == [.text("last"), .text("test-best"), .text("validation-best")])
    let headline = try #require(MethodCatalog.method(.adapt, task)?.headline)
    let count = results.filter { row in
      if case .text(let name) = row[1] { name.hasPrefix(headline) } else { false }
    }.count
    // The three selections on test, and the validation that chose.
    #expect(count == 4)
  }

  @Test(
    "a search keeps the best trial, whichever step it was paused at", arguments: [5, 12, 17, 36])
  func search(pause: Int) throws {
    let place = try Workplace()
    let options = options([
      "search": .text("small"), "protocol": .text("partial"), "layer-decay": .real(0.7),
    ])
    let unbroken = try place.makeRun(.adapt, "head-pose", options: options)
    #expect(try place.execute(unbroken) == .finished)
    let broken = try place.makeRun(.adapt, "head-pose", options: options)
    #expect(try place.execute(broken, interruptAt: pause) == .paused)
    #expect(try place.execute(broken) == .finished)
    #expect(try place.modelHash(broken) == place.modelHash(unbroken))
    #expect(try place.results(of: broken) == place.results(of: unbroken))
    let trials = try place.results(of: broken).first { $0[1] == .text("search.trials") }
    #expect(trials?[2] == .real(3))
    let steps = try place.store.query(
      "SELECT count(*) FROM metrics WHERE run = ? AND name = 'loss' AND superseded = 0",
      [.text(broken.id)])
    #expect(steps.rows == [[.integer(36)]])
  }

  @Test("parts of the backbone that are frozen keep every bit, statistics included")
  func partialFreezing() throws {
    let place = try Workplace()
    let parent = try place.makeRun(
      .pretrain, "supervised", options: ["epochs": .integer(1), "stem": .text("small")])
    _ = try place.execute(parent)
    let run = try place.makeRun(
      .adapt, "head-pose", options: options(["protocol": .text("partial")]), from: parent)
    _ = try place.execute(run)
    func tensors(_ run: Run) throws -> [String: [Float]] {
      try Safetensors.load(place.folder.appending(path: "runs/\(run.id)/model.safetensors"))
        .tensors.mapValues { try $0.floats() }
    }
    let (before, after) = (try tensors(parent), try tensors(run))
    func equal(_ name: String) -> Bool { before["backbone." + name] == after["backbone." + name] }
    #expect(equal("conv1.weight") && equal("bn1.running_mean") && equal("layer2.1.bn2.running_var"))
    #expect(!equal("layer3.0.conv1.weight") && !equal("layer4.0.bn1.running_mean"))
  }

  @Test("nearest neighbours answer every task at once", arguments: tasks)
  func neighbours(task: String) throws {
    let place = try Workplace()
    let run = try place.makeRun(
      .adapt, task, options: options(["protocol": .text("knn"), "search": .text("small")]))
    #expect(try place.execute(run) == .finished)
    let headline = try #require(MethodCatalog.method(.adapt, task)?.headline)
    let results = try place.results(of: run)
    let found = results.filter { row in
      if case .text(let name) = row[1] { name.hasPrefix(headline) } else { false }
    }
    #expect(found.count == 3)
    #expect(results.contains { $0[1] == .text("search.neighbours") })
  }

  @Test("frozen features are read from disk, and a damaged file is made anew")
  func frozenFeatures() throws {
    let place = try Workplace()
    let options = options(["protocol": .text("linear")])
    let first = try place.makeRun(.adapt, "emotion", options: options)
    _ = try place.execute(first)
    let cache = place.folder.appending(path: "cache")
    let files = try FileManager.default.contentsOfDirectory(atPath: cache.path)
      .filter { $0.hasPrefix("features-") }
    #expect(files.count == 1)
    let file = cache.appending(path: try #require(files.first))
    let written = try Data(contentsOf: file)
    // Another task on the same backbone, size and data needs no file of its own.
    _ = try place.execute(place.makeRun(.adapt, "head-pose", options: options))
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path).count == 2)
    // Poisoned features show that they are read.
    var (tensors, _) = try Safetensors.load(file)
    tensors["features.0"] = try #require(tensors["features.0"]) * 0
    try Safetensors.save(tensors, to: file)
    let poisoned = try place.makeRun(.adapt, "emotion", options: options)
    _ = try place.execute(poisoned)
    #expect(try place.results(of: poisoned) != place.results(of: first))
    try Data(written.prefix(written.count / 2)).write(to: file)
    let again = try place.makeRun(.adapt, "emotion", options: options)
    _ = try place.execute(again)
    #expect(try place.results(of: again) == place.results(of: first))
  }

  @Test("an adapted run tested again on its own set gives what it gave", arguments: tasks)
  func evaluateAdapted(task: String) throws {
    let place = try Workplace()
    let run = try place.makeRun(.adapt, task, options: options())
    _ = try place.execute(run)
    let again = try place.makeRun(
      .evaluate, task, options: ["stem": .text("small"), "batch": .integer(5)], from: run)
    #expect(try place.execute(again) == .finished)
    let own = try place.numbers(of: run, "validation-best", split: "test")
    let other = try place.numbers(of: again, "validation-best", split: "test")
    #expect(!other.isEmpty)
    for (name, value) in other { #expect(abs(value - (own[name] ?? .nan)) < 2e-2, "\(name)") }
  }

  @Test(
    "training on one set and testing on another equals evaluating there",
    arguments: ["landmarks", "recognition"])
  func otherSet(task: String) throws {
    let place = try Workplace()
    let run = try place.makeRun(.adapt, task, options: options(), test: Workplace.others)
    _ = try place.execute(run)
    let evaluation = try place.makeRun(
      .evaluate, task, options: ["stem": .text("small")], from: run, on: Workplace.others)
    _ = try place.execute(evaluation)
    let own = try place.numbers(of: run, "validation-best", split: "test")
    let other = try place.numbers(of: evaluation, "validation-best", split: "test")
    for (name, value) in other { #expect(abs(value - (own[name] ?? .nan)) < 2e-2, "\(name)") }
    let counts = try place.store.query(
      """
      SELECT max(n) FROM results JOIN runs ON runs.id = run_id
      WHERE uuid = ? AND metric LIKE 'nme%' AND split = 'test'
      """, [.text(run.id)])
    if task == "landmarks" { #expect(counts.rows == [[.integer(40)]]) }
  }

  @Test("what was adapted to another task is refused")
  func wrongParent() throws {
    let place = try Workplace()
    let run = try place.makeRun(.adapt, "emotion", options: options(["protocol": .text("knn")]))
    _ = try place.execute(run)
    let evaluation = try place.makeRun(
      .evaluate, "landmarks", options: ["stem": .text("small")], from: run)
    #expect {
      try place.execute(evaluation)
    } throws: { error in
      (error as? EngineError)?.code == .missingParent
    }
  }
}

extension Workplace {
  func numbers(of run: Run, _ selection: String, split: String) throws -> [String: Double] {
    let rows = try store.query(
      """
      SELECT metric, value FROM results JOIN runs ON runs.id = run_id
      WHERE uuid = ? AND selection = ? AND split = ?
      """, [.text(run.id), .text(selection), .text(split)]
    ).rows
    return Dictionary(
      rows.compactMap { row in
        guard let name = row[0].textValue, let value = row[1].realValue else { return nil }
        return (name, value)
      }, uniquingKeysWith: { first, _ in first })
  }
}
