import Experiments
import FaceData
import FaceTasks

/// The splits of an adaptation: the same train, validation and test samples for every run on a
/// data set, and in the training part the labelled subset of this run's seed and budget.
struct AdaptationData {
  let split: DatasetSplit
  /// Training samples whose labels may be used.
  let labelled: [Int]
  let dataset: any FaceDataset
  /// Pairs of a split are drawn with this seed for every run: all runs answer the same questions.
  private static let protocolSeed = DatasetSplit.protocolSeed

  init(context: JobContext) throws {
    dataset = context.dataset
    split = try DatasetSplit(dataset: dataset, seed: Self.protocolSeed)
    labelled = try LabelledSubset.indices(
      of: split.train, budget: context.options.labelBudget(), seed: context.seed,
      identity: context.specification.method == "recognition"
        ? { [dataset] in try dataset.labels(at: $0).identity } : nil)
  }

  func evaluation(_ indices: [Int], needsPairs: Bool) throws -> EvaluationSplit {
    guard needsPairs else { return EvaluationSplit(indices: indices) }
    return EvaluationSplit(indices: indices, pairs: try Self.pairs(of: dataset, among: indices))
  }

  /// Balanced pairs in up to ten folds of at least two people, none of whom is in two folds.
  static func pairs(of dataset: any FaceDataset, among indices: [Int]) throws
    -> [VerificationPair]
  {
    let people = Set(try indices.compactMap { try dataset.labels(at: $0).identity })
    return try VerificationPairs.generate(
      dataset: dataset, indices: indices, folds: min(max(people.count / 2, 2), 10), perFold: 60,
      seed: protocolSeed)
  }

  func identities() throws -> Set<Int> {
    Set(try labelled.compactMap { try dataset.labels(at: $0).identity })
  }
}
