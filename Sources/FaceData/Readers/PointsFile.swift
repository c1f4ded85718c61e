/// A `.pts` file of 300-W: a point a line, with or without the header `version: 1`, `n_points: 68`
/// and braces.
///
/// Coordinates are MATLAB's, where the centre of the first pixel is (1, 1); facet's is (0.5, 0.5),
/// so 0.5 is subtracted. Ends of line of any kind, blank lines and stray spaces are taken as they
/// come.
public enum PointsFile {
  /// The points in pixels of the picture.
  ///
  /// - Parameters: path: only for messages.
  /// - Throws: `FaceDataError` `.brokenLabels` with path and line: no 68 points, a number that is
  ///   none, a header that says otherwise.
  public static func points(in bytes: [UInt8], path: String) throws -> [SIMD2<Float>] {
    var reader = Reader(path: path)
    for line in TextLines(bytes) where !line.bytes.isEmpty { try reader.take(line) }
    return try reader.finish()
  }

  private struct Reader {
    let path: String
    private var points: [SIMD2<Float>] = []
    private var announced: Int?
    private var isClosed = false
    private var lastLine = 0

    init(path: String) { self.path = path }

    mutating func take(_ line: TextLines.Line) throws {
      lastLine = line.number
      if line.bytes.elementsEqual([UInt8(ascii: "{")]) { return }
      if line.bytes.elementsEqual([UInt8(ascii: "}")]) {
        isClosed = true
        return
      }
      guard !isClosed else { throw broken("there is text after the closing brace", line) }
      if line.bytes.contains(UInt8(ascii: ":")) { return try takeHeader(line) }
      let fields = line.fields
      guard fields.count == 2, let x = TextLines.real(fields[0]), let y = TextLines.real(fields[1])
      else { throw broken("“\(line.text.prefix(40))” is no point “x y”", line) }
      points.append(SIMD2(x, y) - 0.5)
    }

    private mutating func takeHeader(_ line: TextLines.Line) throws {
      let parts = line.text.split(separator: ":", maxSplits: 1).map {
        $0.filter { !$0.isWhitespace }
      }
      guard parts.first == "n_points" else { return }
      announced = parts.count == 2 ? Int(parts[1]) : nil
      guard announced != nil else { throw broken("“\(line.text)” gives no number", line) }
    }

    func finish() throws -> [SIMD2<Float>] {
      if let announced, announced != points.count {
        throw broken("the header says \(announced) points and \(points.count) follow", nil)
      }
      guard points.count == FaceLandmarks.count else {
        throw broken(
          "\(points.count) points, and facet's landmark task needs \(FaceLandmarks.count)", nil)
      }
      return points
    }

    private func broken(_ reason: String, _ line: TextLines.Line?) -> FaceDataError {
      FaceDataError(
        .brokenLabels, reason + "; mend the file or leave it out", path: path,
        line: line?.number ?? lastLine)
    }
  }
}
