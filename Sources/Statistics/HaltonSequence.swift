/// Points that fill the unit cube evenly, each next one where most room is left: quasi-random search.
///
/// Coordinate d of point i is the radical inverse of i + 1 in the d-th prime, shifted by a constant
/// modulo 1.
/// - Source: Halton 1960; the shift is Cranley and Patterson 1976. Checked by: HaltonSequenceTests.
public struct HaltonSequence: Sendable, Hashable {
  /// Of each coordinate, in [0, 1).
  public let shifts: [Double]

  /// Beyond these many coordinates the points of a short sequence lie on lines.
  public static let mostDimensions = primes.count
  private static let primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]

  /// - Parameter shifts: one for each coordinate, each in [0, 1): another shift is another sequence
  ///   as even as the first.
  /// - Throws: `StatisticsError` for more coordinates than `mostDimensions`.
  public init(shifts: [Double]) throws {
    guard shifts.count <= Self.mostDimensions else {
      throw StatisticsError(
        .outOfRange,
        "a Halton sequence of \(shifts.count) coordinates is not even: at most"
          + " \(Self.mostDimensions) are")
    }
    self.shifts = shifts
  }

  /// Point `index` from 0: coordinates in [0, 1).
  public func point(_ index: Int) -> [Double] {
    zip(Self.primes, shifts).map { base, shift in
      (Self.radicalInverse(index + 1, base: base) + shift).truncatingRemainder(dividingBy: 1)
    }
  }

  /// The digits of a number mirrored at the point: 6 = 110₂ gives 0.011₂.
  static func radicalInverse(_ number: Int, base: Int) -> Double {
    var (rest, digit, inverse) = (number, 1.0, 0.0)
    while rest > 0 {
      digit /= Double(base)
      inverse += digit * Double(rest % base)
      rest /= base
    }
    return inverse
  }
}
