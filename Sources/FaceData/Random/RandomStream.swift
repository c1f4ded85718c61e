import Foundation

/// Random numbers that depend on nothing but (seed, purpose, epoch, index): not on the thread, not
/// on what was drawn before, not on where a run was interrupted.
///
/// Philox4x32-10 under the key hash(seed, purpose) over the counters (block, index, epoch).
/// Different keys and different counters give independent streams.
/// - Edge cases: a stream holds 2³⁴ words and then repeats; epochs are taken modulo 2³².
/// - Source: design.md §4; Salmon et al. 2011. Checked by: RandomStreamTests.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// - Parameters: seed: the run's; purpose: what is drawn, such as "multi-crop", unique to the
  ///   caller; epoch and index: of the thing that it is drawn for.
  public init(seed: UInt64, purpose: String, epoch: Int = 0, index: Int = 0) {
    let hash = Self.mix(seed &+ Self.mix(Self.fnv1a(purpose)))
    key = SIMD2(UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
    counter = SIMD4(
      0, UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
      UInt32(truncatingIfNeeded: epoch))
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = Philox4x32.block(counter: counter, key: key)
      counter.x &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// Uniform in [0, 1), in steps of 2⁻²⁴.
  public mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// Uniform in [lower, upper]: `lower + (upper - lower) * uniform()`.
  public mutating func uniform(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Uniform whole number below `bound`, without bias (Lemire 2019).
  ///
  /// - Edge cases: a bound of 1 or less gives 0.
  public mutating func integer(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    let threshold = (0 &- bound) % bound
    while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    return Int(product.high)
  }

  /// Standard normal, by Box and Muller: √(−2 ln u)·cos 2πv.
  public mutating func normal() -> Float {
    let u = Double(nextWord() >> 8) * 0x1p-24 + 0x1p-25
    let v = Double(uniform())
    return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
  }

  /// True with the given probability.
  public mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  /// A random order of the elements (Fisher and Yates).
  ///
  /// Written out because the standard library does not promise its algorithm between releases.
  public mutating func shuffled<Element>(_ elements: some Sequence<Element>) -> [Element] {
    var elements = Array(elements)
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
    return elements
  }

  /// SplitMix64's finaliser.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
