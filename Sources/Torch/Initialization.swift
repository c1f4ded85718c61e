import Foundation

/// How the weights of a convolution or a linear layer begin.
public enum WeightInitialization: Sendable {
  /// PyTorch's default: uniform in ±1/√fanIn (its kaiming_uniform with a = √5).
  case pytorch
  /// Normal with variance 2 / fanOut: torchvision's ResNet (He et al. 2015, arXiv:1502.01852).
  case kaimingNormalFanOut
  /// Normal with a given standard deviation.
  case normal(Double)
  case zeros

  /// - Parameters: shape: `[out, in, …]`; fanIn = in · window, fanOut = out · window.
  public func makeWeight(_ shape: [Int], generator: Generator) throws -> Tensor {
    let window = shape.dropFirst(2).reduce(1, *)
    switch self {
    case .pytorch:
      let bound = 1 / Double(shape[1] * window).squareRoot()
      return try .uniform(shape, generator: generator, low: -bound, high: bound)
    case .kaimingNormalFanOut:
      let deviation = (2 / Double(shape[0] * window)).squareRoot()
      return try .randn(shape, generator: generator, standardDeviation: deviation)
    case .normal(let deviation):
      return try .randn(shape, generator: generator, standardDeviation: deviation)
    case .zeros:
      return try .zeros(shape)
    }
  }

  /// PyTorch's default bias: uniform in ±1/√fanIn.
  static func makeBias(count: Int, fanIn: Int, generator: Generator) throws -> Tensor {
    let bound = 1 / Double(fanIn).squareRoot()
    return try .uniform([count], generator: generator, low: -bound, high: bound)
  }
}

/// A new parameter: a leaf that requires a gradient.
func parameter(_ tensor: Tensor) throws -> Tensor {
  try tensor.setRequiresGradient(true)
  return tensor
}

func requirePositive(_ layer: String, _ values: [(String, Int)]) throws {
  for (name, value) in values where value <= 0 {
    throw TensorError(.invalidArgument, "\(layer): \(name) is \(value) and must be above 0")
  }
}
