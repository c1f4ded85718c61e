import Foundation
import Synchronization
import Testing

@testable import FaceData

@Suite struct OrderedPrefetcherTests {
  private struct Failure: Error, Equatable { let step: Int }

  /// Work whose duration is not in the order of the steps.
  private static func slowSquare(_ step: Int) -> Int {
    usleep(UInt32((step * 7_919) % 5) * 200)
    return step * step
  }

  @Test(arguments: [0, 1, 2, 5, 16])
  func batchesComeInOrderWhateverTheThreads(threads: Int) throws {
    let prefetcher = OrderedPrefetcher(
      steps: 3..<40, threads: threads, depth: 4, make: Self.slowSquare)
    var batches: [Int] = []
    while let batch = try prefetcher.next() { batches.append(batch) }
    #expect(batches == (3..<40).map { $0 * $0 })
    #expect(try prefetcher.next() == nil)
  }

  @Test(arguments: [0, 1, 3])
  func anErrorComesWhenItsStepIsDueAndStays(threads: Int) throws {
    let prefetcher = OrderedPrefetcher(steps: 0..<20, threads: threads, depth: 8) { step in
      if step == 5 { throw Failure(step: step) }
      return Self.slowSquare(step)
    }
    for step in 0..<5 { #expect(try prefetcher.next() == step * step) }
    #expect(throws: Failure(step: 5)) { try prefetcher.next() }
    #expect(throws: Failure(step: 5)) { try prefetcher.next() }
  }

  @Test func noMoreThanTheDepthIsMadeAhead() throws {
    let made = Mutex(0)
    let prefetcher = OrderedPrefetcher(steps: 0..<100, threads: 4, depth: 3) { step in
      made.withLock { $0 += 1 }
      return step
    }
    /// Waits until so many are made, and a little longer for one too many.
    func reaches(_ count: Int) -> Bool {
      let deadline = Date(timeIntervalSinceNow: 10)
      while made.withLock({ $0 }) < count, Date() < deadline { usleep(1_000) }
      usleep(20_000)
      return made.withLock { $0 } == count
    }
    #expect(reaches(3))
    _ = try prefetcher.next()
    #expect(reaches(4))
    prefetcher.cancel()
  }

  @Test func cancellingEndsTheThreads() throws {
    let prefetcher = OrderedPrefetcher(
      steps: 0..<1_000, threads: 4, depth: 2, make: Self.slowSquare)
    _ = try prefetcher.next()
    #expect(prefetcher.liveThreads == 4)
    prefetcher.cancel()
    #expect(prefetcher.liveThreads == 0)
    #expect(try prefetcher.next() == nil)
  }

  @Test func droppingThePrefetcherReleasesWhatItsWorkHolds() throws {
    final class Token: Sendable {}
    weak var watched: Token?
    do {
      let token = Token()
      watched = token
      let prefetcher = OrderedPrefetcher(steps: 0..<1_000, threads: 3, depth: 2) { step in
        withExtendedLifetime(token) { step }
      }
      _ = try prefetcher.next()
    }
    let deadline = Date(timeIntervalSinceNow: 5)
    while watched != nil, Date() < deadline { usleep(1_000) }
    #expect(watched == nil)
  }

  @Test func anEmptyRangeGivesNothing() throws {
    let prefetcher = OrderedPrefetcher(steps: 4..<4, threads: 2, depth: 2) { $0 }
    #expect(try prefetcher.next() == nil)
  }
}
