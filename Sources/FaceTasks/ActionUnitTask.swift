public import FaceData
import FaceModels
import Foundation
import Statistics
public import Torch

/// Intensity of facial action units, 0 to 5 each, for the units that the data set labels.
///
/// The regression head predicts the intensities themselves (smooth L1). The ordinal head predicts
/// for each unit and each t of 1 … 5 how far the intensity reaches beyond t − 1, in a share of 1:
/// cumulative logits with binary cross-entropy, the intensity being the sum of the probabilities.
/// - Source: Niu et al. 2016, "Ordinal regression with multiple output CNN" (cumulative targets);
///   fractions of a level as soft targets are our own.
public final class ActionUnitTask: FaceTask {
  public enum Head: String, Sendable { case regression, ordinal }

  public static let name = "action-units"
  public static let baselineName: String? = "mean-intensity"
  public static let comparesPeople = false
  public let setup: TaskSetup
  public let featureKind: FeatureKind
  public let selectionMetric = SelectionMetric(name: "icc[mean]", lowerIsBetter: false)
  private let head: RegressionHead
  private let isOrdinal: Bool
  /// Numbers in FACS of the units, in the order of the outputs.
  let units: [Int]
  private static let levels = 5
  /// A unit counts as shown from this intensity on (DISFA's convention).
  private static let shown = 2.0

  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    featureKind = try setup.options.choice("features", as: FeatureKind.self)
    isOrdinal = try setup.options.choice("head", as: Head.self) == .ordinal
    let units = try Self.units(setup)
    self.units = units
    var mean: [Float]
    switch setup.origin {
    case .labels: mean = try setup.startingMean { Self.intensities($0.labels, units) }
    case .weights: mean = [Float](repeating: 0, count: units.count)
    }
    if isOrdinal { mean = mean.flatMap(Self.startingLogits) }
    head = try RegressionHead(
      inputs: featureKind.width(of: setup.backbone), mean: mean, generator: setup.generator)
    try head.move(to: setup.input.device)
  }

  private static func units(_ setup: TaskSetup) throws -> [Int] {
    switch setup.origin {
    case .labels(let dataset, _):
      guard !dataset.labelledUnits.intensities.isEmpty else {
        throw FaceTaskError(
          code: .missingLabels,
          message: "the data set has no intensities of action units: adapt action-units wants one"
            + " such as synthetic, disfa or bp4d")
      }
      return dataset.labelledUnits.intensities
    case .weights(let state):
      return try TaskSetup.tensor("units", in: state).int64s().map { Int($0) }
    }
  }

  /// Logits whose probabilities sum to the mean intensity, as if every level lay equally far.
  private static func startingLogits(_ mean: Float) -> [Float] {
    (0..<levels).map { level in
      let share = min(max(mean - Float(level), 0.02), 0.98)
      return log(share / (1 - share))
    }
  }

  public var headState: [NamedTensor] {
    let numbers = try? Tensor(units.map(Int64.init), shape: [units.count])
    return head.state + (numbers.map { [NamedTensor("units", $0, .buffer)] } ?? [])
  }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 10, scale: 0.9...1.1, translation: 0.04,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? {
    Self.intensities(sample.labels, units)
  }

  private static func intensities(_ labels: FaceLabels, _ units: [Int]) -> [Float]? {
    let values = units.map { labels.intensity(ofUnit: $0) ?? .nan }
    return values.allSatisfy(\.isNaN) ? nil : values
  }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let targets = samples.map {
      Self.intensities($0.labels, units) ?? units.map { _ in Float.nan }
    }
    let outputs = try head(features[0], training: true)
    return isOrdinal
      ? try ordinalLoss(outputs, targets) : try maskedSmoothL1(outputs, targets, beta: 0.5)
  }

  /// Binary cross-entropy of z `[N, units · 5]` with q = clamp(y − (t − 1), 0, 1).
  private func ordinalLoss(_ z: Tensor, _ targets: [[Float]]) throws -> Tensor {
    let shares = targets.map { row in
      row.flatMap { value in (0..<Self.levels).map { min(max(value - Float($0), 0), 1) } }
    }
    let known = targets.map { row in row.flatMap { Array(repeating: !$0.isNaN, count: 5) } }
    return try binaryCrossEntropy(
      logits: z, shares: zip(shares, known).map { zip($0, $1).map { $1 ? $0 : .nan } })
  }

  public func predict(_ features: [Tensor]) throws -> Tensor {
    let outputs = try head(features[0], training: false)
    guard isOrdinal else { return try outputs.clamp(low: 0, high: Double(Self.levels)) }
    return try outputs.sigmoid().reshaped([outputs.shape[0], units.count, Self.levels]).sum([2])
  }

  public func reading(_ predictions: TaskPredictions) throws -> TaskReading {
    TaskReading(names: units.map { "AU\($0)" }, values: predictions.rows)
  }

  /// ICC(3,1), MSE, MAE and PCC of each unit and their means over the units for which they are
  /// defined; F1 of detecting an intensity of 2 and above.
  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    var columns: [String: [Double?]] = [:]
    var metrics: [TaskMetric] = []
    for (column, unit) in units.enumerated() {
      let pairs = zip(predictions.samples, predictions.rows).compactMap { sample, row in
        sample.labels.intensity(ofUnit: unit).map { (truth: Double($0), row: Double(row[column])) }
      }
      guard !pairs.isEmpty else { continue }
      let values = try Self.agreement(predicted: pairs.map(\.row), truth: pairs.map(\.truth))
      for (name, value) in values {
        columns[name, default: []].append(value)
        guard let value else { continue }
        metrics.append(TaskMetric("\(name)[AU\(unit)]", value, count: pairs.count))
      }
    }
    let count = predictions.rows.count
    let means = Self.metricNames.flatMap {
      meanMetric("\($0)[mean]", columns[$0] ?? [], count: count)
    }
    var evaluation = TaskEvaluation(metrics: means + metrics)
    evaluation.intervals = [agreementInterval(predictions)].compactMap { $0 }
    evaluation.note(try reading(predictions), predictions.samples, of: dataset) { sample in
      units.map { [sample.labels.intensity(ofUnit: $0) ?? .nan] }
    }
    return evaluation
  }

  /// Of the mean ICC, with the units in which it is defined.
  private func agreementInterval(_ predictions: TaskPredictions) -> IntervalEstimate? {
    let truth = predictions.samples.map { sample in
      units.map { Double(sample.labels.intensity(ofUnit: $0) ?? .nan) }
    }
    let rows = predictions.rows.map { $0.map(Double.init) }
    return IntervalEstimate.resampled("icc[mean]", over: predictions.samples) { places in
      var values: [Double] = []
      for column in rows.first?.indices ?? 0..<0 {
        let known = places.filter { !truth[$0][column].isNaN }
        guard !known.isEmpty else { continue }
        let agreement = try Agreement(
          predicted: known.map { rows[$0][column] }, truth: known.map { truth[$0][column] })
        if let value = agreement.intraclassCorrelation { values.append(value) }
      }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
  }

  private static let metricNames = ["icc", "mse", "mae", "pcc", "f1"]

  private static func agreement(predicted: [Double], truth: [Double]) throws
    -> [(name: String, value: Double?)]
  {
    let agreement = try Agreement(predicted: predicted, truth: truth)
    let f1 = try detectionF1(predicted: predicted, truth: truth, threshold: shown)
    let values = [
      agreement.intraclassCorrelation, agreement.meanSquaredError, agreement.meanAbsoluteError,
      agreement.correlation, f1.map { 100 * $0 },
    ]
    return zip(metricNames, values).map { ($0, $1) }
  }
}
