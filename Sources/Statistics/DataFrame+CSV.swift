extension DataFrame {
  /// The table as RFC 4180 text, in full precision; a missing cell and a NaN are empty.
  public var csv: String {
    let header = columns.map(Self.quoted).joined(separator: ",")
    let rows = rows.map { row in row.map(Self.field).joined(separator: ",") }
    return ([header] + rows).map { $0 + "\r\n" }.joined()
  }

  private static func field(_ cell: Cell) -> String {
    switch cell {
    case .missing: ""
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): value.isNaN ? "" : "\(value)"
    case .text(let value): quoted(value)
    }
  }

  private static func quoted(_ text: String) -> String {
    let special: Set<Unicode.Scalar> = ["\"", ",", "\n", "\r"]
    guard text.unicodeScalars.contains(where: special.contains) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

extension DataFrame {
  /// Reads what `csv` writes: RFC 4180 text whose first line names the columns.
  ///
  /// - Throws: `StatisticsError` with `.badTable` for a row of another length than the first, for columns
  ///   of one name, and for a quotation that is not closed.
  /// - Edge cases: an empty field is missing; `3` is an integer, `3.0` a number, `true` a truth
  ///   value, all else text.
  public init(csv: String) throws {
    var lines = try CSVFields(csv).lines
    guard !lines.isEmpty else { throw StatisticsError(.badTable, "the table has no header") }
    let columns = lines.removeFirst()
    guard Set(columns).count == columns.count else {
      throw StatisticsError(.badTable, "two columns of the table have one name")
    }
    for (index, line) in lines.enumerated() where line.count != columns.count {
      throw StatisticsError(
        .badTable,
        "row \(index + 1) has \(line.count) fields, and the header names \(columns.count)")
    }
    self.init(columns: columns, rows: lines.map { $0.map(Self.cell) })
  }

  private static func cell(_ field: String) -> Cell {
    if field.isEmpty { return .missing }
    if let value = Bool(field) { return .boolean(value) }
    if let value = Int(field) { return .integer(value) }
    return Double(field).map { .number($0) } ?? .text(field)
  }
}

/// The fields of RFC 4180 text, line by line.
private struct CSVFields {
  private(set) var lines: [[String]] = []
  private var fields: [String] = []
  private var field = ""

  init(_ text: String) throws {
    var isQuoted = false
    // CR LF is one character.
    var characters = text.makeIterator()
    var next = characters.next()
    while let character = next {
      next = characters.next()
      switch character {
      case "\"" where isQuoted && next == "\"":
        field.append("\"")
        next = characters.next()
      case "\"": isQuoted.toggle()
      case _ where isQuoted: field.append(character)
      case ",": endField()
      case "\r\n", "\n": endLine()
      default: field.append(character)
      }
    }
    guard !isQuoted else { throw StatisticsError(.badTable, "a quotation is not closed") }
    if !field.isEmpty || !fields.isEmpty { endLine() }
  }

  private mutating func endField() {
    fields.append(field)
    field = ""
  }

  private mutating func endLine() {
    endField()
    lines.append(fields)
    fields = []
  }
}
