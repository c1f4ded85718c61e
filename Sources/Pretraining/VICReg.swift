public import FaceData
public import FaceModels
public import Torch

// VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning
// Bardes, Ponce, LeCun. ICLR 2022, arXiv:2105.04906.

/// VICReg: views alike, every dimension with variance, no two dimensions correlated.
public final class VICReg: PretrainingMethod {
  public let crops: MultiCropSettings
  private let encoder: Encoder
  private let weights: VICRegWeights
  private let compute: Compute

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    let dimensions = try options.integer("projection")
    compute = setup.compute
    crops = try MultiCropSettings(views: 2, options)
    weights = VICRegWeights(
      invariance: try options.real("invariance"), variance: try options.real("variance"),
      covariance: try options.real("covariance"))
    encoder = try Encoder(
      setup, backbone: setup.makeBackbone(), widths: [dimensions, dimensions, dimensions],
      normalization: .hidden)
  }

  public var backbone: any Backbone { encoder.backbone }
  public var state: [NamedTensor] { encoder.state }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let (first, second) = try encoder.pair(batch, compute)
    return MethodOutput(
      loss: try vicReg(first, second, weights: weights), features: try first.detached())
  }
}

/// λ, μ and ν of Eq. 6.
struct VICRegWeights: Hashable {
  var invariance = 25.0
  var variance = 25.0
  var covariance = 1.0
}

/// λ s(Z, Z') + μ (v(Z) + v(Z'))/2 + ν (c(Z) + c(Z')).
///
/// s is the mean squared difference, v the mean of max(0, 1 − √(Var + 1e-4)) over dimensions, c the
/// sum of squared covariances between dimensions over D. As in the published code, v is halved.
/// - Parameters: a, b: Z and Z', float32 `[N, D]`, N > 1.
/// - Source: Bardes et al. 2022, arXiv:2105.04906, Eq. 1–6. Checked by: LossGoldenTests.
func vicReg(_ a: Tensor, _ b: Tensor, weights: VICRegWeights) throws -> Tensor {
  let invariance = try mse(a, b)
  let variance = try (lackOfVariance(a) + lackOfVariance(b)) / 2
  let covariance = try offDiagonalCovariance(a) + offDiagonalCovariance(b)
  return try invariance * weights.invariance + variance * weights.variance
    + covariance * weights.covariance
}

private func lackOfVariance(_ z: Tensor) throws -> Tensor {
  try (1 - (z.variance([0]) + 1e-4).sqrt()).relu().mean()
}

private func offDiagonalCovariance(_ z: Tensor) throws -> Tensor {
  let (count, dimensions) = (z.shape[0], z.shape[1])
  let centred = try z - z.mean([0], keepDimension: true)
  let covariance = try centred.transposed().matmul(centred) / Double(count - 1)  // [D, D]
  let others = try 1 - ownPlaces(dimensions, device: z.device)
  return try (covariance * others).pow(2).sum() / Double(dimensions)
}
