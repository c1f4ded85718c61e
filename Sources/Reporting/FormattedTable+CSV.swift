extension FormattedTable {
  /// Whether numbers are written as shown, or with all the digits of the double.
  public enum Precision: Sendable, Hashable {
    case shown, full
  }

  /// The table as RFC 4180 CSV, lines ended by CR LF.
  ///
  /// A measurement's column becomes `title`, `title sd` and `title n`; a missing value is an empty
  /// field; row groups are a first column; spanners stand before the title: `MoCo / NME`.
  public func toCSV(precision: Precision = .shown) -> String {
    let hasGroups = rows.contains { $0.group != nil }
    let measured = table.columns.indices.map { column in
      table.rows.contains { row in
        guard column < row.cells.count else { return false }
        if case .measurement = row.cells[column].value { return true } else { return false }
      }
    }
    var lines = [hasGroups ? ["group"] : []]
    for column in table.columns.indices {
      let title = fullTitle(column)
      lines[0] += measured[column] ? [title, title + " sd", title + " n"] : [title]
    }
    for (row, source) in zip(rows, table.rows) {
      var fields = hasGroups ? [row.group ?? ""] : []
      for column in table.columns.indices {
        let value = column < source.cells.count ? source.cells[column].value : .missing
        let texts = Self.fields(row.cells[column], value, precision)
        fields += measured[column] ? texts : [texts[0]]
      }
      lines.append(fields)
    }
    return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  /// A column's title with those of the spanners over it.
  private func fullTitle(_ column: Int) -> String {
    let above = table.spanners.compactMap { level in
      level.first { $0.columns.contains(column) }?.title
    }
    return (above + [headings[column]]).filter { !$0.isEmpty }.joined(separator: " / ")
  }

  /// Value, deviation and count of a cell.
  private static func fields(
    _ cell: Cell, _ value: ReportTable.Value, _ precision: Precision
  ) -> [String] {
    switch (cell.content, value) {
    case (.missing, _): return ["", "", ""]
    case (.text(let text), _): return [text, "", ""]
    case (.number(let number), .measurement(let mean, let deviation, let count)):
      let shown = number.deviation.map { $0.whole + $0.fraction } ?? ""
      return precision == .full
        ? ["\(mean)", deviation.map { "\($0)" } ?? "", "\(count)"]
        : [ungrouped(number.mean), ungrouped(shown), "\(count)"]
    case (.number(let number), .number(let value)):
      return [precision == .full ? "\(value)" : ungrouped(number.mean), "", ""]
    case (.number(let number), _): return [ungrouped(number.plainText), "", ""]
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
