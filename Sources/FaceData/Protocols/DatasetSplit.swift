/// Samples for training, validation and test. Where identities are known no person is in two parts.
public struct DatasetSplit: Sendable, Hashable {
  /// Shares of the samples; they are divided by their sum.
  public struct Fractions: Sendable, Hashable, Codable {
    public var train: Double
    public var validation: Double
    public var test: Double

    public init(train: Double = 0.7, validation: Double = 0.1, test: Double = 0.2) {
      (self.train, self.validation, self.test) = (train, validation, test)
    }
  }

  /// The seed of the split that every adaptation uses, so that all runs on a set are tested on the
  /// same samples.
  public static let protocolSeed: UInt64 = 0

  /// Indices into the data set, ascending.
  public let train: [Int]
  public let validation: [Int]
  public let test: [Int]

  /// - Throws: `FaceDataError` `.invalidSetting` for shares that are negative or all 0, and
  ///   `.notEnoughData` if a part with a share above 0 would be empty.
  public init(
    dataset: any FaceDataset, fractions: Fractions = Fractions(), seed: UInt64
  ) throws {
    try self.init(of: Array(0..<dataset.count), in: dataset, fractions: fractions, seed: seed)
  }

  /// A published fold for the test; of the other folds' people a share is for validation.
  ///
  /// - Parameters: fold: from 0; validation: share of the other folds' samples.
  /// - Throws: as `SubjectFolds.split` and the other initialiser.
  public init(
    dataset: any FaceDataset, folds: SubjectFolds, test fold: Int, validation: Double = 0.1,
    seed: UInt64
  ) throws {
    let parts = try folds.split(dataset, test: fold)
    let rest = try DatasetSplit(
      of: parts.train, in: dataset,
      fractions: Fractions(train: 1 - validation, validation: validation, test: 0), seed: seed)
    (self.train, self.validation) = (rest.train, rest.validation)
    test = parts.test
  }

  private init(
    of indices: [Int], in dataset: any FaceDataset, fractions: Fractions, seed: UInt64
  ) throws {
    let shares = [fractions.train, fractions.validation, fractions.test]
    let total = shares.reduce(0, +)
    guard shares.allSatisfy({ $0 >= 0 }), total > 0, total.isFinite else {
      throw FaceDataError(
        .invalidSetting, "the shares \(shares) of a split must be 0 or more, and not all 0")
    }
    let groups = try Self.groups(indices, dataset)
    var stream = RandomStream(seed: seed, purpose: "split")
    let targets = shares.map { $0 / total * Double(indices.count) }
    let parts = Self.distribute(stream.shuffled(groups), targets: targets)
    for (name, (part, share)) in zip(["training", "validation", "test"], zip(parts, shares))
    where part.isEmpty && share > 0 {
      throw FaceDataError(
        .notEnoughData,
        "\(indices.count) samples of \(groups.count) people or pictures leave none for \(name); "
          + "take a larger set or other shares than \(shares)")
    }
    (train, validation, test) = (parts[0].sorted(), parts[1].sorted(), parts[2].sorted())
  }

  /// Samples that must stay together: those of a person; a sample alone where that is unknown.
  private static func groups(_ indices: [Int], _ dataset: any FaceDataset) throws -> [[Int]] {
    guard !dataset.identityNames.isEmpty else { return indices.map { [$0] } }
    var people = [[Int]](repeating: [], count: dataset.identityNames.count)
    var alone: [[Int]] = []
    for index in indices {
      if let identity = try dataset.labels(at: index).identity, people.indices.contains(identity) {
        people[identity].append(index)
      } else {
        alone.append([index])
      }
    }
    return people.filter { !$0.isEmpty } + alone
  }

  /// Each group goes where the largest share of the target is still missing.
  private static func distribute(_ groups: [[Int]], targets: [Double]) -> [[Int]] {
    var parts = [[Int]](repeating: [], count: targets.count)
    for group in groups {
      let missing = targets.indices.map { part in
        targets[part] > 0 ? 1 - Double(parts[part].count) / targets[part] : -.infinity
      }
      let neediest = missing.indices.max { missing[$0] < missing[$1] } ?? 0
      parts[neediest].append(contentsOf: group)
    }
    return parts
  }
}
