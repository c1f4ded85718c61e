/// A table of comma-separated values whose first line names the columns.
struct CSVFile {
  struct Row {
    let line: Int
    let offset: Int
    /// Bytes of the line in the file.
    let length: Int
    let fields: [ArraySlice<UInt8>]
  }

  /// Column of each name; names are compared in lower case. Of two columns of one name the first.
  let columns: [String: Int]
  /// Names in order.
  let names: [String]
  /// Digest of the file.
  let digest: String

  /// Calls `row` with each row, and `problem` for a row of other length than the header.
  ///
  /// - Parameters: required: columns that the file must have; header: is called with the columns
  ///   before the first row.
  /// - Throws: `FaceDataError` `.brokenLabels` for a file without header, and as `LabelLines`.
  init(
    _ path: String, required: [String], header: (CSVFile) throws -> Void = { _ in },
    problem: (_ line: Int, _ reason: String) -> Void, row: (Row, CSVFile) throws -> Void
  ) throws {
    var table: CSVFile?
    let digest = try LabelLines.read(path) { line in
      guard !line.bytes.isEmpty else { return }
      let fields = line.fields
      guard let current = table else {
        let start = try CSVFile(header: fields, required: required, path: path, line: line.number)
        try header(start)
        table = start
        return
      }
      guard fields.count == current.names.count else {
        let reason = "\(fields.count) columns, and the header names \(current.names.count)"
        return problem(line.number, reason)
      }
      try row(
        Row(
          line: line.number, offset: line.offset, length: line.length, fields: fields), current)
    }
    guard let table else {
      throw FaceDataError(
        .brokenLabels,
        "the file is empty; expected the columns \(required.joined(separator: ", "))", path: path)
    }
    (columns, names, self.digest) = (table.columns, table.names, digest)
  }

  private init(
    header: [ArraySlice<UInt8>], required: [String], path: String, line: Int
  ) throws {
    names = header.map { $0.text.lowercased() }
    columns = Dictionary(zip(names, names.indices)) { first, _ in first }
    digest = ""
    let missing = required.filter { columns[$0.lowercased()] == nil }
    guard missing.isEmpty else {
      let found = names.prefix(12).map { "“\($0.prefix(30))”" }.joined(separator: ", ")
      throw FaceDataError(
        .brokenLabels,
        "the first line does not name the column \(missing.joined(separator: ", ")); it names "
          + (found.isEmpty ? "nothing" : found), path: path, line: line)
    }
  }

  subscript(name: String) -> Int? { columns[name.lowercased()] }
}
