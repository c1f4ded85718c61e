import Experiments
import FaceData
import Foundation
import Pretraining
import Testing
import Torch

@testable import Execution

/// Whole jobs through `Engine`.
@Suite(.serialized)
struct EngineTests {
  /// Small options of every method that differ from the defaults.
  static let pretraining: [String: [String: SpecValue]] = [
    "swav": [
      "epochs": .integer(2), "local-crops": .integer(2), "local-size": .integer(16),
      "prototypes": .integer(10),
      "projection": .integer(16), "queue": .integer(32), "queue-from": .integer(0),
      "freeze-prototypes": .integer(2),
    ],
    "supervised": ["epochs": .integer(2)],
    "moco": ["queue": .integer(40), "projection": .integer(16)],
    "byol": ["hidden": .integer(32), "projection": .integer(16)],
    "simsiam": ["projection": .integer(16)],
    "simclr": ["projection": .integer(16)],
    "vicreg": ["projection": .integer(16)],
    "barlow-twins": ["projection": .integer(16)],
    "dino": [
      "local-crops": .integer(2), "local-size": .integer(16), "prototypes": .integer(16),
      "hidden": .integer(32), "projection": .integer(16), "freeze-last": .integer(0),
    ],
    "mae": [
      "backbone": .text("vit-ti"), "decoder-width": .integer(64), "decoder-depth": .integer(1),
    ],
    "denoising": [:], "vae": ["code": .integer(8)], "multi-task": [:],
    "supervised-contrastive": ["projection": .integer(16)], "triplet": [:], "siamese": [:],
  ]

  static let methods = MethodCatalog.methods.filter { $0.kind == .pretrain }.map(\.name)

  static func options(_ method: String) throws -> [String: SpecValue] {
    try #require(pretraining[method], "\(method) has no test")
      .merging(["epochs": .integer(1)]) { given, _ in given }
  }

  @Test("the catalogue and the table of methods have the same names")
  func namesAgree() {
    #expect(Set(Self.methods) == Set(PretrainingMethods.makers.keys))
  }

  @Test(
    "pre-training leaves curves, weights with their hash and a finished run",
    arguments: ["swav", "supervised"])
  func pretrain(method: String) throws {
    let place = try Workplace()
    let run = try place.makeRun(.pretrain, method, options: Self.options(method))
    #expect(try place.execute(run) == .finished)
    #expect(try place.store.run(id: run.id)?.status == .finished)
    let progress = EngineProgress(folder: place.folder.appending(path: "runs/\(run.id)"))
    #expect(progress?.fraction == 1)
    #expect(progress?.loss != nil)
    let rows = try place.store.query(
      "SELECT count(*), min(step), max(step) FROM metrics WHERE run = ? AND name = 'loss'",
      [.text(run.id)]
    ).rows
    #expect(rows == [[.integer(14), .integer(1), .integer(14)]])
    let artifacts = try place.store.query(
      "SELECT size > 1000, length(sha256) FROM artifacts WHERE name = 'model'")
    #expect(artifacts.rows == [[.integer(1), .integer(64)]])
  }

  @Test(
    "interrupted and resumed, a run ends with the weights of an unbroken one, bit for bit",
    arguments: methods)
  func resumePretraining(method: String) throws {
    let place = try Workplace()
    let options = try Self.options(method)
    let unbroken = try place.makeRun(.pretrain, method, options: options)
    _ = try place.execute(unbroken)
    let broken = try place.makeRun(.pretrain, method, options: options)
    // Of 7 steps, or of 14 where the queue takes part in the second epoch.
    #expect(try place.execute(broken, interruptAt: method == "swav" ? 9 : 4) == .paused)
    #expect(try place.store.run(id: broken.id)?.status == .paused)
    #expect(try place.execute(broken) == .finished)
    #expect(try place.modelHash(broken) == place.modelHash(unbroken))
  }

  @Test("pairs are verified with a backbone as drawn")
  func evaluate() throws {
    let place = try Workplace()
    let run = try place.makeRun(.evaluate, "verification")
    #expect(try place.execute(run) == .finished)
    let area = try #require(try place.results(of: run).first { $0[1] == .text("auc[roc]") })
    guard case .real(let value) = area[2] else {
      Issue.record("the ROC area is \(area[2])")
      return
    }
    #expect(value > 0.3 && value < 1)
  }

  @Test("as many pairs are verified as were asked for")
  func pairs() throws {
    let place = try Workplace()
    let run = try place.makeRun(.evaluate, "verification", options: ["pairs": .integer(40)])
    #expect(try place.execute(run) == .finished)
    let counts = try place.store.query(
      "SELECT n FROM results WHERE metric IN ('auc[roc]', 'gain[pixels]')"
    ).rows
    // The test part has people for four of the ten folds.
    #expect(counts == [[.integer(16)], [.integer(16)]])
  }

  @Test("embeddings are unit features of every picture, in the set's order")
  func embed() throws {
    let place = try Workplace()
    let parent = try place.makeRun(.pretrain, "supervised", options: ["epochs": .integer(1)])
    _ = try place.execute(parent)
    let run = try place.makeRun(.evaluate, "embeddings", from: parent)
    #expect(try place.execute(run, interruptAt: 2) == .paused)
    #expect(try place.execute(run) == .finished)
    let path = try #require(try place.store.artifactPath(run: run.id, name: "embeddings"))
    let file = place.folder.appending(path: path)
    let features = try #require(try Safetensors.load(file).tensors["features"])
    #expect(features.shape == [120, 64])
    for row in try (features * features).sum([1]).floats() { #expect(abs(row - 1) < 1e-4) }
    let table = try FeatureTable(path: file.path, samples: 120)
    #expect(table.count == 120 && table.dimension == 64)
    // Another batch size changes nothing.
    let other = try place.makeRun(
      .evaluate, "embeddings", options: ["batch": .integer(7)], from: parent)
    _ = try place.execute(other)
    let otherPath = try #require(try place.store.artifactPath(run: other.id, name: "embeddings"))
    let again = try #require(
      try Safetensors.load(place.folder.appending(path: otherPath)).tensors["features"])
    #expect(try (features - again).abs().max().item() < 1e-4)
  }

  @Test("a failed job is marked failed with its reason")
  func failure() throws {
    let place = try Workplace()
    let run = try place.makeRun(.pretrain, "supervised", options: ["batch": .integer(4096)])
    #expect(throws: EngineError.self) { try place.execute(run) }
    let rows = try place.store.query(
      "SELECT status, error LIKE '%120 samples%' FROM run_overview WHERE run = ?", [.text(run.id)])
    #expect(rows.rows == [[.text("failed"), .integer(1)]])
  }

  @Test("another run's checkpoint is refused")
  func foreignCheckpoint() throws {
    let place = try Workplace()
    let run = try place.makeRun(.pretrain, "supervised")
    let file = place.folder.appending(path: "runs/\(run.id)/checkpoint.safetensors")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Checkpoint.save(
      step: 3, owner: "another",
      state: [
        NamedTensor("x", Tensor([Float(1)], shape: [1]), .buffer)
      ], to: file)
    #expect {
      try place.execute(run)
    } throws: { error in
      (error as? EngineError)?.code == .badCheckpoint
    }
  }
}

extension Workplace {
  /// Selection, metric and value of every result of a run.
  func results(of run: Run) throws -> [[SQLValue]] {
    try store.query(
      """
      SELECT selection, metric, value FROM results JOIN runs ON runs.id = run_id
      WHERE uuid = ? ORDER BY 1, 2
      """, [.text(run.id)]
    ).rows
  }
}
