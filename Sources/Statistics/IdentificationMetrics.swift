/// Searches of probes in a gallery (1:N): how often the mate is found, and how often somebody is
/// found who is not there.
///
/// Probes come row by row, so that a large matrix of similarities need never be held.
public struct IdentificationMetrics: Sendable {
  /// What a probe that must not be found is.
  public enum Impostors: Sendable {
    /// Probes whose person is not in the gallery.
    case unenrolledProbes
    /// Every probe, searched in the gallery without its mate: insightface's `ijb_1n.py`.
    case mateLeftOut
  }

  private struct Search: Sendable {
    /// Similarity and 1-based rank of the mate.
    let mate: (similarity: Float, rank: Int)?
    /// Greatest similarity to another.
    let best: Float
  }

  private var searches: [Search] = []

  public init() {}

  /// Adds one probe.
  ///
  /// - Parameters: similarities: to each of the gallery's templates; mate: the gallery's template
  ///   of the same person, nil if there is none.
  /// - Throws: `.wrongCount` for an empty gallery, `.outOfRange` for a mate outside of it,
  ///   `.degenerate` for a NaN.
  /// - Edge cases: a tie counts against the mate.
  public mutating func add(similarities: [Float], mate: Int?) throws {
    guard !similarities.isEmpty else {
      throw StatisticsError(.wrongCount, "The gallery is empty.")
    }
    guard mate.map(similarities.indices.contains) ?? true else {
      throw StatisticsError(
        .outOfRange, "The mate is \(mate ?? 0), the gallery has \(similarities.count) templates.")
    }
    guard !similarities.contains(where: \.isNaN) else {
      throw StatisticsError(.degenerate, "A similarity is not a number.")
    }
    var (best, rank) = (-Float.infinity, 1)
    let own = mate.map { similarities[$0] }
    for (index, value) in similarities.enumerated() where index != mate {
      best = max(best, value)
      if let own, value >= own { rank += 1 }
    }
    searches.append(Search(mate: own.map { ($0, rank) }, best: best))
  }

  /// Probes whose mate is in the gallery.
  public var mated: Int { searches.count { $0.mate != nil } }

  /// The share of the mated probes whose mate is among the k most similar.
  /// - Returns: nil without mated probes.
  public func rankRate(_ k: Int) -> Double? {
    let ranks = searches.compactMap { $0.mate?.rank }
    return ranks.isEmpty ? nil : Double(ranks.count { $0 <= k }) / Double(ranks.count)
  }

  /// TPIR at FPIR: the share of the mated probes whose mate comes first and is above the threshold
  /// that lets at most this share of the impostors' searches find somebody.
  ///
  /// - Returns: nil without mated probes, or where the rate is below 1 / impostors, which they
  ///   cannot resolve.
  /// - Source: NIST FRVT 1:N's definitions; Maze et al. 2018 (IJB-C), §4.
  public func truePositiveRate(atFalsePositiveRate rate: Double, impostors: Impostors) -> Double? {
    let scores =
      searches
      .filter { impostors == .mateLeftOut || $0.mate == nil }
      .map(\.best).sorted(by: >)
    let allowed = Int((rate * Double(scores.count) + 1e-9).rounded(.down))
    let hits = searches.compactMap(\.mate)
    guard !hits.isEmpty, allowed >= 1, rate <= 1 else { return nil }
    // The first score that must be refused: everything above it is let through.
    let threshold = allowed < scores.count ? scores[allowed] : -.infinity
    return Double(hits.count { $0.rank == 1 && $0.similarity > threshold }) / Double(hits.count)
  }
}
