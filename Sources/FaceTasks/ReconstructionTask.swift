public import FaceData
import FaceModels
import Statistics
public import Torch

/// 3D reconstruction from one picture: shape by a linear model, pose and weak perspective.
///
/// The model (`ShapeBasis`) is made of the labelled training meshes alone. The head predicts its
/// coefficients z (identity and expression), the first two rows of the rotation R, the scale s and
/// the translation t; a vertex falls on s·(R·x).xy + t, in shares of the crop's side. Loss: the
/// coefficients' squared error weighted by their variance (so that it is the vertices' error), the
/// rotation's squared error, and smooth L1 of the 68 projected landmarks, which ties them together.
/// - Source: Zhu et al. 2016, 3DDFA, arXiv:1511.07212, Eq. 1 and its vertex distance cost, §3.4.
///   Differs: weak perspective of a basis of our own, rotation rows for Euler angles.
public final class ReconstructionTask: FaceTask {
  public static let name = "reconstruction"
  public static let baselineName: String? = "mean-head"
  public static let comparesPeople = false
  public let setup: TaskSetup
  public let featureKind: FeatureKind
  public let selectionMetric = SelectionMetric(name: "nme[68-box]", lowerIsBetter: true)
  private let head: RegressionHead
  let basis: ShapeBasis
  private let meanMesh: [SIMD3<Float>]
  /// Var zₖσₖ as a share of all.
  private let weights: Tensor
  private let points: [MeshPoint]
  private let dataset: (any FaceDataset)?
  /// Fits of samples that have been asked for.
  private var fits: [Int: MeshFit] = [:]
  /// Meshes that the basis is made of, at most.
  private static let basisMeshes = 400
  /// Weights of the rotation's and the landmarks' loss beside the shape's.
  private static let lossWeights = (rotation: 5.0, landmarks: 20.0)
  /// s is predicted in shares of the side for so many mm, which makes it a number about 1.
  private static let scaleUnit: Float = 100

  public init(_ setup: TaskSetup) throws {
    self.setup = setup
    featureKind = try setup.options.choice("features", as: FeatureKind.self)
    let device = setup.input.device
    switch setup.origin {
    case .labels(let dataset, let indices):
      (self.dataset, points) = (dataset, dataset.meshLandmarks)
      basis = try Self.makeBasis(
        dataset, indices, count: setup.options.integer("components"))
    case .weights(let state):
      (dataset, points) = (nil, try Self.points(state))
      basis = try ShapeBasis(
        mean: TaskSetup.tensor("basis.mean", in: state),
        components: TaskSetup.tensor("basis.components", in: state), points: points)
    }
    meanMesh = try basis.meanMesh()
    let variance = try (basis.components * basis.components).sum([1])
    weights = try (variance / variance.sum()).to(device)
    let (basis, points, meanMesh) = (basis, points, meanMesh)
    var mean = [Float](repeating: 0, count: basis.count + 9)
    if case .labels(let dataset, let indices) = setup.origin {
      var found: [Int: MeshFit] = [:]
      mean = try meanTarget(of: indices, in: dataset, size: setup.input.size) { sample in
        let fit = try Self.fit(sample, dataset, points, basis, meanMesh)
        found[sample.index] = fit
        return Self.row(fit, sample)
      }
      fits = found
    }
    head = try RegressionHead(
      inputs: featureKind.width(of: setup.backbone), mean: mean, generator: setup.generator)
    try head.move(to: device)
  }

  private static func makeBasis(
    _ dataset: any FaceDataset, _ indices: [Int], count: Int
  ) throws -> ShapeBasis {
    let sorted = indices.sorted()
    let chosen =
      sorted.count <= basisMeshes
      ? sorted : (0..<basisMeshes).map { sorted[$0 * sorted.count / basisMeshes] }
    return try ShapeBasis(
      meshes: chosen.map { try mesh(of: $0, in: dataset) }, count: count,
      points: dataset.meshLandmarks)
  }

  private static func mesh(of index: Int, in dataset: any FaceDataset) throws -> [SIMD3<Float>] {
    guard let mesh = try dataset.mesh(at: index), !dataset.meshLandmarks.isEmpty else {
      throw FaceTaskError(
        code: .missingLabels,
        message: "sample \(dataset.id(at: index)) has no mesh with known landmarks: reconstruction"
          + " wants a data set with meshes, such as synthetic")
    }
    return mesh
  }

  private static func points(_ state: [String: Tensor]) throws -> [MeshPoint] {
    let vertices = try TaskSetup.tensor("basis.landmark-vertices", in: state)
    let weights = try TaskSetup.tensor("basis.landmark-weights", in: state).rows()
    let numbers = try vertices.int64s().map { Int($0) }
    let corners = vertices.shape[1]
    return weights.enumerated().map { point, row in
      MeshPoint(
        vertices: Array(numbers[point * corners..<(point + 1) * corners]), weights: row)
    }
  }

  /// The basis is part of the model: without it the coefficients mean nothing.
  public var headState: [NamedTensor] {
    let corners = points.first?.vertices.count ?? 0
    let vertices = try? Tensor(
      points.flatMap { $0.vertices.map(Int64.init) }, shape: [points.count, corners])
    let shares = try? Tensor(points.flatMap(\.weights), shape: [points.count, corners])
    return head.state + [
      NamedTensor("basis.mean", basis.mean, .buffer),
      NamedTensor("basis.components", basis.components, .buffer),
    ]
      + [("basis.landmark-vertices", vertices), ("basis.landmark-weights", shares)]
      .compactMap { name, tensor in tensor.map { NamedTensor(name, $0, .buffer) } }
  }

  /// Without mirroring: a mesh's mirror image is not one of the same vertices.
  public var trainingCrop: LabelledCropSettings {
    LabelledCropSettings(
      size: setup.input.size, rotationDegrees: 20, scale: 0.85...1.15, translation: 0.06,
      flipProbability: 0, colorStrength: 0.4)
  }

  public func target(_ sample: TaskSample) throws -> [Float]? {
    try Self.row(fit(of: sample), sample)
  }

  private func fit(of sample: TaskSample) throws -> MeshFit {
    if let fit = fits[sample.index] { return fit }
    guard let dataset else {
      throw FaceTaskError(
        code: .missingLabels, message: "a model without its data set cannot be trained")
    }
    let fit = try Self.fit(sample, dataset, points, basis, meanMesh)
    fits[sample.index] = fit
    return fit
  }

  /// In the data set's own picture, so that it serves every crop.
  private static func fit(
    _ sample: TaskSample, _ dataset: any FaceDataset, _ points: [MeshPoint], _ basis: ShapeBasis,
    _ meanMesh: [SIMD3<Float>]
  ) throws -> MeshFit {
    try MeshFit(
      mesh: mesh(of: sample.index, in: dataset),
      landmarks: requireHeadPoints(sample.labels).map { sample.toImage($0) }, points: points,
      basis: basis, meanMesh: meanMesh)
  }

  /// z, two rows of R, s, t.
  private static func row(_ fit: MeshFit, _ sample: TaskSample) -> [Float] {
    let side = Float(sample.size)
    let moved = fit.moved(by: sample.toImage.inverse ?? .identity)
    return fit.coefficients + [
      moved.x.x, moved.x.y, moved.x.z, moved.y.x, moved.y.y, moved.y.z,
      moved.scale * scaleUnit / side, moved.translation.x / side, moved.translation.y / side,
    ]
  }

  public func loss(features: [Tensor], samples: [TaskSample]) throws -> Tensor {
    let device = setup.input.device
    let rows = try samples.map { try Self.row(fit(of: $0), $0) }
    let truth = try Tensor(rows.flatMap { $0 }, shape: [rows.count, basis.count + 9]).to(device)
    let landmarks = try Tensor(
      samples.flatMap { sample in
        try requireHeadPoints(sample.labels).flatMap {
          [$0.x / Float(sample.size), $0.y / Float(sample.size)]
        }
      }, shape: [samples.count, LandmarkScheme.ibug68.count, 2]
    ).to(device)
    let outputs = try head(features[0], training: true)
    let difference = try outputs - truth
    let shape = try difference.narrow(1, start: 0, length: basis.count)
    let turn = try difference.narrow(1, start: basis.count, length: 6)
    let projected = try smoothL1(
      project(outputs), landmarks, beta: LandmarkTask.smoothness)
    return try (shape * shape * weights).sum([1]).mean()
      + (turn * turn).mean() * Self.lossWeights.rotation
      + projected * Self.lossWeights.landmarks
  }

  /// The 68 landmarks of rows `[N, K + 9]` in shares of the side: `[N, 68, 2]`.
  private func project(_ rows: Tensor) throws -> Tensor {
    let k = basis.count
    // The basis stays on the CPU, where it is saved from; on a GPU a copy goes along.
    let (components, mean) = try (
      basis.landmarks.components.to(rows.device), basis.landmarks.mean.to(rows.device)
    )
    let shapes = try rows.narrow(1, start: 0, length: k).matmul(components) + mean
    let count = rows.shape[0]
    let places = try shapes.reshaped([count, LandmarkScheme.ibug68.count, 3])
    let rotation = try rotations(rows.narrow(1, start: k, length: 6))  // [N, 3, 3]
    let flat = try places.matmul(rotation.narrow(1, start: 0, length: 2).transposed(1, 2))
    let scale = try rows.narrow(1, start: k + 6, length: 1).unsqueezed(2)  // [N, 1, 1]
    let shift = try rows.narrow(1, start: k + 7, length: 2).unsqueezed(1)  // [N, 1, 2]
    return try flat * (scale / Double(Self.scaleUnit)) + shift
  }

  public func predict(_ features: [Tensor]) throws -> Tensor {
    try head(features[0], training: false)
  }

  /// The 68 points, and of the head what can be seen.
  public func reading(_ predictions: TaskPredictions) throws -> TaskReading {
    var (rows, meshes): ([[[Float]]], [[SIMD3<Float>]]) = ([], [])
    try forEachHead(predictions) { sample, head in
      rows.append(
        points.map { point in
          let p = head.pixels(point.position(in: head.shape))
          let place = sample.toImage(SIMD2(p.x, p.y))
          return [place.x, place.y]
        })
      meshes.append(
        head.visibleVertices.map { p in
          let place = sample.toImage(SIMD2(p.x, p.y))
          return SIMD3(place.x, place.y, p.z)
        })
    }
    var reading = TaskReading(names: [], rows: rows)
    (reading.contours, reading.meshes) = (LandmarkScheme.ibug68.contours, meshes)
    return reading
  }

  public func judge(
    _ predictions: TaskPredictions, on split: EvaluationSplit, of dataset: any FaceDataset
  ) throws -> TaskEvaluation {
    var judge = ReconstructionJudge(points: points, vertices: basis.vertexCount)
    try forEachHead(predictions) { sample, head in
      try judge.add(
        sample, head, mesh: Self.mesh(of: sample.index, in: dataset),
        id: dataset.id(at: sample.index))
    }
    return try judge.finished()
  }

  /// In parts: the meshes of a large set would not fit.
  private func forEachHead(
    _ predictions: TaskPredictions, _ body: (TaskSample, ReconstructedHead) throws -> Void
  ) throws {
    let k = basis.count
    for start in stride(from: 0, to: predictions.rows.count, by: 64) {
      let part = start..<min(start + 64, predictions.rows.count)
      let z = try Tensor(
        part.flatMap { predictions.rows[$0].prefix(k) }, shape: [part.count, k])
      let shapes = try basis.shapes(z).rows()
      for (shape, position) in zip(shapes, part) {
        let row = predictions.rows[position]
        let sample = predictions.samples[position]
        let side = Float(sample.size)
        try body(
          sample,
          ReconstructedHead(
            shape: basis.points(shape), rotation: rotation(row[k..<k + 6]),
            scale: row[k + 6] * side / Self.scaleUnit,
            translation: SIMD2(row[k + 7], row[k + 8]) * side))
      }
    }
  }
}
