/// What several people saw in one face, as FER+ counts it.
public struct EmotionVotes: Sendable, Hashable {
  /// Votes in the order of `Emotion.allCases`.
  public let counts: [Int]
  /// "A face, but the emotion cannot be told."
  public let unknown: Int
  /// "Not a face."
  public let notFace: Int

  /// - Edge cases: counts are cut or filled with 0 to one an emotion; negative ones become 0.
  public init(counts: [Int], unknown: Int = 0, notFace: Int = 0) {
    self.counts = Emotion.allCases.indices.map {
      counts.indices.contains($0) ? max(0, counts[$0]) : 0
    }
    (self.unknown, self.notFace) = (max(0, unknown), max(0, notFace))
  }

  /// All votes, those for no emotion too.
  public var total: Int { counts.reduce(unknown + notFace, +) }

  /// Shares of the emotions among the votes for one, in the order of `Emotion.allCases`; they sum
  /// to 1.
  ///
  /// - Edge cases: nil if nobody voted for an emotion.
  public var distribution: [Float]? {
    let sum = counts.reduce(0, +)
    return sum > 0 ? counts.map { Float($0) / Float(sum) } : nil
  }

  /// The emotion with more than half of the votes once single votes have been dropped.
  ///
  /// Votes for "unknown" and "not a face" count against it: nil means that FER+ leaves the picture
  /// out.
  /// - Source: Barsoum et al. 2016, arXiv:1608.01041, section 3.1 (majority voting), with the
  ///   removal of single votes of its published code. Checked by: FERPlusTests.
  public var majority: Emotion? {
    let kept = (counts + [unknown, notFace]).map { $0 > 1 ? $0 : 0 }
    let sum = kept.reduce(0, +)
    guard let largest = kept.indices.max(by: { kept[$0] < kept[$1] }), 2 * kept[largest] > sum
    else { return nil }
    return Emotion(rawValue: largest)
  }
}
