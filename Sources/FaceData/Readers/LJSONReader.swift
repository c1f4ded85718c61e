import Foundation

/// Menpo's `.ljson` beside each picture: groups of points with y before x.
///
/// Version 3 has `groups` by name, version 2 one group, version 1 a list of groups; `null` is a
/// point that is not annotated. Of several groups the one whose number of points is a known scheme
/// is taken, else the one with the most points. Coordinates count pixels from 0, so that 0.5 is
/// added.
/// - Source: menpoio's input/landmark.py, which subtracts 1 where it reads `.pts`.
enum LJSONReader {
  static func recognize(_ glance: PathGlance) -> String? {
    glance.first(withExtension: "ljson").map { "\($0) and pictures" }
  }

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let pairs = try PicturesWithLabels(source, withExtension: "ljson")
    var scan = AnnotationScan(source, folder: pairs.folder)
    for (label, picture) in pairs.labels {
      scan.take(label) {
        guard let picture else {
          throw FaceDataError(.unreadable, "no picture of that name beside it")
        }
        let bytes = try FileBytes.read(pairs.folder + "/" + label)
        let labels = try labels(bytes, path: label)
        return (picture, labels)
      }
      scan.labelBytes.append((try? FileBytes.read(pairs.folder + "/" + label)) ?? [])
    }
    return try scan.dataset()
  }

  static func labels(_ bytes: [UInt8], path: String) throws -> FaceLabels {
    let file = try JSONLabels.decode(File.self, bytes, path: path)
    let known = file.groups.first {
      if case .other = LandmarkScheme(benchmarkCount: $0.count) { false } else { true }
    }
    guard let points = known ?? file.groups.max(by: { $0.count < $1.count }), !points.isEmpty else {
      throw FaceDataError(.brokenLabels, "no group of points in the file", path: path)
    }
    var labels = FaceLabels(
      landmarks: points.map { $0.map { SIMD2(Float($0.x), Float($0.y)) + 0.5 } ?? .zero })
    labels.landmarkScheme = LandmarkScheme(benchmarkCount: points.count)
    if points.contains(where: { $0 == nil }) {
      labels.landmarkVisibility = points.map { $0 == nil ? .absent : .visible }
    }
    return labels
  }

  /// Any version's groups as points x, y.
  private struct File: Decodable {
    var groups: [[SIMD2<Double>?]] = []

    private enum CodingKeys: String, CodingKey { case version, groups, landmarks }
    private struct Named: Decodable { let landmarks: Landmarks }
    private struct Landmarks: Decodable { let points: [[Double?]] }
    private struct Old: Decodable { let landmarks: [OldPoint] }
    private struct OldPoint: Decodable { let point: [Double?] }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      switch try container.decode(Int.self, forKey: .version) {
      case 3:
        let named = try container.decode([String: Named].self, forKey: .groups)
        groups = try named.sorted { $0.key < $1.key }.map { try Self.points($1.landmarks.points) }
      case 2:
        groups = [
          try Self.points(container.decode(Landmarks.self, forKey: .landmarks).points)
        ]
      case 1:
        groups = try container.decode([Old].self, forKey: .groups).map {
          try Self.points($0.landmarks.map(\.point))
        }
      case let other:
        throw DecodingError.dataCorruptedError(
          forKey: .version, in: container, debugDescription: "\(other) is no version of ljson: 1…3")
      }
    }

    private static func points(_ lists: [[Double?]]) throws -> [SIMD2<Double>?] {
      try lists.map { list in
        guard list.count == 2 else {
          throw DecodingError.dataCorrupted(
            .init(codingPath: [], debugDescription: "a point of \(list.count) numbers"))
        }
        guard let y = list[0], let x = list[1] else { return nil }
        return SIMD2(x, y)
      }
    }
  }
}
