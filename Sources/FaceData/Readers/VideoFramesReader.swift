/// 300-VW: a folder a video, `001/annot/000001.pts`, with its frames as pictures.
///
/// Frames lie in `001/imgs`, `frames`, `images` or in `001` itself, named by the same number; they
/// are cut out of `vid.avi` by the user (`ffmpeg -i vid.avi frames/%06d.jpg`). Points are 300-W's.
/// - Source: Shen et al. 2015, "The first facial landmark tracking in-the-wild challenge".
enum VideoFramesReader {
  static let frameFolders = ["imgs", "frames", "images", ""]

  static func recognize(_ glance: PathGlance) -> String? {
    glance.first { $0.hasSuffix(".pts") && folder(of: $0) == "annot" }.map { "\($0), by frames" }
  }

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let listing = try FolderListing(source.path)
    let labels = listing.files.filter {
      $0.fileExtension == "pts" && folder(of: $0.path) == "annot"
    }
    guard !labels.isEmpty else {
      throw FaceDataError(
        .emptyDataset, "no 001/annot/000001.pts or the like below the folder", path: source.path)
    }
    let pictures = Dictionary(listing.pictures.map { ($0.stem, $0.path) }) { first, _ in first }
    var scan = AnnotationScan(source, folder: source.path)
    for label in labels {
      let bytes = (try? FileBytes.read(listing.absolute(label.path))) ?? []
      scan.labelBytes.append(bytes)
      scan.take(label.path) {
        (try frame(label.path, pictures), try points(bytes, label.path))
      }
    }
    return try scan.dataset()
  }

  private static func points(_ bytes: [UInt8], _ path: String) throws -> FaceLabels {
    FaceLabels(landmarks: try PointsFile.points(in: bytes, path: path))
  }

  private static func frame(_ label: String, _ pictures: [String: String]) throws -> String {
    let parts = label.dropLast(4).split(separator: "/").map(String.init)
    let video = parts.dropLast(2)
    guard let number = parts.last else { throw missing(label) }
    for folder in frameFolders {
      let stem = (video + (folder.isEmpty ? [] : [folder]) + [number]).joined(separator: "/")
      if let picture = pictures[stem] { return picture }
    }
    throw missing(number)
  }

  private static func missing(_ number: String) -> FaceDataError {
    FaceDataError(
      .unreadable,
      "no picture of frame \(number); cut the video into frames beside annot: "
        + "ffmpeg -i vid.avi frames/%06d.jpg")
  }

  private static func folder(of path: String) -> Substring? {
    path.split(separator: "/").dropLast().last
  }
}
