/// How well predicted classes agree with true ones.
public struct ClassificationMetrics: Sendable, Hashable {
  /// `confusion[t][p]`: samples of class t that were taken for p.
  public let confusion: [[Int]]
  public let count: Int

  /// - Parameters: predicted, truth: classes in 0 ..< classes.
  /// - Throws: `.wrongCount` for lists of unequal lengths or without values, `.outOfRange` for a
  ///   class that there is not.
  public init(predicted: [Int], truth: [Int], classes: Int) throws {
    guard predicted.count == truth.count, !truth.isEmpty else {
      throw StatisticsError(
        .wrongCount,
        "There are \(predicted.count) predicted classes and \(truth.count) true ones; the counts "
          + "must be equal and above 0.")
    }
    if let wrong = (predicted + truth).first(where: { !(0..<classes).contains($0) }) {
      throw StatisticsError(.outOfRange, "A class is \(wrong), but must be in 0 ..< \(classes).")
    }
    var table = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (p, t) in zip(predicted, truth) { table[t][p] += 1 }
    (confusion, count) = (table, truth.count)
  }

  private var classes: Range<Int> { confusion.indices }
  private func support(_ index: Int) -> Int { confusion[index].reduce(0, +) }
  private func predictions(_ index: Int) -> Int { confusion.reduce(0) { $0 + $1[index] } }

  public var accuracy: Double {
    Double(classes.reduce(0) { $0 + confusion[$1][$1] }) / Double(count)
  }

  /// The mean recall of the classes that occur in the truth.
  /// - Source: scikit-learn's `balanced_accuracy_score`.
  public var balancedAccuracy: Double {
    let recalls = classes.filter { support($0) > 0 }
      .map { Double(confusion[$0][$0]) / Double(support($0)) }
    return recalls.reduce(0, +) / Double(recalls.count)
  }

  /// F1 = 2·TP / (2·TP + FP + FN) of one class.
  /// - Returns: nil where the class is neither there nor predicted.
  public func f1(of index: Int) -> Double? {
    let sum = support(index) + predictions(index)
    return sum > 0 ? Double(2 * confusion[index][index]) / Double(sum) : nil
  }

  /// The mean F1 of the classes that are there or predicted.
  /// - Source: scikit-learn's `f1_score(average="macro")`.
  public var macroF1: Double {
    let scores = classes.compactMap { f1(of: $0) }
    return scores.reduce(0, +) / Double(scores.count)
  }
}

/// F1 of detecting what reaches a threshold: an action unit at an intensity of 2 and above.
/// - Returns: nil where nothing reaches it, neither predicted nor true.
/// - Throws: `.wrongCount` for lists of unequal lengths or without values.
public func detectionF1(predicted: [Double], truth: [Double], threshold: Double) throws -> Double? {
  let metrics = try ClassificationMetrics(
    predicted: predicted.map { $0 >= threshold ? 1 : 0 },
    truth: truth.map { $0 >= threshold ? 1 : 0 }, classes: 2)
  return metrics.f1(of: 1)
}
