import CTorch

/// Element-wise arithmetic with PyTorch's broadcasting and type promotion.
extension Tensor {
  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try a.binary(FT_ADD, "+", b) }
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try a.binary(FT_SUB, "-", b) }
  public static func * (a: Tensor, b: Tensor) throws -> Tensor { try a.binary(FT_MUL, "*", b) }
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try a.binary(FT_DIV, "/", b) }
  public static func + (a: Tensor, b: Double) throws -> Tensor { try a.binary(FT_ADD, "+", b) }
  public static func - (a: Tensor, b: Double) throws -> Tensor { try a.binary(FT_SUB, "-", b) }
  public static func * (a: Tensor, b: Double) throws -> Tensor { try a.binary(FT_MUL, "*", b) }
  public static func / (a: Tensor, b: Double) throws -> Tensor { try a.binary(FT_DIV, "/", b) }
  public static func + (a: Double, b: Tensor) throws -> Tensor { try b + a }
  public static func * (a: Double, b: Tensor) throws -> Tensor { try b * a }
  public static func - (a: Double, b: Tensor) throws -> Tensor { try b.after(FT_SUB, "-", a) }
  public static func / (a: Double, b: Tensor) throws -> Tensor { try b.after(FT_DIV, "/", a) }
  public static prefix func - (a: Tensor) throws -> Tensor { try a.unary(FT_NEG, "-") }

  /// The matrix product over the last two dimensions; leading ones broadcast.
  /// - Throws: `TensorError.shapeMismatch` when the inner sizes differ.
  public func matmul(_ other: Tensor) throws -> Tensor {
    try produce("matmul", [self, other], shapesFit: false) {
      ft_tensor_binary(FT_MATMUL, handle, other.handle, $0, $1)
    }
  }

  public func exp() throws -> Tensor { try unary(FT_EXP, "exp") }
  public func log() throws -> Tensor { try unary(FT_LOG, "log") }
  /// log(1 + x), exact for small x.
  public func log1p() throws -> Tensor { try unary(FT_LOG1P, "log1p") }
  public func sqrt() throws -> Tensor { try unary(FT_SQRT, "sqrt") }
  public func abs() throws -> Tensor { try unary(FT_ABS, "abs") }
  public func sign() throws -> Tensor { try unary(FT_SIGN, "sign") }
  public func sin() throws -> Tensor { try unary(FT_SIN, "sin") }
  public func cos() throws -> Tensor { try unary(FT_COS, "cos") }
  public func acos() throws -> Tensor { try unary(FT_ACOS, "acos") }
  public func relu() throws -> Tensor { try unary(FT_RELU, "relu") }
  public func sigmoid() throws -> Tensor { try unary(FT_SIGMOID, "sigmoid") }
  public func tanh() throws -> Tensor { try unary(FT_TANH, "tanh") }
  public func pow(_ exponent: Double) throws -> Tensor { try binary(FT_POW, "pow", exponent) }

  /// Each element moved into low … high; a missing bound is none.
  public func clamp(low: Double? = nil, high: Double? = nil) throws -> Tensor {
    func pointer<R>(_ value: Double?, _ body: (UnsafePointer<Double>?) throws -> R) rethrows -> R {
      guard let value else { return try body(nil) }
      return try withUnsafePointer(to: value, body)
    }
    return try pointer(low) { low in
      try pointer(high) { high in
        try produce("clamp", [self]) { ft_tensor_clamp(handle, low, high, $0, $1) }
      }
    }
  }

  // Comparisons give bool tensors.
  public func eq(_ other: Tensor) throws -> Tensor { try binary(FT_EQ, "eq", other) }
  public func ne(_ other: Tensor) throws -> Tensor { try binary(FT_NE, "ne", other) }
  public func lt(_ other: Tensor) throws -> Tensor { try binary(FT_LT, "lt", other) }
  public func le(_ other: Tensor) throws -> Tensor { try binary(FT_LE, "le", other) }
  public func gt(_ other: Tensor) throws -> Tensor { try binary(FT_GT, "gt", other) }
  public func ge(_ other: Tensor) throws -> Tensor { try binary(FT_GE, "ge", other) }
  public func eq(_ value: Double) throws -> Tensor { try binary(FT_EQ, "eq", value) }
  public func ne(_ value: Double) throws -> Tensor { try binary(FT_NE, "ne", value) }
  public func lt(_ value: Double) throws -> Tensor { try binary(FT_LT, "lt", value) }
  public func le(_ value: Double) throws -> Tensor { try binary(FT_LE, "le", value) }
  public func gt(_ value: Double) throws -> Tensor { try binary(FT_GT, "gt", value) }
  public func ge(_ value: Double) throws -> Tensor { try binary(FT_GE, "ge", value) }
  public func maximum(_ other: Tensor) throws -> Tensor { try binary(FT_MAXIMUM, "maximum", other) }
  public func minimum(_ other: Tensor) throws -> Tensor { try binary(FT_MINIMUM, "minimum", other) }
  public func and(_ other: Tensor) throws -> Tensor { try binary(FT_LOGICAL_AND, "and", other) }
  public func or(_ other: Tensor) throws -> Tensor { try binary(FT_LOGICAL_OR, "or", other) }
  public func not() throws -> Tensor { try unary(FT_LOGICAL_NOT, "not") }

  /// Element-wise choice: `a` where `condition` (bool) holds, else `b`.
  public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let fits = { broadcasts(condition.shape, a.shape) && broadcasts(a.shape, b.shape) }
    return try produce("where", [condition, a, b], shapesFit: fits()) {
      ft_tensor_where(condition.handle, a.handle, b.handle, $0, $1)
    }
  }

  /// Whether no element is NaN or infinite.
  public func allFinite() throws -> Bool {
    guard elementCount > 0 else { return true }
    return try unary(FT_IS_FINITE, "isFinite").to(.float32).min().item() == 1
  }

  private func unary(_ op: ft_unary, _ name: StaticString) throws -> Tensor {
    try produce(name, [self]) { ft_tensor_unary(op, handle, $0, $1) }
  }

  private func binary(_ op: ft_binary, _ name: StaticString, _ other: Tensor) throws -> Tensor {
    try produce(name, [self, other], shapesFit: broadcasts(shape, other.shape)) {
      ft_tensor_binary(op, handle, other.handle, $0, $1)
    }
  }

  private func binary(_ op: ft_binary, _ name: StaticString, _ value: Double) throws -> Tensor {
    try produce(name, [self]) { ft_tensor_binary_scalar(op, handle, value, $0, $1) }
  }

  /// value op self
  private func after(_ op: ft_binary, _ name: StaticString, _ value: Double) throws -> Tensor {
    try produce(name, [self]) { ft_scalar_binary_tensor(op, value, handle, $0, $1) }
  }
}
