/// AffectNet's tables: emotion, valence and arousal of faces from the web.
///
/// `training.csv` and `validation.csv` with the columns `subDirectory_filePath`, `face_x`,
/// `face_y`, `face_width`, `face_height`, `facial_landmarks`, `expression`, `valence`, `arousal`;
/// pictures as the first column says, in `Manually_Annotated_Images` or any other folder beside the
/// tables. A sample is the face's box. Expressions 8 (none), 9 (uncertain) and 10 (no face) have no
/// emotion; valence and arousal of -2 mean "not labelled".
/// - Source: Mollahosseini et al. 2017, arXiv:1708.03985. Checked by: AffectNetTests.
public enum AffectNet {
  static let columns = [
    "subDirectory_filePath", "face_x", "face_y", "face_width", "face_height", "facial_landmarks",
    "expression", "valence", "arousal",
  ]
  private static let tables: Set<String> = [
    "training.csv", "validation.csv", "automatically_annotated.csv",
  ]

  /// - Parameters: path: a folder with one or more of the tables, or a table.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  public static func read(path: String) throws -> LabelledPictures {
    let isTable = FolderListing.isFile(path)
    let folder = isTable ? FolderListing.parent(path) : path
    var scan = Scan(try FolderListing(folder))
    for file in scan.builder.listing.files where file.fileExtension == "csv" {
      let name = String(file.path.split(separator: "/").last ?? "").lowercased()
      let isNamed = path == file.path || path.hasSuffix("/" + file.path)
      let isWanted = isTable ? isNamed : tables.contains(name)
      guard isWanted else { continue }
      try scan.read(file.path, part: name.contains("validation") ? .validation : .train)
    }
    return try scan.builder.finish(
      expected: "training.csv or validation.csv with AffectNet's columns, and the pictures that "
        + "they name")
  }

  private struct Scan {
    var builder: LabelledPictures.Builder
    /// Files by their last two components: where the pictures' folder lies is not fixed.
    private let byEnd: [String: String]
    private var taken: Set<String> = []

    init(_ listing: FolderListing) {
      builder = LabelledPictures.Builder("affectnet", listing)
      byEnd = Dictionary(
        listing.pictures.map { (Self.end($0.path), $0.path) }
      ) { first, _ in first }
    }

    private static func end(_ path: String) -> String {
      path.split(separator: "/").suffix(2).joined(separator: "/")
    }

    mutating func read(_ file: String, part: DatasetPart) throws {
      var missing = 0
      var scan = self
      let table = try CSVFile(
        builder.listing.absolute(file),
        required: ["subDirectory_filePath", "expression", "valence", "arousal"],
        problem: { scan.builder.problems.add(file, line: $0, $1) },
        row: { row, table in
          do throws(Unusable) {
            guard let item = try scan.item(row, table, part: part) else {
              missing += 1
              return
            }
            scan.builder.items.append(item)
          } catch {
            scan.builder.problems.add(file, line: row.line, error.reason)
          }
        })
      self = scan
      builder.digests.append(table.digest)
      if missing > 0 { builder.problems.add(file, "\(missing) rows lack their picture") }
    }

    private struct Unusable: Error { let reason: String }

    /// Nil if there is no such picture.
    private mutating func item(
      _ row: CSVFile.Row, _ table: CSVFile, part: DatasetPart
    ) throws(Unusable) -> LabelledPictures.Item? {
      func field(_ name: String) -> ArraySlice<UInt8> { table[name].map { row.fields[$0] } ?? [] }
      let labels = try labels(field("expression"), field("valence"), field("arousal"))
      let name = field("subDirectory_filePath").text
      guard let file = builder.has(name) ? name : byEnd[Self.end(name)] else { return nil }
      guard taken.insert(file).inserted else {
        throw Unusable(reason: "\(name) has a row already")
      }
      let box = ["face_x", "face_y", "face_width", "face_height"].map { field($0) }
      return .init(file: file, labels: labels, part: part, box: try rectangle(box))
    }

    private func labels(
      _ expression: ArraySlice<UInt8>, _ valence: ArraySlice<UInt8>, _ arousal: ArraySlice<UInt8>
    ) throws(Unusable) -> FaceLabels {
      guard let code = expression.roundNumber, (0...10).contains(code) else {
        throw Unusable(reason: "“\(expression.text.prefix(20))” is no expression 0–10")
      }
      var labels = FaceLabels(emotion: Emotion(rawValue: code))
      (labels.valence, labels.arousal) = (try affect(valence), try affect(arousal))
      guard labels.emotion != nil || labels.valence != nil || labels.arousal != nil else {
        throw Unusable(reason: "neither emotion nor valence nor arousal (expression \(code))")
      }
      return labels
    }

    /// −1…1, or nil for −2.
    private func affect(_ field: ArraySlice<UInt8>) throws(Unusable) -> Float? {
      guard let value = field.real, (-1...1).contains(value) || value == -2 else {
        throw Unusable(
          reason: "“\(field.text.prefix(20))” is no valence or arousal between -1 and 1")
      }
      return value == -2 ? nil : value
    }

    /// Nil where the columns are missing or empty.
    private func rectangle(_ fields: [ArraySlice<UInt8>]) throws(Unusable) -> PixelRectangle? {
      guard fields.contains(where: { !$0.isEmpty }) else { return nil }
      let numbers = fields.compactMap(\.roundNumber)
      guard numbers.count == 4, numbers.allSatisfy({ abs($0) < 1_000_000 }),
        numbers[2] > 0, numbers[3] > 0
      else { throw Unusable(reason: "the face's box is no four whole numbers") }
      return PixelRectangle(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
  }
}
