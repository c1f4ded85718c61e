extension FormattedTable {
  /// The table as a GitHub-flavoured Markdown table, padded so that the source reads well.
  ///
  /// Spanners stand before the titles (Markdown has one header line), row groups in lines of their
  /// own; best in bold, second underlined with `<u>`.
  public func toMarkdown() -> String {
    var lines = [table.columns.indices.map { Self.escapedMarkdown(markdownTitle($0)) }]
    var group: String?
    for row in rows {
      if let name = row.group, name != group {
        let rest = Array(repeating: "", count: max(0, table.columns.count - 1))
        lines.append(["*\(Self.escapedMarkdown(name))*"] + rest)
      }
      group = row.group
      lines.append(row.cells.map(Self.markdown))
    }
    return aligned(lines) + table.notes.map { "\n" + $0.plainText + "\n" }.joined()
  }

  private func markdownTitle(_ column: Int) -> String {
    let above = table.spanners.compactMap { level in
      level.first { $0.columns.contains(column) }?.title
    }
    return (above + [headings[column]]).filter { !$0.isEmpty }.joined(separator: ": ")
  }

  private func aligned(_ lines: [[String]]) -> String {
    let widths = table.columns.indices.map { column in
      max(3, lines.map { TerminalText.width($0[column]) }.max() ?? 0)
    }
    let isRight = alignments.map { $0 == .decimal || $0 == .right }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, text in
        TerminalText.padded(text, to: widths[column], isRight: isRight[column])
      }
      return "| " + padded.joined(separator: " | ") + " |\n"
    }
    let rule = table.columns.indices.map { column in
      let dashes = String(repeating: "-", count: widths[column] - 1)
      return switch alignments[column] {
      case .decimal, .right: dashes + ":"
      case .center: ":" + dashes.dropLast() + ":"
      default: dashes + "-"
      }
    }
    return line(lines[0]) + "| " + rule.joined(separator: " | ") + " |\n"
      + lines.dropFirst().map(line).joined()
  }

  private static func markdown(_ cell: Cell) -> String {
    var text: String
    switch cell.content {
    case .missing: return "–"
    case .text(let plain): text = styled(escapedMarkdown(plain), cell)
    case .number(let number):
      text = styled(number.mean, cell) + String(number.plainText.dropFirst(number.mean.count))
    }
    if cell.isQuoted { text = "*\(text)*" }
    return text
  }

  private static func styled(_ text: String, _ cell: Cell) -> String {
    switch cell.mark {
    case .best: "**\(text)**"
    case .second: "<u>\(text)</u>"
    case nil: text
    }
  }

  static func escapedMarkdown(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "|", "*", "_", "`", "\\", "<", "[", "]", "~": out += "\\" + String(character)
      case "\n", "\r\n": out += " "
      default: out.append(character)
      }
    }
    return out
  }
}
