public import FaceData
public import FaceModels
public import Torch

// Multi-task learning from whatever labels a set has: one backbone, a linear head for each kind of
// label (Caruana 1997, "Multitask learning").

/// Supervised pre-training from several kinds of labels at once: who it is, where the landmarks are,
/// how strong the action units are, which emotion it shows. The heads are thrown away afterwards.
///
/// A head is made for every kind that the set labels and whose weight is not 0; a sample without a label
/// counts for nothing in that head's loss.
public final class MultiTask: PretrainingMethod {
  public let backbone: any Backbone
  public let crops: MultiCropSettings
  let dataset: any FaceDataset
  private let heads: [Head]
  private let seed: UInt64
  private let compute: Compute

  private struct Head {
    let kind: Kind
    let weight: Double
    let layer: Linear
  }

  enum Kind: Hashable {
    case identity(classes: Int)
    case landmarks
    case actionUnits([Int])
    case emotion

    /// As in the options `identity-weight` and so on.
    var name: String {
      switch self {
      case .identity: "identity"
      case .landmarks: "landmarks"
      case .actionUnits: "units"
      case .emotion: "emotion"
      }
    }

    var outputs: Int {
      switch self {
      case .identity(let classes): classes
      case .landmarks: 2 * LandmarkScheme.ibug68.count
      case .actionUnits(let units): units.count
      case .emotion: Emotion.allCases.count
      }
    }
  }

  /// - Throws: `PretrainingError.badSettings` where the set has no label of a kind that counts.
  public init(_ setup: PretrainingSetup) throws {
    (compute, seed, dataset) = (setup.compute, setup.seed, setup.dataset)
    crops = try MultiCropSettings(views: 1, setup.options)
    let backbone = try setup.makeBackbone()
    self.backbone = backbone
    heads = try Self.kinds(of: setup.dataset).compactMap { kind in
      let weight = try setup.options.real(kind.name + "-weight")
      guard weight > 0 else { return nil }
      let layer = try Linear(
        inputs: backbone.featureCount, outputs: kind.outputs,
        generator: setup.generator("head-" + kind.name))
      return Head(kind: kind, weight: weight, layer: try setup.placed(layer))
    }
    guard !heads.isEmpty else {
      throw PretrainingError(
        code: .badSettings,
        message:
          "the data set has no identities, 68 landmarks, action units or emotions whose weight is"
          + " above 0")
    }
  }

  /// What the set labels.
  static func kinds(of dataset: any FaceDataset) throws -> [Kind] {
    let labels = try (0..<dataset.count).map { try dataset.labels(at: $0) }
    let units = ActionUnit.allCases.map(\.rawValue).filter { unit in
      labels.contains { $0.intensity(ofUnit: unit) != nil }
    }
    return [
      labels.contains { $0.identity != nil }
        ? .identity(classes: max(dataset.identityNames.count, 1)) : nil,
      labels.contains { hasLandmarks($0) } ? .landmarks : nil,
      units.isEmpty ? nil : .actionUnits(units),
      labels.contains { $0.emotion != nil } ? .emotion : nil,
    ].compactMap(\.self)
  }

  private static func hasLandmarks(_ labels: FaceLabels) -> Bool {
    labels.landmarkScheme == .ibug68 && labels.landmarks?.count == LandmarkScheme.ibug68.count
  }

  public var state: [NamedTensor] {
    backbone.state.prefixed("backbone")
      + heads.flatMap { $0.layer.state.prefixed("heads." + $0.kind.name) }
  }

  /// Σ over the kinds of weight · loss: cross entropy of identity and emotion, smooth L1 of landmarks as
  /// shares of the side (β = 0.02) and of intensities (β = 1).
  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let images = try batch.images(0..<1, on: compute.device)
    let (features, outputs) = try compute.autocast {
      let features = try backbone(images, training: true)
      return (
        features,
        try heads.map { try $0.layer(features, training: true).to(.float32) }
      )
    }
    let labels = try batch.indices.map { index in
      try MultiCrop.labels(
        of: dataset.sample(at: index), index: index, settings: crops, seed: seed,
        epoch: position.epoch)
    }
    let terms = try zip(heads, outputs).map { head, output in
      try loss(of: head.kind, output, labels) * head.weight
    }
    guard var total = terms.first else {
      throw PretrainingError(code: .badSettings, message: "there is nothing to learn")
    }
    for term in terms.dropFirst() { total = try total + term }
    return MethodOutput(loss: total, features: try features.to(.float32).detached())
  }

  private func loss(of kind: Kind, _ output: Tensor, _ labels: [FaceLabels]) throws -> Tensor {
    switch kind {
    case .identity: return try crossEntropy(output, labels.map(\.identity))
    case .emotion: return try crossEntropy(output, labels.map(\.emotion?.rawValue))
    case .landmarks:
      let size = Float(crops.globalCrops.size)
      let missing = [Float](repeating: .nan, count: kind.outputs)
      return try maskedSmoothL1(
        output,
        labels.map { labels in
          guard Self.hasLandmarks(labels) else { return missing }
          return (labels.landmarks ?? []).flatMap { [$0.x / size, $0.y / size] }
        }, beta: 0.02)
    case .actionUnits(let units):
      return try maskedSmoothL1(
        output, labels.map { labels in units.map { labels.intensity(ofUnit: $0) ?? .nan } }, beta: 1
      )
    }
  }

  /// Mean over the rows that have a label.
  private func crossEntropy(_ output: Tensor, _ labels: [Int?]) throws -> Tensor {
    let rows = labels.indices.filter { labels[$0] != nil }
    guard !rows.isEmpty else { return try (output * 0).sum() }
    let chosen = try Tensor(rows.map(Int64.init), shape: [rows.count]).to(compute.device)
    let truth = try Tensor(labels.compactMap { $0.map(Int64.init) }, shape: [rows.count])
    return try Torch.crossEntropy(
      logits: output.indexSelect(0, chosen), labels: truth.to(compute.device))
  }
}
