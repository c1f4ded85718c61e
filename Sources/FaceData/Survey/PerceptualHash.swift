import Foundation

/// 64 bits that stay nearly the same when a picture is compressed, scaled or made brighter.
///
/// The signs of the 8 × 8 lowest frequencies of the 32 × 32 grey picture's cosine transform against
/// their median. Bit 8·v + u, counted from the highest, belongs to frequency v down and u across.
/// - Source: Zauner 2010, "Implementation and benchmarking of perceptual image hash functions",
///   section 3.2.1, with the median over all 64 as the Python package imagehash has it. Differs:
///   a triangle filter instead of Lanczos. Checked by: PerceptualHashTests (imagehash's own values).
enum PerceptualHash {
  static let side = 32
  static let frequencies = 8

  /// cos(π(2x + 1)u / 64) at [u · 32 + x].
  private static let cosines: [Float] = (0..<frequencies).flatMap { u in
    (0..<side).map { x -> Float in
      let quarters = Double((2 * x + 1) * u)
      return Float(cos(Double.pi * quarters / Double(2 * side)))
    }
  }

  /// The hash of a picture and of its mirror image: a mirror turns the sign of odd frequencies
  /// across.
  ///
  /// - Parameters: gray: `[32, 32]`, rows from the top.
  static func hashes(_ gray: [Float]) -> (plain: UInt64, mirrored: UInt64) {
    precondition(gray.count == side * side, "a grey picture of 32 × 32")
    var values = transform(gray)
    let plain = bits(values)
    for index in values.indices where !index.isMultiple(of: 2) { values[index] = -values[index] }
    return (plain, bits(values))
  }

  /// `[8, 8]`, v · 8 + u.
  private static func transform(_ gray: [Float]) -> [Float] {
    var across = [Float](repeating: 0, count: side * frequencies)
    for y in 0..<side {
      for u in 0..<frequencies {
        var sum: Float = 0
        for x in 0..<side { sum += gray[y * side + x] * cosines[u * side + x] }
        across[y * frequencies + u] = sum
      }
    }
    var values = [Float](repeating: 0, count: frequencies * frequencies)
    for v in 0..<frequencies {
      for y in 0..<side {
        let weight = cosines[v * side + y]
        for u in 0..<frequencies {
          values[v * frequencies + u] += weight * across[y * frequencies + u]
        }
      }
    }
    return values
  }

  private static func bits(_ values: [Float]) -> UInt64 {
    let sorted = values.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    return values.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) }
  }
}
