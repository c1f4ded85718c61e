// swift-format-ignore-file: AlwaysUseLowerCamelCase

// The trailing underscore is PyTorch's mark of an operation that changes its tensor.
import CTorch

/// Changes in place: for buffers and optimizer state, on tensors that need no gradient.
///
/// Each returns the tensor itself. A leaf that requires a gradient throws unless inside
/// `withoutGradient`.
extension Tensor {
  @discardableResult
  public func add_(_ other: Tensor) throws -> Tensor { try update(FT_ADD, "add_", other) }
  @discardableResult
  public func sub_(_ other: Tensor) throws -> Tensor { try update(FT_SUB, "sub_", other) }
  @discardableResult
  public func mul_(_ other: Tensor) throws -> Tensor { try update(FT_MUL, "mul_", other) }
  @discardableResult
  public func div_(_ other: Tensor) throws -> Tensor { try update(FT_DIV, "div_", other) }
  @discardableResult
  public func add_(_ value: Double) throws -> Tensor { try update(FT_ADD, "add_", value) }
  @discardableResult
  public func sub_(_ value: Double) throws -> Tensor { try update(FT_SUB, "sub_", value) }
  @discardableResult
  public func mul_(_ value: Double) throws -> Tensor { try update(FT_MUL, "mul_", value) }
  @discardableResult
  public func div_(_ value: Double) throws -> Tensor { try update(FT_DIV, "div_", value) }

  @discardableResult
  public func zero_() throws -> Tensor { try fill_(0) }

  @discardableResult
  public func fill_(_ value: Double) throws -> Tensor {
    try checked("fill_", [self]) { ft_tensor_fill(handle, value, $0) }
    return self
  }

  /// Takes over the values of `source`, which broadcasts and is converted.
  @discardableResult
  public func copy_(from source: Tensor) throws -> Tensor {
    let fits = { broadcasts(self.shape, source.shape) && source.rank <= self.rank }
    try checked("copy_", [self, source], shapesFit: fits()) {
      ft_tensor_copy(handle, source.handle, $0)
    }
    return self
  }

  private func update(_ op: ft_binary, _ name: StaticString, _ other: Tensor) throws -> Tensor {
    try checked(name, [self, other], shapesFit: broadcasts(shape, other.shape)) {
      ft_tensor_update(op, handle, other.handle, $0)
    }
    return self
  }

  private func update(_ op: ft_binary, _ name: StaticString, _ value: Double) throws -> Tensor {
    try checked(name, [self]) { ft_tensor_update_scalar(op, handle, value, $0) }
    return self
  }
}
