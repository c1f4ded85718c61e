import Foundation
import Synchronization

extension DuplicateSearch {
  /// As `duplicates(within:isLeak:)`, by the cosine of features instead of hashes.
  ///
  /// - Parameters: similarity: the least cosine.
  /// - Complexity: n²/2 products of vectors, on all threads: minutes at 100,000 samples of 512
  ///   dimensions.
  public static func duplicates(
    within features: FeatureTable, similarity: Float, threads: Int,
    isLeak: @escaping (_ index: Int, _ original: Int) -> Bool = { _, _ in false }
  ) -> [Duplicate] {
    var best = BestMatches(isLeak: isLeak)
    let found = pairs(features, in: features, similarity: similarity, threads: threads) {
      0..<$0
    }
    for match in found { best.offer(match) }
    return best.sorted
  }

  /// As `duplicates(of:in:)`, by the cosine of features.
  ///
  /// - Precondition: both tables are of one dimension.
  public static func duplicates(
    of features: FeatureTable, in other: FeatureTable, similarity: Float, threads: Int
  ) -> [Duplicate] {
    precondition(features.stride == other.stride, "features of two networks")
    var best = BestMatches { _, _ in false }
    let found = pairs(features, in: other, similarity: similarity, threads: threads) { _ in
      0..<other.count
    }
    for match in found { best.offer(match) }
    return best.sorted
  }

  /// All pairs that are similar enough; of each sample at most the first
  /// `largestNeighbourCount`.
  private static func pairs(
    _ features: FeatureTable, in other: FeatureTable, similarity: Float, threads: Int,
    range: @Sendable (Int) -> Range<Int>
  ) -> [Duplicate] {
    let found = Mutex<[Duplicate]>([])
    let threads = max(1, threads)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      var own: [Duplicate] = []
      for index in stride(from: thread, to: features.count, by: threads) {
        var left = largestNeighbourCount
        for original in range(index) {
          let cosine = features.cosine(index, original, in: other)
          guard cosine >= similarity else { continue }
          own.append(
            Duplicate(
              index: index, original: original, kind: .features, bits: nil, similarity: cosine))
          left -= 1
          if left == 0 { break }
        }
      }
      found.withLock { $0 += own }
    }
    return found.withLock { $0 }
  }
}
