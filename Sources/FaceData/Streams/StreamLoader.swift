import Foundation

/// What threads made of some samples of a stream, in the stream's order.
public struct StreamBatch<Output: Sendable>: Sendable {
  public let epoch: Int
  public let outputs: [Output]
  /// Where the stream goes on after this batch.
  public let position: StreamPosition
  /// Samples and archives that turned out broken since the batch before.
  public let unusable: [UnusableSample]
}

/// Decodes and augments a stream's samples on worker threads and hands them out in order.
///
/// What it gives depends on the stream, the position and `make` alone, not on the number of
/// threads. Broken pictures are left out and their places filled by the samples that follow.
///
/// Checked by: StreamLoaderTests.
public final class StreamLoader<Output: Sendable> {
  /// What one worker does at a time.
  public static var chunkCount: Int { 16 }

  private let work: StreamWork<Output>
  private let keepsRemainder: Bool
  private var current: StreamChunk<Output>?
  private var used = 0
  /// What turned out broken since the last batch; of interest when there is no further one.
  public private(set) var unusable: [UnusableSample] = []

  /// - Parameters: position: where to begin; nil is the first epoch's start. epochs: where to end,
  ///   as the number of the epoch after the last. threads: workers; 0 makes everything inside
  ///   `next(_:)`. depth: chunks of 16 samples in flight; nil is two a thread. keepsRemainder:
  ///   whether an epoch's last batch may be smaller, or is left over. make: a pure function of
  ///   sample and epoch.
  /// - Throws: `FaceDataError` if the position is not one of the stream.
  public init(
    _ stream: ShardStream, from position: StreamPosition? = nil, epochs: Int, threads: Int,
    depth: Int? = nil, keepsRemainder: Bool = false,
    make: @escaping @Sendable (_ sample: StreamSample, _ epoch: Int) throws -> Output
  ) throws {
    self.keepsRemainder = keepsRemainder
    work = StreamWork(
      stream, source: try stream.source(at: position ?? stream.start()), epochs: epochs,
      depth: max(1, depth ?? 2 * threads), make: make)
    work.startWorkers(max(0, threads))
  }

  // The workers hold the work, not the loader: dropping the loader ends them.
  deinit { work.requestStop() }

  /// The next `count` samples of one epoch; nil after the last epoch.
  ///
  /// - Throws: what `make` throws but `FaceDataError`, which counts as a broken sample;
  ///   `FaceDataError` `.unreadable` for a shard that vanished, `.emptyDataset` if an epoch gave
  ///   not one sample.
  public func next(_ count: Int) throws -> StreamBatch<Output>? {
    var outputs: [Output] = []
    outputs.reserveCapacity(count)
    while let chunk = try chunk() {
      while used < chunk.results.count, outputs.count < count {
        switch chunk.results[used] {
        case .success(let output): outputs.append(output)
        case .failure(let error): unusable.append(error)
        }
        used += 1
      }
      let isEnd = used == chunk.results.count && chunk.isLast
      if outputs.count == count || isEnd && keepsRemainder && !outputs.isEmpty {
        return batch(outputs, chunk)
      }
      if isEnd { outputs = [] }
    }
    return nil
  }

  /// The chunk that samples are taken from.
  private func chunk() throws -> StreamChunk<Output>? {
    if let current, used < current.results.count { return current }
    current = try work.next()
    used = 0
    unusable += current?.unusable ?? []
    return current
  }

  private func batch(_ outputs: [Output], _ chunk: StreamChunk<Output>) -> StreamBatch<Output> {
    defer { unusable = [] }
    var position = chunk.position
    position.skipped += used
    return StreamBatch(
      epoch: chunk.position.epoch, outputs: outputs, position: position, unusable: unusable)
  }

  /// Stops the workers and returns when they have ended.
  public func cancel() {
    work.requestStop()
    work.waitForWorkers()
  }
}

/// Some samples that follow each other.
private struct StreamChunk<Output: Sendable>: Sendable {
  /// Before the first of them.
  let position: StreamPosition
  var results: [StreamResult<Output>] = []
  /// What reading them left out.
  var unusable: [UnusableSample] = []
  /// Whether the epoch ends here.
  var isLast = false
}

private enum StreamResult<Output: Sendable>: Sendable {
  case success(Output)
  case failure(UnusableSample)
}

/// The state that consumer and workers share. Every access to it holds `condition`, but for the
/// source, which belongs to whoever has set `isReading`.
private final class StreamWork<Output: Sendable>: @unchecked Sendable {
  private typealias Chunk = StreamChunk<Output>

  private let condition = NSCondition()
  private let stream: ShardStream
  private let source: ShardSource
  private let epochs: Int
  private let depth: Int
  private let make: @Sendable (StreamSample, Int) throws -> Output
  private var isReading = false
  private var isEnded = false
  private var isStopped = false
  private var hasGivenInEpoch = false
  private var nextToRead = 0
  private var nextToGive = 0
  private var ready: [Int: Result<StreamChunk<Output>?, any Error>] = [:]
  private var live = 0
  private var hasWorkers = false

  init(
    _ stream: ShardStream, source: ShardSource, epochs: Int, depth: Int,
    make: @escaping @Sendable (StreamSample, Int) throws -> Output
  ) {
    (self.stream, self.source, self.epochs, self.depth) = (stream, source, epochs, depth)
    self.make = make
    hasGivenInEpoch = source.position.samplesInEpoch > 0
  }

  func startWorkers(_ count: Int) {
    (live, hasWorkers) = (count, count > 0)
    for number in 0..<count {
      let thread = Thread { self.runWorker() }
      thread.name = "stream-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// The next chunk; nil at the end.
  func next() throws -> StreamChunk<Output>? {
    guard hasWorkers else { return try makeHere() }
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, ready[nextToGive] == nil { condition.wait() }
    guard !isStopped, let result = ready[nextToGive] else { return nil }
    // The end, like a failure, stays where it is, so that it is given again.
    guard let chunk = try result.get() else { return nil }
    ready[nextToGive] = nil
    nextToGive += 1
    condition.broadcast()
    return chunk
  }

  private func makeHere() throws -> StreamChunk<Output>? {
    guard !isStopped, let (chunk, samples) = try read() else { return nil }
    return try process(chunk, samples)
  }

  private func runWorker() {
    while let number = claim() {
      let read = Result { try self.read() }
      endReading(isLast: (try? read.get()) == nil)
      let result = read.flatMap { pair in
        Result { try pair.map { try process($0.chunk, $0.samples) } }
      }
      deliver(number, result)
    }
    condition.withLock {
      live -= 1
      condition.broadcast()
    }
  }

  private func claim() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, !isEnded, isReading || nextToRead >= nextToGive + depth { condition.wait() }
    guard !isStopped, !isEnded else { return nil }
    isReading = true
    defer { nextToRead += 1 }
    return nextToRead
  }

  private func endReading(isLast: Bool) {
    condition.withLock {
      isReading = false
      if isLast { isEnded = true }
      condition.broadcast()
    }
  }

  private func deliver(_ number: Int, _ result: Result<StreamChunk<Output>?, any Error>) {
    condition.withLock {
      guard !isStopped else { return }
      ready[number] = result
      if case .failure = result { isEnded = true }
      condition.broadcast()
    }
  }

  /// Reads a chunk, of one epoch only; nil after the last epoch. Belongs to the reading thread.
  private func read() throws -> (chunk: StreamChunk<Output>, samples: [RawSample])? {
    guard source.position.epoch < epochs else { return nil }
    var chunk = Chunk(position: source.position)
    var samples: [RawSample] = []
    while samples.count < StreamLoader<Output>.chunkCount {
      guard let sample = try source.next() else {
        chunk.isLast = true
        break
      }
      samples.append(sample)
    }
    chunk.unusable = source.takeProblems()
    hasGivenInEpoch = hasGivenInEpoch || !samples.isEmpty
    if chunk.isLast {
      guard hasGivenInEpoch else { throw empty(chunk.unusable) }
      hasGivenInEpoch = false
      source.start(epoch: source.position.epoch + 1)
    }
    return (chunk, samples)
  }

  private func empty(_ unusable: [UnusableSample]) -> FaceDataError {
    let first = unusable.first.map { " The first problem: \($0.path): \($0.reason)" } ?? ""
    return FaceDataError(
      .emptyDataset,
      "the \(stream.shards.count) shards hold no sample with a picture for rank "
        + "\(stream.settings.rank) of \(stream.settings.ranks).\(first)",
      path: stream.shards.first)
  }

  private func process(
    _ chunk: StreamChunk<Output>, _ samples: [RawSample]
  ) throws -> StreamChunk<Output> {
    var chunk = chunk
    for sample in samples {
      do {
        let output = try make(stream.decoded(sample), chunk.position.epoch)
        chunk.results.append(.success(output))
      } catch let error as FaceDataError {
        chunk.results.append(.failure(UnusableSample(path: sample.name, reason: error.message)))
      }
    }
    return chunk
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
}
