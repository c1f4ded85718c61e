/// How many labels an experiment may use: a share of the training samples or a count.
public enum LabelBudget: Sendable, Hashable {
  /// 0…1.
  case share(Double)
  case count(Int)

  /// Reads "1%", "0.5 %" or "60".
  public init?(_ text: String) {
    let trimmed = String(text.filter { !$0.isWhitespace && $0 != "_" })
    if trimmed.hasSuffix("%") {
      guard let percent = Double(trimmed.dropLast()), percent.isFinite else { return nil }
      self = .share(percent / 100)
    } else {
      guard let count = Int(trimmed) else { return nil }
      self = .count(count)
    }
  }

  /// Samples out of `available`: a share is rounded and gives at least 1.
  ///
  /// - Throws: `FaceDataError` `.invalidSetting` for a budget of nothing or above 100 %,
  ///   `.notEnoughData` for a count above `available`.
  public func count(of available: Int) throws -> Int {
    switch self {
    case .share(let share):
      guard share > 0, share <= 1 else {
        throw FaceDataError(
          .invalidSetting, "a label budget of \(description) is not above 0% and up to 100%")
      }
      return min(available, max(1, Int((share * Double(available)).rounded())))
    case .count(let count):
      guard count > 0 else {
        throw FaceDataError(.invalidSetting, "a label budget of \(count) leaves nothing to learn")
      }
      guard count <= available else {
        throw FaceDataError(
          .notEnoughData,
          "\(count) labels are asked for and there are \(available) training samples; "
            + "ask for at most \(available) or 100%")
      }
      return count
    }
  }
}

extension LabelBudget: CustomStringConvertible {
  /// "1%" or "60".
  public var description: String {
    switch self {
    case .count(let count): return String(count)
    case .share(let share):
      let percent = (share * 1e8).rounded() / 1e6
      let whole = percent.rounded()
      return (percent == whole && abs(whole) < 1e9 ? String(Int(whole)) : String(percent)) + "%"
    }
  }
}

/// Few-shot subsets of the training samples.
public enum LabelledSubset {
  /// The samples that a budget may use.
  ///
  /// Nested: with one seed the samples of a smaller budget are the first of a larger one. The
  /// result depends on the set of training samples and the seed, not on their order.
  /// - Parameters: train: indices into the data set. identity: if given, the budget goes round the
  ///   people, so that each has one sample before any has two.
  /// - Returns: indices in the order in which budgets take them.
  /// - Throws: as `LabelBudget.count(of:)`; `.notEnoughData` if `train` is empty.
  public static func indices(
    of train: [Int], budget: LabelBudget, seed: UInt64,
    identity: ((_ index: Int) throws -> Int?)? = nil
  ) throws -> [Int] {
    guard !train.isEmpty else {
      throw FaceDataError(.notEnoughData, "there are no training samples to take labels from")
    }
    let count = try budget.count(of: train.count)
    var stream = RandomStream(seed: seed, purpose: "labelled-subset")
    var order = stream.shuffled(train.sorted())
    if let identity { order = try roundRobin(order, identity) }
    return Array(order.prefix(count))
  }

  /// Everybody's first sample, then everybody's second, and so on; order kept within a round.
  private static func roundRobin(
    _ order: [Int], _ identity: (Int) throws -> Int?
  ) rethrows -> [Int] {
    var taken: [Int?: Int] = [:]
    var rounds: [[Int]] = []
    for index in order {
      let round = taken[try identity(index), default: 0]
      taken[try identity(index)] = round + 1
      if round == rounds.count { rounds.append([]) }
      rounds[round].append(index)
    }
    return rounds.flatMap { $0 }
  }
}
