import Statistics

/// A figure's numbers as RFC 4180 text, in full precision; a missing cell is empty.
enum CSV {
  static func text(_ frame: DataFrame) -> String {
    let header = frame.columns.map(quoted).joined(separator: ",")
    let rows = frame.rows.map { row in row.map(field).joined(separator: ",") }
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
