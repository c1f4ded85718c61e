import CTorch

extension Tensor {
  /// The elements as Float, row-major, whatever the type and device.
  public func floats() throws -> [Float] { try read(.float32, Float.self) }
  public func doubles() throws -> [Double] { try read(.float64, Double.self) }
  /// The elements as Int64; fractions are cut off.
  public func int64s() throws -> [Int64] { try read(.int64, Int64.self) }
  /// The elements as UInt8: of a uint8 or bool tensor.
  /// - Throws: `TensorError.invalidArgument` for another type, which would not fit.
  public func bytes() throws -> [UInt8] {
    guard dtype == .uint8 || dtype == .bool else {
      throw TensorError(.invalidArgument, "bytes() of a \(dtype) tensor: convert it to uint8 first")
    }
    return try read(dtype, UInt8.self)
  }

  /// The only element.
  /// - Throws: `TensorError.shapeMismatch` unless there is exactly one.
  public func item() throws -> Double {
    guard elementCount == 1 else {
      throw TensorError(.shapeMismatch, "item() of \(shape): there is not exactly one element")
    }
    return try doubles()[0]
  }

  private func read<Element>(_ type: DType, _: Element.Type) throws -> [Element] {
    let count = elementCount
    guard count > 0 else { return [] }
    return try [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      try readBytes(as: type, into: UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }

  /// Copies the elements, row-major, to a buffer of exactly their size.
  func readBytes(as type: DType, into buffer: UnsafeMutableRawBufferPointer) throws {
    try checked("reading", [self]) {
      ft_tensor_read(handle, type.raw, buffer.baseAddress, buffer.count, $0)
    }
  }

  /// The same values with another element type; self when it has that type already.
  public func to(_ dtype: DType) throws -> Tensor {
    guard dtype != self.dtype else { return self }
    return try produce("conversion", [self]) { ft_tensor_to_dtype(handle, dtype.raw, $0, $1) }
  }

  /// The same values on another device; self when it is there already.
  public func to(_ device: Device) throws -> Tensor {
    guard device != self.device else { return self }
    return try produce("to a device", [self]) { ft_tensor_to_device(handle, device.raw, $0, $1) }
  }

  /// The same values in the given order in memory; no copy when they lie so already.
  public func contiguous(_ format: MemoryFormat = .standard) throws -> Tensor {
    try produce("contiguous", [self], shapesFit: format == .standard || self.rank == 4) {
      ft_tensor_contiguous(handle, format == .channelsLast, $0, $1)
    }
  }

  /// A copy, recorded for gradients.
  public func clone() throws -> Tensor { try produce("clone") { ft_tensor_clone(handle, $0, $1) } }

  /// The same storage without a history.
  public func detached() throws -> Tensor {
    try produce("detached") { ft_tensor_detach(handle, $0, $1) }
  }

  /// Lets this tensor stand for `other`'s values, device and memory order from now on.
  func replace(with other: Tensor) throws {
    try checked("replace") { ft_tensor_replace(handle, other.handle, $0) }
  }
}
