public import FaceData
public import FaceModels
import Foundation
public import Torch

// ArcFace: Additive Angular Margin Loss for Deep Face Recognition. Deng et al. CVPR 2019,
// arXiv:1801.07698. CosFace: Large Margin Cosine Loss for Deep Face Recognition. Wang et al. CVPR
// 2018, arXiv:1801.09414. Partial FC: Training 10 Million Identities on a Single Machine. An et al.
// 2021, arXiv:2010.05222.

/// Supervised pre-training: which person is it? Softmax over the identities of the pre-training
/// set, with or without a margin; the classifier is thrown away afterwards (Bulat et al. 2022, §3.2).
public final class Supervised: PretrainingMethod {
  public enum Loss: String, Sendable, CaseIterable { case softmax, cosface, arcface }

  public let backbone: any Backbone
  public let crops: MultiCropSettings
  public let needsIdentities = true
  private let head: Head
  private let identities: IdentityClasses
  /// Share of the identities that a step compares with.
  private let sample: Double
  private let seed: UInt64
  private let compute: Compute

  private enum Head {
    /// A linear classifier on the features.
    case softmax(Linear)
    /// An embedding, compared with the centres by its cosine.
    case margin(EmbeddingHead, CosineClassifier)
  }

  /// - Throws: `PretrainingError.noIdentities` where no sample has one.
  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    compute = setup.compute
    seed = setup.seed
    crops = try MultiCropSettings(views: 1, options)
    identities = try setup.identities()
    sample = try options.real("sample")
    backbone = try setup.makeBackbone()
    head = try Self.makeHead(setup, inputs: backbone.featureCount, classes: identities.count)
  }

  private static func makeHead(_ setup: PretrainingSetup, inputs: Int, classes: Int) throws -> Head
  {
    let options = setup.options
    let generator = try setup.generator("heads")
    let margin: CosineClassifier.Margin
    switch Loss(rawValue: try options.text("loss")) {
    case .softmax, nil:
      return .softmax(
        try setup.placed(Linear(inputs: inputs, outputs: classes, generator: generator)))
    case .cosface: margin = .cosFace(try options.real("margin"))
    case .arcface: margin = .arcFace(try options.real("margin"))
    }
    let dimensions = try options.integer("embedding")
    return .margin(
      try setup.placed(EmbeddingHead(inputs: inputs, outputs: dimensions, generator: generator)),
      try setup.placed(
        CosineClassifier(
          inputs: dimensions, classes: classes, scale: options.real("scale"), margin: margin,
          generator: generator)))
  }

  public var state: [NamedTensor] {
    let own = backbone.state.prefixed("backbone")
    switch head {
    case .softmax(let classifier): return own + classifier.state.prefixed("classifier")
    case .margin(let embedding, let classifier):
      return own + embedding.state.prefixed("embedding") + classifier.state.prefixed("classifier")
    }
  }

  /// ln C for the plain softmax; a margin raises the loss by what depends on the scale.
  public var uninformedLoss: Double? {
    if case .softmax = head { log(Double(max(identities.count, 2))) } else { nil }
  }

  /// −log softmax(z)_y, z = W f(x) + b, or s cos θ with a margin for y; mean over the batch.
  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let labels = try identities.labels(batch, views: 1, device: compute.device)
    let images = try batch.images(0..<1, on: compute.device)
    switch head {
    case .softmax(let classifier):
      let (features, logits) = try compute.autocast {
        let features = try backbone(images, training: true)
        return (features, try classifier(features, training: true))
      }
      return MethodOutput(
        loss: try crossEntropy(logits: logits.to(.float32), labels: labels),
        features: try features.detached())
    case .margin(let embedding, let classifier):
      let x = try compute.autocast {
        try embedding(backbone(images, training: true), training: true).to(.float32)
      }
      return MethodOutput(
        loss: try marginLoss(x, classifier, batch: batch, labels: labels, at: position),
        features: try x.detached())
    }
  }

  private func marginLoss(
    _ x: Tensor, _ classifier: CosineClassifier, batch: MultiCropBatch, labels: Tensor,
    at position: StepPosition
  ) throws -> Tensor {
    guard sample < 1 else {
      return try crossEntropy(logits: classifier.logits(x, labels: labels), labels: labels)
    }
    let choice = PartialClasses(
      present: batch.indices.map { identities.ofSample[$0] }, of: identities.count, share: sample,
      seed: seed, step: position.step)
    let places = try Tensor(choice.places, shape: [choice.places.count]).to(compute.device)
    let classes = try Tensor(choice.classes, shape: [choice.classes.count]).to(compute.device)
    return try crossEntropy(
      logits: classifier.logits(x, labels: places, among: classes), labels: places)
  }
}

/// The classes that one step compares with: those of the batch, and others drawn at random.
///
/// - Source: An et al. 2021, arXiv:2010.05222, §3.2. Checked by: SupervisedTests.
struct PartialClasses: Hashable {
  /// Classes in ascending order, without repeats.
  let classes: [Int64]
  /// Where each label of the batch stands among them.
  let places: [Int64]

  init(present labels: [Int64], of count: Int, share: Double, seed: UInt64, step: Int) {
    var chosen = Set(labels)
    let wanted = min(count, max(chosen.count, Int((share * Double(count)).rounded(.up))))
    var stream = RandomStream(seed: seed, purpose: "partial-classes", epoch: step, index: 0)
    while chosen.count < wanted { chosen.insert(Int64(stream.integer(below: count))) }
    classes = chosen.sorted()
    let place = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int64($0)) })
    places = labels.compactMap { place[$0] }
  }
}
