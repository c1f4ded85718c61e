public import FaceData
public import FaceModels
public import Torch

/// Supervised pre-training: which person is it? Softmax cross-entropy over the identities of the
/// pre-training set, the classifier thrown away afterwards (Bulat et al. 2022, §3.2).
public final class Supervised: PretrainingMethod {
  public let backbone: any Backbone
  public let crops: MultiCropSettings
  public let optimizer: any Optimizer
  let classifier: Linear
  let optimization: OptimizationSettings
  /// Identity of each sample of the data set.
  let identities: [Int]

  /// - Throws: `PretrainingError.noIdentities` where a sample has none.
  public init(
    backbone: any Backbone, crops: MultiCropSettings, dataset: any FaceDataset,
    optimization: OptimizationSettings, generator: Generator
  ) throws {
    (self.backbone, self.crops, self.optimization) = (backbone, crops, optimization)
    identities = try (0..<dataset.count).map { index in
      guard let identity = try dataset.labels(at: index).identity else {
        throw PretrainingError(
          code: .noIdentities,
          message: "sample \(dataset.id(at: index)) has no identity: pretrain supervised needs a"
            + " data set with identities, such as lfw or synthetic")
      }
      return identity
    }
    classifier = try Linear(
      inputs: backbone.featureCount, outputs: dataset.identityNames.count, generator: generator)
    try classifier.move(to: optimization.device)
    optimizer = try optimization.makeOptimizer(
      backbone.parameters.prefixed("backbone") + classifier.parameters.prefixed("classifier"))
  }

  public var state: [NamedTensor] {
    backbone.state.prefixed("backbone") + classifier.state.prefixed("classifier")
  }

  public func train(_ batch: MultiCropBatch, at position: StepPosition) throws -> StepReport {
    let labels = batch.indices.map { Int64(identities[$0]) }
    let loss = try loss(batch, labels: labels)
    let value = try loss.item()
    let rate = optimization.learningRate(at: position)
    guard value.isFinite else { throw PretrainingError.notFinite(value, position, rate: rate) }

    optimizer.clearGradients()
    try loss.backward()
    try optimizer.step(learningRate: rate)
    return StepReport(loss: value, learningRate: rate)
  }

  /// −log softmax(W f(x) + b)_y, mean over the views of all images.
  private func loss(_ batch: MultiCropBatch, labels: [Int64]) throws -> Tensor {
    let views = batch.views.count
    let logits = try withAutocast(optimization.precision, device: optimization.device) {
      let x = try normalizedImages(
        bytes: batch.views.flatMap(\.pixels), count: batch.views.reduce(0) { $0 + $1.count },
        size: batch.views[0].size, device: optimization.device)
      return try classifier(backbone(x, training: true), training: true)
    }
    let repeated = (0..<views).flatMap { _ in labels }
    let y = try Tensor(repeated, shape: [repeated.count]).to(optimization.device)
    return try crossEntropy(logits: logits.to(.float32), labels: y)
  }
}
