import FaceData
import FaceModels
import Foundation
import Testing
import Torch

@testable import Pretraining

/// SwAV's arithmetic against the published code's (Goldens/make_goldens.py).
struct SwAVLossTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let loss: Double
      let zGradient: [Float]
      let prototypeGradient: [Float]
    }
    let sinkhorn: [[Float]]
    let plain: Case
    let queue: Case
  }

  static let views = 4
  static let batch = 6
  static let dimensions = 8
  static let clusters = 5
  static let queueLength = 12

  static func golden() throws -> Golden {
    let url = Bundle.module.url(forResource: "swav", withExtension: "json", subdirectory: "Goldens")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: try #require(url)))
  }

  /// The golden script's deterministic tensor: sin(1.7 i + phase), rows of unit length.
  static func filled(_ shape: [Int], phase: Double) throws -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { Float(sin(1.7 * Double($0) + phase)) }
    return try Tensor(values, shape: shape).l2Normalized(shape.count - 1)
  }

  static func makeSwAV(queueLength: Int, epsilon: Double = 0.05) throws -> SwAV {
    let crop = CropGroup(count: 2, size: 32, scale: 0.5...1)
    return try SwAV(
      TestMethods.setup("swav"),
      crops: MultiCropSettings(
        globalCrops: crop, localCrops: CropGroup(count: 2, size: 16, scale: 0.1...0.5)),
      settings: SwAVSettings(
        prototypes: clusters, projection: dimensions, epsilon: epsilon, queueLength: queueLength,
        queueFromEpoch: 0))
  }

  @Test("Sinkhorn–Knopp gives the published code's assignments")
  func assignments() throws {
    let z = try Self.filled([Self.views * Self.batch, Self.dimensions], phase: 0.3)
      .narrow(0, start: 0, length: Self.batch)
    let prototypes = try Self.filled([Self.clusters, Self.dimensions], phase: 1.1)
    let q = try sinkhorn(z.matmul(prototypes.transposed()), epsilon: 0.05, iterations: 3)
    let expected = try Self.golden().sinkhorn.flatMap { $0 }
    #expect(q.shape == [Self.batch, Self.clusters])
    for (value, wanted) in zip(try q.floats(), expected) { #expect(abs(value - wanted) < 1e-5) }
  }

  @Test("every sample's assignment sums to one and prototypes share alike, also for large scores")
  func balance() throws {
    let scores = try Self.filled([40, 8], phase: 0.7) * 30
    let q = try sinkhorn(scores, epsilon: 0.5, iterations: 200)
    for sum in try q.sum([1]).floats() { #expect(abs(sum - 1) < 1e-4) }
    for sum in try q.sum([0]).floats() { #expect(abs(sum - 5) < 0.05) }
  }

  @Test("loss and gradients are the published code's", arguments: [false, true])
  func lossAndGradients(hasQueue: Bool) throws {
    let method = try Self.makeSwAV(queueLength: hasQueue ? Self.queueLength : 0)
    let expected = try hasQueue ? Self.golden().queue : Self.golden().plain
    try withoutGradient {
      _ = try method.prototypes.weight.copy_(
        from: Self.filled([Self.clusters, Self.dimensions], phase: 1.1))
      _ = try method.queue?.copy_(
        from: Self.filled([2, Self.queueLength, Self.dimensions], phase: 2.9))
    }
    let z = try Self.filled([Self.views * Self.batch, Self.dimensions], phase: 0.3).detached()
    try z.setRequiresGradient(true)
    let loss = try method.loss(
      z: z, scores: method.prototypes(z, training: true), batch: Self.batch,
      at: StepPosition(step: 0, stepsPerEpoch: 1, totalSteps: 1))
    try loss.backward()
    #expect(abs(try loss.item() - expected.loss) < 1e-6)
    let gradients = [
      (try #require(z.gradient), expected.zGradient),
      (try #require(method.prototypes.weight.gradient), expected.prototypeGradient),
    ]
    for (gradient, wanted) in gradients {
      for (a, b) in zip(try gradient.floats(), wanted) {
        #expect(abs(a - b) < 1e-6 + 1e-4 * abs(b))
      }
    }
  }

  @Test("the queue takes the newest features first and lets the oldest go")
  func queueOrder() throws {
    let method = try Self.makeSwAV(queueLength: 8)
    let queue = try #require(method.queue)
    let position = StepPosition(step: 0, stepsPerEpoch: 1, totalSteps: 1)
    var batches: [[Float]] = []
    for phase in [0.1, 0.9] {
      let z = try Self.filled([Self.views * Self.batch, Self.dimensions], phase: phase)
      batches.append(
        try z.narrow(0, start: 0, length: Self.batch).floats())
      _ = try method.loss(
        z: z, scores: method.prototypes(z, training: true), batch: Self.batch, at: position)
    }
    let first = try queue.select(0, 0).floats()
    let expected = batches[1] + batches[0].prefix(2 * Self.dimensions)
    #expect(first.count == expected.count)
    for (a, b) in zip(first, expected) { #expect(abs(a - b) < 1e-6) }
  }

  @Test(
    "near collapse scores grow where the views' correlation exceeds ε/τ, and shrink elsewhere",
    arguments: [(0.05, false), (0.03, true), (0.01, true)])
  func collapse(epsilon: Double, grows: Bool) throws {
    // Views whose scores share 0.4 of their variance; τ = 0.1, so ε must be below 0.04.
    let (batch, shape) = (512, [512, Self.clusters])
    let generator = try Generator(seed: 2)
    let common = try Tensor.randn(shape, generator: generator) * 0.4.squareRoot()
    let views = try (0..<Self.views).map { _ in
      try (common + Tensor.randn(shape, generator: generator) * 0.6.squareRoot()) * 1e-3
    }
    let scores = try Tensor.cat(views).detached()
    try scores.setRequiresGradient(true)
    let method = try Self.makeSwAV(queueLength: 0, epsilon: epsilon)
    let loss = try method.loss(
      z: scores, scores: scores, batch: batch,
      at: StepPosition(step: 0, stepsPerEpoch: 1, totalSteps: 1))
    #expect(abs(try loss.item() - log(Double(Self.clusters))) < 1e-3)
    try loss.backward()
    let gradient = try #require(scores.gradient)
    let growth = try -(gradient * scores.detached()).sum().item()
    #expect(growth.magnitude > 1e-6)
    #expect((growth > 0) == grows, "\(growth)")
  }
}
