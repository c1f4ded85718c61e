/// How a part of a data set is chosen. With one seed a smaller part lies within a larger one.
public enum SubsetChoice: String, Sendable, CaseIterable {
  /// Any samples.
  case samples
  /// Whole people: all pictures of each, or none.
  case people
  /// Samples in proportion: of each person, or of each emotion, the same share.
  case identity, emotion

  /// Indices of the samples chosen, ascending.
  ///
  /// Nested by construction: samples (or people) get a place in an order that depends on the seed
  /// alone, and the first are taken. In proportion, the j-th of a group's n samples stands at
  /// (j + ½)/n, so that each stretch of the order has the groups' shares; a group of one sample comes
  /// in the middle.
  /// - Parameters: budget: samples, or of `people` people.
  /// - Throws: `FaceDataError` as `LabelBudget.count(of:)`; `.notEnoughData` if the set has no labels
  ///   of that kind.
  /// - Checked by: SubsetChoiceTests.
  public func indices(
    of dataset: any FaceDataset, budget: LabelBudget, seed: UInt64
  ) throws -> [Int] {
    switch self {
    case .samples:
      return try LabelledSubset.indices(of: Array(0..<dataset.count), budget: budget, seed: seed)
        .sorted()
    case .people: return try people(dataset, budget, seed)
    case .identity, .emotion:
      let count = try budget.count(of: dataset.count)
      return try proportionalOrder(dataset, seed).prefix(count).sorted()
    }
  }

  private func people(
    _ dataset: any FaceDataset, _ budget: LabelBudget, _ seed: UInt64
  ) throws -> [Int] {
    let groups = try Self.groups(dataset) { $0.identity }
    let known = groups.keys.compactMap { $0 }.sorted()
    guard !known.isEmpty else { throw Self.unlabelled("people", dataset) }
    var stream = RandomStream(seed: seed, purpose: "subset.people")
    let chosen = stream.shuffled(known).prefix(try budget.count(of: known.count))
    return chosen.flatMap { groups[$0] ?? [] }.sorted()
  }

  private func proportionalOrder(_ dataset: any FaceDataset, _ seed: UInt64) throws -> [Int] {
    let groups = try Self.groups(dataset) { labels in
      self == .identity ? labels.identity : labels.emotion?.rawValue
    }
    guard groups.keys.contains(where: { $0 != nil }) else {
      throw Self.unlabelled(self == .identity ? "people" : "emotions", dataset)
    }
    var stream = RandomStream(seed: seed, purpose: "subset.proportional")
    var places: [(place: Double, tie: UInt32, index: Int)] = []
    for (_, members) in groups.sorted(by: { ($0.key ?? -1) < ($1.key ?? -1) }) {
      for (order, index) in stream.shuffled(members).enumerated() {
        let place = (Double(order) + 0.5) / Double(members.count)
        places.append((place, stream.nextWord(), index))
      }
    }
    return places.sorted { ($0.place, $0.tie, $0.index) < ($1.place, $1.tie, $1.index) }
      .map(\.index)
  }

  private static func groups(
    _ dataset: any FaceDataset, _ value: (FaceLabels) -> Int?
  ) throws -> [Int?: [Int]] {
    var groups: [Int?: [Int]] = [:]
    for index in 0..<dataset.count {
      groups[value(try dataset.labels(at: index)), default: []].append(index)
    }
    return groups
  }

  private static func unlabelled(_ what: String, _ dataset: any FaceDataset) -> FaceDataError {
    FaceDataError(
      .notEnoughData, "none of the \(dataset.count) samples has a label of \(what); choose samples")
  }
}

extension FaceDataset {
  /// The indices of the samples with these ids, in the set's order.
  ///
  /// - Throws: `FaceDataError` `.notEnoughData` naming the first id that the set does not have.
  public func indices(ofIDs ids: [String]) throws -> [Int] {
    var places: [String: Int] = [:]
    for index in 0..<count { places[id(at: index)] = index }
    let missing = ids.filter { places[$0] == nil }
    guard missing.isEmpty else {
      throw FaceDataError(
        .notEnoughData,
        "\(missing.count) of \(ids.count) ids are not in the set, the first is “\(missing[0])”")
    }
    return Set(ids.compactMap { places[$0] }).sorted()
  }
}
