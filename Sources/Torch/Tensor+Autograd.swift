import CTorch

extension Tensor {
  /// Whether operations on this tensor are recorded for `backward()`.
  ///
  /// Setting it on an integer tensor, or clearing it on the result of an operation, has no effect;
  /// `setRequiresGradient` throws there.
  public var requiresGradient: Bool {
    get { ft_tensor_requires_grad(handle) }
    set { try? setRequiresGradient(newValue) }
  }

  /// - Throws: `TensorError` for integer tensors, or false for a result of recorded operations.
  public func setRequiresGradient(_ on: Bool) throws {
    try checked("setRequiresGradient", [self]) { ft_tensor_set_requires_grad(handle, on, $0) }
  }

  /// Adds the derivative of this scalar to the `gradient` of every leaf that it was computed from.
  /// - Throws: `TensorError` when nothing was recorded, or when it is no scalar.
  public func backward() throws {
    try checked("backward", [self], shapesFit: self.elementCount == 1) {
      ft_tensor_backward(handle, nil, $0)
    }
  }

  /// As `backward()` for a tensor that is no scalar: `gradient` is the derivative with respect to it.
  public func backward(_ gradient: Tensor) throws {
    try checked("backward", [self, gradient], shapesFit: self.shape == gradient.shape) {
      ft_tensor_backward(handle, gradient.handle, $0)
    }
  }

  /// The summed derivative; nil before the first `backward()` and after `clearGradient()`.
  ///
  /// It shares the storage with torch's own, so changing it in place changes what an optimizer sees.
  public var gradient: Tensor? {
    var result: OpaquePointer?
    try? checked("gradient") { ft_tensor_gradient(handle, &result, $0) }
    return result.map(Tensor.init(owning:))
  }

  public var hasGradient: Bool { ft_tensor_has_gradient(handle) }

  public func clearGradient() {
    [self].withHandles { ft_foreach_clear_gradients($0) }
  }
}
