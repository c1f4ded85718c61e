import FaceData
import FaceModels
import Testing
import Torch

@testable import Pretraining

struct TrainerTests {
  private let position = StepPosition(step: 0, stepsPerEpoch: 10, totalSteps: 100)

  /// A linear method without batch norm: gradients of parts add up exactly.
  private final class LinearMethod: PretrainingMethod {
    let backbone: any Backbone
    let crops = MultiCropSettings(
      globalCrops: CropGroup(count: 1, size: 16, scale: 0.9...1),
      localCrops: CropGroup(count: 0, size: 16, scale: 0.1...0.2))

    init() throws {
      backbone = try VisionTransformer(
        width: 64, depth: 1, imageSize: 16, patch: 8, generator: Generator(seed: 1))
    }
    var state: [NamedTensor] { backbone.state.prefixed("backbone") }
    func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
      let z = try backbone(batch.images(0..<1, on: .cpu), training: true)
      return MethodOutput(loss: try z.pow(2).mean(), features: try z.detached())
    }
  }

  private func weights(_ settings: OptimizationSettings) throws -> (
    [Float], StepReport, PretrainingTrainer
  ) {
    let trainer = try PretrainingTrainer(LinearMethod(), settings: settings)
    let batch = try TestMethods.batch(trainer.method, step: 0)
    let report = try trainer.train(batch, at: position)
    return (try trainer.method.state.flatMap { try $0.tensor.floats() }, report, trainer)
  }

  @Test("a batch in parts gives the update of the whole batch", arguments: [2, 5, 12])
  func accumulation(parts: Int) throws {
    let whole = try weights(OptimizationSettings(rule: .sgd, learningRate: 0.5))
    let inParts = try weights(
      OptimizationSettings(rule: .sgd, learningRate: 0.5, accumulation: parts))
    #expect(abs(whole.1.loss - inParts.1.loss) < 1e-5)
    for (a, b) in zip(whole.0, inParts.0) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("clipped gradients move the weights by the rate times the norm")
  func clipping() throws {
    let before = try LinearMethod().state.flatMap { try $0.tensor.floats() }
    let (after, report, _) = try weights(
      OptimizationSettings(rule: .sgd, learningRate: 0.5, clip: 0.01))
    let moved = zip(before, after).map { Double($0 - $1) * Double($0 - $1) }.reduce(0, +)
    #expect(try #require(report.gradientNorm) > 0.01)
    #expect(abs(moved.squareRoot() - 0.5 * 0.01) < 2e-4)
  }

  @Test("the average of the weights lies between the start and the end, and is what is kept")
  func average() throws {
    let before = try LinearMethod().state.flatMap { try $0.tensor.floats() }
    let (after, _, trainer) = try weights(
      OptimizationSettings(rule: .sgd, learningRate: 0.5, average: 0.75))
    let kept = try trainer.result.flatMap { try $0.tensor.floats() }
    for index in kept.indices {
      #expect(abs(kept[index] - (0.75 * before[index] + 0.25 * after[index])) < 1e-5)
    }
    #expect(trainer.state.count == 2 * trainer.method.state.count)
    let seen = try trainer.withResult { try $0.state.flatMap { try $0.tensor.floats() } }
    #expect(seen == kept)
    struct Refused: Error {}
    #expect(throws: Refused.self) { try trainer.withResult { _ in throw Refused() } }
    #expect(try trainer.method.state.flatMap { try $0.tensor.floats() } == after)
  }

  @Test("what remains of DINO is its teacher, of a method without one the network being trained")
  func remains() throws {
    for (name, kept) in [("dino", "momentum.backbone."), ("byol", "backbone.")] {
      let trainer = try TestMethods.trainer(name, rate: 0.1)
      let batch = try TestMethods.batch(trainer.method, step: 0)
      _ = try trainer.train(batch, at: StepPosition(step: 0, stepsPerEpoch: 2, totalSteps: 4))
      let state = try Dictionary(
        uniqueKeysWithValues: trainer.method.state.map { ($0.name, try $0.tensor.floats()) })
      for tensor in trainer.result {
        #expect(try tensor.tensor.floats() == state[kept + tensor.name], "\(name) \(tensor.name)")
      }
      #expect(
        state["momentum.backbone.conv1.weight"] != state["backbone.conv1.weight"], "\(name)")
    }
  }

  @Test("an average is one of what remains: of DINO's teacher")
  func averageOfTheTeacher() throws {
    let trainer = try PretrainingTrainer(
      TestMethods.make("dino"),
      settings: OptimizationSettings(rule: .sgd, learningRate: 0.1, average: 0.75))
    func teacher() throws -> [Float] {
      let name = "momentum.backbone.conv1.weight"
      return try #require(try trainer.method.state.first { $0.name == name }).tensor.floats()
    }
    let before = try teacher()
    _ = try trainer.train(
      TestMethods.batch(trainer.method, step: 0),
      at: StepPosition(step: 0, stepsPerEpoch: 2, totalSteps: 4))
    let after = try teacher()
    #expect(before != after)
    let kept = try #require(trainer.result.first { $0.name == "conv1.weight" }).tensor.floats()
    for index in kept.indices {
      #expect(abs(kept[index] - (0.75 * before[index] + 0.25 * after[index])) < 1e-6)
    }
  }

  @Test("SGD with LARC decays and scales every parameter, LARS leaves vectors out")
  func larcAndLars() throws {
    let weight = try Tensor([Float(3), 4], shape: [1, 2])
    let bias = try Tensor([Float(2)], shape: [1])
    func moved(_ rule: OptimizationSettings.Rule) throws -> Float {
      let parameters = try [weight.clone(), bias.clone()].map { try $0.detached() }
      for parameter in parameters { try parameter.setRequiresGradient(true) }
      let settings = OptimizationSettings(rule: rule, learningRate: 1, weightDecay: 0.1)
      let optimizer = try settings.makeOptimizer([
        NamedTensor("weight", parameters[0]), NamedTensor("bias", parameters[1]),
      ])
      try (parameters[0].sum() + parameters[1].sum()).backward()
      try optimizer.step(learningRate: 1)
      return try 2 - parameters[1].floats()[0]
    }
    // LARC: 0.001 · 2 / (1 + 0.1 · 2) · (1 + 0.1 · 2).
    #expect(abs(try moved(.larc) - 0.002) < 1e-6)
    #expect(abs(try moved(.lars) - 1) < 1e-6)
  }

  @Test("layers nearer to the input learn more slowly, the heads at the full rate")
  func layerRates() throws {
    for rule in OptimizationSettings.Rule.allCases {
      let trainer = try PretrainingTrainer(
        TestMethods.make("simclr"),
        settings: OptimizationSettings(rule: rule, learningRate: 0.1, layerDecay: 0.5))
      var rates: [String: Double] = [:]
      for group in trainer.optimizer.groups {
        for parameter in group.parameters { rates[parameter.name] = group.learningRateScale }
      }
      #expect(rates.count == trainer.method.state.filter { $0.kind == .parameter }.count)
      #expect(rates["backbone.conv1.weight"] == 0.0625)
      #expect(rates["backbone.layer1.0.bn1.bias"] == 0.125)
      #expect(rates["backbone.layer4.1.conv2.weight"] == 1)
      #expect(rates["projector.0.weight"] == 1)
    }
  }

  @Test("the predictor learns at its own rate", arguments: ["byol", "simsiam"])
  func predictorRate(name: String) throws {
    var options = TestOptions.small
    options.numbers["predictor-rate"] = 8
    let trainer = try PretrainingTrainer(
      TestMethods.make(name, options: options),
      settings: OptimizationSettings(rule: .sgd, learningRate: 0.1, layerDecay: 0.5))
    var rates: [String: Double] = [:]
    for group in trainer.optimizer.groups {
      for parameter in group.parameters { rates[parameter.name] = group.learningRateScale }
    }
    let learning = trainer.method.state.filter {
      $0.kind == .parameter && $0.tensor.requiresGradient
    }
    #expect(rates.count == learning.count)
    #expect(rates["backbone.conv1.weight"] == 0.0625)
    #expect(rates["projector.0.weight"] == 1)
    #expect(rates["predictor.0.weight"] == 8)
  }

  @Test("a loss that is not finite stops before the weights change")
  func notFinite() throws {
    let trainer = try PretrainingTrainer(
      LinearMethod(), settings: OptimizationSettings(rule: .sgd, learningRate: 0.5))
    let first = try #require(trainer.method.state.first).tensor
    _ = try withoutGradient { try first.fill_(.nan) }
    let batch = try TestMethods.batch(trainer.method, step: 0)
    #expect {
      try trainer.train(batch, at: position)
    } throws: { ($0 as? PretrainingError)?.code == .notFinite }
  }

  @Test("the profile counts every part of a step")
  func profile() throws {
    let (_, _, trainer) = try weights(OptimizationSettings(rule: .sgd, learningRate: 0.5))
    for part in [StepProfile.Part.forward, .backward, .update] {
      #expect(trainer.profile.seconds(part) > 0)
    }
    #expect(trainer.profile.seconds(.data) == 0)
    #expect(trainer.profile.summary(steps: 1).contains("forward"))
  }

  @Test("partial classes hold the batch's own and others, each once")
  func partialClasses() throws {
    let labels: [Int64] = [7, 3, 7, 90]
    let choice = PartialClasses(present: labels, of: 100, share: 0.2, seed: 1, step: 4)
    #expect(choice.classes.count == 20 && Set(choice.classes).count == 20)
    #expect(choice.places.map { choice.classes[Int($0)] } == labels)
    #expect(choice == PartialClasses(present: labels, of: 100, share: 0.2, seed: 1, step: 4))
    #expect(choice != PartialClasses(present: labels, of: 100, share: 0.2, seed: 1, step: 5))
    let few = PartialClasses(present: labels, of: 100, share: 0.001, seed: 1, step: 4)
    #expect(few.classes == [3, 7, 90])
  }

  @Test("margins and sampled classes learn too", arguments: ["cosface", "arcface"], [1, 0.5])
  func margins(loss: String, sample: Double) throws {
    var options = TestOptions.small
    options.texts["loss"] = loss
    options.numbers["sample"] = sample
    let reports = try TestMethods.steps(
      TestMethods.trainer("supervised", options: options), count: 30)
    #expect(reports.suffix(4).map(\.loss).mean < 0.7 * reports.prefix(4).map(\.loss).mean)
  }
}
