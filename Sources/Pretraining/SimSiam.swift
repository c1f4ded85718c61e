public import FaceData
public import FaceModels
public import Torch

// Exploring Simple Siamese Representation Learning
// Chen, He. CVPR 2021, arXiv:2011.10566.

/// SimSiam: predict the other view's projection, with no gradient through it. No negatives, no
/// second network.
public final class SimSiam: PretrainingMethod {
  public let crops: MultiCropSettings
  private let encoder: Encoder
  private let predictor: MultilayerPerceptron
  /// The predictor's learning rate as a multiple of the others'.
  private let predictorRate: Double
  private let compute: Compute

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    let dimensions = try options.integer("projection")
    compute = setup.compute
    predictorRate = try options.real("predictor-rate")
    crops = try MultiCropSettings(views: 2, options)
    encoder = try Encoder(
      setup, backbone: setup.makeBackbone(), widths: [dimensions, dimensions, dimensions],
      normalization: .allLastPlain)
    // The bottleneck of a quarter keeps the predictor from being the identity (§4.4).
    predictor = try setup.placed(
      MultilayerPerceptron(
        inputs: dimensions, widths: [max(dimensions / 4, 1), dimensions], normalization: .hidden,
        generator: setup.generator("predictor")))
  }

  public var backbone: any Backbone { encoder.backbone }
  public var state: [NamedTensor] { encoder.state + predictor.state.prefixed("predictor") }
  public var scaledRates: [ScaledRate] { [ScaledRate(predictor.state, scale: predictorRate)] }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let (z, p) = try compute.autocast {
      let z = try (0..<2).map { view in
        try encoder(batch.images(view..<view + 1, on: compute.device), training: true)
      }
      let p = try z.map { try predictor($0, training: true) }
      return (try z.map { try $0.to(.float32) }, try p.map { try $0.to(.float32) })
    }
    // Algorithm 1: L = D(p₁, z₂)/2 + D(p₂, z₁)/2.
    let loss = try (negativeCosine(p[0], z[1]) + negativeCosine(p[1], z[0])) / 2
    return MethodOutput(loss: loss, features: try z[0].detached())
  }
}

/// D(p, z) = −cos(p, stopgradient(z)), mean over N.
/// - Source: Chen and He 2021, arXiv:2011.10566, Eq. 1 and 3. Checked by: LossGoldenTests.
func negativeCosine(_ p: Tensor, _ z: Tensor) throws -> Tensor {
  try -cosines(p, z.detached()).mean()
}
