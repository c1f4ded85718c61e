public import FaceData
import FaceModels
import Statistics
public import Torch

/// Localisation of the points that the data set has: 68 as 300-W numbers them, WFLW's 98, AFLW's 19 or
/// any other scheme, one for all samples.
///
/// Heat maps over a pyramid of the backbone's maps, or a linear regression from pooled features that
/// starts at the mean shape of the labelled samples. Coordinates are shares of the crop's side.
public final class LandmarkTask: FaceTask {
  public enum Head: String, Sendable { case heatmap, pooled, grid }
  public enum Loss: String, Sendable {
    case smoothL1 = "smooth-l1"
    case wing
  }
  private enum Layers {
    case heatmap(HeatmapHead)
    case regression(RegressionHead)
  }

  public static let name = "landmarks"
  public static let baselineName: String? = "mean-shape"
  public static let comparesPeople = false
  public let setup: TaskSetup
  public let selectionMetric: SelectionMetric
  let scheme: LandmarkScheme
  public let featureKind: FeatureKind
  private let layers: Layers
  private let loss: Loss
  /// Where smooth L1 turns from square to linear: 1 % of the crop's side.
  static let smoothness = 0.01

  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    loss = try setup.options.choice("loss", as: Loss.self)
    let scheme = try Self.scheme(setup)
    self.scheme = scheme
    selectionMetric = SelectionMetric(
      name: "nme[\(scheme.mainLength.name)]", lowerIsBetter: true)
    switch try setup.options.choice("head", as: Head.self) {
    case .heatmap:
      featureKind = .pyramid
      let head = try HeatmapHead(
        channels: setup.backbone.stageChannels, points: scheme.count, generator: setup.generator)
      try head.move(to: setup.input.device)
      layers = .heatmap(head)
    case .pooled, .grid:
      featureKind = try setup.options.text("head") == "grid" ? .grid : .pooled
      let head = try RegressionHead(
        inputs: featureKind.width(of: setup.backbone),
        mean: setup.startingMean { try Self.coordinates($0, scheme) },
        generator: setup.generator)
      try head.move(to: setup.input.device)
      layers = .regression(head)
    }
  }

  /// The scheme of the labelled samples, or of the weights: without word of one they are for 68 points.
  private static func scheme(_ setup: TaskSetup) throws -> LandmarkScheme {
    switch setup.origin {
    case .labels(let dataset, let indices):
      for index in indices.sorted() {
        let labels = try dataset.labels(at: index)
        if labels.landmarks != nil { return labels.landmarkScheme }
      }
      return .ibug68
    case .weights(let state):
      guard let numbers = try state["scheme"]?.int64s(), numbers.count == 2 else { return .ibug68 }
      let count = Int(numbers[0])
      return numbers[1] == 1 ? LandmarkScheme(benchmarkCount: count) : .other(count)
    }
  }

  public var headState: [NamedTensor] {
    let own =
      switch layers {
      case .heatmap(let head): head.state
      case .regression(let head): head.state
      }
    guard scheme != .ibug68 else { return own }
    let isNamed = LandmarkScheme.named.contains(scheme)
    let numbers = try? Tensor([Int64(scheme.count), isNamed ? 1 : 0], shape: [2])
    return own + (numbers.map { [NamedTensor("scheme", $0, .buffer)] } ?? [])
  }

  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 20, scale: 0.85...1.15, translation: 0.06,
      flipProbability: 0.5, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? {
    try Self.coordinates(sample, scheme)
  }

  /// NaN for a point that is not annotated.
  private static func coordinates(
    _ sample: TaskSample, _ scheme: LandmarkScheme
  ) throws -> [Float] {
    try requireLandmarks(sample.labels, scheme).flatMap { point in
      [point.x / Float(sample.size), point.y / Float(sample.size)]
    }
  }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let targets = try samples.flatMap { try Self.coordinates($0, scheme) }
    let places = try places(features, training: true)
    let truth = try known(targets, else: places)
    switch loss {
    case .smoothL1: return try smoothL1(places, truth, beta: Self.smoothness)
    // The paper's widths are pixels of a 224-pixel crop.
    case .wing:
      return try wingLoss(
        predicted: places, truth: truth, width: 10 / 224, curvature: 2 / 224.0)
    }
  }

  /// Targets `[N, 2P]`; where one is not known the prediction itself, which costs nothing.
  private func known(_ targets: [Float], else places: Tensor) throws -> Tensor {
    let device = setup.input.device
    guard targets.contains(where: \.isNaN) else {
      return try Tensor(targets, shape: places.shape).to(device)
    }
    let values = try Tensor(targets.map { $0.isNaN ? 0 : $0 }, shape: places.shape).to(device)
    let mask = try Tensor(targets.map { $0.isNaN ? Float(0) : 1 }, shape: places.shape).to(device)
    return try Tensor.where(mask.gt(0.5), values, places.detached())
  }

  public func predict(_ features: [Tensor]) throws -> Tensor {
    try places(features, training: false)
  }

  private func places(_ features: [Tensor], training: Bool) throws -> Tensor {
    switch layers {
    case .heatmap(let head): try head(features, training: training)
    case .regression(let head): try head(features[0], training: training)
    }
  }

  public func reading(_ predictions: TaskPredictions) throws -> TaskReading {
    var reading = TaskReading(
      names: [],
      rows: zip(predictions.samples, predictions.rows).map { sample, row in
        points(row, sample).map { [$0.x, $0.y] }
      })
    reading.contours = scheme.contours
    return reading
  }

  /// In pixels of the data set's picture.
  private func points(_ row: [Float], _ sample: TaskSample) -> [SIMD2<Float>] {
    (0..<scheme.count).map { point in
      sample.toImage(SIMD2(row[2 * point], row[2 * point + 1]) * Float(sample.size))
    }
  }

  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    let faces = try zip(predictions.samples, predictions.rows).map { sample, row in
      let labels = sample.labels
      return LandmarkFace(
        scheme: scheme, truth: try requireLandmarks(labels, scheme).map { sample.toImage($0) },
        predicted: points(row, sample),
        box: labels.faceBox.flatMap { FaceBox(around: $0.corners.map { sample.toImage($0) }) },
        subsets: labels.landmarkSubsets(id: dataset.id(at: sample.index)))
    }
    var evaluation = TaskEvaluation(metrics: try landmarkMetrics(faces))
    let errors = zip(predictions.samples, faces).compactMap { sample, face in
      face.error(scheme.mainLength).map { (sample, 100 * $0) }
    }
    evaluation.intervals = [
      IntervalEstimate.mean(
        selectionMetric.name, of: errors.map(\.1), over: errors.map(\.0))
    ].compactMap { $0 }
    evaluation.tables["point-errors"] = pointErrors(faces, scheme: scheme)
    evaluation.tables["face-errors"] = DataFrame(
      columns: ["sample", selectionMetric.name],
      rows: errors.map { [.text(dataset.id(at: $0.index)), .number($1)] })
    let reading = try reading(predictions)
    evaluation.predictions = zip(predictions.samples, zip(faces, reading.rows)).map {
      sample, face in
      SamplePrediction(
        index: sample.index, id: dataset.id(at: sample.index),
        truth: face.0.truth.map { [$0.x, $0.y] }, predicted: face.1)
    }
    return evaluation
  }
}

/// A sample's points, NaN where they are not annotated.
///
/// - Throws: `FaceTaskError.missingLabels` where it has none, or those of another scheme.
func requireLandmarks(
  _ labels: FaceLabels, _ scheme: LandmarkScheme = .ibug68
) throws -> [SIMD2<Float>] {
  guard let points = labels.landmarks, points.count == scheme.count else {
    throw FaceTaskError(
      code: .missingLabels,
      message: "a sample has \(labels.landmarks?.count ?? 0) landmarks, the task needs"
        + " \(scheme.count): adapt landmarks wants a data set with the same points in all pictures")
  }
  guard let visibility = labels.landmarkVisibility, visibility.count == points.count else {
    return points
  }
  return zip(points, visibility).map { $1 == .absent ? SIMD2(repeating: .nan) : $0 }
}

/// Where the 68 points of the head itself lie in the picture, seen or not: `landmarks` may follow
/// the visible outline instead, which no point of the mesh belongs to.
func requireHeadPoints(_ labels: FaceLabels) throws -> [SIMD2<Float>] {
  guard let points = labels.landmarks3D, points.count == LandmarkScheme.ibug68.count else {
    return try requireLandmarks(labels)
  }
  return points.map { SIMD2($0.x, $0.y) }
}
