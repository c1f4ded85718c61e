import CTorch

/// The type of a tensor's elements.
public enum DType: String, CaseIterable, Sendable {
  case uint8, int32, int64, float16, bfloat16, float32, float64, bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .uint8, .bool: 1
    case .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    case .uint8, .int32, .int64, .bool: false
    }
  }

  var raw: ft_dtype {
    switch self {
    case .uint8: FT_UINT8
    case .int32: FT_INT32
    case .int64: FT_INT64
    case .float16: FT_FLOAT16
    case .bfloat16: FT_BFLOAT16
    case .float32: FT_FLOAT32
    case .float64: FT_FLOAT64
    case .bool: FT_BOOL
    }
  }

  init?(raw: ft_dtype) {
    guard let type = DType.allCases.first(where: { $0.raw == raw }) else { return nil }
    self = type
  }
}

/// The order of a tensor's elements in memory.
public enum MemoryFormat: Sendable {
  /// Row-major, PyTorch's `contiguous_format`.
  case standard
  /// `[N, C, H, W]` stored as N, H, W, C: the faster order for convolutions.
  case channelsLast
}
