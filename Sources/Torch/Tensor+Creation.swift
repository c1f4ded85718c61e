import CTorch

extension Tensor {
  /// A float32 tensor of `values` in row-major order.
  /// - Throws: `TensorError.shapeMismatch` when the count is not the product of `shape`.
  public convenience init(_ values: [Float], shape: [Int]) throws {
    self.init(owning: try Tensor.make(values, .float32, shape))
  }

  /// A float64 tensor.
  public convenience init(_ values: [Double], shape: [Int]) throws {
    self.init(owning: try Tensor.make(values, .float64, shape))
  }

  /// An int64 tensor, as for labels and indices.
  public convenience init(_ values: [Int64], shape: [Int]) throws {
    self.init(owning: try Tensor.make(values, .int64, shape))
  }

  /// A uint8 tensor, as for pixels.
  public convenience init(bytes: [UInt8], shape: [Int]) throws {
    self.init(owning: try Tensor.make(bytes, .uint8, shape))
  }

  /// A tensor of any element type from its bytes: row-major, little-endian.
  public convenience init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) throws {
    self.init(owning: try Tensor.make(raw: bytes, dtype, shape))
  }

  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws -> Tensor { try filled(FT_ZEROS, 0, shape, dtype, device) }

  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws -> Tensor { try filled(FT_FULL, 1, shape, dtype, device) }

  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) throws -> Tensor { try filled(FT_FULL, value, shape, dtype, device) }

  /// A tensor whose elements are not set.
  public static func empty(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws -> Tensor { try filled(FT_EMPTY, 0, shape, dtype, device) }

  /// Zeros with the shape, type, device and memory order of `other`.
  public static func zerosLike(_ other: Tensor) throws -> Tensor {
    let result = try other.detached().clone()
    try result.fill_(0)
    return result
  }

  /// 0, 1, … below `end`, int64 unless told otherwise.
  public static func arange(_ end: Int, dtype: DType = .int64) throws -> Tensor {
    try arange(0, Double(end), dtype: dtype)
  }

  /// start, start + step, … below `end`.
  public static func arange(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .int64
  ) throws -> Tensor {
    try produce("arange") { ft_tensor_arange(start, end, step, dtype.raw, $0, $1) }
  }

  /// Normal draws, float32; drawn on the CPU, so that every device gets the same numbers.
  public static func randn(
    _ shape: [Int], generator: Generator, mean: Double = 0, standardDeviation: Double = 1,
    device: Device = .cpu
  ) throws -> Tensor {
    try drawn(FT_NORMAL, mean, standardDeviation, shape, generator).to(device)
  }

  /// Uniform draws in [low, high), float32; drawn on the CPU.
  public static func uniform(
    _ shape: [Int], generator: Generator, low: Double = 0, high: Double = 1, device: Device = .cpu
  ) throws -> Tensor {
    try drawn(FT_UNIFORM, low, high, shape, generator).to(device)
  }

  /// The numbers 0 ..< count in random order, int64.
  public static func randomPermutation(_ count: Int, generator: Generator) throws -> Tensor {
    try produce("randomPermutation") {
      ft_tensor_permutation(Int64(count), generator.handle, $0, $1)
    }
  }

  private static func drawn(
    _ kind: ft_draw, _ a: Double, _ b: Double, _ shape: [Int], _ generator: Generator
  ) throws -> Tensor {
    let sizes = try checkedSizes(shape)
    return try produce("random draw") {
      ft_tensor_drawn(kind, a, b, sizes, sizes.count, generator.handle, $0, $1)
    }
  }

  private static func filled(
    _ fill: ft_fill, _ value: Double, _ shape: [Int], _ dtype: DType, _ device: Device
  ) throws -> Tensor {
    let sizes = try checkedSizes(shape)
    return try produce("making a tensor") {
      ft_tensor_filled(fill, value, sizes, sizes.count, dtype.raw, device.raw, $0, $1)
    }
  }

  private static func make<Element>(
    _ values: [Element], _ dtype: DType, _ shape: [Int]
  ) throws -> OpaquePointer {
    try values.withUnsafeBytes { try make(raw: $0, dtype, shape) }
  }

  private static func make(
    raw bytes: UnsafeRawBufferPointer, _ dtype: DType, _ shape: [Int]
  ) throws -> OpaquePointer {
    let sizes = try checkedSizes(shape)
    let wanted = shape.reduce(1, *)
    guard wanted * dtype.byteCount == bytes.count else {
      throw TensorError(
        .shapeMismatch,
        "\(bytes.count / dtype.byteCount) values do not fill the shape \(shape), which has \(wanted)",
        context: ["shape": "\(shape)"])
    }
    var result: OpaquePointer?
    try checked("making a tensor") {
      ft_tensor_from_data(
        bytes.baseAddress, bytes.count, dtype.raw, sizes, sizes.count, &result, $0)
    }
    guard let result else { throw TensorError(.torch, "torch returned no tensor") }
    return result
  }

  /// Sizes for the shim; refuses negative ones, more than 64, and products beyond 2^48 elements.
  static func checkedSizes(_ shape: [Int]) throws -> [Int64] {
    var count = 1
    guard shape.count <= 64 else {
      throw TensorError(.shapeMismatch, "\(shape.count) dimensions; a tensor has at most 64")
    }
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(size, 1))
      guard size >= 0, !overflow, product <= 1 << 48 else {
        throw TensorError(.shapeMismatch, "\(shape) is no shape of a tensor")
      }
      count = product
    }
    return shape.map(Int64.init)
  }
}
