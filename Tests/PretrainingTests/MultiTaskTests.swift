import FaceData
import FaceModels
import Testing
import Torch

@testable import Pretraining

/// Learning from all kinds of labels of a face world at once.
struct MultiTaskTests {
  private static func world() throws -> any FaceDataset {
    let world = try DatasetSpecification.synthetic(
      FaceWorldSettings(profile: .studio, identities: 4, images: 24, size: 32, seed: 2)
    ).open(cacheFolder: nil, threads: 1)
    return DecodedCache(world, byteLimit: 1 << 20)
  }

  private static func method(_ weights: [String: Double] = [:]) throws -> MultiTask {
    var options = TestOptions.mild
    for (name, weight) in weights { options.numbers[name] = weight }
    return try MultiTask(TestMethods.setup("multi-task", options: options, dataset: world()))
  }

  @Test("there is a head for every kind that the set labels and that counts")
  func heads() throws {
    let names = try Self.method().state.map(\.name).filter { $0.hasSuffix("weight") }
    for name in ["identity", "landmarks", "units", "emotion"] {
      #expect(names.contains("heads.\(name).weight"))
    }
    let fewer = try Self.method(["emotion-weight": 0]).state.map(\.name)
    #expect(!fewer.contains("heads.emotion.weight"))
    #expect(try MultiTask.kinds(of: Textures()) == [.identity(classes: 4)])
    #expect {
      try MultiTask(TestMethods.setup("multi-task", dataset: Textures(hasIdentities: false)))
    } throws: { ($0 as? PretrainingError)?.code == .badSettings }
  }

  @Test("every kind of label is learnt, each alone", arguments: ["identity", "landmarks", "units"])
  func learns(kind: String) throws {
    var weights = ["identity", "landmarks", "units", "emotion"].reduce(into: [String: Double]()) {
      $0[$1 + "-weight"] = 0
    }
    weights[kind + "-weight"] = 1
    let method = try Self.method(weights)
    let trainer = try PretrainingTrainer(
      method, settings: OptimizationSettings(rule: .adamw, learningRate: 2e-3))
    let data = method.dataset
    let losses = try (0..<30).map { step in
      let batch = try MultiCrop.batch(
        data, indices: Array(0..<24), settings: method.crops, seed: 5, epoch: step)
      return try trainer.train(
        batch, at: StepPosition(step: step, stepsPerEpoch: 1, totalSteps: 30)
      ).loss
    }
    #expect(losses.suffix(3).mean < 0.6 * losses.prefix(3).mean, "\(losses)")
  }
}
