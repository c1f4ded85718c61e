import CTorch

/// An array of numbers with a shape, an element type and a device; the owner of one libtorch handle.
///
/// Copying the reference shares the storage, and views share it too (`narrow`, `permuted`, …), as in
/// PyTorch. Not `Sendable`: all work on tensors stays on one thread. Operations throw `TensorError`
/// with the shapes that did not fit.
public final class Tensor {
  let handle: OpaquePointer

  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { ft_tensor_free(handle) }

  public var shape: [Int] { sizes(ft_tensor_shape) }
  public var strides: [Int] { sizes(ft_tensor_strides) }
  public var rank: Int { ft_tensor_rank(handle) }
  public var elementCount: Int { Int(ft_tensor_count(handle)) }
  public var device: Device { Device(raw: ft_tensor_device(handle)) }
  /// The type of the elements. Tensors are made with one of `DType`'s cases only, so there is no other.
  public var dtype: DType { DType(raw: ft_tensor_dtype(handle)) ?? .float32 }
  /// Whether a `[N, C, H, W]` tensor is stored as N, H, W, C.
  public var isChannelsLast: Bool { ft_tensor_is_channels_last(handle) }
  public var isContiguous: Bool { ft_tensor_is_contiguous(handle) }

  private func sizes(_ read: (OpaquePointer, UnsafeMutablePointer<Int64>) -> Void) -> [Int] {
    let rank = self.rank
    return withUnsafeTemporaryAllocation(of: Int64.self, capacity: Swift.max(rank, 1)) { buffer in
      guard rank > 0, let start = buffer.baseAddress else { return [] }
      read(handle, start)
      return (0..<rank).map { Int(buffer[$0]) }
    }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String { "Tensor(\(shape), \(dtype), \(device))" }
}
