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
