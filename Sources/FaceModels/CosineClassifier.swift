public import Torch

/// A classifier of unit vectors by unit class centres, with a margin for the true class.
///
/// logits z = s cos θⱼ; for the true class y: CosFace s (cos θ_y − m), ArcFace s cos(θ_y + m).
/// State weight `[classes, inputs]`.
/// - Source: Wang et al. 2018, arXiv:1801.09414, Eq. 4; Deng et al. 2019, arXiv:1801.07698, Eq. 3.
///   Checked by: HeadTests.
public final class CosineClassifier: Layer {
  public enum Margin: Hashable, Sendable {
    /// m is subtracted from the cosine; 0.35 in the paper.
    case cosFace(Double)
    /// m radians are added to the angle; 0.5 in the paper.
    case arcFace(Double)
  }

  public let weight: Tensor
  public let scale: Double
  public let margin: Margin

  /// - Parameters: scale: s, 64 in the papers.
  public init(
    inputs: Int, classes: Int, scale: Double = 64, margin: Margin = .cosFace(0.35),
    generator: Generator
  ) throws {
    guard inputs > 0, classes > 0, scale > 0 else {
      throw TensorError(
        .invalidArgument, "CosineClassifier: \(inputs) inputs, \(classes) classes, scale \(scale)")
    }
    weight = try WeightInitialization.normal(0.01)
      .makeWeight([classes, inputs], generator: generator)
    try weight.setRequiresGradient(true)
    (self.scale, self.margin) = (scale, margin)
  }

  /// s cos θ without a margin: `[N, inputs]` → `[N, classes]`, for evaluation.
  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try cosines(x, weight) * scale
  }

  /// The logits to train with: the margin is applied to the class of each label (int64 `[N]`).
  ///
  /// - Parameters: classes: the centres to compare with, int64 `[C]`, all by default; labels are
  ///   places among them then (partial FC: An et al. 2021, arXiv:2010.05222).
  public func logits(_ x: Tensor, labels: Tensor, among classes: Tensor? = nil) throws -> Tensor {
    let centres = try classes.map { try weight.indexSelect(0, $0) } ?? weight
    let cosine = try cosines(x, centres)
    let truth = try labels.oneHot(centres.shape[0], dtype: .float32)
    switch margin {
    case .cosFace(let m):
      return try (cosine - truth * m) * scale
    case .arcFace(let m):
      // acos has an infinite slope at ±1.
      let angle = try cosine.clamp(low: -1 + 1e-6, high: 1 - 1e-6).acos()
      return try (angle + truth * m).cos() * scale
    }
  }

  /// Cosines in float32, also under autocast: the margin is smaller than bfloat16's rounding times s.
  private func cosines(_ x: Tensor, _ centres: Tensor) throws -> Tensor {
    try withAutocast(.float32, device: x.device) {
      try linear(x.to(.float32).l2Normalized(1), weight: centres.l2Normalized(1))
    }
  }

  public var state: [NamedTensor] { [NamedTensor("weight", weight)] }
}
