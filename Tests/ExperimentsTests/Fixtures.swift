import Experiments
import Foundation

/// A folder of its own that goes with this object.
final class ScratchFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "facet-store-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var store: String { path("experiments.sqlite") }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// A specification of an adaptation with few options.
func adaptation(
  method: String = "landmarks", labels: SpecValue = .text("10%"), seed: Int = 1,
  from initialization: String? = nil
) -> RunSpecification {
  RunSpecification(
    kind: .adapt, method: method,
    data: .record(["kind": .text("synthetic"), "sizes": .list([.integer(3), .real(0.5)])]),
    options: ["labels": labels, "augment": .boolean(true), "nothing": .list([])],
    seed: seed, initialization: initialization)
}

func pretraining(method: String = "swav") -> RunSpecification {
  RunSpecification(
    kind: .pretrain, method: method, data: .record(["kind": .text("synthetic")]),
    options: ["epochs": .integer(2)], seed: 1)
}

extension Store {
  /// A run that was started and finished here.
  func finished(
    _ specification: RunSpecification, name: String? = nil, data: String = "data"
  ) throws -> Run {
    let run = try createRun(specification: specification, name: name, dataFingerprint: data)
    try start(run: run.id, device: "cpu", threads: 2)
    try finish(run: run.id)
    return try self.run(id: run.id) ?? run
  }
}
