import FaceData
import FaceModels
import Testing
import Torch

@testable import Pretraining

/// Whole steps of each method on a dozen pictures of four textures.
struct PretrainingStepTests {
  static let names = PretrainingMethods.makers.keys.sorted()

  @Test("the supervised loss falls far below chance, ln 4, on separable people")
  func supervisedLearns() throws {
    let reports = try TestMethods.steps(TestMethods.trainer("supervised"), count: 40)
    #expect(reports[0].loss > 1)
    #expect(reports.suffix(5).map(\.loss).mean < 0.7, "\(reports.map(\.loss))")
    #expect(reports[0].learningRate > reports[39].learningRate)
  }

  @Test("SwAV's loss falls below its start", arguments: [OptimizationSettings.Rule.sgd, .larc])
  func swavLearns(rule: OptimizationSettings.Rule) throws {
    let reports = try TestMethods.steps(TestMethods.trainer("swav", rule: rule), count: 25)
    #expect(reports.suffix(3).map(\.loss).mean < reports.prefix(3).map(\.loss).mean - 0.1)
  }

  /// Method, rule and the share of the first losses that the last must be below.
  static let learning: [(String, OptimizationSettings.Rule, Double)] = [
    ("byol", .sgd, 0.9), ("mae", .adamw, 0.97), ("denoising", .adamw, 0.9), ("vae", .adamw, 0.8),
    ("supervised-contrastive", .sgd, 0.93), ("triplet", .adamw, 0.93), ("siamese", .sgd, 0.9),
  ]

  @Test("the loss falls and the features do not collapse", arguments: learning)
  func learns(name: String, rule: OptimizationSettings.Rule, share: Double) throws {
    let reports = try TestMethods.steps(TestMethods.trainer(name, rule: rule), count: 60)
    let (start, end) = (reports.prefix(4).map(\.loss).mean, reports.suffix(8).map(\.loss).mean)
    #expect(end < share * start, "\(start) → \(end)")
    #expect(try #require(reports.last?.spread) > CollapseWatch.leastSpread)
  }

  /// Method, and the loss that twenty steps on the same views of twelve different pictures must
  /// reach. MoCo's queue holds each picture's own keys of two earlier steps: ln 3 is its least, and
  /// ln 36 is chance.
  static let distinguishing: [(String, Double)] = [
    ("simclr", 1), ("vicreg", 16), ("barlow-twins", 2), ("simsiam", -0.1), ("moco", 2.7),
  ]

  @Test("pictures are told apart, and the features do not collapse", arguments: distinguishing)
  func tellsApart(name: String, loss: Double) throws {
    let trainer = try TestMethods.trainer(name, rule: .adamw, rate: 1e-3, options: .mild)
    let batch = try TestMethods.batch(trainer.method, step: 0, of: Textures(isDistinct: true))
    let reports = try (0..<20).map { step in
      try trainer.train(
        batch, at: StepPosition(step: step, stepsPerEpoch: 1, totalSteps: 20), measuresSpread: true)
    }
    #expect(try #require(reports.last?.loss) < loss, "\(reports.map(\.loss))")
    #expect(try #require(reports.last?.spread) > 0.5)
  }

  @Test("a masked autoencoder draws normalised patches, and without patch-norm the pixels")
  func patchNormalisation() throws {
    /// The loss where the decoder draws zeros, with all patches hidden but one; and the pixels' mean
    /// square.
    func losses(normalises: Bool) throws -> (drawn: Double, pixels: Double) {
      var options = TestOptions.small
      options.flags["patch-norm"] = normalises
      options.numbers["mask"] = 0.99
      let method = try TestMethods.make("mae", options: options)
      for tensor in method.state where tensor.name.hasPrefix("decoder.pred") {
        try withoutGradient { _ = try tensor.tensor.zero_() }
      }
      let batch = try TestMethods.batch(method, step: 0)
      let output = try method.forward(
        batch, at: StepPosition(step: 0, stepsPerEpoch: 1, totalSteps: 1))
      let images = try batch.images(0..<1, on: .cpu)
      return (try output.loss.item(), try images.pow(2).mean().item())
    }
    // The variance is over 192 values less one.
    #expect(abs(try losses(normalises: true).drawn - 191.0 / 192) < 1e-3)
    let plain = try losses(normalises: false)
    #expect(abs(plain.drawn / plain.pixels - 1) < 0.1)
    #expect(abs(plain.drawn - 1) > 0.1)
  }

  @Test("MoCo's keys tell nothing of their batch")
  func keysAlone() throws {
    /// The first two pictures' keys after three steps, of a batch with so many pictures.
    func keys(_ count: Int) throws -> [Float] {
      let trainer = try TestMethods.trainer("moco")
      _ = try TestMethods.steps(trainer, count: 3)
      let batch = try TestMethods.batch(trainer.method, step: 3).part(0..<count)
      _ = try trainer.method.forward(
        batch, at: StepPosition(step: 3, stepsPerEpoch: 1, totalSteps: 4))
      let queue = try #require(trainer.method.state.first { $0.name == "queue" })
      return try queue.tensor.narrow(0, start: 0, length: 2).floats()
    }
    for (a, b) in zip(try keys(12), try keys(4)) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("the statistics of MoCo's keys follow the query's: at first by nine tenths")
  func keyStatistics() throws {
    let trainer = try TestMethods.trainer("moco")
    _ = try TestMethods.steps(trainer, count: 1)
    let state = trainer.method.state.filter { $0.name.hasSuffix("running_mean") }
    let queries = state.filter { !$0.name.hasPrefix("momentum") }
    try #require(!queries.isEmpty && state.count == 2 * queries.count)
    for query in queries {
      let key = try #require(state.first { $0.name == "momentum.\(query.name)" })
      for (k, q) in zip(try key.tensor.floats(), try query.tensor.floats()) {
        #expect(abs(k - 0.9 * q) < 1e-6)
      }
    }
  }

  @Test("frozen prototypes stay unit rows as drawn, then move")
  func frozenPrototypes() throws {
    let trainer = try TestMethods.trainer("swav")
    let method = try #require(trainer.method as? SwAV)
    try method.prototypes.normalizeRows()
    let drawn = try method.prototypes.weight.floats()
    _ = try TestMethods.steps(trainer, count: 1)
    let frozen = try method.prototypes.weight.floats()
    for (a, b) in zip(drawn, frozen) { #expect(abs(a - b) < 1e-6) }
    _ = try TestMethods.steps(trainer, count: 3)
    let moved = try method.prototypes.weight.floats()
    #expect(zip(drawn, moved).contains { abs($0 - $1) > 1e-4 })
  }

  @Test("the same seed gives the same weights, bit for bit", arguments: names)
  func isReproducible(name: String) throws {
    let weights = try (0..<2).map { _ in
      let trainer = try TestMethods.trainer(name)
      _ = try TestMethods.steps(trainer, count: 2)
      return try trainer.state.flatMap { try $0.tensor.to(.float32).floats().map(\.bitPattern) }
    }
    #expect(weights[0] == weights[1])
  }

  @Test("no tensor outlives a step", arguments: names)
  func leavesNoTensors(name: String) throws {
    let trainer = try TestMethods.trainer(name)
    _ = try TestMethods.steps(trainer, count: 2)  // momentum buffers are there from now on
    let before = liveTensorCountOfThread
    _ = try TestMethods.steps(trainer, count: 1)
    #expect(liveTensorCountOfThread == before)
  }

  @Test("every parameter gets a gradient but for those that stay as they are", arguments: names)
  func everyParameterLearns(name: String) throws {
    let method = try TestMethods.make(name)
    let position = StepPosition(step: 5, stepsPerEpoch: 1, totalSteps: 10)
    try method.forward(TestMethods.batch(method, step: 0), at: position).loss.backward()
    let without = method.state.filter {
      $0.kind == .parameter && $0.tensor.requiresGradient && !$0.tensor.hasGradient
    }
    #expect(without.isEmpty, "\(without.map(\.name))")
    #expect(Set(method.state.map(\.name)).count == method.state.count)
  }

  @Test(
    "methods that ask who it is say that they need identities",
    arguments: ["supervised", "supervised-contrastive", "triplet", "siamese"])
  func needsIdentities(name: String) throws {
    let setup = TestMethods.setup(name, dataset: Textures(hasIdentities: false))
    #expect {
      try PretrainingMethods.make(name, setup)
    } throws: { error in
      (error as? PretrainingError)?.code == .noIdentities && "\(error)".contains("none of the")
    }
  }

  @Test("a masked autoencoder asks for a transformer")
  func needsTransformer() throws {
    #expect {
      try MaskedAutoencoder(TestMethods.setup("moco"))
    } throws: { "\($0)".contains("vit-s") }
  }
}
