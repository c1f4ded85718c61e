import FaceData
import Statistics

/// A predicted head in a crop: vertex x falls on s·(R·x).xy + t.
struct ReconstructedHead {
  /// In mm.
  let shape: [SIMD3<Float>]
  let rotation: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
  /// Pixels of the crop a mm, and in pixels of the crop.
  let scale: Float
  let translation: SIMD2<Float>

  /// A vertex in pixels of the crop; depth in the same pixels, from the shape's origin.
  func pixels(_ p: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(
      scale * (rotation.0 * p).sum() + translation.x,
      scale * (rotation.1 * p).sum() + translation.y, scale * (rotation.2 * p).sum())
  }

  /// The vertices, in pixels of the crop, that no nearer one hides: of each cell of a fine grid those
  /// near the front.
  var visibleVertices: [SIMD3<Float>] {
    let places = shape.map { pixels($0) }.filter { $0.sum().isFinite }
    guard let first = places.first else { return [] }
    let low = places.reduce(first) { pointwiseMin($0, $1) }
    let extent = places.reduce(first) { pointwiseMax($0, $1) } - low
    let cell = max(extent.x, extent.y) / Self.cells
    guard cell > 0, cell.isFinite else { return [] }
    func key(_ p: SIMD3<Float>) -> SIMD2<Int32> {
      SIMD2(Int32((p.x - low.x) / cell), Int32((p.y - low.y) / cell))
    }
    var nearest: [SIMD2<Int32>: Float] = [:]
    for p in places { nearest[key(p)] = min(nearest[key(p)] ?? .infinity, p.z) }
    return places.filter { $0.z <= (nearest[key($0)] ?? 0) + cell }
  }

  /// Cells along the longer side of the head: wider than the gaps between vertices.
  private static let cells: Float = 28
}

/// Compares reconstructed heads with true meshes.
///
/// - `nme[68-box:0-30]` …: mean 2D error of the 68 points over √(w·h) of the true points' box, by
///   |yaw|; `nme[68-box-bins]` is the mean of the bins, `nme[68-box]` that of the faces (3DDFA's
///   `benchmark_aflw2000.py`).
/// - `nme[dense-box]`: the mean distance of all vertices in pixels, their mean depths made equal, over
///   √(w·h) (SADRNet's dense error).
/// - `vertex-error[rigid-mm]`: the mean distance of all vertices after rigid alignment, without
///   scaling.
struct ReconstructionJudge {
  private let points: [MeshPoint]
  private var landmarkErrors: [Double] = []
  /// The samples that they belong to.
  private var judged: [TaskSample] = []
  private var ids: [String] = []
  /// Errors whose face has a known yaw, and the yaw.
  private var turned: [(error: Double, yaw: Double)] = []
  private var denseErrors: [Double] = []
  private var rigidErrors: [Double] = []
  private var vertexSums: [Double]
  private var predictions: [SamplePrediction] = []

  init(points: [MeshPoint], vertices: Int) {
    self.points = points
    vertexSums = [Double](repeating: 0, count: vertices)
  }

  mutating func add(
    _ sample: TaskSample, _ head: ReconstructedHead, mesh: [SIMD3<Float>], id: String
  ) throws {
    guard mesh.count == head.shape.count else {
      throw FaceTaskError(
        code: .missingLabels,
        message: "sample \(id) has a mesh of \(mesh.count) vertices, the model one of"
          + " \(head.shape.count): evaluate on a set with the same head")
    }
    let truth = try requireHeadPoints(sample.labels)
    let predicted = points.map { point -> SIMD2<Float> in
      let p = head.pixels(point.position(in: head.shape))
      return SIMD2(p.x, p.y)
    }
    predictions.append(
      SamplePrediction(
        index: sample.index, id: id,
        truth: truth.map { sample.toImage($0) }.map { [$0.x, $0.y] },
        predicted: predicted.map { sample.toImage($0) }.map { [$0.x, $0.y] }))
    guard let size = try? LandmarkNormalizer.box.length(of: truth) else { return }
    let error = try normalizedMeanError(predicted: predicted, truth: truth, normalizer: .box)
    landmarkErrors.append(error)
    judged.append(sample)
    ids.append(id)
    if let pose = sample.labels.headPose { turned.append((error, Double(pose.yaw))) }
    denseErrors.append(denseDistance(head, mesh: mesh, truth: truth) / size)
    try addRigid(head.shape, mesh)
  }

  private func denseDistance(
    _ head: ReconstructedHead, mesh: [SIMD3<Float>], truth: [SIMD2<Float>]
  ) -> Double {
    let camera = Perspective(
      landmarks3D: points.map { $0.position(in: mesh) }, landmarks: truth)
    let (p, t) = (head.shape.map { head.pixels($0) }, mesh.map { camera.pixels($0) })
    let n = Float(max(mesh.count, 1))
    let depth = p.reduce(0) { $0 + $1.z } / n - t.reduce(0) { $0 + $1.z } / n
    var sum = 0.0
    for (a, b) in zip(p, t) {
      let d = a - b - SIMD3(0, 0, depth)
      sum += Double((d * d).sum().squareRoot())
    }
    return sum / Double(n)
  }

  private mutating func addRigid(_ shape: [SIMD3<Float>], _ mesh: [SIMD3<Float>]) throws {
    let alignment = try RigidAlignment(from: shape, to: mesh)
    var sum = 0.0
    for (vertex, (a, b)) in zip(shape, mesh).enumerated() {
      let d = alignment(a) - b
      let distance = Double((d * d).sum().squareRoot())
      vertexSums[vertex] += distance
      sum += distance
    }
    rigidErrors.append(sum / Double(max(mesh.count, 1)))
  }

  func finished() throws -> TaskEvaluation {
    let count = landmarkErrors.count
    guard count > 0 else { return TaskEvaluation(metrics: []) }
    var metrics: [TaskMetric] = []
    if !turned.isEmpty {
      let bins = try YawBins(errors: turned.map(\.error), yaws: turned.map(\.yaw))
      metrics.append(TaskMetric("nme[68-box-bins]", 100 * bins.mean, count: turned.count))
      metrics += bins.bins.map {
        TaskMetric("nme[68-box:\($0.name)]", 100 * $0.mean, count: $0.count)
      }
    }
    metrics += meanMetric("nme[68-box]", landmarkErrors.map { 100 * $0 }, count: count)
    metrics += meanMetric("nme[dense-box]", denseErrors.map { 100 * $0 }, count: count)
    metrics += meanMetric("vertex-error[rigid-mm]", rigidErrors, count: count)
    var evaluation = TaskEvaluation(metrics: metrics)
    evaluation.predictions = predictions
    evaluation.intervals = [
      IntervalEstimate.mean("nme[68-box]", of: landmarkErrors.map { 100 * $0 }, over: judged)
    ].compactMap { $0 }
    evaluation.tables["vertex-errors"] = DataFrame(
      columns: ["vertex", "error in mm"],
      rows: vertexSums.enumerated().map { [.integer($0), .number($1 / Double(count))] })
    evaluation.tables["face-errors"] = DataFrame(
      columns: ["sample", "nme[68-box]", "vertex-error[rigid-mm]"],
      rows: ids.indices.map {
        [.text(ids[$0]), .number(100 * landmarkErrors[$0]), .number(rigidErrors[$0])]
      })
    return evaluation
  }
}
