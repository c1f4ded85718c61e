/// Finds the 64-bit hashes within a Hamming distance without comparing all of them.
///
/// Multi-index hashing: two hashes that differ in at most d bits differ in at most ⌊d/4⌋ bits in one
/// of their four quarters, so only the buckets of those quarters are looked through.
/// - Source: Norouzi, Punjani & Fleet 2012, "Fast search in Hamming space with multi-index hashing".
/// - Complexity: memory 4 · (4n + 256 KiB); a query looks at 4 · C buckets of n / 65,536 hashes on the
///   average, where C = 1, 17, 137, 697 for a distance below 4, 8, 12, 16.
struct HammingIndex {
  /// The largest distance that can be asked for.
  static let largestDistance = 15
  private static let quarters = 4
  private static let buckets = 1 << 16

  private let hashes: [UInt64]
  /// Places of each bucket's first hash in `items`, a quarter after the other; with the end.
  private var starts: [[UInt32]] = []
  private var items: [[UInt32]] = []
  /// Words of 16 bits by the number of bits set, at most 3.
  private static let masks: [[UInt16]] = (0...3).map { count in
    (0..<UInt16.max).filter { $0.nonzeroBitCount == count }
  }

  init(_ hashes: [UInt64]) {
    self.hashes = hashes
    for quarter in 0..<Self.quarters {
      var counts = [UInt32](repeating: 0, count: Self.buckets + 1)
      for hash in hashes { counts[Int(Self.word(hash, quarter)) + 1] += 1 }
      for bucket in 0..<Self.buckets { counts[bucket + 1] += counts[bucket] }
      var next = counts
      var sorted = [UInt32](repeating: 0, count: hashes.count)
      for (place, hash) in hashes.enumerated() {
        let bucket = Int(Self.word(hash, quarter))
        sorted[Int(next[bucket])] = UInt32(place)
        next[bucket] += 1
      }
      starts.append(counts)
      items.append(sorted)
    }
  }

  /// Calls `visit` once with the place and distance of every hash that near.
  ///
  /// - Parameters: visit: returns false to end the search.
  /// - Precondition: `distance` is 0 to `largestDistance`.
  func forEach(
    near hash: UInt64, within distance: Int, _ visit: (_ place: Int, _ distance: Int) -> Bool
  ) {
    precondition((0...Self.largestDistance).contains(distance), "0 to 15 bits")
    let reach = distance / Self.quarters
    for quarter in 0..<Self.quarters {
      for masks in Self.masks[...reach] {
        for mask in masks {
          let bucket = Int(Self.word(hash, quarter) ^ mask)
          for item in starts[quarter][bucket]..<starts[quarter][bucket + 1] {
            let place = Int(items[quarter][Int(item)])
            let difference = hashes[place] ^ hash
            guard difference.nonzeroBitCount <= distance,
              !Self.wasFound(difference, before: quarter, reach)
            else { continue }
            guard visit(place, difference.nonzeroBitCount) else { return }
          }
        }
      }
    }
  }

  /// Whether an earlier quarter has brought this hash already.
  @inline(__always)
  private static func wasFound(_ difference: UInt64, before quarter: Int, _ reach: Int) -> Bool {
    for earlier in 0..<quarter where word(difference, earlier).nonzeroBitCount <= reach {
      return true
    }
    return false
  }

  @inline(__always)
  private static func word(_ hash: UInt64, _ quarter: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: hash >> UInt64(16 * quarter))
  }
}
