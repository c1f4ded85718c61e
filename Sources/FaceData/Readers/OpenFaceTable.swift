/// What OpenFace or Py-Feat measured in a picture or a video, from its table.
///
/// OpenFace names the columns `AU12_r` (intensity 0–5), `AU12_c` (0 or 1), `frame`, `face_id`,
/// `confidence`, `success`, `x_0` … `y_67`; Py-Feat `AU12` (a probability), `anger` … `neutral`,
/// `FaceScore`, `input`. These are a program's estimates, no person's labels.
/// - Source: Baltrušaitis et al., FG 2018 (OpenFace 2.0's output format); Cheong et al. 2023,
///   arXiv:2104.03509 (Py-Feat). Checked by: OpenFaceTests.
public struct OpenFaceTable: Sendable {
  public struct Row: Sendable, Hashable {
    /// 1-based, in the file.
    public let line: Int
    /// Nil in a table of single pictures.
    public let frame: Int?
    public let face: Int
    /// 0–1.
    public let confidence: Float
    /// The picture or video that Py-Feat was given.
    public let input: String?
    /// 0–5.
    public let intensities: ActionUnitValues
    /// 0 or 1.
    public let occurrences: ActionUnitValues
    /// 0–1: Py-Feat's.
    public let probabilities: ActionUnitValues
    /// Probabilities in the order of `Emotion.allCases`, contempt 0; nil in OpenFace's tables.
    public let emotions: [Float]?
    /// 68 points in pixels of the picture or video.
    public let landmarks: [SIMD2<Float>]?
  }

  public let rows: [Row]
  public let unusable: [UnusableSample]
  let digest: String

  /// - Throws: `FaceDataError` `.unreadable`, or `.brokenLabels` if no column is an action unit.
  public init(path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var (rows, problems): ([Row], ProblemList) = ([], ProblemList())
    var columns: Columns?
    let table = try CSVFile(
      path, required: [], header: { columns = try Columns($0, path: path) },
      problem: { problems.add(name, line: $0, $1) },
      row: { row, _ in
        do throws(Columns.Unusable) {
          if let row = try columns?.row(row) { rows.append(row) }
        } catch {
          problems.add(name, line: row.line, error.reason)
        }
      })
    (self.rows, unusable, digest) = (rows, problems.finished, table.digest)
  }

  /// Where what stands.
  private struct Columns {
    struct Unusable: Error { let reason: String }

    private typealias Units = [(unit: Int, column: Int)]
    private let header: CSVFile
    private var intensities: Units = []
    private var occurrences: Units = []
    private var probabilities: Units = []
    private let emotions: [Int?]
    /// x and y of each point.
    private let points: [(Int, Int)]

    init(_ header: CSVFile, path: String) throws {
      self.header = header
      emotions = Emotion.allCases.map { header["\($0)"] }
      points = (0..<FaceLandmarks.count).compactMap { point in
        header["x_\(point)"].flatMap { x in header["y_\(point)"].map { (x, $0) } }
      }
      for (column, name) in header.names.enumerated() where name.hasPrefix("au") {
        let digits = name.dropFirst(2).prefix(2)
        guard let unit = Int(digits), (1...99).contains(unit) else { continue }
        switch name.dropFirst(2 + digits.count) {
        case "_r": intensities.append((unit, column))
        case "_c": occurrences.append((unit, column))
        case "": probabilities.append((unit, column))
        default: continue
        }
      }
      for units in [intensities, occurrences, probabilities]
      where Set(units.map(\.unit)).count != units.count {
        throw FaceDataError(
          .brokenLabels, "an action unit has two columns; write the table anew", path: path, line: 1
        )
      }
      guard !intensities.isEmpty || !occurrences.isEmpty || !probabilities.isEmpty else {
        throw FaceDataError(
          .brokenLabels,
          "no column is an action unit (AU12_r, AU12_c or AU12); run OpenFace with -aus",
          path: path,
          line: 1)
      }
    }

    /// Nil where no face was found.
    func row(_ row: CSVFile.Row) throws(Unusable) -> Row {
      func field(_ name: String) -> ArraySlice<UInt8>? { header[name].map { row.fields[$0] } }
      if let success = field("success"), success.roundNumber != 1 {
        throw Unusable(reason: "no face was tracked (success is “\(success.text.prefix(20))”)")
      }
      let score = try number(field("confidence") ?? field("facescore"), 0...1, "confidence") ?? 1
      return Row(
        line: row.line, frame: try whole(field("frame"), "frame"),
        face: try whole(field("face_id") ?? field("face"), "face") ?? 0, confidence: score,
        input: field("input").map { $0.text }.flatMap { $0.isEmpty ? nil : $0 },
        intensities: try values(row, intensities, 0...5),
        occurrences: try values(row, occurrences, 0...1),
        probabilities: try values(row, probabilities, 0...1), emotions: try emotions(row),
        landmarks: try landmarks(row))
    }

    private func number(
      _ field: ArraySlice<UInt8>?, _ range: ClosedRange<Float>, _ name: String
    ) throws(Unusable) -> Float? {
      guard let field else { return nil }
      guard let value = field.real, range.contains(value) else {
        throw Unusable(
          reason: "“\(field.text.prefix(20))” is no \(name) from \(Int(range.lowerBound)) to "
            + "\(Int(range.upperBound))")
      }
      return value
    }

    private func whole(_ field: ArraySlice<UInt8>?, _ name: String) throws(Unusable) -> Int? {
      guard let field else { return nil }
      guard let value = field.roundNumber, (0...100_000_000).contains(value) else {
        throw Unusable(reason: "“\(field.text.prefix(20))” is no number of a \(name)")
      }
      return value
    }

    private func values(
      _ row: CSVFile.Row, _ units: Units, _ range: ClosedRange<Float>
    ) throws(Unusable) -> ActionUnitValues {
      var values: [Int: Float] = [:]
      for (unit, column) in units {
        values[unit] = try number(row.fields[column], range, "value of AU\(unit)")
      }
      return ActionUnitValues(values)
    }

    private func emotions(_ row: CSVFile.Row) throws(Unusable) -> [Float]? {
      guard emotions.contains(where: { $0 != nil }) else { return nil }
      var values: [Float] = []
      for column in emotions {
        let field = column.map { row.fields[$0] }
        values.append(try number(field, 0...1, "probability of an emotion") ?? 0)
      }
      return values
    }

    private func landmarks(_ row: CSVFile.Row) throws(Unusable) -> [SIMD2<Float>]? {
      guard points.count == FaceLandmarks.count else { return nil }
      var landmarks: [SIMD2<Float>] = []
      for (x, y) in points {
        guard let x = row.fields[x].real, let y = row.fields[y].real, max(abs(x), abs(y)) < 1e6
        else { throw Unusable(reason: "a landmark is no point") }
        // OpenCV's coordinates, where the centre of the first pixel is (0, 0).
        landmarks.append(SIMD2(x, y) + 0.5)
      }
      return landmarks
    }
  }
}
