import Testing
import Torch

@testable import Pretraining

struct CollapseWatchTests {
  private func report(_ loss: Double, spread: Double? = nil) -> StepReport {
    StepReport(loss: loss, learningRate: 0.1, spread: spread)
  }

  private func tells(_ watch: inout CollapseWatch, _ report: StepReport, steps: Int = 1) -> Bool {
    watch.warning(after: report, steps: steps) != nil
  }

  @Test("a loss at chance is told once, after as many steps as the patience")
  func lossAtChance() throws {
    var watch = CollapseWatch(uninformedLoss: 5.704, patience: 3)
    #expect(!tells(&watch, report(5.71)))
    #expect(!tells(&watch, report(5.70)))
    let told = watch.warning(after: report(5.70))
    let warning = try #require(told)
    #expect(warning.contains("5.704") && warning.contains("epsilon"))
    #expect(!tells(&watch, report(5.70)))
  }

  @Test("a loss that moves is no reason to warn, nor one of a method without such a value")
  func lossThatFalls() {
    var watch = CollapseWatch(uninformedLoss: 5.704, patience: 3)
    for loss in [5.70, 5.70, 5.5, 5.70, 5.70, 5.4] {
      #expect(!tells(&watch, report(loss)))
    }
    var without = CollapseWatch(uninformedLoss: nil, patience: 1)
    #expect(!tells(&without, report(0)))
  }

  @Test("features that are alike are told")
  func alike() throws {
    var watch = CollapseWatch(uninformedLoss: nil, patience: 20)
    #expect(!tells(&watch, report(1, spread: 0.01), steps: 10))
    #expect(!tells(&watch, report(1, spread: 0.5), steps: 10))
    #expect(!tells(&watch, report(1, spread: 0.01), steps: 10))
    let told = watch.warning(after: report(1, spread: 0.01), steps: 10)
    let warning = try #require(told)
    #expect(warning.contains("1.0%"))
  }

  @Test("spread is near 1 for independent directions and 0 for equal ones")
  func spread() throws {
    let random = try Tensor.randn([512, 32], generator: Generator(seed: 1))
    #expect(abs(try featureSpread(random) - 1) < 0.02)
    let alike = try (random * 1e-3 + 1)
    #expect(try featureSpread(alike) < 0.01)
  }

  @Test("SwAV's collapsed state is told: uniform scores stay at ln K")
  func collapsedSwAV() throws {
    // ε so large that every assignment is uniform: nothing can be learnt.
    var options = TestOptions.small
    options.numbers["epsilon"] = 100
    options.numbers["temperature"] = 10
    let trainer = try TestMethods.trainer("swav", options: options)
    var watch = CollapseWatch(uninformedLoss: trainer.method.uninformedLoss, patience: 10)
    let warnings = try TestMethods.steps(trainer, count: 12).compactMap { watch.warning(after: $0) }
    #expect(warnings.count == 1)
  }
}
