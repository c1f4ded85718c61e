/// Philox4x32-10: a keyed bijection of 128-bit counters whose values pass the usual random tests.
///
/// Ten rounds, each multiplying two of the four words and crossing the halves; the key is bumped by
/// Weyl constants between rounds.
/// - Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", and its reference
///   code Random123. Checked by: RandomStreamTests (the published known answers).
enum Philox4x32 {
  private static let multiplier0: UInt32 = 0xD251_1F53
  private static let multiplier1: UInt32 = 0xCD9E_8D57
  private static let weyl0: UInt32 = 0x9E37_79B9
  private static let weyl1: UInt32 = 0xBB67_AE85

  static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (counter, key) = (counter, key)
    for round in 0..<10 {
      if round > 0 { key = SIMD2(key.x &+ weyl0, key.y &+ weyl1) }
      let product0 = multiplier0.multipliedFullWidth(by: counter.x)
      let product1 = multiplier1.multipliedFullWidth(by: counter.z)
      counter = SIMD4(
        product1.high ^ counter.y ^ key.x, product1.low,
        product0.high ^ counter.w ^ key.y, product0.low)
    }
    return counter
  }
}
