extension FormattedTable {
  /// Whether numbers are written as shown, or with all the digits of the double.
  public enum Precision: Sendable, Hashable {
    case shown, full
  }

  /// The table as RFC 4180 CSV, lines ended by CR LF.
  ///
  /// A measurement's column becomes `title`, `title sd` and `title n`, one of intervals `title`,
  /// `title low`, `title high` and `title n`; a missing value is an empty field; row groups are a first
  /// column; spanners stand before the title: `MoCo / NME`.
  public func toCSV(precision: Precision = .shown) -> String {
    let hasGroups = rows.contains { $0.group != nil }
    let parts = table.columns.indices.map { column in
      table.rows.map { row in
        column < row.cells.count ? Self.parts(of: row.cells[column].value) : []
      }.max { $0.count < $1.count } ?? []
    }
    var lines = [hasGroups ? ["group"] : []]
    for column in table.columns.indices {
      let title = fullTitle(column)
      lines[0] += [title] + parts[column].map { title + " " + $0 }
    }
    for (row, source) in zip(rows, table.rows) {
      var fields = hasGroups ? [row.group ?? ""] : []
      for column in table.columns.indices {
        let value = column < source.cells.count ? source.cells[column].value : .missing
        let texts = Self.fields(row.cells[column], value, precision)
        fields += [texts["", default: ""]] + parts[column].map { texts[$0, default: ""] }
      }
      lines.append(fields)
    }
    return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  /// What a value's column has beside the value.
  private static func parts(of value: ReportTable.Value) -> [String] {
    switch value {
    case .measurement: ["sd", "n"]
    case .interval: ["low", "high", "n"]
    case .missing, .text, .integer, .number: []
    }
  }

  /// A column's title with those of the spanners over it.
  private func fullTitle(_ column: Int) -> String {
    let above = table.spanners.compactMap { level in
      level.first { $0.columns.contains(column) }?.title
    }
    return (above + [headings[column]]).filter { !$0.isEmpty }.joined(separator: " / ")
  }

  /// A cell's value, named "", and its parts by their names.
  private static func fields(
    _ cell: Cell, _ value: ReportTable.Value, _ precision: Precision
  ) -> [String: String] {
    let isFull = precision == .full
    guard case .number(let number) = cell.content else {
      if case .text(let text) = cell.content { return ["": text] }
      return [:]
    }
    switch value {
    case .measurement(let mean, let deviation, let count):
      let shown = number.deviation.map { $0.whole + $0.fraction } ?? ""
      return [
        "": isFull ? "\(mean)" : ungrouped(number.mean),
        "sd": isFull ? deviation.map { "\($0)" } ?? "" : ungrouped(shown), "n": "\(count)",
      ]
    case .interval(let mean, let lower, let upper, let count):
      let ends = (number.interval ?? "").split { "[], ".contains($0) }.map(String.init)
      return [
        "": isFull ? "\(mean)" : ungrouped(number.mean),
        "low": isFull ? "\(lower)" : ends.first ?? "",
        "high": isFull ? "\(upper)" : ends.last ?? "", "n": "\(count)",
      ]
    case .number(let value): return ["": isFull ? "\(value)" : ungrouped(number.mean)]
    case .missing, .text, .integer: return ["": ungrouped(number.plainText)]
    }
  }

  private static func ungrouped(_ number: String) -> String { number.filter { $0 != "," } }

  /// A field in quotes where it needs them.
  static func quoted(_ field: String) -> String {
    // By scalar: a CR LF pair is one Character.
    let special = field.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
    let edge = field.first == " " || field.last == " "
    guard special || edge else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
