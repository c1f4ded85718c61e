import FaceData
import FaceModels
import Testing
import Torch

@testable import Pretraining

/// Whole steps of each method on a dozen pictures of four textures, the "people".
struct PretrainingStepTests {
  /// A person is a texture: it survives crops, flips and changes of colour.
  struct Textures: FaceDataset {
    let count = 12
    let hasIdentities: Bool
    var fingerprint: String { "textures" }
    var identityNames: [String] { hasIdentities ? ["a", "b", "c", "d"] : [] }
    var pairs: [VerificationPair] { [] }
    var unusable: [UnusableSample] { [] }
    func id(at index: Int) -> String { "\(index)" }
    func labels(at index: Int) throws -> FaceLabels {
      FaceLabels(identity: hasIdentities ? index % 4 : nil)
    }
    func sample(at index: Int) throws -> FaceSample {
      let pixels = (0..<32 * 32).flatMap { at -> [UInt8] in
        let (y, x) = (at / 32, at % 32)
        let isBright = [y % 8 < 4, x % 8 < 4, (x / 4 + y / 4) % 2 == 0, true][index % 4]
        return Array(repeating: (isBright ? 200 : 40) + UInt8(index), count: 3)
      }
      return FaceSample(
        id: id(at: index), image: Image(width: 32, height: 32, pixels: pixels),
        labels: try labels(at: index))
    }
  }

  static let crops = MultiCropSettings(
    globalCrops: CropGroup(count: 2, size: 32, scale: 0.5...1),
    localCrops: CropGroup(count: 2, size: 16, scale: 0.2...0.5))

  /// One size only: what supervised pre-training takes.
  static let plainCrops = MultiCropSettings(
    globalCrops: CropGroup(count: 1, size: 32, scale: 0.5...1),
    localCrops: CropGroup(count: 0, size: 16, scale: 0.2...0.5))

  static func makeMethod(_ name: String, rule: OptimizationSettings.Rule = .sgd) throws
    -> any PretrainingMethod
  {
    let generator = try Generator(seed: 5)
    let backbone = try ResNet(depth: 18, width: 8, generator: generator)
    let optimization = OptimizationSettings(
      rule: rule, learningRate: rule == .lars ? 0.5 : 0.05, warmup: 0, weightDecay: 1e-4,
      precision: .float32, device: .cpu)
    if name == "swav" {
      return try SwAV(
        backbone: backbone, crops: crops,
        settings: SwAVSettings(prototypes: 6, projection: 16, frozenPrototypeSteps: 1),
        optimization: optimization, generator: generator)
    }
    return try Supervised(
      backbone: backbone, crops: plainCrops, dataset: Textures(hasIdentities: true),
      optimization: optimization, generator: generator)
  }

  static func steps(_ method: any PretrainingMethod, count: Int) throws -> [StepReport] {
    try (0..<count).map { step in
      let batch = try MultiCrop.batch(
        Textures(hasIdentities: true), indices: Array(0..<12), settings: method.crops, seed: 3,
        epoch: step)
      return try method.train(
        batch, at: StepPosition(step: step, stepsPerEpoch: 1, totalSteps: count))
    }
  }

  @Test("the supervised loss falls far below chance, ln 4, on separable people")
  func supervisedLearns() throws {
    let reports = try Self.steps(Self.makeMethod("supervised"), count: 40)
    #expect(reports[0].loss > 1)
    let end = reports.suffix(5).map(\.loss).reduce(0, +) / 5
    #expect(end < 0.7, "\(reports.map(\.loss))")
    #expect(reports[0].learningRate > reports[39].learningRate)
  }

  @Test("SwAV's loss falls below its start", arguments: [OptimizationSettings.Rule.sgd, .lars])
  func swavLearns(rule: OptimizationSettings.Rule) throws {
    let reports = try Self.steps(Self.makeMethod("swav", rule: rule), count: 25)
    let start = reports.prefix(3).map(\.loss).reduce(0, +) / 3
    let end = reports.suffix(3).map(\.loss).reduce(0, +) / 3
    #expect(end < start - 0.1)
  }

  @Test("frozen prototypes stay unit rows as drawn, then move")
  func frozenPrototypes() throws {
    let method = try #require(try Self.makeMethod("swav") as? SwAV)
    try method.prototypes.normalizeRows()
    let drawn = try method.prototypes.weight.floats()
    _ = try Self.steps(method, count: 1)
    let frozen = try method.prototypes.weight.floats()
    for (a, b) in zip(drawn, frozen) { #expect(abs(a - b) < 1e-6) }
    _ = try Self.steps(method, count: 3)
    let moved = try method.prototypes.weight.floats()
    #expect(zip(drawn, moved).contains { abs($0 - $1) > 1e-4 })
  }

  @Test("the same seed gives the same weights, bit for bit", arguments: ["swav", "supervised"])
  func isReproducible(name: String) throws {
    let weights = try (0..<2).map { _ in
      let method = try Self.makeMethod(name)
      _ = try Self.steps(method, count: 3)
      return try method.state.flatMap { try $0.tensor.to(.float32).floats().map(\.bitPattern) }
    }
    #expect(weights[0] == weights[1])
  }

  @Test("no tensor outlives a step", arguments: ["swav", "supervised"])
  func leavesNoTensors(name: String) throws {
    let method = try Self.makeMethod(name)
    _ = try Self.steps(method, count: 2)  // momentum buffers are there from now on
    let before = liveTensorCountOfThread
    _ = try Self.steps(method, count: 1)
    #expect(liveTensorCountOfThread == before)
  }

  @Test("supervised pre-training without identities says what it needs")
  func needsIdentities() throws {
    let generator = try Generator(seed: 5)
    #expect {
      try Supervised(
        backbone: ResNet(depth: 18, width: 8, generator: generator), crops: Self.crops,
        dataset: Textures(hasIdentities: false),
        optimization: OptimizationSettings(
          rule: .sgd, learningRate: 0.1, warmup: 0, weightDecay: 0, precision: .float32,
          device: .cpu), generator: generator)
    } throws: { error in
      (error as? PretrainingError)?.code == .noIdentities && "\(error)".contains("sample 0")
    }
  }
}
