/// Published partitions of a data set by its people: nobody is in two parts.
public struct SubjectFolds: Sendable, Hashable {
  /// What the partition is called in a protocol's name.
  public let name: String
  /// Names of the people of each fold.
  public let folds: [[String]]

  /// The three folds of DISFA that ME-GraphAU, LibreFace and others use.
  ///
  /// - Source: Luo et al. 2022, arXiv:2205.01782, published code.
  public static let disfa = SubjectFolds(
    name: "disfa-3-fold",
    folds: [
      [2, 10, 1, 26, 27, 32, 30, 9, 16], [13, 18, 11, 28, 12, 6, 31, 21, 24],
      [3, 29, 23, 25, 8, 5, 7, 17, 4],
    ].map { $0.map { "SN" + padded($0) } })

  /// The three folds of BP4D for unit detection (FMAE and others use different ones).
  ///
  /// - Source: Luo et al. 2022, arXiv:2205.01782, published code.
  public static let bp4d = SubjectFolds(
    name: "bp4d-3-fold",
    folds: [
      people("F", [1, 18, 8, 2, 10, 9, 16, 23]) + people("M", [7, 4, 12, 1, 14, 8]),
      people("F", [3, 5, 22, 13, 20, 11]) + people("M", [11, 10, 2, 18, 17, 16, 13, 5]),
      people("F", [7, 15, 6, 19, 12, 4, 21, 17, 14]) + people("M", [6, 9, 3, 15]),
    ])

  /// FERA 2015's split of BP4D for intensities: fold 0 is for training (odd numbers), fold 1 for
  /// development (even numbers).
  ///
  /// - Source: FERA 2015 baseline code, `shared_defs.m`.
  public static let bp4dFERA2015 = SubjectFolds(
    name: "bp4d-fera-2015",
    folds: [1, 2].map { start in
      people("F", Array(stride(from: start, through: 23, by: 2)))
        + people("M", Array(stride(from: start, through: 18, by: 2)))
    })

  /// The published partitions, by their names.
  public static let published = [disfa, bp4d, bp4dFERA2015]

  /// Samples with fold `test` for testing and the other folds for training.
  ///
  /// - Parameters: dataset: has the people's names as identities.
  /// - Returns: indices into the data set, ascending; samples of people in no fold are in neither.
  /// - Throws: `FaceDataError` `.invalidSetting` for a fold that there is not, `.notEnoughData` if
  ///   training or test would be empty, and whatever the data set throws.
  public func split(
    _ dataset: any FaceDataset, test: Int
  ) throws -> (train: [Int], test: [Int]) {
    guard folds.indices.contains(test) else {
      throw FaceDataError(.invalidSetting, "\(name) has the folds 0 to \(folds.count - 1)")
    }
    let places = Dictionary(
      uniqueKeysWithValues: folds.enumerated().flatMap { fold, people in
        people.map { ($0, fold) }
      })
    let foldOfIdentity = dataset.identityNames.map { places[$0] }
    var (train, held): ([Int], [Int]) = ([], [])
    for index in 0..<dataset.count {
      guard let identity = try dataset.labels(at: index).identity,
        foldOfIdentity.indices.contains(identity), let fold = foldOfIdentity[identity]
      else { continue }
      if fold == test { held.append(index) } else { train.append(index) }
    }
    guard !train.isEmpty, !held.isEmpty else {
      throw FaceDataError(
        .notEnoughData,
        "\(name), fold \(test): \(train.count) samples for training and \(held.count) for test; "
          + "the people of the set are \(dataset.identityNames.prefix(5).joined(separator: ", "))")
    }
    return (train, held)
  }

  private static func people(_ sex: String, _ numbers: [Int]) -> [String] {
    numbers.map { sex + padded($0) }
  }

  private static func padded(_ number: Int) -> String {
    String(repeating: "0", count: max(0, 3 - String(number).count)) + String(number)
  }
}
