/// How much larger the area under the ROC curve of one score is than that of another on the same
/// pairs of faces, with an interval that allows for pairs that share people.
///
/// People are resampled, not pairs: where person i is drawn wᵢ times, a pair of pictures of i counts
/// wᵢ times and one of i and j wᵢwⱼ times, in both curves alike.
/// - Source: Snijders and Borgatti 1999, "Non-parametric standard errors and tests for network
///   statistics" (vertex bootstrap); for pairs of faces arXiv:2306.01198, §3.
///   Checked by: ROCAreaGainTests against scikit-learn's weighted areas and DeLong's variance.
public struct ROCAreaGain: Sendable {
  private let scores: Curve
  private let rivals: Curve
  /// The places in `people` of a pair's two faces.
  private let pairs: [(Int, Int)]
  private let personCount: Int

  /// - Parameters: scores, rivals: greater is more alike; identities: of the two faces of each pair,
  ///   equal in genuine pairs.
  /// - Throws: `.wrongCount` for lists of unequal lengths, `.degenerate` for a NaN or where all pairs
  ///   are of one kind.
  public init(of scores: [Float], over rivals: [Float], identities: [(Int, Int)]) throws {
    guard scores.count == identities.count, rivals.count == identities.count else {
      throw StatisticsError(
        .wrongCount,
        "There are \(scores.count) and \(rivals.count) similarities and the identities of "
          + "\(identities.count) pairs.")
    }
    guard !scores.contains(where: \.isNaN), !rivals.contains(where: \.isNaN) else {
      throw StatisticsError(.degenerate, "A similarity is not a number.")
    }
    let genuine = identities.count { $0.0 == $0.1 }
    guard genuine > 0, genuine < identities.count else {
      throw StatisticsError(
        .degenerate, "Of \(identities.count) pairs \(genuine) are genuine; both kinds are needed.")
    }
    let people = Set(identities.flatMap { [$0.0, $0.1] }).sorted()
    let places = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($1, $0) })
    pairs = identities.map { (places[$0.0, default: 0], places[$0.1, default: 0]) }
    personCount = people.count
    let isGenuine = pairs.map { $0.0 == $0.1 }
    self.scores = Curve(scores, isGenuine)
    self.rivals = Curve(rivals, isGenuine)
  }

  /// The gain in area, and its percentile interval.
  ///
  /// - Parameter generator: seeded by the caller; the same state gives the same interval.
  public func interval(
    resamples: Int = 1000, level: Double = 0.95, using generator: inout some RandomNumberGenerator
  ) -> ConfidenceInterval? {
    let once = [Double](repeating: 1, count: pairs.count)
    guard let estimate = gain(once) else { return nil }
    var replicates: [Double] = []
    replicates.reserveCapacity(resamples)
    for _ in 0..<resamples {
      var draws = [Double](repeating: 0, count: personCount)
      for _ in 0..<personCount { draws[randomIndex(below: personCount, using: &generator)] += 1 }
      let weights = pairs.map { $0.0 == $0.1 ? draws[$0.0] : draws[$0.0] * draws[$0.1] }
      if let gain = gain(weights) { replicates.append(gain) }
    }
    return ConfidenceInterval(
      estimate: estimate, percentilesOf: replicates, resamples: resamples, level: level,
      units: "\(personCount) people")
  }

  private func gain(_ weights: [Double]) -> Double? {
    guard let own = scores.area(weights), let other = rivals.area(weights) else { return nil }
    return own - other
  }
}

extension ROCAreaGain {
  /// Pairs by falling similarity, sorted once for all resamples.
  struct Curve: Sendable {
    private let order: [Int]
    private let isGenuine: [Bool]
    /// Whether the next pair is less alike; those equally alike are one step of the curve.
    private let endsStep: [Bool]

    init(_ similarities: [Float], _ isGenuine: [Bool]) {
      let order = fallingOrder(similarities).map(Int.init)
      self.order = order
      self.isGenuine = order.map { isGenuine[$0] }
      endsStep = order.indices.map {
        $0 + 1 == order.count || similarities[order[$0]] != similarities[order[$0 + 1]]
      }
    }

    /// The area where each pair counts as often as its weight says; nil where the pairs of one kind
    /// all have weight 0.
    func area(_ weights: [Double]) -> Double? {
      var (genuine, impostors, area): (Double, Double, Double) = (0, 0, 0)
      var step: (genuine: Double, impostors: Double) = (0, 0)
      for (place, pair) in order.enumerated() {
        if isGenuine[place] {
          step.genuine += weights[pair]
        } else {
          step.impostors += weights[pair]
        }
        guard endsStep[place] else { continue }
        area += step.impostors * (genuine + step.genuine / 2)
        genuine += step.genuine
        impostors += step.impostors
        step = (0, 0)
      }
      return genuine > 0 && impostors > 0 ? area / (genuine * impostors) : nil
    }
  }
}
