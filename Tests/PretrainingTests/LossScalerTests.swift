import Testing
import Torch

@testable import Pretraining

struct LossScalerTests {
  private func trained(_ scaler: LossScaler?) throws -> (before: [Float], after: [Float]) {
    let trainer = try PretrainingTrainer(
      TestMethods.make("simclr"), settings: OptimizationSettings(rule: .sgd, learningRate: 0.05),
      scaler: scaler)
    let weight = try #require(trainer.method.backbone.parameters.first).tensor
    let before = try weight.floats()
    _ = try TestMethods.steps(trainer, count: 1)
    return (before, try weight.floats())
  }

  @Test("a scaled loss gives the update of the plain one")
  func equality() throws {
    let plain = try trained(nil)
    let scaled = try trained(LossScaler(scale: 1024))
    #expect(plain.after != plain.before)
    for (a, b) in zip(plain.after, scaled.after) { #expect(abs(a - b) < 1e-6) }
  }

  @Test("gradients that overflow leave the weights and halve the scale")
  func overflow() throws {
    let scaler = try LossScaler(scale: 3e38)
    let (before, after) = try trained(scaler)
    #expect(before == after)
    #expect(try scaler.factor() < 2e38)
  }

  @Test("the scale doubles after enough calm steps, and a checkpoint has it")
  func growth() throws {
    let scaler = try LossScaler(scale: 8, patience: 3)
    let x = try Tensor([Float(1)], shape: [1])
    try x.setRequiresGradient(true)
    for _ in 0..<3 {
      x.clearGradient()
      try (x * scaler.factor()).sum().backward()
      #expect(try scaler.unscale([NamedTensor("x", x)]))
      #expect(try x.gradient?.floats() == [1])
    }
    #expect(try scaler.factor() == 16)
    #expect(scaler.state.map(\.name) == ["loss-scaler.scale", "loss-scaler.calm-steps"])
  }
}
