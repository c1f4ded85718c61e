import FaceData
import FaceModels
import Foundation
import Testing
import Torch

@testable import Pretraining

/// A dozen pictures of four textures, the "people": a texture survives crops, flips and changes of
/// colour. Or a dozen of twelve, for the methods that tell pictures apart.
struct Textures: FaceDataset {
  let count = 12
  var hasIdentities = true
  var isDistinct = false
  var fingerprint: String { "textures" }
  var identityNames: [String] { hasIdentities ? ["a", "b", "c", "d"] : [] }
  var pairs: [VerificationPair] { [] }
  var unusable: [UnusableSample] { [] }
  func id(at index: Int) -> String { "\(index)" }
  func labels(at index: Int) throws -> FaceLabels {
    FaceLabels(identity: hasIdentities ? index % 4 : nil)
  }
  func sample(at index: Int) throws -> FaceSample {
    FaceSample(
      id: id(at: index), image: (isDistinct ? Self.stripes : Self.people)[index],
      labels: try labels(at: index))
  }

  private static let people = (0..<12).map { index in
    image { x, y in
      let isBright = [y % 8 < 4, x % 8 < 4, (x / 4 + y / 4) % 2 == 0, true][index % 4]
      return Array(repeating: (isBright ? 200 : 40) + UInt8(index), count: 3)
    }
  }

  /// Six widths of stripes, lying or standing, each in a colour of its own.
  private static let stripes = (0..<12).map { index in
    image { x, y in
      let isBright = (index % 2 == 0 ? x : y) / (2 + index / 2 * 2) % 2 == 0
      return (0..<3).map { (index + $0) % 3 == 0 || isBright ? 200 : 40 + UInt8(10 * index) }
    }
  }

  private static func image(_ color: (_ x: Int, _ y: Int) -> [UInt8]) -> Image {
    Image(
      width: 32, height: 32, pixels: (0..<32 * 32).flatMap { color($0 % 32, $0 / 32) })
  }
}

/// Options by name, as a run's specification holds them.
struct TestOptions: OptionValues {
  struct Missing: Error { let name: String }
  var numbers: [String: Double]
  var texts: [String: String] = ["loss": "softmax", "centring": "mean"]
  var flags: [String: Bool] = ["batch-negatives": true, "patch-norm": true]

  func integer(_ name: String) throws -> Int { Int(try real(name)) }
  func real(_ name: String) throws -> Double {
    guard let value = numbers[name] else { throw Missing(name: name) }
    return value
  }
  func text(_ name: String) throws -> String {
    guard let value = texts[name] else { throw Missing(name: name) }
    return value
  }
  func flag(_ name: String) throws -> Bool {
    guard let value = flags[name] else { throw Missing(name: name) }
    return value
  }

  /// Small values of every option that a method has.
  static let small = TestOptions(numbers: [
    "size": 32, "batch": 12, "accumulate": 1, "crop-scale": 0.5, "color": 1, "grayscale": 0.2,
    "blur": 0.5, "blur-second": 0.1, "solarize-second": 0.2, "global-crops": 2, "local-crops": 2,
    "local-size": 16, "global-scale": 0.5, "local-scale": 0.2, "prototypes": 6, "projection": 16,
    "temperature": 0.2, "teacher-temperature": 0.04, "epsilon": 0.05, "sinkhorn-iterations": 3,
    "queue": 0, "queue-from": 0, "freeze-prototypes": 1, "momentum": 0.9, "hidden": 32,
    "invariance": 25, "variance": 25, "covariance": 1, "redundancy": 0.0051,
    "centre-momentum": 0.9, "predictor-rate": 1, "freeze-last": 0, "mask": 0.5, "decoder-width": 64,
    "decoder-depth": 1, "noise": 0.3, "hole": 0.3, "code": 8, "beta": 0.1, "margin": 0.3,
    "scale": 16, "embedding": 16, "sample": 1, "pictures": 3, "identity-weight": 1,
    "landmarks-weight": 10, "units-weight": 1, "emotion-weight": 1,
  ])
}

extension TestOptions {
  /// Views that keep a picture's own looks.
  static let mild: TestOptions = {
    var options = TestOptions.small
    options.numbers.merge(
      ["crop-scale": 0.8, "global-scale": 0.8, "color": 0.3, "grayscale": 0, "blur": 0]
    ) { $1 }
    return options
  }()
}

enum TestMethods {
  static func setup(
    _ name: String, options: TestOptions = .small, dataset: any FaceDataset = Textures()
  ) -> PretrainingSetup {
    var options = options
    if name == "moco" { options.numbers["queue"] = 24 }
    return PretrainingSetup(
      options: options, dataset: dataset, compute: Compute(device: .cpu, precision: .float32),
      seed: 5,
      makeBackbone: {
        let generator = try Generator(seed: 5)
        if name == "mae" {
          return try VisionTransformer(
            width: 64, depth: 1, imageSize: 32, patch: 8, generator: generator)
        }
        return try ResNet(depth: 18, width: 8, generator: generator)
      })
  }

  static func make(_ name: String, options: TestOptions = .small) throws
    -> any PretrainingMethod
  {
    // Networks this small gain nothing from a second thread, and wait for it on a busy machine.
    try setThreads(1)
    return try #require(try PretrainingMethods.make(name, setup(name, options: options)))
  }

  static func trainer(
    _ name: String, rule: OptimizationSettings.Rule = .sgd, rate: Double? = nil,
    options: TestOptions = .small
  ) throws -> PretrainingTrainer {
    try PretrainingTrainer(
      make(name, options: options),
      settings: OptimizationSettings(
        rule: rule, learningRate: rate ?? (rule == .sgd ? 0.05 : rule == .adamw ? 2e-3 : 0.5),
        weightDecay: 1e-4))
  }

  static func batch(
    _ method: any PretrainingMethod, step: Int, of dataset: Textures = Textures()
  ) throws -> MultiCropBatch {
    try MultiCrop.batch(
      dataset, indices: Array(0..<12), settings: method.crops, seed: 3, epoch: step)
  }

  static func steps(_ trainer: PretrainingTrainer, count: Int) throws -> [StepReport] {
    try (0..<count).map { step in
      try trainer.train(
        batch(trainer.method, step: step),
        at: StepPosition(step: step, stepsPerEpoch: 1, totalSteps: count), measuresSpread: true)
    }
  }
}

extension Sequence<Double> {
  var mean: Double {
    let values = Array(self)
    return values.reduce(0, +) / Double(values.count)
  }
}
