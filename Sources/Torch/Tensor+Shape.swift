import CTorch

/// Views and rearrangements; negative dimensions count from the last.
extension Tensor {
  /// The elements in row-major order under another shape, where one size may be -1 (what is left).
  public func reshaped(_ shape: [Int]) throws -> Tensor { try reshape(shape, view: false) }

  /// As `reshaped`, but never copies: throws when the strides do not allow it.
  public func view(_ shape: [Int]) throws -> Tensor { try reshape(shape, view: true) }

  private func reshape(_ shape: [Int], view: Bool) throws -> Tensor {
    let sizes = shape.map(Int64.init)
    let fits = { shape.contains(-1) || shape.reduce(1, &*) == self.elementCount }
    // torch's message names the wanted shape.
    return try produce("reshaped", [self], shapesFit: fits()) {
      ft_tensor_reshape(handle, sizes, sizes.count, view, $0, $1)
    }
  }

  /// A view with sizes of 1 repeated.
  public func expanded(_ shape: [Int]) throws -> Tensor {
    let sizes = shape.map(Int64.init)
    return try produce("expanded", [self], shapesFit: false) {
      ft_tensor_expand(handle, sizes, sizes.count, $0, $1)
    }
  }

  public func permuted(_ dims: [Int]) throws -> Tensor {
    let order = dims.map(Int64.init)
    return try produce("permuted", [self], shapesFit: dims.count == self.rank) {
      ft_tensor_permute(handle, order, order.count, $0, $1)
    }
  }

  /// The view with two dimensions exchanged, the last two unless told otherwise.
  public func transposed(_ first: Int = -2, _ second: Int = -1) throws -> Tensor {
    try produce("transposed", [self]) {
      ft_tensor_transpose(handle, Int64(first), Int64(second), $0, $1)
    }
  }

  /// Joins the dimensions `from` … `to` to one.
  public func flattened(from: Int = 0, to: Int = -1) throws -> Tensor {
    try produce("flattened", [self]) { ft_tensor_flatten(handle, Int64(from), Int64(to), $0, $1) }
  }

  public func unsqueezed(_ dim: Int) throws -> Tensor {
    try produce("unsqueezed", [self]) { ft_tensor_unsqueeze(handle, Int64(dim), $0, $1) }
  }

  public func squeezed(_ dim: Int) throws -> Tensor {
    try produce("squeezed", [self]) { ft_tensor_squeeze(handle, Int64(dim), $0, $1) }
  }

  /// The view of `length` entries from `start` on.
  public func narrow(_ dim: Int, start: Int, length: Int) throws -> Tensor {
    try produce("narrow", [self]) {
      ft_tensor_narrow(handle, Int64(dim), Int64(start), Int64(length), $0, $1)
    }
  }

  /// The view of one entry, without that dimension.
  public func select(_ dim: Int, _ index: Int) throws -> Tensor {
    try produce("select", [self]) { ft_tensor_select(handle, Int64(dim), Int64(index), $0, $1) }
  }

  /// The entries named by an int64 `[n]` tensor.
  public func indexSelect(_ dim: Int, _ index: Tensor) throws -> Tensor {
    try produce("indexSelect", [self, index]) {
      ft_tensor_index_select(handle, Int64(dim), index.handle, $0, $1)
    }
  }

  /// out[i][j] = self[i][index[i][j]] for dim 1, and so on; index is int64.
  public func gather(_ dim: Int, _ index: Tensor) throws -> Tensor {
    try produce("gather", [self, index], shapesFit: self.rank == index.rank) {
      ft_tensor_gather(handle, Int64(dim), index.handle, $0, $1)
    }
  }

  public func flipped(_ dim: Int) throws -> Tensor {
    try produce("flipped", [self]) { ft_tensor_flip(handle, Int64(dim), $0, $1) }
  }

  /// Joins tensors along a dimension that they have.
  public static func cat(_ tensors: [Tensor], dim: Int = 0) throws -> Tensor {
    try join(tensors, dim, stack: false)
  }

  /// Joins tensors of one shape along a new dimension.
  public static func stack(_ tensors: [Tensor], dim: Int = 0) throws -> Tensor {
    try join(tensors, dim, stack: true)
  }

  private static func join(_ tensors: [Tensor], _ dim: Int, stack: Bool) throws -> Tensor {
    guard !tensors.isEmpty else {
      throw TensorError(.invalidArgument, "no tensors to join")
    }
    return try produce(stack ? "stack" : "cat", tensors, shapesFit: false) { out, error in
      tensors.withHandles { ft_tensor_join(stack, $0.items, $0.count, Int64(dim), out, error) }
    }
  }

  /// Views of `count` equal parts, the last one smaller where it does not divide.
  public func chunk(_ count: Int, dim: Int = 0) throws -> [Tensor] {
    let axis = dim < 0 ? dim + rank : dim
    guard count > 0, axis >= 0, axis < rank else {
      throw TensorError(.invalidArgument, "chunk(\(count), dim: \(dim)) of \(shape)")
    }
    let size = shape[axis]
    let part = Swift.max(1, (size + count - 1) / count)
    return try stride(from: 0, to: size, by: part).map {
      try narrow(axis, start: $0, length: Swift.min(part, size - $0))
    }
  }
}
