public import FaceData
public import FaceModels
public import Torch

/// What a head reads of a backbone.
public enum FeatureKind: String, Sendable {
  /// The mean of the last map: `[N, C]`.
  case pooled
  /// The last map averaged to 4×4 cells, which keeps where a feature is: `[N, 16·C]`.
  case grid
  /// The maps of the four stages, fine to coarse.
  case pyramid

  static let gridSide = 4

  /// Numbers in a row of the first tensor; for `pyramid` the channels of the last map.
  func width(of backbone: any Backbone) -> Int {
    self == .grid
      ? backbone.featureCount * Self.gridSide * Self.gridSide : backbone.featureCount
  }

  /// Features of images `[N, 3, H, W]`, float32.
  public func features(
    _ backbone: any Backbone, _ images: Tensor, input: InputSettings, training: Bool
  ) throws -> [Tensor] {
    try withAutocast(input.precision, device: input.device) {
      switch self {
      case .pooled: return [try backbone(images, training: training).to(.float32)]
      case .grid:
        let map = try backbone.features(images, training: training).map
        let cells = try adaptiveAveragePool2d(map, height: Self.gridSide, width: Self.gridSide)
        return [try cells.flattened(from: 1).to(.float32)]
      case .pyramid:
        return try backbone.stageMaps(images, training: training).map { try $0.to(.float32) }
      }
    }
  }
}

extension FaceTask {
  /// Features of augmented training images.
  public func trainingFeatures(_ view: ViewBatch) throws -> [Tensor] {
    let input = setup.input
    return try featureKind.features(
      setup.backbone, input.images(view), input: input, training: true)
  }

  /// Where the samples' features come from when nothing is to be kept of them.
  public func featureSource(of dataset: any FaceDataset) -> LiveFeatures {
    LiveFeatures(
      dataset: dataset, backbone: setup.backbone, kind: featureKind,
      withMirror: Self.comparesPeople, input: setup.input)
  }

  /// The model's answers as it is now.
  ///
  /// They do not depend on the batch size: every picture is seen by itself, and batch norms use
  /// their running statistics.
  public func answers(_ split: EvaluationSplit, with source: any FeatureSource) throws
    -> TaskPredictions
  {
    try withoutGradient { try source.answers(split.needed) { try predict($0) } }
  }

  /// Judges the model as it is now.
  public func evaluate(_ split: EvaluationSplit, of dataset: any FaceDataset) throws
    -> TaskEvaluation
  {
    try judge(answers(split, with: featureSource(of: dataset)), on: split, of: dataset)
  }

  /// The mean target of the labelled samples as the answer for each sample: what a head must beat.
  /// Nil where the task has no such baseline.
  public func baseline(
    labelled: [Int], of dataset: any FaceDataset, for samples: [TaskSample]
  ) throws -> TaskPredictions? {
    guard Self.baselineName != nil else { return nil }
    let mean = try meanTarget(of: labelled, in: dataset, size: setup.input.size) {
      try target($0)
    }
    return TaskPredictions(samples: samples, rows: samples.map { _ in mean })
  }
}
