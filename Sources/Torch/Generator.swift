import CTorch

/// A stream of random numbers from a seed (torch's Mersenne Twister on the CPU).
///
/// The same seed and the same calls give the same numbers on every device and at every thread
/// count. Not `Sendable`.
public final class Generator {
  let handle: OpaquePointer

  public init(seed: UInt64) throws {
    var result: OpaquePointer?
    try checked("making a generator") { ft_generator_new(seed, &result, $0) }
    guard let result else { throw TensorError(.torch, "torch returned no generator") }
    handle = result
  }

  deinit { ft_generator_free(handle) }

  /// The stream's position, uint8: what a checkpoint keeps.
  public func state() throws -> Tensor {
    try produce("generator state") { ft_generator_state(handle, $0, $1) }
  }

  /// Goes on from a position that `state()` gave.
  public func restore(_ state: Tensor) throws {
    try checked("generator state", [state]) {
      ft_generator_set_state(handle, state.handle, $0)
    }
  }
}
