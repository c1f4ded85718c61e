import CTorch

/// Layer normalisation over the last dimension: (x − mean) / √(variance + epsilon) · γ + β.
///
/// weight (γ, begins at 1) and bias (β, begins at 0) `[size]`.
/// - Source: Ba et al. 2016, arXiv:1607.06450. Checked by: VisionTransformerTests.
public final class LayerNorm: Layer {
  public let weight: Tensor
  public let bias: Tensor
  public let epsilon: Double

  public init(_ size: Int, epsilon: Double = 1e-6) throws {
    try requirePositive("LayerNorm", [("size", size)])
    weight = try parameter(.ones([size]))
    bias = try parameter(.zeros([size]))
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try produce("layer norm", [x, weight], shapesFit: x.shape.last == self.weight.shape[0]) {
      ft_layer_norm(x.handle, weight.handle, bias.handle, epsilon, $0, $1)
    }
  }

  public var state: [NamedTensor] { [NamedTensor("weight", weight), NamedTensor("bias", bias)] }
}

/// x · Φ(x), with Φ the normal distribution's cumulative function.
/// - Source: Hendrycks and Gimpel 2016, arXiv:1606.08415.
public final class GELU: Layer {
  public init() {}
  public func callAsFunction(_ x: Tensor, training: Bool = false) throws -> Tensor {
    try produce("gelu", [x]) { ft_gelu(x.handle, $0, $1) }
  }
  public var state: [NamedTensor] { [] }
}

/// softmax(q kᵀ / √d) v for q, k, v `[N, heads, length, d]`.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, Eq. 1.
public func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor) throws -> Tensor {
  try produce("attention", [q, k, v], shapesFit: q.rank == 4 && k.shape == v.shape) {
    ft_attention(q.handle, k.handle, v.handle, $0, $1)
  }
}

/// x `[N, C, H, W]` resized to height × width, bicubic and antialiased: how timm fits position
/// embeddings to another image size.
public func resizedBicubic(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
  try produce("bicubic resize", [x], shapesFit: x.rank == 4) {
    ft_resize_bicubic(x.handle, Int64(height), Int64(width), $0, $1)
  }
}
