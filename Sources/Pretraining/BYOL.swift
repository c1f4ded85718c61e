public import FaceData
public import FaceModels
public import Torch

// Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning
// Grill, Strub, Altché, Tallec, Richemond, et al. NeurIPS 2020, arXiv:2006.07733.

/// BYOL: predict a slowly moving network's projection of the other view. No negatives.
public final class BYOL: PretrainingMethod {
  public let crops: MultiCropSettings
  private let online: Encoder
  private let predictor: MultilayerPerceptron
  private let target: MomentumNetwork<Encoder>
  /// τ at the start; it rises to 1.
  private let momentum: Double
  /// The predictor's learning rate as a multiple of the others'.
  private let predictorRate: Double
  private let compute: Compute

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    let (hidden, dimensions) = (
      try options.integer("hidden"), try options.integer("projection")
    )
    compute = setup.compute
    predictorRate = try options.real("predictor-rate")
    crops = try MultiCropSettings(views: 2, options, hasSecondView: true)
    momentum = try options.real("momentum")
    func encoder() throws -> Encoder {
      try Encoder(
        setup, backbone: setup.makeBackbone(), widths: [hidden, dimensions],
        normalization: .hidden)
    }
    online = try encoder()
    target = try MomentumNetwork(encoder(), following: online)
    predictor = try setup.placed(
      MultilayerPerceptron(
        inputs: dimensions, widths: [hidden, dimensions], normalization: .hidden,
        generator: setup.generator("predictor")))
  }

  public var backbone: any Backbone { online.backbone }
  public var state: [NamedTensor] {
    online.state + predictor.state.prefixed("predictor") + target.state
  }
  public var scaledRates: [ScaledRate] { [ScaledRate(predictor.state, scale: predictorRate)] }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let count = batch.indices.count
    let images = try batch.images(0..<2, on: compute.device)
    let (predicted, targets) = try compute.autocast {
      // Each view alone, so that batch norm sees one view, as where views are on their own devices.
      let q = try (0..<2).map { view in
        try predictor(
          online(images.narrow(0, start: view * count, length: count), training: true),
          training: true)
      }
      let z = try (0..<2).map { view in
        try target(images.narrow(0, start: view * count, length: count))
      }
      return (try q.map { try $0.to(.float32) }, try z.map { try $0.to(.float32) })
    }
    let loss =
      try (regressionLoss(predicted[0], targets[1]) + regressionLoss(predicted[1], targets[0]))
    return MethodOutput(loss: loss, features: targets[0])
  }

  public func didUpdate(at position: StepPosition) throws {
    try target.follow(decay: risingMomentum(momentum, at: position))
  }
}

/// ‖q̄ − z̄‖² = 2 − 2 cos(q, z), mean over N; z gets no gradient.
/// - Source: Grill et al. 2020, arXiv:2006.07733, Eq. 2. Checked by: LossGoldenTests.
func regressionLoss(_ q: Tensor, _ z: Tensor) throws -> Tensor {
  try 2 - 2 * cosines(q, z.detached()).mean()
}
