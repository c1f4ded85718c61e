public import FaceData
public import FaceModels
public import Torch

// Extracting and Composing Robust Features with Denoising Autoencoders
// Vincent, Larochelle, Bengio, Manzagol. ICML 2008.

/// Denoising autoencoder: draw the clean picture from a noisy one with a square cut out. The code is the
/// backbone's features, so that they have to hold the whole face.
public final class DenoisingAutoencoder: PretrainingMethod {
  public let crops: MultiCropSettings
  public let backbone: any Backbone
  private let decoder: CodeDecoder
  /// Standard deviation of the noise, in units of the normalised picture's.
  private let noise: Double
  /// Side of the cut as a share of the picture's.
  private let hole: Double
  private let seed: UInt64
  private let compute: Compute

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    (compute, seed) = (setup.compute, setup.seed)
    crops = try MultiCropSettings(views: 1, options)
    (noise, hole) = (try options.real("noise"), try options.real("hole"))
    backbone = try setup.makeBackbone()
    decoder = try setup.placed(
      CodeDecoder(
        inputs: backbone.featureCount, channels: backbone.featureCount,
        size: options.integer("size"), generator: setup.generator("decoder")))
  }

  public var state: [NamedTensor] {
    backbone.state.prefixed("backbone") + decoder.state
  }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let clean = try batch.images(0..<1, on: compute.device)
    let spoilt = try spoil(clean, of: batch, at: position)
    let (features, drawn) = try compute.autocast {
      let features = try backbone(spoilt, training: true)
      return (features, try decoder(features, training: true).to(.float32))
    }
    return MethodOutput(
      loss: try mse(drawn, clean), features: try features.to(.float32).detached())
  }

  /// x + σε, with a square of the mean colour (0 after normalisation) at one place for the batch.
  private func spoil(
    _ x: Tensor, of batch: MultiCropBatch, at position: StepPosition
  ) throws -> Tensor {
    let grain = try batch.noise("noise", Array(x.shape.dropFirst()), seed: seed, at: position)
    let noisy = try x + grain.to(x.device) * noise
    let (size, side) = (x.shape[2], Int(hole * Double(x.shape[2])))
    guard side > 0 else { return noisy }
    var stream = RandomStream(seed: seed, purpose: "hole", epoch: position.step, index: 0)
    let (top, left) = (stream.integer(below: size - side), stream.integer(below: size - side))
    try noisy.narrow(2, start: top, length: side).narrow(3, start: left, length: side).zero_()
    return noisy
  }
}

// Auto-Encoding Variational Bayes. Kingma, Welling. ICLR 2014, arXiv:1312.6114. The weight β is
// Higgins et al. 2017 (β-VAE).

/// Variational autoencoder: draw the picture from a code that is kept near a normal distribution.
public final class VariationalAutoencoder: PretrainingMethod {
  public let crops: MultiCropSettings
  public let backbone: any Backbone
  /// Features → mean and log variance of the code.
  private let code: Linear
  private let decoder: CodeDecoder
  private let beta: Double
  private let seed: UInt64
  private let compute: Compute

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    (compute, seed) = (setup.compute, setup.seed)
    crops = try MultiCropSettings(views: 1, options)
    beta = try options.real("beta")
    backbone = try setup.makeBackbone()
    let dimensions = try options.integer("code")
    let generator = try setup.generator("decoder")
    code = try setup.placed(
      Linear(inputs: backbone.featureCount, outputs: 2 * dimensions, generator: generator))
    decoder = try setup.placed(
      CodeDecoder(
        inputs: dimensions, channels: backbone.featureCount, size: options.integer("size"),
        generator: generator))
  }

  public var state: [NamedTensor] {
    backbone.state.prefixed("backbone") + code.state.prefixed("code")
      + decoder.state
  }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let x = try batch.images(0..<1, on: compute.device)
    let parts = try compute.autocast { try code(backbone(x, training: true)) }.to(.float32)
      .chunk(2, dim: 1)
    let (mean, logVariance) = (parts[0], try parts[1].clamp(low: -20, high: 20))
    let epsilon = try batch.noise("code", [mean.shape[1]], seed: seed, at: position)
      .to(compute.device)
    let z = try mean + (logVariance * 0.5).exp() * epsilon  // reparametrised, §2.4
    let drawn = try compute.autocast { try decoder(z, training: true).to(.float32) }
    return MethodOutput(
      loss: try evidenceLoss(
        drawn: drawn, truth: x, mean: mean, logVariance: logVariance, beta: beta),
      features: try mean.detached())
  }
}

/// The negative evidence bound: Σ (x̂ − x)²/2 + β KL, KL = −½ Σ (1 + ln σ² − μ² − σ²); mean over the
/// pictures, over the picture's values, so that its size does not depend on the picture's.
///
/// - Parameters: drawn, truth: x̂ and x, `[N, …]`; mean, logVariance: μ and ln σ², `[N, code]`.
/// - Source: Kingma and Welling 2014, arXiv:1312.6114, Eq. 10 and appendix B. Checked by:
///   LossGoldenTests.
func evidenceLoss(
  drawn: Tensor, truth: Tensor, mean: Tensor, logVariance: Tensor, beta: Double
) throws -> Tensor {
  let values = Double(truth.elementCount)
  let reconstruction = try (drawn - truth).pow(2).sum() / 2
  let divergence = try (1 + logVariance - mean.pow(2) - logVariance.exp()).sum() * -0.5
  return try (reconstruction + divergence * beta) / values
}

/// Draws pictures from codes: a linear layer makes the map that an `ImageDecoder` begins with.
private final class CodeDecoder: Layer {
  private let expansion: Linear
  private let decoder: ImageDecoder
  private let map: [Int]

  /// - Parameter channels: of the first map, 256 at most.
  init(inputs: Int, channels: Int, size: Int, generator: Generator) throws {
    let side = 4
    map = [min(256, channels), side, side]
    expansion = try Linear(inputs: inputs, outputs: map.reduce(1, *), generator: generator)
    decoder = try ImageDecoder(inputs: map[0], side: side, size: size, generator: generator)
  }

  /// `[N, 3, size, size]` of codes `[N, inputs]`.
  func callAsFunction(_ code: Tensor, training: Bool) throws -> Tensor {
    try decoder(expansion(code).reshaped([code.shape[0]] + map), training: training)
  }

  var state: [NamedTensor] {
    expansion.state.prefixed("expansion") + decoder.state.prefixed("decoder")
  }
}
