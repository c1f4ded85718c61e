public import Torch

/// Linear layers with ReLU between them, `[N, inputs]` → `[N, widths.last]`: the projectors and
/// predictors of the self-supervised methods.
///
/// States are named by position in the sequence, as PyTorch's `Sequential` names them.
public final class MultilayerPerceptron: Layer {
  /// Where batch norm stands.
  public enum Normalization: Sendable {
    /// Nowhere: supervised contrastive learning (Khosla et al. 2020, arXiv:2004.11362).
    case none
    /// Before each ReLU: BYOL, SwAV, VICReg.
    case hidden
    /// Also after the last layer: SimCLR.
    case all
    /// As `all`, the last one without a learnt gain and shift: SimSiam.
    case allLastPlain
  }

  private let layers: Sequential

  /// - Parameters: widths: outputs of each layer, the last one the result's.
  /// - Throws: `TensorError.invalidArgument` for a width below 1 or no width.
  public init(
    inputs: Int, widths: [Int], normalization: Normalization, generator: Generator
  ) throws {
    guard !widths.isEmpty else {
      throw TensorError(.invalidArgument, "a multilayer perceptron needs a layer")
    }
    var (layers, inputs): ([any Layer], Int) = ([], inputs)
    for (index, width) in widths.enumerated() {
      let isLast = index == widths.count - 1
      layers.append(try Linear(inputs: inputs, outputs: width, generator: generator))
      if let norm = try Self.norm(width, isLast: isLast, normalization) { layers.append(norm) }
      if !isLast { layers.append(ReLU()) }
      inputs = width
    }
    self.layers = Sequential(layers)
  }

  private static func norm(_ width: Int, isLast: Bool, _ normalization: Normalization) throws
    -> BatchNorm1d?
  {
    switch normalization {
    case .none: return nil
    case .hidden: return isLast ? nil : try BatchNorm1d(width)
    case .all: return try BatchNorm1d(width)
    case .allLastPlain:
      let norm = try BatchNorm1d(width)
      // Gain 1 and shift 0 for ever: a parameter without a gradient is never updated.
      if isLast { norm.setRequiresGradient(false) }
      return norm
    }
  }

  public func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try layers(x, training: training)
  }

  public var state: [NamedTensor] { layers.state }
}
