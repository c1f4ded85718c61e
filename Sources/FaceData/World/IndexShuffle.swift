/// A pseudo-random permutation of `0..<count` evaluated one index at a time: a four-round Feistel
/// network on the next power of four, walked until it falls inside the range.
struct IndexShuffle {
  private let count: Int
  private let halfBits: UInt64
  private let keys: [UInt64]

  init(count: Int, seed: UInt64, round: Int) {
    self.count = count
    let bits = UInt64(Int.bitWidth - max(1, count - 1).leadingZeroBitCount)
    halfBits = (bits + 1) / 2
    var stream = RandomStream(seed: seed, purpose: "world.order", index: round)
    keys = (0..<4).map { _ in stream.next() }
  }

  subscript(index: Int) -> Int {
    var value = UInt64(index)
    repeat { value = permuted(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func permuted(_ value: UInt64) -> UInt64 {
    let mask = (UInt64(1) << halfBits) - 1
    var (left, right) = (value >> halfBits, value & mask)
    for key in keys {
      let mixed = ((right ^ key) &* 0x9E37_79B9_7F4A_7C15) >> 32
      (left, right) = (right, left ^ (mixed & mask))
    }
    return left << halfBits | right
  }
}
