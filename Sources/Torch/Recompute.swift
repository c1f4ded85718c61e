import CTorch

/// `body(x)`, whose inside is computed a second time in backward instead of being kept until then: less
/// memory for about a third more time (activation checkpointing).
///
/// - Parameters: x: where it needs no gradient, or none is recorded, `body` is simply called; buffers:
///   what `body` changes beside its result, such as running statistics: the second call leaves them as
///   they are; body: must give the same for the same x.
/// - Source: Chen et al. 2016, arXiv:1604.06174. Checked by: RecomputeTests.
public func recomputed(
  _ x: Tensor, buffers: [Tensor], _ body: @escaping (Tensor) throws -> Tensor
) throws -> Tensor {
  guard ft_grad_enabled(), x.requiresGradient else { return try body(x) }
  let context = Unmanaged.passRetained(RecomputedBody(body, buffers))
  return try produce("recomputed", [x]) { out, error in
    ft_recompute(
      x.handle,
      { context, x, out, error in
        guard let context, let x, let out else { return FT_ARGUMENT }
        return Unmanaged<RecomputedBody>.fromOpaque(context).takeUnretainedValue()
          .call(x, out, error)
      },
      context.toOpaque(),
      { context in
        if let context { Unmanaged<RecomputedBody>.fromOpaque(context).release() }
      }, out, error)
  }
}

/// A body that knows which of its two calls it is in.
private final class RecomputedBody {
  private let body: (Tensor) throws -> Tensor
  private let buffers: [Tensor]
  private var isAgain = false

  init(_ body: @escaping (Tensor) throws -> Tensor, _ buffers: [Tensor]) {
    (self.body, self.buffers) = (body, buffers)
  }

  func call(_ x: OpaquePointer, _ out: HandleSlot, _ error: HandleSlot?) -> ft_status {
    do {
      let x = try produce("recomputed") { ft_tensor_alias(x, $0, $1) }
      let y = try run(x)
      return ft_tensor_alias(y.handle, out, error)
    } catch let failure {
      return ft_refuse(Self.status(of: failure), "\(failure)", error)
    }
  }

  /// Causes that callers act on are kept.
  private static func status(of failure: any Error) -> ft_status {
    switch (failure as? TensorError)?.code {
    case .outOfMemory: FT_OUT_OF_MEMORY
    case .lostRank: FT_LOST_RANK
    default: FT_EXCEPTION
    }
  }

  private func run(_ x: Tensor) throws -> Tensor {
    guard isAgain else {
      isAgain = true
      return try body(x)
    }
    let former = try withoutGradient { try buffers.map { try $0.clone() } }
    let y = try body(x)
    // Batch norm has saved its running statistics for backward, but reads them only in evaluation.
    for (buffer, value) in zip(buffers, former) {
      try checked("recomputed") { ft_restore(buffer.handle, value.handle, $0) }
    }
    return y
  }
}
