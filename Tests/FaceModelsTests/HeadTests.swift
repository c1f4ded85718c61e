import Testing

@testable import FaceModels
@testable import Torch

struct HeadTests {
  let generator: Generator
  init() throws { generator = try Generator(seed: 2) }

  @Test func projectionHeadHasSwAVsNames() throws {
    let head = try ProjectionHead(inputs: 6, hidden: 8, outputs: 4, generator: generator)
    #expect(
      head.parameters.map(\.name)
        == [0, 1, 3].flatMap {
          ["projection_head.\($0).weight", "projection_head.\($0).bias"]
        })
    let x = try hashed([5, 6], "x").to(.float32)
    let y = try head(x, training: true)
    #expect(y.shape == [5, 4])
    // The formula, written out.
    let state = head.stateDictionary()
    func tensor(_ name: String) throws -> Tensor { try #require(state["projection_head.\(name)"]) }
    let hidden = try linear(x, weight: tensor("0.weight"), bias: tensor("0.bias"))
    let centred = try hidden - hidden.mean([0])
    let variance = try centred.pow(2).mean([0])
    let active = try (centred / (variance + 1e-5).sqrt()).relu()
    let expected = try linear(active, weight: tensor("3.weight"), bias: tensor("3.bias"))
    #expect(relativeError(try y.doubles(), try expected.doubles()) < 1e-5)
  }

  @Test func prototypesHaveUnitRows() throws {
    let prototypes = try Prototypes(inputs: 6, count: 10, generator: generator)
    #expect(prototypes.state.map(\.name) == ["prototypes.weight"])
    try withoutGradient { _ = try prototypes.weight.mul_(3) }
    try prototypes.normalizeRows()
    let norms = try prototypes.weight.norm([1]).doubles()
    #expect(norms.count == 10 && norms.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(prototypes.weight.requiresGradient)
    let scores = try prototypes(prototypes.weight.detached(), training: false)
    #expect(scores.shape == [10, 10])
    #expect(try scores.argmax(1).int64s() == (0..<10).map { Int64($0) })
  }

  @Test func anUntrainedRegressionHeadPredictsTheMean() throws {
    let mean = (0..<136).map { Float($0) / 2 }
    let head = try RegressionHead(inputs: 3, mean: mean, generator: generator)
    let x = try hashed([2, 3], "x").to(.float32)
    #expect(try head(x, training: false).floats() == mean + mean)
    #expect(head.state.map(\.name) == ["fc.weight", "fc.bias"])

    let weight = try #require(head.stateDictionary()["fc.weight"])
    #expect(weight.shape == [136, 3])
    try withoutGradient {
      _ = try weight.narrow(0, start: 5, length: 1).narrow(1, start: 2, length: 1).fill_(1)
    }
    let expected = try x.select(1, 2).doubles().map { $0 + 2.5 }
    let actual = try head(x, training: false).select(1, 5).doubles()
    #expect(relativeError(actual, expected) < 1e-6)
  }

  @Test func embeddingHeadIsLinearThenNorm() throws {
    let head = try EmbeddingHead(inputs: 6, outputs: 4, generator: generator)
    #expect(head.parameters.map(\.name) == ["fc.weight", "fc.bias", "bn.weight", "bn.bias"])
    let y = try head(hashed([50, 6], "x").to(.float32), training: true)
    #expect(y.shape == [50, 4])
    #expect(try y.mean([0]).abs().max().item() < 1e-5)
    #expect(try (y.variance([0]) * (49.0 / 50) - 1).abs().max().item() < 1e-3)
  }

  @Test(arguments: ["cosFace", "arcFace"])
  func marginsEqualTheFormulas(_ name: String) throws {
    let goldens: [String: DifferentiatedGolden] = try golden("heads.json")
    let golden = try #require(goldens[name])
    let classifier = try CosineClassifier(
      inputs: 6, classes: 5, scale: 16, margin: name == "cosFace" ? .cosFace(0.3) : .arcFace(0.3),
      generator: generator)
    try classifier.load(["weight": hashed([5, 6], "centres")])
    let labels = try Tensor([0, 4, 2, 2] as [Int64], shape: [4])
    let x = try (hashed([4, 6], "embedding") * 2).to(.float32)
    x.requiresGradient = true
    let loss = try withAutocast(.bfloat16) {
      try crossEntropy(logits: classifier.logits(x, labels: labels), labels: labels)
    }
    #expect(relativeError([try loss.item()], [golden.value]) < 1e-5)
    try loss.backward()
    #expect(relativeError(try #require(x.gradient).doubles(), golden.gradient) < 1e-5)
    #expect(classifier.weight.hasGradient)
    let plain = try classifier(x.detached(), training: false)
    #expect(try plain.abs().max().item() <= 16.0001)
  }
}
