/// The true accept rate at a false accept rate, with an interval that allows for pairs that share
/// identities.
public enum TrueAcceptInterval: Sendable, Hashable {
  case resolved(ConfidenceInterval)
  /// The false accept rate is below one error among all impostor pairs, the `smallest` that they can
  /// tell: no number stands in a table for it.
  case notResolvable(smallest: Double)

  /// The threshold is itself estimated from the impostors: it is moved to both ends of the false
  /// accept rate's own interval, and the true accept rates' intervals there are joined.
  ///
  /// - Parameters: similarities: greater is more alike; identities: of the two faces of each pair,
  ///   equal in genuine pairs; rate: false accept rate; level: of the interval; the threshold's has
  ///   0.9, as in the paper's code.
  /// - Throws: `.wrongCount` for lists of unequal lengths or without one of the two kinds.
  /// - Source: arXiv:2306.01198, §4.3. Differs: at a threshold at most the asked share of impostors
  ///   is accepted, as in `VerificationMetrics.trueAcceptRate`.
  public init(
    similarities: [Float], identities: [(Int, Int)], falseAcceptRate rate: Double,
    level: Double = 0.95
  ) throws {
    guard similarities.count == identities.count else {
      throw StatisticsError(
        .wrongCount,
        "There are \(similarities.count) similarities and the identities of \(identities.count) "
          + "pairs.")
    }
    let pairs = zip(similarities, identities).map { (similarity: $0, first: $1.0, second: $1.1) }
    let impostors = pairs.filter { $0.first != $0.second }
    let genuine = pairs.filter { $0.first == $0.second }
    let falling = impostors.map(\.similarity).sorted(by: >)
    let smallest = 1 / Double(max(1, impostors.count))
    guard rate >= smallest * (1 - 1e-9) else {
      self = .notResolvable(smallest: smallest)
      return
    }
    func rejected(at rate: Double) throws -> ClusteredErrorRate {
      let limit = Self.threshold(falling, rate)
      return try ClusteredErrorRate(
        genuine.map { .init($0.first, $0.second, isError: $0.similarity <= limit) })
    }
    let limit = Self.threshold(falling, rate)
    let accepted = try ClusteredErrorRate(
      impostors.map { .init($0.first, $0.second, isError: $0.similarity > limit) })
    let rates = accepted.interval(level: 0.9)
    let ends = try [rates.lower, rates.upper].map { try rejected(at: $0).interval(level: level) }
    self = .resolved(
      ConfidenceInterval(
        estimate: 1 - (try rejected(at: rate).rate),
        lower: 1 - (ends.map(\.upper).max() ?? 1), upper: 1 - (ends.map(\.lower).min() ?? 0),
        level: level, method: "Wilson, adjusted for shared identities"))
  }

  /// The similarity that a pair must exceed, so that at most a share of the impostors does.
  private static func threshold(_ falling: [Float], _ rate: Double) -> Float {
    let allowed = Int((rate * Double(falling.count) + 1e-9).rounded(.down))
    return allowed < falling.count ? falling[max(0, allowed)] : -.infinity
  }
}
