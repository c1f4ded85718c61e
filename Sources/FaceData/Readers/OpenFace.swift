/// Tables of OpenFace or Py-Feat beside the pictures that they were made from.
///
/// The frames of `clip.csv` are looked for in the folders `clip_aligned`, `clip`, `clip_frames` and
/// `clip_images` beside it, by the number at the end of a picture's name
/// (`frame_det_00_000001.jpg`); a table of one row without frames belongs to `clip.jpg`; Py-Feat's
/// `input` names a picture. The values are estimates of a program: they suit distillation and
/// comparison, not evaluation.
public enum OpenFace {
  /// From this probability on Py-Feat's unit counts as present.
  static let presentFrom: Float = 0.5

  /// - Parameters: path: a folder with tables, or one table.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  public static func read(path: String) throws -> LabelledPictures {
    let isTable = FolderListing.isFile(path)
    let folder = isTable ? FolderListing.parent(path) : path
    var scan = Scan(try FolderListing(folder))
    for file in scan.builder.listing.files where file.fileExtension == "csv" {
      guard !isTable || path.hasSuffix("/" + file.path) || path == file.path else { continue }
      do {
        scan.take(file, try OpenFaceTable(path: scan.builder.listing.absolute(file.path)))
      } catch let error as FaceDataError {
        scan.builder.problems.add(error, file.path)
      }
    }
    return try scan.builder.finish(
      expected: "a table of OpenFace or Py-Feat, clip.csv, with the frames as JPEG or PNG pictures "
        + "in clip_aligned/ or clip/ beside it (OpenFace's .bmp must be converted)")
  }

  private struct Scan {
    var builder: LabelledPictures.Builder
    /// Pictures by folder.
    private let folders: [Substring: [FolderListing.File]]
    private var taken: Set<String> = []

    init(_ listing: FolderListing) {
      builder = LabelledPictures.Builder("openface", listing)
      folders = Dictionary(grouping: listing.pictures) { Self.folder($0.path) }
    }

    private static func folder(_ path: String) -> Substring {
      path.lastIndex(of: "/").map { path[..<$0] } ?? ""
    }

    mutating func take(_ file: FolderListing.File, _ table: OpenFaceTable) {
      builder.digests.append(table.digest)
      for sample in table.unusable {
        let line = sample.path.split(separator: ":").last.flatMap { Int($0) }
        builder.problems.add(file.path, line: line, sample.reason)
      }
      let frames = frames(file.stem)
      var missing = 0
      for row in table.rows {
        guard let picture = picture(row, file, frames, isOnly: table.rows.count == 1) else {
          missing += 1
          continue
        }
        guard taken.insert(picture).inserted else {
          builder.problems.add(file.path, line: row.line, "\(picture) has a row already")
          continue
        }
        builder.items.append(.init(file: picture, labels: labels(row, file, picture)))
      }
      if missing > 0 {
        builder.problems.add(
          file.path, "\(missing) of \(table.rows.count) rows lack their picture")
      }
    }

    /// Pictures of a table's video by frame number.
    private func frames(_ stem: String) -> [Int: String] {
      let files = ["_aligned", "", "_frames", "_images"].lazy
        .compactMap { folders[Substring(stem + $0)] }.first
      return Dictionary(
        (files ?? []).compactMap { file in
          CodedVideoJoin.number(file.stem).map { ($0, file.path) }
        }
      ) { first, _ in first }
    }

    private func picture(
      _ row: OpenFaceTable.Row, _ file: FolderListing.File, _ frames: [Int: String], isOnly: Bool
    ) -> String? {
      if let frame = row.frame, let picture = frames[frame] { return picture }
      let beside = folders[Self.folder(file.path)] ?? []
      if let name = row.input?.split(separator: "/").last {
        return beside.first { ($0.path.split(separator: "/").last ?? "") == name }?.path
      }
      return isOnly ? beside.first { $0.stem == file.stem }?.path : nil
    }

    private func labels(
      _ row: OpenFaceTable.Row, _ file: FolderListing.File, _ picture: String
    ) -> FaceLabels {
      var labels = FaceLabels()
      let present = row.probabilities.values.map { $0 >= presentFrom ? Float(1) : 0 }
      labels.unitOccurrences =
        row.probabilities.isEmpty
        ? row.occurrences
        : ActionUnitValues(sortedUnits: row.probabilities.units, values: present)
      if !row.intensities.isEmpty { labels.unitIntensities = row.intensities }
      if let emotions = row.emotions {
        labels.emotion = Emotion.allCases.max { emotions[$0.rawValue] < emotions[$1.rawValue] }
      }
      // Points are in pixels of the video, not of the crops that OpenFace saves.
      if !picture.contains("_aligned/") { labels.landmarks = row.landmarks }
      labels.frame = row.frame.map { VideoFrame(video: file.stem, number: $0) }
      return labels
    }
  }
}
