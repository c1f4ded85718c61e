/// The CSV files of HRNet's face alignment: path, scale, centre, points, a face a line.
///
/// The header is `path,scale,center_w,center_h,x0,y0,…`, AFLW's has `box_size` after the scale. The
/// box is a square about the centre with 200 · scale pixels a side. The scheme follows from the
/// number of points. Coordinates count pixels from 0, so that 0.5 is added; only the files of 300-W
/// (68 points) lie 2 pixels further right and down, as FaRL found, and are moved back.
/// - Source: github.com/HRNet/HRNet-Facial-Landmark-Detection, lib/datasets; FaRL's ibug300w.py.
enum HRNetReader {
  static func recognize(_ glance: PathGlance) -> String? {
    glance.first { file in
      PathGlance.fileExtension(file) == "csv"
        && (glance.firstLine(of: file).flatMap { Header($0) }?.isNamed ?? false)
    }.map { "\($0) has HRNet's columns (scale, center_w, center_h)" }
  }

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  static func open(_ source: DatasetSource) throws -> any FaceDataset {
    let paths = try LabelFiles.all(source, withExtension: "csv", part: source.part)
    let own = LabelFiles.parent(paths[0])
    var scan = AnnotationScan(source, folder: source.images ?? pictures(own))
    for path in paths {
      let bytes = try FileBytes.read(path)
      scan.labelBytes.append(bytes)
      let name = path.split(separator: "/").last.map(String.init) ?? path
      var header: Header?
      for line in TextLines(bytes) where !line.bytes.isEmpty {
        let isFirst = header == nil
        guard let columns = header ?? Header(line) else {
          scan.leaveOut("\(name):\(line.number)", "no line of HRNet's: path, scale, centre, points")
          continue
        }
        header = columns
        if isFirst, columns.isNamed { continue }
        scan.take("\(name):\(line.number)") { try face(line, columns) }
      }
    }
    return try scan.dataset()
  }

  private static func pictures(_ folder: String) -> String {
    ["images", "../images", ".."].map { folder + "/" + $0 }
      .first { $0.hasSuffix("images") && FolderListing.isFolder($0) } ?? folder
  }

  /// Where the columns are.
  private struct Header {
    let isNamed: Bool
    let scale, centerX, centerY, firstPoint, count: Int
    var boxSize: Int?

    init?(_ line: TextLines.Line) {
      let fields = HRNetReader.fields(line)
      let words = fields.map { String(decoding: $0, as: UTF8.self).lowercased() }
      count = fields.count
      guard count >= 8 else { return nil }
      isNamed = TextLines.real(fields[1]) == nil
      guard isNamed else {
        // Without a header: an odd number of columns has a box size.
        let shift = count % 2
        (scale, centerX, centerY, firstPoint) = (1, 2 + shift, 3 + shift, 4 + shift)
        boxSize = shift == 1 ? 2 : nil
        return
      }
      guard let scale = words.firstIndex(of: "scale"),
        let x = words.firstIndex(of: "center_w"), let y = words.firstIndex(of: "center_h")
      else { return nil }
      (self.scale, centerX, centerY) = (scale, x, y)
      boxSize = words.firstIndex(of: "box_size")
      firstPoint = max(scale, x, y, boxSize ?? 0) + 1
      guard firstPoint < count, (count - firstPoint).isMultiple(of: 2) else { return nil }
    }
  }

  private static func fields(_ line: TextLines.Line) -> [ArraySlice<UInt8>] {
    line.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
  }

  private static func face(_ line: TextLines.Line, _ header: Header) throws -> (String, FaceLabels)
  {
    let fields = fields(line)
    guard fields.count == header.count else {
      throw FaceDataError(
        .brokenLabels, "\(fields.count) columns, and the header has \(header.count)")
    }
    func number(_ column: Int) throws -> Float {
      guard let value = TextLines.real(fields[column].trimmed) else {
        throw FaceDataError(
          .brokenLabels,
          "“\(String(decoding: fields[column].prefix(20), as: UTF8.self))” in column \(column + 1) "
            + "is no number")
      }
      return value
    }
    let numbers = try (header.firstPoint..<header.count).map(number)
    let scheme = LandmarkScheme(benchmarkCount: numbers.count / 2)
    let offset: Float = scheme == .ibug68 ? -1.5 : 0.5
    var labels = FaceLabels(landmarks: Points.interleaved(numbers, offset: offset))
    labels.landmarkScheme = scheme
    let side = try 200 * number(header.scale)
    let center = try SIMD2(number(header.centerX), number(header.centerY)) + offset
    labels.faceBox = FaceBox(
      x: center.x - side / 2, y: center.y - side / 2, width: side, height: side)
    return (String(decoding: fields[0], as: UTF8.self), labels)
  }
}
