import Experiments
import FaceData
import FaceTasks

/// The splits of an adaptation: the same train, validation and test samples for every run on a
/// data set, and in the training part the labelled subset of this run's seed and budget.
struct AdaptationData {
  /// Training samples whose labels may be used.
  let labelled: [Int]
  let dataset: any FaceDataset
  let validation: EvaluationSplit
  let test: EvaluationSplit
  /// Where `test` lies: `dataset`, or another set that is tested on as a whole.
  let testDataset: any FaceDataset
  let testName: String
  /// Pairs of a split are drawn with this seed for every run: all runs answer the same questions.
  private static let protocolSeed = DatasetSplit.protocolSeed

  init(context: JobContext, task: any FaceTask.Type) throws {
    let dataset = context.dataset
    let other = context.testSet
    let split = try Self.split(
      dataset, context.options, isTestedElsewhere: other != nil)
    self.dataset = dataset
    labelled = try LabelledSubset.indices(
      of: Self.labelled(split.train, of: dataset), budget: context.options.labelBudget(),
      seed: context.seed,
      identity: task.comparesPeople ? { try dataset.labels(at: $0).identity } : nil)
    validation = try Self.evaluation(split.validation, of: dataset, task: task)
    (testDataset, testName) = (other?.dataset ?? dataset, other?.name ?? context.datasetName)
    test =
      try other.map { try Self.whole($0.dataset, task: task) }
      ?? Self.evaluation(split.test, of: dataset, task: task)
  }

  private static func split(
    _ dataset: any FaceDataset, _ options: JobOptions, isTestedElsewhere: Bool
  ) throws -> DatasetSplit {
    if isTestedElsewhere {
      return try DatasetSplit(
        dataset: dataset, fractions: .init(train: 0.9, validation: 0.1, test: 0),
        seed: protocolSeed)
    }
    guard let (folds, fold) = try options.folds() else {
      return try DatasetSplit(dataset: dataset, seed: protocolSeed)
    }
    return try DatasetSplit(dataset: dataset, folds: folds, test: fold - 1, seed: protocolSeed)
  }

  /// The test part of a set, as every run on it has it.
  ///
  /// - Parameter options: of the run that was trained on the set; they may name a fold.
  static func testPart(
    of dataset: any FaceDataset, task: any FaceTask.Type, options: JobOptions
  ) throws -> EvaluationSplit {
    let split = try split(dataset, options, isTestedElsewhere: false)
    return try evaluation(split.test, of: dataset, task: task)
  }

  /// All of a set, with its own pairs where it has any.
  static func whole(_ dataset: any FaceDataset, task: any FaceTask.Type) throws -> EvaluationSplit {
    if task.comparesPeople, !dataset.pairs.isEmpty {
      return EvaluationSplit(indices: [], pairs: dataset.pairs)
    }
    return try evaluation(Array(0..<dataset.count), of: dataset, task: task)
  }

  private static func evaluation(
    _ indices: [Int], of dataset: any FaceDataset, task: any FaceTask.Type
  ) throws -> EvaluationSplit {
    let indices = try labelled(indices, of: dataset)
    guard task.comparesPeople else { return EvaluationSplit(indices: indices) }
    return EvaluationSplit(indices: indices, pairs: try pairs(of: dataset, among: indices))
  }

  /// Without the pictures that nothing is known of: the non-faces of an uncurated set.
  private static func labelled(_ indices: [Int], of dataset: any FaceDataset) throws -> [Int] {
    try indices.filter { try !dataset.labels(at: $0).isEmpty }
  }

  /// Balanced pairs in up to ten folds of at least two people, none of whom is in two folds; `count` in
  /// ten folds, if the people give so many.
  static func pairs(
    of dataset: any FaceDataset, among indices: [Int], count: Int = 6000
  ) throws -> [VerificationPair] {
    let people = Set(try indices.compactMap { try dataset.labels(at: $0).identity })
    return try VerificationPairs.generate(
      dataset: dataset, indices: indices, folds: min(max(people.count / 2, 2), 10),
      perFold: count / 10, seed: protocolSeed)
  }
}
