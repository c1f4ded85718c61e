/// WFLW: a face a line, 207 columns: 98 points, the box's corners, six flags, the picture's name.
///
/// Columns are x1 y1 … x98 y98, x_min y_min x_max y_max, pose expression illumination make-up
/// occlusion blur, path. Coordinates count pixels from 0, the centre of the first one being (0, 0),
/// so that 0.5 is added.
/// - Source: wywu.github.io/projects/LAB/WFLW.html; the subsets `list_98pt_test_blur.txt` and so on
///   are in the same format.
enum WFLWReader {
  static let columnCount = 207
  /// The parts' label files, as the archive has them, also looked for flat in the folder.
  static let parts: [(part: String, file: String)] =
    ["train", "test"].map {
      ($0, "WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_\($0).txt")
    }
    + ["largepose", "expression", "illumination", "makeup", "occlusion", "blur"].map {
      ("test-" + $0, "WFLW_annotations/list_98pt_test/list_98pt_test_\($0).txt")
    }

  /// Why the path looks like WFLW, or nil.
  static func recognize(_ glance: PathGlance) -> String? {
    guard let list = glance.first(where: { isList($0) }),
      let line = glance.firstLine(of: list), line.fields.count >= columnCount
    else { return nil }
    return "\(list) has lines of \(columnCount) columns"
  }

  private static func isList(_ file: String) -> Bool {
    let name = file.split(separator: "/").last ?? ""
    return name.hasPrefix("list_98pt_") && name.hasSuffix(".txt")
  }

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let lists = try LabelFiles.find(
      source, parts: parts, whole: ["train", "test"], pictures: "WFLW_images")
    var scan = AnnotationScan(source, folder: lists.pictures)
    for list in lists.files {
      let bytes = try FileBytes.read(list.path)
      scan.labelBytes.append(bytes)
      for line in TextLines(bytes) where !line.bytes.isEmpty {
        scan.take("\(list.name):\(line.number)") { try face(line) }
      }
    }
    return try scan.dataset()
  }

  private static func face(_ line: TextLines.Line) throws -> (String, FaceLabels) {
    let fields = line.bytes.split(maxSplits: columnCount - 1) { TextLines.isSpace($0) }
    guard fields.count == columnCount else {
      throw FaceDataError(
        .brokenLabels, "\(fields.count) columns, and a line of WFLW has \(columnCount)")
    }
    let numbers = try fields.prefix(200).enumerated().map { column, field in
      guard let value = TextLines.real(field) else {
        throw FaceDataError(
          .brokenLabels,
          "“\(String(decoding: field.prefix(20), as: UTF8.self))” in column \(column + 1) is no number"
        )
      }
      return value
    }
    var labels = FaceLabels(landmarks: Points.interleaved(numbers.prefix(196), offset: 0.5))
    labels.landmarkScheme = .wflw98
    labels.faceBox = FaceBox(
      left: numbers[196], top: numbers[197], right: numbers[198], bottom: numbers[199], offset: 0.5)
    labels.attributes = try attributes(fields[200..<206])
    return (String(decoding: fields[206], as: UTF8.self), labels)
  }

  private static func attributes(_ fields: ArraySlice<ArraySlice<UInt8>>) throws
    -> Set<FaceAttribute>
  {
    let flags = try fields.map { field in
      guard let value = TextLines.integer(field), (0...1).contains(value) else {
        throw FaceDataError(
          .brokenLabels,
          "the flag “\(String(decoding: field.prefix(20), as: UTF8.self))” is neither 0 nor 1")
      }
      return value == 1
    }
    return Set(zip(FaceAttribute.wflw, flags).filter(\.1).map(\.0))
  }
}
