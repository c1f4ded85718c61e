public import FaceData
import FaceModels
import Foundation
import Statistics
public import Torch

/// Emotion: categories, learnt from people's votes where there are any, and valence and arousal.
///
/// Loss: −Σ q log softmax(z), with q the label or the share of the votes, plus `affect-weight` times
/// the mean 1 − CCC of valence and arousal over the batch; a part whose labels are missing counts
/// for nothing. Answers are rows of the categories' probabilities, then valence and arousal.
/// - Source: Barsoum et al. 2016, arXiv:1608.01041 (distributions of votes as targets); Kollias and
///   Zafeiriou 2019 (CCC loss).
public final class EmotionTask: FaceTask {
  public static let name = "emotion"
  public static let baselineName: String? = "mean-label"
  public static let comparesPeople = false
  public let setup: TaskSetup
  public let featureKind: FeatureKind
  public let selectionMetric: SelectionMetric
  private let head: RegressionHead
  private let affectWeight: Double
  /// Categories: the first so many of `Emotion.allCases`.
  let classes: Int

  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    featureKind = try setup.options.choice("features", as: FeatureKind.self)
    affectWeight = try setup.options.real("affect-weight")
    let (classes, hasCategories) = try Self.classes(setup)
    self.classes = classes
    selectionMetric =
      hasCategories
      ? SelectionMetric(name: "accuracy[\(classes)-class]", lowerIsBetter: false)
      : SelectionMetric(name: "ccc[mean]", lowerIsBetter: false)
    let mean = try setup.startingMean { Self.labels($0.labels, classes: classes) }
    let bias = mean.enumerated().map { column, value in
      column < classes ? log(max(value, 1e-3)) : atanh(min(max(value, -0.9), 0.9))
    }
    head = try RegressionHead(
      inputs: featureKind.width(of: setup.backbone), mean: bias, generator: setup.generator)
    try head.move(to: setup.input.device)
  }

  /// Eight categories where the set knows contempt, else seven; and whether there are any at all.
  private static func classes(_ setup: TaskSetup) throws -> (Int, Bool) {
    switch setup.origin {
    case .weights(let state):
      let count = try TaskSetup.tensor("fc.bias", in: state).elementCount - 2
      return (count, true)
    case .labels(let dataset, _):
      var (hasContempt, hasCategories, hasAffect) = (false, false, false)
      for index in 0..<dataset.count {
        let labels = try dataset.labels(at: index)
        hasContempt = hasContempt || labels.emotion == .contempt || labels.emotionVotes != nil
        hasCategories = hasCategories || labels.emotion != nil || labels.emotionVotes != nil
        hasAffect = hasAffect || (labels.valence != nil && labels.arousal != nil)
        if hasContempt { break }
      }
      guard hasCategories || hasAffect else { throw noEmotion }
      return (hasContempt ? Emotion.allCases.count : Emotion.basic.count, hasCategories)
    }
  }

  private static let noEmotion = FaceTaskError(
    code: .missingLabels,
    message: "the data set has neither emotions nor valence and arousal: adapt emotion wants one"
      + " such as synthetic, fer2013, ferplus or affectnet")

  public var headState: [NamedTensor] { head.state }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 10, scale: 0.9...1.1, translation: 0.04,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? {
    Self.labels(sample.labels, classes: classes)
  }

  /// Shares of the categories, valence, arousal; NaN where unknown.
  private static func labels(_ labels: FaceLabels, classes: Int) -> [Float]? {
    var shares = [Float](repeating: .nan, count: classes)
    if let votes = labels.emotionVotes?.distribution {
      shares = Array(votes.prefix(classes))
    } else if let emotion = labels.emotion, emotion.rawValue < classes {
      shares = (0..<classes).map { $0 == emotion.rawValue ? 1 : 0 }
    }
    let row = shares + [labels.valence ?? .nan, labels.arousal ?? .nan]
    return row.allSatisfy(\.isNaN) ? nil : row
  }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let rows = samples.map {
      Self.labels($0.labels, classes: classes) ?? [Float](repeating: .nan, count: classes + 2)
    }
    let outputs = try head(features[0], training: true)
    let affect = try outputs.narrow(1, start: classes, length: 2).tanh()
    let concordance = try (0..<2).map { part in
      try concordanceLoss(affect.select(1, part), rows.map { $0[classes + part] })
    }
    return try categoryLoss(outputs.narrow(1, start: 0, length: classes), rows)
      + (concordance[0] + concordance[1]) * (affectWeight / 2)
  }

  private func categoryLoss(_ logits: Tensor, _ rows: [[Float]]) throws -> Tensor {
    let known = rows.indices.filter { !rows[$0][0].isNaN }
    guard !known.isEmpty else { return try (logits * 0).sum() }
    let places = try Tensor(known.map(Int64.init), shape: [known.count]).to(logits.device)
    let shares = try Tensor(
      known.flatMap { rows[$0].prefix(classes) }, shape: [known.count, classes]
    ).to(logits.device)
    return try crossEntropy(logits: logits.indexSelect(0, places), labels: shares)
  }

  public func predict(_ features: [Tensor]) throws -> Tensor {
    let outputs = try head(features[0], training: false)
    return try Tensor.cat(
      [
        outputs.narrow(1, start: 0, length: classes).softmax(1),
        outputs.narrow(1, start: classes, length: 2).tanh(),
      ], dim: 1)
  }

  /// The categories' probabilities, then valence and arousal.
  public func reading(_ predictions: TaskPredictions) throws -> TaskReading {
    TaskReading(
      names: Emotion.allCases.prefix(classes).map { "\($0)" } + ["valence", "arousal"],
      values: predictions.rows)
  }

  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    let answers = Array(zip(predictions.samples, predictions.rows))
    var evaluation = TaskEvaluation(metrics: [])
    try judgeCategories(answers, &evaluation)
    try judgeAffect(answers, &evaluation)
    evaluation.note(try reading(predictions), predictions.samples, of: dataset) { sample in
      let truth = Self.labels(sample.labels, classes: classes)
      return (0..<classes + 2).map { [truth?[$0] ?? .nan] }
    }
    return evaluation
  }

  /// On the samples with one label: where votes have no majority there is none.
  private func judgeCategories(
    _ answers: [(TaskSample, [Float])], _ evaluation: inout TaskEvaluation
  ) throws {
    let pairs = answers.compactMap {
      sample, row -> (sample: TaskSample, truth: Int, predicted: Int)? in
      guard let truth = sample.labels.emotion?.rawValue, truth < classes else { return nil }
      let best = (0..<classes).max { row[$0] < row[$1] } ?? 0
      return (sample, truth, best)
    }
    guard !pairs.isEmpty else { return }
    let metrics = try ClassificationMetrics(
      predicted: pairs.map(\.predicted), truth: pairs.map(\.truth), classes: classes)
    let suffix = "[\(classes)-class]"
    evaluation.metrics += [
      TaskMetric("accuracy" + suffix, 100 * metrics.accuracy, count: metrics.count),
      TaskMetric(
        "balanced-accuracy" + suffix, 100 * metrics.balancedAccuracy, count: metrics.count),
      TaskMetric("f1[macro-\(classes)-class]", 100 * metrics.macroF1, count: metrics.count),
    ]
    evaluation.intervals += [
      IntervalEstimate.mean(
        "accuracy" + suffix, of: pairs.map { $0.predicted == $0.truth ? 100 : 0 },
        over: pairs.map(\.sample))
    ].compactMap { $0 }
    let names = Emotion.allCases.prefix(classes).map { "\($0)" }
    evaluation.tables["confusion"] = DataFrame(
      columns: ["truth"] + names,
      rows: zip(names, metrics.confusion).map { [.text($0)] + $1.map { .integer($0) } })
  }

  private struct AffectAnswer {
    let sample: TaskSample
    let truth, predicted: Double
  }

  private func judgeAffect(
    _ answers: [(TaskSample, [Float])], _ evaluation: inout TaskEvaluation
  ) throws {
    var columns: [String: [Double?]] = [:]
    var metrics: [TaskMetric] = []
    for (part, name) in ["valence", "arousal"].enumerated() {
      let pairs = answers.compactMap { sample, row -> AffectAnswer? in
        (part == 0 ? sample.labels.valence : sample.labels.arousal).map {
          AffectAnswer(sample: sample, truth: Double($0), predicted: Double(row[classes + part]))
        }
      }
      guard !pairs.isEmpty else { continue }
      let agreement = try Agreement(
        predicted: pairs.map(\.predicted), truth: pairs.map(\.truth))
      for (metric, value) in [
        ("ccc", agreement.concordance), ("pcc", agreement.correlation),
        ("rmse", agreement.rootMeanSquareError), ("sagr", agreement.signAgreement),
      ] {
        columns[metric, default: []].append(value)
        guard let value else { continue }
        metrics.append(TaskMetric("\(metric)[\(name)]", value, count: pairs.count))
      }
      let interval = IntervalEstimate.resampled("ccc[\(name)]", over: pairs.map(\.sample)) {
        try Agreement(
          predicted: $0.map { pairs[$0].predicted }, truth: $0.map { pairs[$0].truth }
        ).concordance
      }
      evaluation.intervals += [interval].compactMap { $0 }
    }
    for metric in ["ccc", "pcc", "rmse", "sagr"] {
      evaluation.metrics += meanMetric(
        "\(metric)[mean]", columns[metric] ?? [], count: answers.count)
    }
    evaluation.metrics += metrics
  }
}
