import Experiments
import Foundation
import Testing

@testable import CommandShell

/// Weights that come in from elsewhere and go out again.
struct WeightCommandTests {
  private func importing(_ test: TestSession) throws -> String {
    let file = test.folder.appendingPathComponent("their weights.pth")
    try Data("not read here".utf8).write(to: file)
    return "import weights \"\(file.path)\", backbone: resnet18, width: 32"
  }

  @Test func importedWeightsAreARunToStartFrom() throws {
    let test = try TestSession()
    let command = try importing(test)
    try test.run(command + ", as: theirs")
    let run = try #require(try test.session.store().run(named: "theirs"))
    #expect(run.kind == .importing && run.status == .finished)
    #expect(run.dataFingerprint.count == 64)
    #expect(try test.run(command + ", as: theirs")[0].hasPrefix("theirs · reused"))
    try test.run(
      JobTests.data + "adapt landmarks, from: theirs, labels: 10%, size: 48\n"
        + "pretrain moco, from: theirs, epochs: 1")
    let adapted = try #require(try test.session.store().run(named: "landmarks/theirs/10%/s1"))
    #expect(adapted.specification.initialization == run.cacheKey)
    #expect(adapted.specification.options["width"] == .integer(32))
    #expect(adapted.specification.options["size"] == .integer(48))
    #expect(adapted.parents == [run.id])
    #expect(test.runner.names.last == "moco/wild/theirs/s1")
  }

  @Test func aRunWithoutWeightsDoesNotHideOneOfItsNameThatHasSome() throws {
    let test = try TestSession()
    try test.run(
      JobTests.data + "pretrain moco, epochs: 1, as: moco\n"
        + "evaluate verification, of: moco, as: moco")
    let trained = try #require(try test.session.store().run(named: "moco", kinds: [.pretrain]))
    let newest = try #require(try test.session.store().run(named: "moco"))
    #expect(newest.kind == .evaluate && newest.id != trained.id)
    try test.run("pretrain byol, from: moco, epochs: 1, as: byol")
    let next = try #require(try test.session.store().run(named: "byol"))
    #expect(next.parents == [trained.id])
    #expect(try test.run("show moco").joined().contains("evaluate"))
  }

  @Test func theNameIsTheFilesUnlessGiven() throws {
    let test = try TestSession()
    try test.run(try importing(test))
    #expect(test.runner.names == ["their weights"])
  }

  @Test(arguments: [
    ("import weights \"nowhere.pth\"", "E0503"), ("import data \"x.pth\"", "E0305"),
    ("import weights \"nowhere.pth\", depth: 3", "E0503"), ("import weights", "E0310"),
    ("sweep import weights", "E0309"), ("export nobody, to: \"x.safetensors\"", "E0307"),
  ])
  func whatIsWrongIsTold(command: String, code: String) throws {
    #expect(try TestSession().failure(command).contains(code))
  }

  @Test func unknownOptionsOfAnImportAreTold() throws {
    let test = try TestSession()
    #expect(test.failure(try importing(test) + ", depth: 3").contains("E0302"))
  }

  /// A model file as the engine leaves it: backbone and head.
  private func leaveModel(of run: Run, in test: TestSession) throws {
    let header =
      #"{"backbone.conv1.weight":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"#
      + #""head.fc.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let length = UInt64(header.utf8.count)
    var data = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) })
    data += Data(header.utf8) + Data([9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8])
    let folder = test.folder.appendingPathComponent("runs/\(run.id)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try data.write(to: folder.appendingPathComponent("model.safetensors"))
    try test.session.store().addArtifact(
      run: run.id, name: "model", path: "runs/\(run.id)/model.safetensors", size: data.count,
      sha256: String(repeating: "0", count: 64))
  }

  @Test func anExportHasTorchvisionsNamesAndACard() throws {
    let test = try TestSession()
    try test.run(JobTests.data + "pretrain swav, as: a, epochs: 2")
    let run = try #require(try test.session.store().run(named: "a"))
    try leaveModel(of: run, in: test)
    let target = test.folder.appendingPathComponent("out/a.safetensors")
    try test.run("export a, to: \"\(target.path)\"")
    let bytes = [UInt8](try Data(contentsOf: target))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length])) as? [String: Any])
    #expect(Set(header.keys) == ["conv1.weight", "__metadata__"])
    let entry = try #require(header["conv1.weight"] as? [String: Any])
    #expect(entry["data_offsets"] as? [Int] == [0, 8])
    #expect(Array(bytes[(8 + length)...]) == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect((8 + length) % 8 == 0)
    let card = try String(
      contentsOf: test.folder.appendingPathComponent("out/a.md"), encoding: .utf8)
    for part in ["# a", "pretrain swav", "torchvision.models.resnet18()", run.id, "| epochs | 2 |"]
    {
      #expect(card.contains(part), "\(part)")
    }
  }

  @Test(
    "what a transformer's features are goes into its card, and on to the runs that start from it",
    arguments: [(", pooling: mean", true), ("", false)])
  func pooling(option: String, isMean: Bool) throws {
    let test = try TestSession()
    try test.run(
      JobTests.data + "pretrain swav, as: a, backbone: vit-ti, epochs: 2\(option)\n"
        + "evaluate verification, of: a, on: wild, as: b")
    let run = try #require(try test.session.store().run(named: "a"))
    let measured = try #require(try test.session.store().run(named: "b"))
    #expect(measured.specification.options["pooling"] == .text(isMean ? "mean" : "class"))
    try leaveModel(of: run, in: test)
    let target = test.folder.appendingPathComponent("a.safetensors").path
    try test.run("export a, to: \"\(target)\"")
    let card = try String(
      contentsOf: test.folder.appendingPathComponent("a.md"), encoding: .utf8)
    #expect(card.contains("patch_size=16, global_pool='avg', fc_norm=False)") == isMean)
    #expect(card.contains("patch_size=16)") == !isMean)
  }

  @Test func aRunWithoutWeightsCannotBeExported() throws {
    let test = try TestSession()
    try test.run(JobTests.data + "pretrain swav, as: a, epochs: 2")
    #expect(test.failure("export a, to: \"x.safetensors\"").contains("has no weights"))
    #expect(test.failure("export a, to: \"x.pth\"").contains("E0309"))
    #expect(test.failure("export a").contains("to:"))
  }
}
