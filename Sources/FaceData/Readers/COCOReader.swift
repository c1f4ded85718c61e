import Foundation

/// Landmarks as COCO keypoints in JSON, as mmpose converts 300-W, 300-VW, AFLW, COFW, WFLW and LaPa.
///
/// `images` have id and file_name; `annotations` have image_id, keypoints (x, y, v, …), bbox
/// (x, y, width, height), or center and scale where there is no bbox. v is 0 for a point that is not
/// annotated, 1 for a hidden and 2 for a visible one; where all of a face are 1 the converter knew
/// nothing of visibility. The scheme follows from the number of points. Coordinates count pixels
/// from 0 as mmpose takes them, so that 0.5 is added.
/// - Source: cocodataset.org, "Data format"; mmpose's dataset converters.
enum COCOReader {
  static func recognize(_ glance: PathGlance) -> String? {
    glance.first { file in
      guard PathGlance.fileExtension(file) == "json" else { return false }
      let start = String(decoding: glance.start(of: file, count: 65_536), as: UTF8.self)
      return start.contains("\"keypoints\"")
        && (start.contains("\"images\"") || start.contains("\"image_id\""))
    }.map { "\($0) has COCO's keypoints" }
  }

  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` if a file is no JSON of COCO's, or
  ///   `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let paths = try LabelFiles.all(source, withExtension: "json", part: source.part)
    let own = LabelFiles.parent(paths[0])
    var scan = AnnotationScan(
      source, folder: source.images ?? LabelFiles.pictureFolder(near: paths[0], among: ["images"]))
    if source.images == nil, scan.folder == own {
      let above = LabelFiles.parent(own) + "/images"
      if FolderListing.isFolder(above) { scan = AnnotationScan(source, folder: above) }
    }
    for path in paths { try read(path, into: &scan) }
    return try scan.dataset()
  }

  private static func read(_ path: String, into scan: inout AnnotationScan) throws {
    let bytes = try FileBytes.read(path)
    scan.labelBytes.append(bytes)
    let file = try JSONLabels.decode(File.self, bytes, path: path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var pictures: [Int: String] = [:]
    for (number, entry) in file.images.enumerated() {
      guard let picture = entry.value else {
        scan.leaveOut("\(name) images[\(number)]", entry.reason)
        continue
      }
      if pictures.updateValue(picture.fileName, forKey: picture.id) != nil {
        scan.leaveOut("\(name) images[\(number)]", "the id \(picture.id) is there twice")
      }
    }
    for (number, entry) in file.annotations.enumerated() {
      let place = "\(name) annotations[\(number)]"
      scan.take(place) {
        guard let annotation = entry.value else {
          throw FaceDataError(.brokenLabels, entry.reason)
        }
        guard let picture = pictures[annotation.image] else {
          throw FaceDataError(.brokenLabels, "no image has the id \(annotation.image)")
        }
        return (picture, try annotation.labels())
      }
    }
  }

  private struct File: Decodable {
    let images: [JSONLabels.Lossy<Picture>]
    let annotations: [JSONLabels.Lossy<Annotation>]
  }

  private struct Picture: Decodable {
    let id: Int
    let fileName: String

    enum CodingKeys: String, CodingKey {
      case id
      case fileName = "file_name"
    }
  }

  private struct Annotation: Decodable {
    let image: Int
    let keypoints: [Double]
    let bbox: [Double]?
    let center: [Double]?
    let scale: Double?

    enum CodingKeys: String, CodingKey {
      case image = "image_id"
      case keypoints, bbox, center, scale
    }

    func labels() throws -> FaceLabels {
      guard !keypoints.isEmpty, keypoints.count.isMultiple(of: 3) else {
        throw FaceDataError(
          .brokenLabels, "\(keypoints.count) numbers are no list of points x, y, v")
      }
      let values = keypoints.map(Float.init)
      let points = stride(from: 0, to: values.count, by: 3)
      var labels = FaceLabels(landmarks: points.map { SIMD2(values[$0], values[$0 + 1]) + 0.5 })
      labels.landmarkScheme = LandmarkScheme(benchmarkCount: values.count / 3)
      labels.landmarkVisibility = try visibility(points.map { values[$0 + 2] })
      labels.faceBox = try box()
      return labels
    }

    private func visibility(_ flags: [Float]) throws -> [LandmarkVisibility]? {
      guard !flags.allSatisfy({ $0 == 1 }) else { return nil }
      return try flags.map { flag in
        switch flag {
        case 0: .absent
        case 1: .hidden
        case 2: .visible
        default:
          throw FaceDataError(.brokenLabels, "\(flag) is no visibility: 0, 1 or 2")
        }
      }
    }

    /// A scale is the side over 200 pixels, as in HRNet's files.
    private func box() throws -> FaceBox? {
      if let bbox {
        guard bbox.count == 4 else {
          throw FaceDataError(.brokenLabels, "a bbox of \(bbox.count) numbers")
        }
        let values = bbox.map(Float.init)
        return FaceBox(x: values[0], y: values[1], width: values[2], height: values[3])
      }
      guard let center, let scale, center.count == 2 else { return nil }
      let side = Float(200 * scale)
      return FaceBox(
        x: Float(center[0]) + 0.5 - side / 2, y: Float(center[1]) + 0.5 - side / 2, width: side,
        height: side)
    }
  }
}
