import CTorch

/// One call for a whole list of tensors: the updates of the optimizers.
enum Foreach {
  static func gradients(_ parameters: [Tensor]) throws -> [Tensor] {
    try make(parameters.count, "gradients") { items, error in
      parameters.withHandles { ft_foreach_gradients($0, items, error) }
    }
  }

  /// self · scalar
  static func multiply(_ list: [Tensor], by scalar: Double) throws {
    try checked("foreach mul") { error in
      list.withHandles { ft_foreach_mul($0, scalar, error) }
    }
  }

  static func multiply(_ list: [Tensor], by factor: Tensor) throws {
    try checked("foreach mul") { error in
      list.withHandles { ft_foreach_mul_tensor($0, factor.handle, error) }
    }
  }

  /// list[i] · factors[i]
  static func multiply(_ list: [Tensor], byEach factors: Tensor) throws {
    try checked("foreach mul") { error in
      list.withHandles { ft_foreach_mul_each($0, factors.handle, error) }
    }
  }

  /// list + scale · other
  static func add(_ list: [Tensor], _ other: [Tensor], scale: Double = 1) throws {
    try checked("foreach add") { error in
      list.withHandles { list in
        other.withHandles { ft_foreach_add(list, $0, scale, error) }
      }
    }
  }

  /// list + weight · (other − list)
  static func lerp(_ list: [Tensor], _ other: [Tensor], weight: Double) throws {
    try checked("foreach lerp") { error in
      list.withHandles { list in
        other.withHandles { ft_foreach_lerp(list, $0, weight, error) }
      }
    }
  }

  /// list + scale · a · a
  static func addSquare(_ list: [Tensor], of a: [Tensor], scale: Double) throws {
    try checked("foreach addcmul") { error in
      list.withHandles { list in
        a.withHandles { ft_foreach_addcmul(list, $0, $0, scale, error) }
      }
    }
  }

  /// list[i] + scales[i] · m[i] / (√v[i] / corrections[i] + epsilon)
  static func adam(
    _ list: [Tensor], _ moments: (first: [Tensor], second: [Tensor]), scales: [Double],
    corrections: [Double], epsilon: Double
  ) throws {
    try checked("foreach adam") { error in
      list.withHandles { list in
        moments.first.withHandles { first in
          moments.second.withHandles {
            ft_foreach_adam(list, first, $0, scales, corrections, epsilon, error)
          }
        }
      }
    }
  }

  /// New tensors scale · list + other.
  static func scaledSum(_ list: [Tensor], scale: Double, _ other: [Tensor]) throws -> [Tensor] {
    try make(list.count, "foreach sum") { items, error in
      list.withHandles { list in
        other.withHandles { ft_foreach_scaled_sum(list, $0, scale, items, error) }
      }
    }
  }

  /// The Euclidean norm of each: `[count]`; the list must not be empty.
  static func norms(_ list: [Tensor]) throws -> Tensor {
    try produce("foreach norm") { out, error in
      list.withHandles { ft_foreach_norms($0, out, error) }
    }
  }

  private static func make(
    _ count: Int, _ name: StaticString,
    _ body: (UnsafeMutablePointer<OpaquePointer?>, HandleSlot) -> ft_status
  ) throws -> [Tensor] {
    var handles = [OpaquePointer?](repeating: nil, count: count)
    try handles.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, count > 0 else { return }
      try checked(name) { body(start, $0) }
    }
    return handles.compactMap { $0.map(Tensor.init(owning:)) }
  }
}
