import CTorch

/// Sums and the like. Without `dims` over all elements; `keepDimension` leaves sizes of 1.
extension Tensor {
  public func sum(_ dims: [Int]? = nil, keepDimension: Bool = false) throws -> Tensor {
    try reduced(FT_SUM, "sum", dims, keepDimension)
  }

  public func mean(_ dims: [Int]? = nil, keepDimension: Bool = false) throws -> Tensor {
    try reduced(FT_MEAN, "mean", dims, keepDimension)
  }

  public func max(_ dims: [Int]? = nil, keepDimension: Bool = false) throws -> Tensor {
    try reduced(FT_AMAX, "max", dims, keepDimension)
  }

  public func min(_ dims: [Int]? = nil, keepDimension: Bool = false) throws -> Tensor {
    try reduced(FT_AMIN, "min", dims, keepDimension)
  }

  /// log Σ exp(x), without overflow.
  public func logsumexp(_ dims: [Int]? = nil, keepDimension: Bool = false) throws -> Tensor {
    try reduced(FT_LOGSUMEXP, "logsumexp", dims, keepDimension)
  }

  /// The Euclidean norm.
  public func norm(_ dims: [Int]? = nil, keepDimension: Bool = false) throws -> Tensor {
    try reduced(FT_NORM2, "norm", dims, keepDimension)
  }

  /// The variance with n − 1.
  public func variance(_ dims: [Int]? = nil, keepDimension: Bool = false) throws -> Tensor {
    try reduced(FT_VARIANCE, "variance", dims, keepDimension)
  }

  /// The index of the largest element along `dim`, int64.
  public func argmax(_ dim: Int, keepDimension: Bool = false) throws -> Tensor {
    try produce("argmax", [self]) {
      ft_tensor_argmax(handle, Int64(dim), keepDimension, $0, $1)
    }
  }

  /// The `count` largest elements along `dim`, largest first, and their indices (int64).
  public func topk(_ count: Int, dim: Int = -1) throws -> (values: Tensor, indices: Tensor) {
    var indices: OpaquePointer?
    let values = try produce("topk", [self]) {
      ft_tensor_topk(handle, Int64(count), Int64(dim), $0, &indices, $1)
    }
    guard let indices else { throw TensorError(.torch, "topk: torch returned no indices") }
    return (values, Tensor(owning: indices))
  }

  public func softmax(_ dim: Int) throws -> Tensor {
    try produce("softmax", [self]) { ft_tensor_softmax(handle, Int64(dim), false, $0, $1) }
  }

  public func logSoftmax(_ dim: Int) throws -> Tensor {
    try produce("logSoftmax", [self]) { ft_tensor_softmax(handle, Int64(dim), true, $0, $1) }
  }

  /// x / max(‖x‖₂, epsilon) along `dim`: PyTorch's `normalize`.
  public func l2Normalized(_ dim: Int = -1, epsilon: Double = 1e-12) throws -> Tensor {
    try produce("l2Normalized", [self]) {
      ft_tensor_normalize(handle, Int64(dim), epsilon, $0, $1)
    }
  }

  /// Labels `[N]` (int64) as rows with a single 1: `[N, classes]`.
  /// - Throws: `TensorError` for a label outside 0 ..< classes.
  public func oneHot(_ classes: Int, dtype: DType = .float32) throws -> Tensor {
    try produce("oneHot", [self]) { ft_tensor_one_hot(handle, Int64(classes), $0, $1) }.to(dtype)
  }

  private func reduced(
    _ op: ft_reduction, _ name: StaticString, _ dims: [Int]?, _ keep: Bool
  ) throws -> Tensor {
    let axes = (dims ?? []).map(Int64.init)
    // An empty list would mean every dimension to torch, but keeping the shape to a reader.
    guard dims?.isEmpty != true else { return self }
    let count = dims == nil ? -1 : axes.count  // SIZE_MAX: all
    return try produce(name, [self]) {
      ft_tensor_reduce(op, handle, axes, count, keep, $0, $1)
    }
  }
}
