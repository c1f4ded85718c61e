/// FER2013: 35,887 grey faces of 48×48 pixels in seven emotions.
///
/// Either the challenge's table (`emotion,pixels,Usage`, each row a picture of 48·48 numbers) or
/// the folders that are passed round instead (`train/angry/….jpg`, `train/0/….png`).
/// - Source: Goodfellow et al. 2013, arXiv:1307.0414. Checked by: FER2013Tests.
public enum FER2013 {
  /// Emotions in the order of the table's numbers.
  static let emotions: [Emotion] = [
    .anger, .disgust, .fear, .happiness, .sadness, .surprise, .neutral,
  ]
  static let tableNames = ["fer2013.csv", "icml_face_data.csv", "fer2013/fer2013.csv"]

  /// - Parameters: path: the table, or a folder with the table or the class folders in it.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  public static func read(path: String) throws -> any FaceDataset {
    if let table = table(in: path) { return try FER2013Table(path: table) }
    return try ClassFolders.emotions(
      FolderListing(path), kind: "fer2013",
      expected: "fer2013.csv, or class folders train/angry to test/surprise (or 0 to 6)",
      emotion: emotion)
  }

  static func table(in path: String) -> String? {
    if FolderListing.isFile(path) { return path }
    return tableNames.map { path + "/" + $0 }.first(where: FolderListing.isFile)
  }

  private static func emotion(_ folder: Substring) -> Emotion? {
    if let number = Int(folder) {
      return emotions.indices.contains(number) ? emotions[number] : nil
    }
    return Emotion(word: folder).flatMap { $0 == .contempt ? nil : $0 }
  }
}

/// FER2013's table. Its 300 MB are read once for the labels; pixels are read when asked for.
public struct FER2013Table: FaceDataset {
  public static let side = 48

  public let path: String
  public let fingerprint: String
  public let unusable: [UnusableSample]
  /// Rows of the table, usable or not.
  let rowCount: Int
  private let rows: [Row]
  private let file: RandomAccessFile
  /// Column of the pixels.
  private let column: Int

  struct Row {
    /// 0-based among the rows under the header; also the sample's id.
    let number: Int
    let line: Int
    let offset: Int
    let length: Int
    let emotion: Emotion
    let part: DatasetPart?
  }

  public init(path: String) throws {
    var scan = Scan(path: path)
    let table = try CSVFile(
      path, required: ["emotion", "pixels"],
      problem: { scan.skip($0, $1) }, row: { scan.take($0, $1) })
    guard !scan.rows.isEmpty else {
      let first = scan.problems.samples.first.map { " The first: \($0.path): \($0.reason)." } ?? ""
      throw FaceDataError(
        .emptyDataset, "no row of the table has an emotion 0–6 and 48×48 pixels." + first,
        path: path)
    }
    (self.path, rows, unusable) = (path, scan.rows, scan.problems.finished)
    (column, rowCount) = (table["pixels"] ?? 0, scan.count)
    file = try RandomAccessFile(path)
    fingerprint = FolderListing.fingerprint(
      kind: "fer2013", files: [], labels: [Array(table.digest.utf8)])
  }

  public var count: Int { rows.count }
  public var identityNames: [String] { [] }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { String(rows[index].number) }
  public func labels(at index: Int) throws -> FaceLabels {
    FaceLabels(emotion: rows[index].emotion)
  }
  public func part(at index: Int) -> DatasetPart? { rows[index].part }
  func row(at index: Int) -> Row { rows[index] }

  public func sample(at index: Int) throws -> FaceSample {
    let row = rows[index]
    let bytes = try file.read(at: row.offset, upTo: row.length)
    let line = LabelLine(
      number: row.line, offset: row.offset, length: row.length, bytes: bytes[...])
    let fields = line.fields
    guard fields.indices.contains(column), let pixels = Self.pixels(fields[column]) else {
      throw FaceDataError(
        .brokenImage, "the row has no 48×48 grey values 0–255 any more; has the file been changed?",
        path: path, line: row.line)
    }
    let image = Image(
      width: Self.side, height: Self.side, pixels: pixels.flatMap { [$0, $0, $0] })
    return FaceSample(id: id(at: index), image: image, labels: FaceLabels(emotion: row.emotion))
  }

  /// 48·48 numbers 0–255, or nil. One pass over the bytes: a table has eighty million numbers.
  private static func pixels(_ field: ArraySlice<UInt8>) -> [UInt8]? {
    var (values, value): ([UInt8], Int?) = ([], nil)
    values.reserveCapacity(side * side)
    for byte in field {
      if (0x30...0x39).contains(byte) {
        value = (value ?? 0) * 10 + Int(byte - 0x30)
        guard value ?? 0 <= 255 else { return nil }
      } else if TextLines.isSpace(byte) {
        if let value { values.append(UInt8(value)) }
        value = nil
      } else {
        return nil
      }
    }
    if let value { values.append(UInt8(value)) }
    return values.count == side * side ? values : nil
  }

  private struct Scan {
    let path: String
    var rows: [Row] = []
    var problems = ProblemList()
    var count = 0

    init(path: String) { self.path = path }

    private var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    mutating func skip(_ line: Int, _ reason: String) {
      problems.add(name, line: line, reason)
      count += 1
    }

    mutating func take(_ row: CSVFile.Row, _ table: CSVFile) {
      guard let emotionColumn = table["emotion"], let pixelColumn = table["pixels"] else { return }
      let word = row.fields[emotionColumn]
      guard let code = word.wholeNumber, FER2013.emotions.indices.contains(code) else {
        return skip(row.line, "“\(word.text.prefix(20))” is no emotion 0–6")
      }
      guard pixels(row.fields[pixelColumn]) != nil else {
        return skip(row.line, "no 48×48 grey values 0–255")
      }
      let usage = table["usage"].flatMap { DatasetPart(word: row.fields[$0].text) }
      rows.append(
        Row(
          number: count, line: row.line, offset: row.offset, length: row.length,
          emotion: FER2013.emotions[code], part: usage))
      count += 1
    }
  }
}
