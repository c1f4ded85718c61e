import CTorch

/// The number of tensor handles alive in the process: for leak tests.
public var liveTensorCount: Int { Int(ft_tensor_live_count()) }

/// Tensor handles that this thread made less those that it freed: for leak tests beside other tests.
public var liveTensorCountOfThread: Int { Int(ft_tensor_live_count_of_thread()) }

/// The version of the libtorch in use, as `2.13.0`.
public var torchVersion: String { String(cString: ft_torch_version()) }

/// Sets how many threads an operation of the calling thread uses; 0 leaves torch's choice.
/// - Throws: `TensorError.invalidArgument` for a negative count.
public func setThreads(_ count: Int) throws {
  guard count >= 0 else {
    throw TensorError(.invalidArgument, "\(count) threads: give 0 (all cores) or more")
  }
  guard count > 0 else { return }
  try checked("setThreads") { ft_threads_set(Int32(clamping: count), $0) }
}

/// Keeps the memory of freed tensors for later ones, in pages of 2 MiB: for a program that makes large
/// tensors again and again. Call it before the first.
public func keepFreedMemory() { ft_memory_keep() }

public var threadCount: Int { Int(ft_threads_count()) }

/// Runs `body` without recording for gradients, on this thread.
public func withoutGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
  let former = ft_grad_enabled()
  ft_grad_set_enabled(false)
  defer { ft_grad_set_enabled(former) }
  return try body()
}

/// Runs `body` with convolutions and matrix products in `precision`, on this thread.
///
/// Weights stay float32; torch casts them once in a scope and drops the copies when the outermost
/// scope ends. Call `backward()` outside, as PyTorch advises.
/// - Parameters: device: where the tensors of `body` live; `.float32` switches autocast off inside.
public func withAutocast<Result>(
  _ precision: Precision, device: Device = .cpu, _ body: () throws -> Result
) throws -> Result {
  let wanted = ft_autocast(
    cuda: device.isCUDA, enabled: precision != .float32,
    dtype: precision == .float16 ? FT_FLOAT16 : FT_BFLOAT16)
  var former = wanted
  try checked("withAutocast") { ft_autocast_enter(wanted, &former, $0) }
  defer { ft_autocast_leave(former) }
  return try body()
}
