import Digests
import Experiments
import FaceData
import Foundation
import Testing
import Torch

@testable import Execution

/// A folder with a store and a few small synthetic faces, removed at the end.
final class Workplace {
  let folder: URL
  let store: Store

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try Store(path: folder.appending(path: "experiments.sqlite").path)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let faces = DatasetSpecification.synthetic(
    FaceWorldSettings(profile: .studio, identities: 40, images: 120, size: 32, seed: 1))

  /// Other people, for tests on another set.
  static let others = DatasetSpecification.synthetic(
    FaceWorldSettings(profile: .studio, identities: 20, images: 40, size: 32, seed: 9))

  static func value(_ data: DatasetSpecification) throws -> SpecValue {
    try JSONDecoder().decode(SpecValue.self, from: JSONEncoder().encode(data))
  }

  func makeRun(
    _ kind: RunSpecification.Kind, _ method: String, options: [String: SpecValue] = [:],
    from parent: Run? = nil, on dataset: DatasetSpecification = faces,
    test: DatasetSpecification? = nil
  ) throws -> Run {
    let definition = try #require(MethodCatalog.method(kind, method))
    var all = Dictionary(
      uniqueKeysWithValues: definition.options.map { ($0.name, $0.defaultValue) })
    let small: [String: SpecValue] = [
      "width": .integer(8), "size": .integer(32), "batch": .integer(16),
      "threads": .integer(1), "device": .text("cpu"), "precision": .text("float32"),
    ]
    for (name, value) in small.merging(options, uniquingKeysWith: { $1 }) {
      #expect(all.updateValue(value, forKey: name) != nil, "unknown option \(name)")
    }
    let specification = RunSpecification(
      kind: kind, method: method, data: try Self.value(dataset), options: all, seed: 1,
      initialization: parent?.cacheKey,
      test: try test.map { .init(data: try Self.value($0), fingerprint: "others") })
    return try store.createRun(
      specification: specification, name: "\(method)-\(UUID().uuidString.prefix(4))",
      dataFingerprint: dataset == Self.faces ? "faces" : "others",
      parents: parent.map { [$0.id] } ?? [])
  }

  /// A run that imports a file into a ResNet-18 of width 8.
  func makeImport(_ file: URL) throws -> Run {
    let definition = try #require(MethodCatalog.method(.importing, "weights"))
    var options = Dictionary(
      uniqueKeysWithValues: definition.options.map { ($0.name, $0.defaultValue) })
    options["width"] = .integer(8)
    options["size"] = .integer(32)
    options["threads"] = .integer(1)
    let specification = RunSpecification(
      kind: .importing, method: "weights",
      data: .record(["kind": .text("weights"), "path": .text(file.path)]), options: options, seed: 1
    )
    return try store.createRun(
      specification: specification, name: "theirs", dataFingerprint: SHA256Digest.of(file: file).hex
    )
  }

  /// Carries a run out, pausing it when the loop asks for the given time.
  func execute(
    _ run: Run, interruptAt call: Int = .max, limits: JobLimits = JobLimits(),
    onMessage: @escaping (String) -> Void = { _ in }
  ) throws -> JobEnd {
    var asked = 0
    let events: (EngineEvent) -> Void = { event in
      if case .message(let text) = event { onMessage(text) }
    }
    return try Engine(store: store, folder: folder, limits: limits, events: events) {
      asked += 1
      return asked >= call
    }.execute(run: run.id)
  }

  func model(_ run: Run) throws -> [String: Tensor] {
    try Safetensors.load(folder.appending(path: "runs/\(run.id)/model.safetensors")).tensors
  }

  /// SHA-256 over the weights' bits; the file's metadata names the run and so differs.
  func modelHash(_ run: Run) throws -> String {
    let tensors = try model(run)
    var hasher = SHA256Hasher()
    for name in tensors.keys.sorted() {
      hasher.update(name)
      for value in try #require(tensors[name]).to(.float32).floats() {
        hasher.update("\(value.bitPattern)")
      }
    }
    return hasher.finalize().hex
  }
}
