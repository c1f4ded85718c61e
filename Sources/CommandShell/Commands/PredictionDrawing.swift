import FaceData
import Foundation
import Graphics
import Plotting
import Statistics

/// Turns predictions into pictures that a person can judge.
struct PredictionDrawing {
  private let found: FacePredictions
  private let photos: any FaceDataset
  private let gallery: (any FaceDataset)?
  /// Side of a drawn face in pixels.
  private static let side = 320
  private static let neighbourSide = 160

  init(_ found: FacePredictions, photos: any FaceDataset, gallery: (any FaceDataset)?) {
    (self.found, self.photos, self.gallery) = (found, photos, gallery)
  }

  func item(_ face: FacePredictions.Face) throws -> PredictionSheet.Item {
    guard (0..<photos.count).contains(face.photo), let part = face.map, let back = part.inverse
    else { throw FaceDataError(.brokenLabels, "a face of \(face.id) has no place in its photo") }
    let photo = try photos.sample(at: face.photo).image
    let side = Float(Self.side)
    var item = PredictionSheet.Item(
      PixelBuffer(photo.part(part, side: Self.side)), caption: caption(face))
    func place(_ numbers: [Float]) -> Point? {
      guard numbers.count >= 2 else { return nil }
      let p = back(SIMD2(numbers[0], numbers[1])) * side
      return Point(Double(p.x), Double(p.y))
    }
    item.points = (face.points ?? []).map { place($0) ?? Point(.nan, .nan) }
    item.contours = found.contours
    item.vertices = (face.mesh ?? []).compactMap { vertex in
      place(vertex).map {
        PredictionSheet.Vertex($0, depth: Double(vertex.count > 2 ? vertex[2] : 0))
      }
    }
    (item.bars, item.axes) = (bars(face), axes(face))
    item.neighbours = try (face.neighbours ?? []).map(neighbour)
    return item
  }

  private func caption(_ face: FacePredictions.Face) -> String {
    let name = face.id.split(separator: "/").last.map(String.init) ?? face.id
    let isAlone = found.faces.count { $0.photo == face.photo } == 1
    return isAlone ? name : "\(name) · \(face.face)"
  }

  // MARK: Values

  private func bars(_ face: FacePredictions.Face) -> [PredictionSheet.Bar] {
    guard let values = face.values, values.count == found.names.count else { return [] }
    let pairs = zip(found.names, values.map(Double.init))
    switch found.task {
    case "action-units":
      // From 2 on a unit counts as shown (DISFA's convention).
      return pairs.map { .init($0, $1, in: 0...5, isStrong: $1 >= 2) }
    case "head-pose": return pairs.map { .init($0, $1, in: -90...90) }
    case "attributes": return pairs.map { .init($0, $1, in: 0...1, isStrong: $1 >= 0.5) }
    default:
      let affect: Set = ["valence", "arousal"]
      let best = pairs.filter { !affect.contains($0.0) }.max { $0.1 < $1.1 }?.0
      return pairs.map { name, value in
        .init(
          name, value, in: affect.contains(name) ? -1...1 : 0...1, isStrong: name == best)
      }
    }
  }

  /// Where the head's own axes point in the picture: to the picture's right at rest, up, to the viewer.
  private func axes(_ face: FacePredictions.Face) -> [Point] {
    guard found.task == "head-pose", let values = face.values, values.count == 3 else { return [] }
    let (x, y, _) = HeadPose(pitch: values[1], yaw: values[0], roll: values[2]).rotation
    let length = 0.38 * Double(Self.side)
    return (0..<3).map { Point(Double(x[$0]) * length, -Double(y[$0]) * length) }
  }

  private func neighbour(
    _ neighbour: FacePredictions.Neighbour
  ) throws -> PredictionSheet.Neighbour {
    let name = neighbour.name.replacingOccurrences(of: "_", with: " ")
    let lines = [name, String(format: "%.2f", neighbour.similarity)]
    guard let gallery, (0..<gallery.count).contains(neighbour.sample) else {
      throw FaceDataError(.brokenLabels, "the gallery has no picture \(neighbour.sample)")
    }
    let image = try gallery.sample(at: neighbour.sample).image
    let whole = Affine.scale(Float(image.width), Float(image.height))
    return PredictionSheet.Neighbour(
      PixelBuffer(image.part(whole, side: Self.neighbourSide)), lines: lines)
  }
}

/// Predictions as a table, a face a row.
struct PredictionTable {
  let frame: DataFrame

  init(_ found: FacePredictions) {
    let points = found.faces.map { $0.points?.count ?? 0 }.max() ?? 0
    let neighbours = found.faces.map { $0.neighbours?.count ?? 0 }.max() ?? 0
    let columns =
      ["photo", "face", "score", "x", "y", "width", "height"] + found.names
      + (0..<points).flatMap { ["x\($0)", "y\($0)"] }
      + (0..<neighbours).flatMap { ["neighbour\($0 + 1)", "similarity\($0 + 1)"] }
    let rows = found.faces.map { face -> [Cell] in
      let box = face.box.map { [$0.x, $0.y, $0.width, $0.height] } ?? []
      let places = (0..<points).flatMap { point in
        Self.numbers(face.points.map { $0.indices.contains(point) ? $0[point] : [] }, count: 2)
      }
      let people = (0..<neighbours).flatMap { place -> [Cell] in
        guard let all = face.neighbours, all.indices.contains(place) else {
          return [.missing, .missing]
        }
        return [.text(all[place].name), .number(Double(all[place].similarity))]
      }
      return [.text(face.id), .integer(face.face)]
        + Self.numbers(face.score.map { [$0] }, count: 1) + Self.numbers(box, count: 4)
        + Self.numbers(face.values, count: found.names.count) + places + people
    }
    frame = DataFrame(columns: columns, rows: rows)
  }

  private static func numbers(_ values: [Float]?, count: Int) -> [Cell] {
    (0..<count).map { place in
      guard let values, values.indices.contains(place), values[place].isFinite else {
        return .missing
      }
      // A float's own digits: its nearest double has more of them, which mean nothing.
      return .number(Double("\(values[place])") ?? Double(values[place]))
    }
  }
}
