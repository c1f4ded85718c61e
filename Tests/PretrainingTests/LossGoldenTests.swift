import Foundation
import Testing
import Torch

@testable import Pretraining

/// Every method's loss and gradients against PyTorch (Goldens/make_losses.py).
struct LossGoldenTests {
  struct Golden: Decodable {
    let loss: Double
    let gradients: [[Double]]
  }

  static func golden(_ name: String) throws -> Golden {
    let url = Bundle.module.url(
      forResource: "losses", withExtension: "json", subdirectory: "Goldens")
    let all = try JSONDecoder().decode(
      [String: Golden].self, from: Data(contentsOf: try #require(url)))
    return try #require(all[name])
  }

  /// The script's deterministic tensor.
  static func filled(_ shape: [Int], _ phase: Double) throws -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { number -> Float in
      let i = Double(number)
      let (slow, fast) = (sin(1.7 * i + phase), sin(0.31 * i * i + phase))
      return Float(slow + 0.3 * fast)
    }
    return try Tensor(values, shape: shape)
  }

  typealias Case = (
    name: String, inputs: @Sendable () throws -> [Tensor],
    loss: @Sendable ([Tensor]) throws -> Tensor
  )

  static func ab() throws -> [Tensor] { [try filled([6, 8], 0.3), try filled([6, 8], 1.1)] }
  static func both() throws -> [Tensor] { [try Tensor.cat(ab())] }
  static func labels(_ copies: Int = 1) throws -> Tensor {
    let labels: [Int64] = [0, 1, 0, 2, 1, 3]
    return try Tensor((0..<copies).flatMap { _ in labels }, shape: [6 * copies])
  }

  static let cases: [Case] = [
    (
      "moco", { try ab() + [filled([6, 8], 2.3)] },
      {
        try infoNCE(
          queries: $0[0].l2Normalized(1), keys: $0[1].l2Normalized(1).detached(),
          queue: $0[2].l2Normalized(1).detached(), temperature: 0.2, hasBatchNegatives: false)
      }
    ),
    (
      "moco-batch", { try ab() + [filled([6, 8], 2.3)] },
      {
        try infoNCE(
          queries: $0[0].l2Normalized(1), keys: $0[1].l2Normalized(1).detached(),
          queue: $0[2].l2Normalized(1).detached(), temperature: 0.2, hasBatchNegatives: true)
      }
    ),
    ("byol", ab, { try regressionLoss($0[0], $0[1]) }),
    ("simsiam", ab, { try negativeCosine($0[0], $0[1]) }),
    ("simclr", both, { try ntXent($0[0], temperature: 0.2) }),
    (
      "vicreg", { try ab().map { try ($0 * 0.4).detached() } },
      { try vicReg($0[0], $0[1], weights: VICRegWeights()) }
    ),
    ("barlow-twins", ab, { try barlowTwins($0[0], $0[1], redundancy: 0.0051) }),
    (
      "supervised-contrastive", both,
      { try supervisedContrastive($0[0], labels: labels(2), temperature: 0.1) }
    ),
    (
      "triplet", { [try filled([6, 8], 0.3)] },
      { try batchHardTriplet($0[0], labels: labels(), margin: 0.3) }
    ),
    (
      "siamese", { [try filled([6, 8], 0.3)] },
      { try contrastivePairs($0[0], labels: labels(), margin: 1.3) }
    ),
    (
      "dino", { [try filled([12, 8], 0.3), try filled([6, 8], 1.1)] },
      {
        try dinoLoss(
          student: $0[0].chunk(4),
          targets: centredTargets($0[1].detached(), centre: filled([1, 8], 0.9), temperature: 0.04)
            .chunk(2), temperature: 0.1)
      }
    ),
    (
      "vae", { try ab() + [filled([6, 2], 0.4), filled([6, 2], 0.5)] },
      {
        try evidenceLoss(
          drawn: $0[0], truth: $0[1], mean: $0[2], logVariance: $0[3], beta: 1.5)
      }
    ),
    (
      "mae", { [try filled([2, 4, 48], 0.3), try filled([2, 3, 8, 8], 1.1)] },
      {
        let mask: [Float] = [1, 0, 1, 1, 0, 1, 1, 1]
        return try maskedPatchLoss(
          drawn: $0[0], patches: normalised(patchPixels($0[1], patch: 4)),
          isHidden: Tensor(mask, shape: [2, 4]))
      }
    ),
  ]

  @Test("loss and gradients are PyTorch's", arguments: cases.map(\.name))
  func equalsPyTorch(name: String) throws {
    let (expected, known) = (try Self.golden(name), Self.cases.first { $0.name == name })
    let example = try #require(known)
    let inputs = try example.inputs()
    for input in inputs { try input.setRequiresGradient(true) }
    let loss = try example.loss(inputs)
    try loss.backward()
    #expect(abs(try loss.item() - expected.loss) < 1e-5 * max(1, abs(expected.loss)))
    #expect(expected.gradients.count == inputs.count)
    for (input, wanted) in zip(inputs, expected.gradients) {
      let gradient = try input.gradient?.doubles() ?? wanted.map { _ in 0 }
      let scale = max(wanted.map(abs).max() ?? 0, 1e-3)
      #expect(gradient.count == wanted.count)
      for (a, b) in zip(gradient, wanted) { #expect(abs(a - b) < 3e-4 * scale) }
    }
  }
}
