import Experiments
import FaceData
import FaceModels
import Foundation
import Testing
import Torch

@testable import Execution

/// What the loop does beside the updates, and what it starts from.
@Suite(.serialized)
struct PretrainLoopTests {
  private let small: [String: SpecValue] = ["epochs": .integer(2)]

  private func value(_ metric: String, of run: Run, in place: Workplace) throws -> [Double] {
    try place.store.query(
      "SELECT value FROM metrics WHERE run = ? AND name = ? ORDER BY step",
      [.text(run.id), .text(metric)]
    ).rows.compactMap { $0[0].realValue }
  }

  @Test(
    "a probe leaves its curve and the best weights, and a pause changes neither",
    arguments: [("knn", "probe.accuracy[1-nn]"), ("landmarks", "probe.nme[inter-ocular,5-nn]")])
  func probe(question: String, metric: String) throws {
    let place = try Workplace()
    let options = small.merging(["probe": .text(question)]) { $1 }
    let unbroken = try place.makeRun(.pretrain, "supervised", options: options)
    #expect(try place.execute(unbroken) == .finished)
    let curve = try value(metric, of: unbroken, in: place)
    #expect(curve.count == 2 && curve.allSatisfy { $0 > 0 && $0 < 1 })
    let broken = try place.makeRun(.pretrain, "supervised", options: options)
    #expect(try place.execute(broken, interruptAt: 9) == .paused)
    #expect(try place.execute(broken) == .finished)
    #expect(try value(metric, of: broken, in: place) == curve)
    let models = try place.store.query(
      "SELECT selection FROM models JOIN runs ON runs.id = run_id WHERE uuid = ? ORDER BY 1",
      [.text(broken.id)]
    ).rows
    #expect(models == [[.text("last")], [.text("validation-best")]])
  }

  @Test("a set without the labels of a probe says so")
  func probeWithoutLabels() throws {
    let place = try Workplace()
    let run = try place.makeRun(
      .pretrain, "simclr", options: small.merging(["probe": .text("knn")]) { $1 },
      on: .synthetic(
        FaceWorldSettings(profile: .studio, identities: 40, images: 16, size: 32, seed: 1)))
    #expect {
      try place.execute(run)
    } throws: { "\($0)".contains("probe: knn needs more people with two pictures") }
  }

  @Test("clipping, parts, an average and a profile leave their traces")
  func loopOptions() throws {
    let place = try Workplace()
    let run = try place.makeRun(
      .pretrain, "simclr",
      options: small.merging([
        "clip": .real(1), "accumulate": .integer(2), "average": .real(0.9),
        "profile": .boolean(true),
      ]) { $1 })
    var messages: [String] = []
    #expect(try place.execute(run, onMessage: { messages.append($0) }) == .finished)
    #expect(try value("gradient-norm", of: run, in: place).count == 14)
    #expect(try value("feature-spread", of: run, in: place).count == 2)
    #expect(messages.contains { $0.contains("a step takes") && $0.contains("backward") })
  }

  @Test("a probe that does not improve ends the run, and patience without a probe is refused")
  func earlyStop() throws {
    let place = try Workplace()
    // With a rate of 0 only the running statistics move, and soon those stand still too.
    let options: [String: SpecValue] = [
      "epochs": .integer(60), "learning-rate": .real(0), "weight-decay": .real(0),
      "probe": .text("landmarks"), "patience": .integer(2), "width": .integer(8),
    ]
    let run = try place.makeRun(.pretrain, "supervised", options: options)
    var messages: [String] = []
    #expect(try place.execute(run, onMessage: { messages.append($0) }) == .finished)
    #expect(messages.contains { $0.contains("2 probes without a better one") })
    let probes = try value("probe.nme[inter-ocular,5-nn]", of: run, in: place)
    #expect(
      probes.count < 60 && probes.suffix(2).allSatisfy { $0 >= probes.dropLast(2).min() ?? 0 })
    #expect(try value("loss", of: run, in: place).count == probes.count * 7)
    let refused = try place.makeRun(
      .pretrain, "supervised", options: small.merging(["patience": .integer(1)]) { $1 })
    #expect { try place.execute(refused) } throws: { "\($0)".contains("this run has none") }
  }

  @Test(
    "a run that is to stop at a share of its steps stops there, and goes on to the same weights")
  func limits() throws {
    let place = try Workplace()
    let unbroken = try place.makeRun(.pretrain, "simclr", options: small)
    _ = try place.execute(unbroken)
    let broken = try place.makeRun(.pretrain, "simclr", options: small)
    let share = JobLimits(share: 0.3)
    #expect(try place.execute(broken, limits: share) == .paused)
    // ⌈0.3 · 14⌉; a second time it has nothing to do.
    #expect(try value("loss", of: broken, in: place).count == 5)
    #expect(try place.execute(broken, limits: share) == .paused)
    #expect(try value("loss", of: broken, in: place).count == 5)
    #expect(try place.execute(broken, limits: JobLimits(deadline: .distantPast)) == .paused)
    #expect(try place.execute(broken) == .finished)
    #expect(try place.modelHash(broken) == place.modelHash(unbroken))
  }

  @Test("recomputed activations change nothing but time and memory")
  func recompute() throws {
    let place = try Workplace()
    let plain = try place.makeRun(.pretrain, "byol", options: small)
    let again = try place.makeRun(
      .pretrain, "byol", options: small.merging(["recompute": .boolean(true)]) { $1 })
    for run in [plain, again] { _ = try place.execute(run) }
    #expect(try place.modelHash(plain) == place.modelHash(again))
  }

  private static let hasFloat16 = Precision.hasFloat16(on: .cpu)

  @Test(
    "float16 is refused with what to use where the CPU has it not",
    .enabled(if: !hasFloat16, "needs a processor without AVX512-FP16"))
  func refusedFloat16() throws {
    let place = try Workplace()
    let run = try place.makeRun(
      .pretrain, "simclr", options: small.merging(["precision": .text("float16")]) { $1 })
    #expect {
      try place.execute(run)
    } throws: { ($0 as? EngineError)?.code == .badDevice && "\($0)".contains("bfloat16") }
  }

  @Test(
    "float16 on the CPU learns what float32 does, and goes on as it would have after a pause",
    .enabled(if: hasFloat16, "needs a processor with AVX512-FP16"))
  func float16() throws {
    let place = try Workplace()
    // Wide enough that there are convolutions of float16.
    let options = small.merging(["width": .integer(64), "learning-rate": .real(0.001)]) { $1 }
    func run(_ precision: String) throws -> Run {
      try place.makeRun(
        .pretrain, "simclr", options: options.merging(["precision": .text(precision)]) { $1 })
    }
    let (exact, whole, paused) = (try run("float32"), try run("float16"), try run("float16"))
    _ = try place.execute(exact)
    _ = try place.execute(whole)
    _ = try place.execute(paused, interruptAt: 3)
    _ = try place.execute(paused)
    #expect(try place.modelHash(whole) == place.modelHash(paused))
    #expect(try place.modelHash(whole) != place.modelHash(exact))
    let losses = try [exact, whole].map { try value("loss", of: $0, in: place) }
    #expect(losses[0].count == losses[1].count)
    #expect(zip(losses[0], losses[1]).allSatisfy { abs($0 - $1) < 0.01 * abs($0) }, "\(losses)")
    // No step has overflowed and been left out.
    let file = place.folder.appending(path: "runs/\(whole.id)/checkpoint.safetensors")
    let calm = try #require(try Safetensors.load(file).tensors["loss-scaler.calm-steps"])
    #expect(try Int(calm.item()) == losses[1].count)
  }

  @Test("auto takes float16 for wide convolutions with a scaled loss, where nothing is faster")
  func automaticPrecision() throws {
    func chosen(_ backbone: String, width: Int, isScaled: Bool) throws -> Precision {
      let options = JobOptions(values: [
        "precision": .text("auto"), "backbone": .text(backbone), "width": .integer(width),
      ])
      return try options.precision(on: .cpu, isScaled: isScaled)
    }
    let best = Precision.best(for: .cpu)
    let scaled: Precision = best == .float32 && Self.hasFloat16 ? .float16 : best
    #expect(try chosen("resnet50", width: 64, isScaled: true) == scaled)
    #expect(try chosen("resnet50", width: 64, isScaled: false) == best)
    #expect(try chosen("resnet50", width: 16, isScaled: true) == best)
    #expect(try chosen("vit-s", width: 64, isScaled: true) == best)
  }

  @Test("pre-training goes on from another run's weights")
  func continues() throws {
    let place = try Workplace()
    let parent = try place.makeRun(.pretrain, "supervised", options: small)
    _ = try place.execute(parent)
    // With a rate of 0 the weights stay, and only batch norm's statistics move.
    let frozen: [String: SpecValue] = [
      "epochs": .integer(1), "learning-rate": .real(0), "weight-decay": .real(0),
    ]
    let child = try place.makeRun(.pretrain, "simclr", options: frozen, from: parent)
    _ = try place.execute(child)
    let (old, new) = (try place.model(parent), try place.model(child))
    let name = "backbone.layer4.0.conv1.weight"
    #expect(try old[name]?.floats() == new[name]?.floats())
    #expect(
      try old["backbone.bn1.running_mean"]?.floats() != new["backbone.bn1.running_mean"]?.floats())
  }

  @Test("weights from a file become a run that others start from")
  func importing() throws {
    let place = try Workplace()
    let network = try ResNet(depth: 18, width: 8, generator: Generator(seed: 9))
    let file = place.folder.appending(path: "theirs.safetensors")
    let foreign = network.state.prefixed("module.encoder_q").dictionary
    try Safetensors.save(foreign, to: file)
    let run = try place.makeImport(file)
    var messages: [String] = []
    #expect(try place.execute(run, onMessage: { messages.append($0) }) == .finished)
    #expect(messages.contains { $0.contains("under “module.encoder_q.”") })
    let weight = try place.model(run)["backbone.conv1.weight"]
    #expect(try weight?.floats() == network.state[0].tensor.floats())
    let adapted = try place.makeRun(
      .adapt, "landmarks", options: ["steps": .integer(2), "validate-every": .integer(2)],
      from: run)
    #expect(try place.execute(adapted) == .finished)
  }

  @Test("a file that has changed since the command, or of another shape, is refused")
  func badImports() throws {
    let place = try Workplace()
    let file = place.folder.appending(path: "theirs.safetensors")
    let network = try ResNet(depth: 18, width: 16, generator: Generator(seed: 9))
    try Safetensors.save(network.stateDictionary(), to: file)
    let wrong = try place.makeImport(file)
    #expect { try place.execute(wrong) } throws: { "\($0)".contains("width: 16") }
    let changed = try place.makeImport(file)
    try Safetensors.save(["x": .zeros([1])], to: file)
    #expect { try place.execute(changed) } throws: { "\($0)".contains("has changed") }
  }

  @Test("a checkpoint whose tensors changed on the disk is refused")
  func damagedCheckpoint() throws {
    let place = try Workplace()
    let file = place.folder.appending(path: "x.safetensors")
    let state = [NamedTensor("x", try Tensor([Float(1), 2, 3], shape: [3]), .buffer)]
    try Checkpoint.save(step: 3, owner: "me", state: state, to: file)
    #expect(try Checkpoint.load(file, owner: "me")?.step == 3)
    var bytes = try Data(contentsOf: file)
    bytes[bytes.endIndex - 1] ^= 1
    try bytes.write(to: file)
    #expect {
      try Checkpoint.load(file, owner: "me")
    } throws: { ($0 as? EngineError)?.code == .badCheckpoint && "\($0)".contains("has changed") }
  }

  @Test("a batch holds several pictures of a person where the method asks for them")
  func groups() {
    let people = (0..<60).map { $0 % 15 }
    let order = TrainingOrder(
      samples: Array(0..<60), batch: 12, seed: 1, groups: people, groupSize: 4)
    for epoch in 0..<2 {
      let steps = (0..<5).map { order.indices(of: epoch * 5 + $0) }
      #expect(Set(steps.joined()).count == 60)
      for batch in steps {
        let counts = Dictionary(grouping: batch) { people[$0] }.mapValues(\.count)
        #expect(counts.values.allSatisfy { $0 == 4 })
      }
    }
    #expect(order.indices(of: 0) != order.indices(of: 5))
  }
}
