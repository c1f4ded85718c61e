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
      max(3, lines.map { TerminalWidth.of($0[column]) }.max() ?? 0)
    }
    let isRight = alignments.map { $0 == .decimal || $0 == .right }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, text in
        TerminalWidth.pad(text, to: widths[column], right: isRight[column])
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

/// How many columns of a terminal a text takes.
enum TerminalWidth {
  static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

  static func of(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.properties.generalCategory == .nonspacingMark || scalar.value == 0x200B { return 0 }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
    ]
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  static func pad(_ text: String, to width: Int, right: Bool) -> String {
    let fill = String(repeating: " ", count: max(0, width - of(text)))
    return right ? fill + text : text + fill
  }

  /// The text cut to a width, an ellipsis at its end where something is missing.
  static func clipped(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    var out = ""
    var used = 0
    for character in text {
      if used + of(character) > width - 1 { break }
      out.append(character)
      used += of(character)
    }
    return width > 0 ? out + "…" : ""
  }
}
