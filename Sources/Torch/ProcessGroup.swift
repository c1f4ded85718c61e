import CTorch

/// Where the ranks of a job meet: a store of keys that one of them, or the program that started them,
/// serves (torch.distributed's TCPStore).
public final class TCPStore {
  let handle: OpaquePointer

  /// - Parameters: port: 0 with `serves` takes a free one; prefix: before every key.
  /// - Throws: `TensorError.lostRank` where nobody serves it within the time.
  public init(
    host: String, port: Int, serves: Bool, prefix: String = "", timeoutSeconds: Double = 300
  ) throws {
    var result: OpaquePointer?
    try checked("meeting the other ranks") {
      ft_store_new(host, Int32(clamping: port), serves, prefix, timeoutSeconds, &result, $0)
    }
    guard let result else { throw TensorError(.torch, "torch returned no store") }
    handle = result
  }

  deinit { ft_store_free(handle) }

  public var port: Int { Int(ft_store_port(handle)) }
}

/// Processes that train one network together, each on its share of every batch (torch.distributed over
/// Gloo).
///
/// Every rank makes the same calls in the same order. Not `Sendable`. Each call throws
/// `TensorError.lostRank` where another rank is gone.
public final class ProcessGroup {
  public let rank: Int
  public let size: Int
  private let handle: OpaquePointer
  /// The group reads it until the last rank has joined, and rank 0 serves it until then.
  private let store: TCPStore

  /// Waits until all ranks have joined.
  ///
  /// - Parameters: isLocal: all ranks are on this machine; timeoutSeconds: how long a rank may keep the
  ///   others waiting.
  public init(
    store: TCPStore, rank: Int, size: Int, isLocal: Bool, timeoutSeconds: Double = 1800
  ) throws {
    guard size > 0, (0..<size).contains(rank) else {
      throw TensorError(.invalidArgument, "rank \(rank) of \(size): ranks count from 0")
    }
    var result: OpaquePointer?
    try checked("joining the other ranks") {
      ft_group_new(
        store.handle, isLocal, Int32(clamping: rank), Int32(clamping: size), timeoutSeconds,
        &result, $0)
    }
    guard let result else { throw TensorError(.torch, "torch returned no group") }
    (handle, self.store, self.rank, self.size) = (result, store, rank, size)
  }

  deinit { ft_group_free(handle) }

  /// Replaces each tensor by its mean over the ranks, in buckets that are under way at the same time.
  public func average(_ tensors: [Tensor]) throws {
    try checked("averaging over the ranks") { error in
      tensors.withHandles { ft_group_all_reduce(handle, $0, 1 / Double(size), error) }
    }
  }

  /// Gives every rank the first one's values.
  public func broadcast(_ tensors: [Tensor]) throws {
    try checked("sharing the first rank's tensors") { error in
      tensors.withHandles { ft_group_broadcast(handle, $0, error) }
    }
  }

  /// The tensors of all ranks, which are of one shape: `[size, …]`, the same on every rank.
  ///
  /// Differentiable: each rank's part gets the sum of the gradients that all ranks have for it. Where
  /// every rank computes the same loss from it, averaged gradients are those of that loss.
  public func gathered(_ x: Tensor) throws -> Tensor {
    try produce("gathering from the ranks", [x]) { ft_group_all_gather(handle, x.handle, $0, $1) }
  }

  /// The rows of all ranks, `[N, …]` → `[size · N, …]`; where x has several views of N / views samples
  /// each, view by view, the rows of each view come together.
  public func gatheredRows(_ x: Tensor, views: Int = 1) throws -> Tensor {
    let (shape, rest) = (x.shape, Array(x.shape.dropFirst()))
    let all = try gathered(x.reshaped([views, shape[0] / views] + rest))
    let order = [1, 0] + Array(2..<all.rank)
    return try all.permuted(order).reshaped([size * shape[0]] + rest)
  }

  /// What the first rank computes; the others wait for it.
  public func ofFirst(_ value: () throws -> Double) throws -> Double {
    let shared = try Tensor([rank == 0 ? value() : 0], shape: [1])
    try broadcast([shared])
    return try shared.item()
  }

  /// Whether a condition holds on any of the ranks.
  public func any(_ condition: Bool) throws -> Bool {
    let flag = try Tensor([Float(condition ? 1 : 0)], shape: [1])
    try average([flag])
    return try flag.item() > 0
  }

  fileprivate var raw: OpaquePointer { handle }
}

/// Replaces gradients by their means over the ranks, in buckets that are on their way as soon as the
/// backward pass has all of a bucket's gradients.
///
/// All ranks have the same parameters and the same graph in every step.
/// - Source: Li et al. 2020, "PyTorch Distributed", arXiv:2006.15704, §3.2.3. Checked by:
///   GradientReducerTests.
public final class GradientReducer {
  private let group: ProcessGroup
  private let handle: OpaquePointer

  public init(of parameters: [Tensor], over group: ProcessGroup) throws {
    var result: OpaquePointer?
    try checked("preparing to average gradients") { error in
      parameters.withHandles { ft_reducer_new(group.raw, $0, &result, error) }
    }
    guard let result else { throw TensorError(.torch, "torch returned no reducer") }
    (handle, self.group) = (result, group)
  }

  deinit { ft_reducer_free(handle) }

  /// To be called before the last backward pass of a step.
  public func begin() throws {
    try checked("averaging over the ranks") { ft_reducer_begin(handle, $0) }
  }

  /// Waits for the means.
  /// - Returns: How many buckets were on their way before; none in the first step, which finds out
  ///   when a gradient is complete.
  @discardableResult
  public func finish() throws -> Int {
    var early: Int64 = 0
    try checked("averaging over the ranks") {
      ft_reducer_finish(handle, 1 / Double(group.size), &early, $0)
    }
    return Int(early)
  }
}

/// Runs `body` with batch norms, in training, that take their statistics over the batches of all ranks,
/// on this thread; nil leaves each to its own batch.
public func withSynchronizedBatchNorm<Result>(
  _ group: ProcessGroup?, _ body: () throws -> Result
) rethrows -> Result {
  guard let group else { return try body() }
  let former = ft_batch_norm_group_set(group.raw)
  defer { _ = ft_batch_norm_group_set(former) }
  return try body()
}
