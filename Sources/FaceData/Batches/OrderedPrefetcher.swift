import Foundation

/// Makes the batches of a range of steps on worker threads and hands them out in order.
///
/// What `next()` returns does not depend on the number of threads, as long as `make` is a pure
/// function of the step. At most `depth` batches are made or held ahead of the consumer.
///
/// An error thrown by `make` surfaces when its step is due, after all earlier batches; from then on
/// `next()` throws it again.
public final class OrderedPrefetcher<Batch: Sendable>: Sendable {
  private let work: PrefetchWork<Batch>

  /// - Parameters: threads: workers; 0 makes each batch inside `next()`. depth: batches in flight,
  ///   at least 1.
  public init(
    steps: Range<Int>, threads: Int, depth: Int,
    make: @escaping @Sendable (_ step: Int) throws -> Batch
  ) {
    let work = PrefetchWork(steps: steps, depth: max(1, depth), make: make)
    self.work = work
    work.startWorkers(min(max(0, threads), steps.count))
  }

  // The workers hold the work, not the prefetcher: dropping the prefetcher ends them.
  deinit { work.requestStop() }

  /// The batch of the next step, or nil after the last step or after `cancel()`.
  public func next() throws -> Batch? { try work.next() }

  /// Stops the workers and returns when they have ended; a batch that is being made is finished
  /// first and dropped.
  public func cancel() {
    work.requestStop()
    work.waitForWorkers()
  }

  /// Workers that have not ended yet.
  public var liveThreads: Int { work.liveThreads }
}

/// The state that consumer and workers share; every access to it holds `condition`.
private final class PrefetchWork<Batch: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let make: @Sendable (Int) throws -> Batch
  private let depth: Int
  private var end: Int
  private var nextToMake: Int
  private var nextToGive: Int
  private var ready: [Int: Result<Batch, any Error>] = [:]
  private var live = 0
  private var isStopped = false
  private var hasWorkers = false

  init(steps: Range<Int>, depth: Int, make: @escaping @Sendable (Int) throws -> Batch) {
    (self.make, self.depth, end) = (make, depth, steps.upperBound)
    (nextToMake, nextToGive) = (steps.lowerBound, steps.lowerBound)
  }

  func startWorkers(_ count: Int) {
    (live, hasWorkers) = (count, count > 0)
    for number in 0..<count {
      let thread = Thread { self.runWorker() }
      thread.name = "prefetch-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  func next() throws -> Batch? {
    guard hasWorkers else { return try makeHere() }
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, nextToGive < end, ready[nextToGive] == nil { condition.wait() }
    guard !isStopped, nextToGive < end, let result = ready[nextToGive] else { return nil }
    // A failure stays where it is, so that it is thrown again.
    let batch = try result.get()
    ready[nextToGive] = nil
    nextToGive += 1
    condition.broadcast()
    return batch
  }

  private func makeHere() throws -> Batch? {
    guard !isStopped, nextToGive < end else { return nil }
    let batch = try make(nextToGive)
    nextToGive += 1
    return batch
  }

  private func runWorker() {
    while let step = claim() { deliver(step, Result { try make(step) }) }
    condition.withLock {
      live -= 1
      condition.broadcast()
    }
  }

  private func claim() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, nextToMake < end, nextToMake >= nextToGive + depth { condition.wait() }
    guard !isStopped, nextToMake < end else { return nil }
    defer { nextToMake += 1 }
    return nextToMake
  }

  private func deliver(_ step: Int, _ result: Result<Batch, any Error>) {
    condition.withLock {
      guard !isStopped else { return }
      ready[step] = result
      // Nothing after a failed step is ever handed out, so nothing after it need be made.
      if case .failure = result { end = min(end, step + 1) }
      condition.broadcast()
    }
  }

  func requestStop() {
    condition.withLock {
      isStopped = true
      ready = [:]
      condition.broadcast()
    }
  }

  func waitForWorkers() {
    condition.withLock { while live > 0 { condition.wait() } }
  }

  var liveThreads: Int { condition.withLock { live } }
}
