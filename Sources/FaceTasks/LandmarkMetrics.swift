import FaceData
import Statistics

/// True and predicted points of one face, in pixels of the data set's picture.
struct LandmarkFace {
  let scheme: LandmarkScheme
  /// NaN where a point is not annotated.
  let truth: [SIMD2<Float>]
  let predicted: [SIMD2<Float>]
  /// The set's own box.
  var box: FaceBox?
  /// The published subsets that it belongs to.
  var subsets: [String] = []

  /// The mean error over the annotated points, as a share of a length; nil where that has none,
  /// because points coincide or are not there.
  func error(_ length: LandmarkLength) -> Double? {
    guard let size = length.of(self) else { return nil }
    let distances = knownDistances
    return distances.isEmpty
      ? nil
      : distances.reduce(0) { $0 + $1.distance } / size
        / Double(distances.count)
  }

  var knownDistances: [(point: Int, distance: Double)] {
    guard let all = try? pointDistances(predicted: predicted, truth: truth) else { return [] }
    return all.enumerated().filter { truth[$0.offset].x.isFinite }.map { ($0.offset, $0.element) }
  }

  var knownTruth: [SIMD2<Float>] { truth.filter { $0.x.isFinite } }
}

/// What a landmark error is divided by: a length of the true points, or one of the set's own box.
enum LandmarkLength: Hashable {
  case points(LandmarkNormalizer)
  /// √(w·h) of the set's own box.
  case givenBox
  /// √(w² + h²) of it.
  case givenDiagonal

  static let all =
    LandmarkNormalizer.allCases.map(LandmarkLength.points) + [.givenBox, .givenDiagonal]

  /// In metric names.
  var name: String {
    switch self {
    case .points(let normalizer): normalizer.rawValue
    case .givenBox: "given-box"
    case .givenDiagonal: "given-diagonal"
    }
  }

  func of(_ face: LandmarkFace) -> Double? {
    switch self {
    case .points(let normalizer):
      let isEyes = normalizer == .interOcular || normalizer == .interPupil
      return try? normalizer.length(
        of: isEyes ? face.truth : face.knownTruth, eyes: face.scheme.eyes)
    case .givenBox:
      return face.box.map { Double($0.width * $0.height).squareRoot() }.flatMap(Self.positive)
    case .givenDiagonal:
      return face.box.map { Double($0.width * $0.width + $0.height * $0.height).squareRoot() }
        .flatMap(Self.positive)
    }
  }

  private static func positive(_ length: Double) -> Double? {
    length > 0 && length.isFinite ? length : nil
  }
}

extension LandmarkScheme {
  /// Where the eyes are, for normalisers.
  var eyes: LandmarkEyes {
    var corners: (Int, Int)?
    if let found = interOcular, let left = found.left.first, let right = found.right.first {
      corners = (left, right)
    }
    return LandmarkEyes(
      points: count, corners: corners, pupils: interPupil.map { ($0.left, $0.right) })
  }

  /// The length that a scheme's errors are first of all divided by.
  var mainLength: LandmarkLength { .points(interOcular == nil ? .box : .interOcular) }
}

/// Thresholds of failure rate and area under the cumulative error.
///
/// - Source: STAR and SPIGA (300-W: .05, .08), HRNet and 3FabRec (WFLW, COFW: .10), FaRL (AFLW: box,
///   .07).
private let errorThresholds: [(length: LandmarkLength, threshold: Double, text: String)] = [
  (.points(.interOcular), 0.05, "0.05"), (.points(.interOcular), 0.08, "0.08"),
  (.points(.interOcular), 0.10, "0.10"), (.points(.box), 0.07, "0.07"), (.givenBox, 0.07, "0.07"),
]

/// NME by every normaliser, of all faces and of each subset; failure rate and area under the
/// cumulative error; all in per cent.
///
/// A face whose normaliser has no length is left out and not counted. 300-W's `full` are the faces of
/// `common` and `challenge`, where there are both.
func landmarkMetrics(_ faces: [LandmarkFace]) throws -> [TaskMetric] {
  var metrics = try landmarkMetrics(faces, subset: nil)
  var subsets = Set(faces.flatMap(\.subsets)).sorted().map { name in
    (name, faces.filter { $0.subsets.contains(name) })
  }
  if Set(subsets.map(\.0)).isSuperset(of: ["common", "challenge"]) {
    subsets.append(("full", faces.filter { !$0.subsets.isEmpty }))
  }
  for (name, members) in subsets { metrics += try landmarkMetrics(members, subset: name) }
  return metrics
}

private func landmarkMetrics(_ faces: [LandmarkFace], subset: String?) throws -> [TaskMetric] {
  let suffix = subset.map { ":" + $0 } ?? ""
  var metrics: [TaskMetric] = []
  for length in LandmarkLength.all {
    let errors = faces.compactMap { $0.error(length) }
    guard !errors.isEmpty else { continue }
    let mean = errors.reduce(0, +) / Double(errors.count)
    metrics.append(
      TaskMetric("nme[\(length.name)\(suffix)]", 100 * mean, count: errors.count))
    let distribution = try CumulativeErrorDistribution(errors: errors)
    for entry in errorThresholds where entry.length == length {
      // What WFLW's papers print of its subsets; of others' nothing but the NME.
      if subset != nil, entry.threshold != 0.10 { continue }
      let name = "[\(length.name)@\(entry.text)\(suffix)]"
      let failures = distribution.failureRate(threshold: entry.threshold)
      let area = try distribution.areaUnderCurve(threshold: entry.threshold)
      metrics += [
        TaskMetric("failure-rate" + name, 100 * failures, count: errors.count),
        TaskMetric("auc" + name, 100 * area, count: errors.count),
      ]
    }
  }
  return metrics
}

/// The mean error of each point over the faces that have it, in per cent of the scheme's main length.
func pointErrors(_ faces: [LandmarkFace], scheme: LandmarkScheme) -> DataFrame {
  var sums = [Double](repeating: 0, count: scheme.count)
  var counts = [Int](repeating: 0, count: scheme.count)
  for face in faces {
    guard let length = scheme.mainLength.of(face) else { continue }
    for (point, distance) in face.knownDistances {
      sums[point] += distance / length
      counts[point] += 1
    }
  }
  return DataFrame(
    columns: ["point", "nme[\(scheme.mainLength.name)]", "n"],
    rows: sums.indices.map { point in
      let count = counts[point]
      return [
        .integer(point), count > 0 ? .number(100 * sums[point] / Double(count)) : .missing,
        .integer(count),
      ]
    })
}
