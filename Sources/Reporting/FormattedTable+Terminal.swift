extension FormattedTable {
  /// How marks show in a terminal.
  public enum TerminalStyle: Sendable, Hashable {
    /// `*` after the best, `'` after the second.
    case plain
    /// Escape sequences for bold and underline.
    case ansi
  }

  /// The table for a terminal of that many columns: numbers aligned on the point.
  ///
  /// Where it is too wide, texts are cut with an ellipsis; where that does not do, columns in the
  /// middle are left out, and a last line says how many.
  public func toText(width: Int = 100, style: TerminalStyle = .plain) -> String {
    let layout = TerminalTable(self, style: style)
    return layout.text(width: max(width, 12))
  }
}

/// The measured pieces of a table in a terminal.
private struct TerminalTable {
  let formatted: FormattedTable
  let style: FormattedTable.TerminalStyle
  /// The cells by column. In a column of numbers all are equally wide, points in line.
  let bodies: [[Body]]
  let naturalWidths: [Int]
  private static let gap = 3

  /// A cell's text; `core` is what a mark emphasises.
  struct Body {
    var before = ""
    var core: String
    var after = ""
    var width: Int {
      TerminalText.width(before) + TerminalText.width(core) + TerminalText.width(after)
    }
  }

  init(_ formatted: FormattedTable, style: FormattedTable.TerminalStyle) {
    (self.formatted, self.style) = (formatted, style)
    bodies = formatted.table.columns.indices.map { column in
      Self.aligned(formatted.rows.map { $0.cells[column] }, formatted.alignments[column])
    }
    naturalWidths = bodies.enumerated().map { column, cells in
      max(TerminalText.width(formatted.headings[column]), cells.map(\.width).max() ?? 0)
    }
  }

  /// Pads the numbers of a column so that points, ± and deviations stand in line.
  private static func aligned(
    _ cells: [FormattedTable.Cell], _ alignment: ReportTable.Alignment
  ) -> [Body] {
    let texts = cells.map { cell in
      let isText = if case .text = cell.content { true } else { false }
      return shown(isText ? cell.plainText : FormattedTable.minus(cell.plainText))
    }
    guard alignment == .decimal else { return texts.map { Body(core: $0) } }
    let numbers = cells.map { cell -> FormattedTable.Number? in
      if case .number(let number) = cell.content { number } else { nil }
    }
    let whole = numbers.map { $0?.whole.count ?? 1 }.max() ?? 0
    let deviation = numbers.map { $0?.deviation?.whole.count ?? 0 }.max() ?? 0
    let fraction = numbers.map { $0?.fraction.count ?? 0 }.max() ?? 0
    var bodies = zip(numbers, texts).map { number, text in
      let core = number.map { FormattedTable.minus($0.mean) } ?? text
      let before = max(0, whole - (number?.whole.count ?? core.count))
      var after = String(repeating: " ", count: fraction - (number?.fraction.count ?? 0))
      if let part = number?.deviation {
        after +=
          " ± " + TerminalText.padded(part.whole, to: deviation, isRight: true) + part.fraction
      }
      if let interval = number?.interval { after += " " + FormattedTable.minus(interval) }
      if let count = number?.count { after += " (\(count))" }
      return Body(before: String(repeating: " ", count: before), core: core, after: after)
    }
    let width = bodies.map(\.width).max() ?? 0
    for position in bodies.indices {
      bodies[position].after += String(repeating: " ", count: width - bodies[position].width)
    }
    return bodies
  }

  /// On one line, and unable to command the terminal.
  private static func shown(_ text: String) -> String {
    TerminalText.escaped(String(text.map { $0.isNewline ? " " : $0 }))
  }

  func text(width: Int) -> String {
    let (shown, fitted) = fit(width)
    let widths = withRoomForSpanners(fitted, shown: shown, in: width)
    var lines: [String] = []
    for level in formatted.table.spanners { lines += spannerLines(level, shown, widths) }
    lines.append(headerLine(shown, widths))
    let total = widths.reduce(0, +) + Self.gap * max(0, widths.count - 1)
    lines.append(String(repeating: "─", count: total))
    var group: String?
    for (row, source) in formatted.rows.enumerated() {
      if let name = source.group, name != group {
        lines.append(TerminalText.truncated(name, to: width))
      }
      group = source.group
      lines.append(bodyLine(row, shown, widths))
    }
    lines += notes(shown: shown, width: width)
    return lines.map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// The columns that are shown and their widths.
  private func fit(_ width: Int) -> (shown: [Int], widths: [Int]) {
    var widths = naturalWidths
    if formatted.rows.contains(where: { $0.group != nil }), !widths.isEmpty { widths[0] += 2 }
    if style == .plain {
      for column in widths.indices where hasMarks(column) { widths[column] += 1 }
    }
    func total(_ shown: [Int]) -> Int {
      shown.reduce(0) { $0 + widths[$1] } + Self.gap * max(0, shown.count - 1)
    }
    var shown = Array(widths.indices)
    let isText = formatted.alignments.map { $0 != .decimal }
    // Cut the longest text until it fits, none under eight columns.
    while total(shown) > width,
      let longest = shown.filter({ isText[$0] && widths[$0] > 8 }).max(by: {
        widths[$0] < widths[$1]
      })
    {
      widths[longest] -= 1
    }
    while total(shown) > width, shown.count > 1 { shown.remove(at: shown.count / 2) }
    if let only = shown.first, shown.count == 1 { widths[only] = min(widths[only], width) }
    return (shown, shown.map { widths[$0] })
  }

  /// Widens the columns below a spanner whose title needs more room, as far as the window has it.
  private func withRoomForSpanners(_ widths: [Int], shown: [Int], in limit: Int) -> [Int] {
    var widths = widths
    var room = limit - widths.reduce(0, +) - Self.gap * max(0, widths.count - 1)
    for spanner in formatted.table.spanners.joined() {
      let below = shown.indices.filter { spanner.columns.contains(shown[$0]) }
      guard !below.isEmpty else { continue }
      let width = below.reduce(0) { $0 + widths[$1] } + Self.gap * (below.count - 1)
      let missing = min(room, TerminalText.width(spanner.title) - width)
      guard missing > 0 else { continue }
      for (order, column) in below.enumerated() {
        widths[column] += missing / below.count + (order < missing % below.count ? 1 : 0)
      }
      room -= missing
    }
    return widths
  }

  private func hasMarks(_ column: Int) -> Bool {
    formatted.rows.contains { $0.cells[column].mark != nil }
  }

  private func isRight(_ column: Int) -> Bool {
    formatted.alignments[column] == .decimal || formatted.alignments[column] == .right
  }

  private func headerLine(_ shown: [Int], _ widths: [Int]) -> String {
    zip(shown, widths).map { column, width in
      let title = TerminalText.truncated(formatted.headings[column], to: width)
      let padded = TerminalText.padded(title, to: width, isRight: isRight(column))
      return style == .ansi ? padded.replacing(title, with: "\u{1B}[1m\(title)\u{1B}[0m") : padded
    }.joined(separator: String(repeating: " ", count: Self.gap))
  }

  private func spannerLines(
    _ level: [ReportTable.Spanner], _ shown: [Int], _ widths: [Int]
  ) -> [String] {
    var (titles, rules) = ("", "")
    var position = 0
    while position < shown.count {
      let spanner = level.first { $0.columns.contains(shown[position]) }
      var end = position + 1
      while let spanner, end < shown.count, spanner.columns.contains(shown[end]) { end += 1 }
      let width = widths[position..<end].reduce(0, +) + Self.gap * (end - position - 1)
      let title = TerminalText.truncated(spanner?.title ?? "", to: width)
      let left = (width - TerminalText.width(title)) / 2
      let space = String(repeating: " ", count: position > 0 ? Self.gap : 0)
      titles +=
        space
        + TerminalText.padded(
          String(repeating: " ", count: left) + title, to: width, isRight: false)
      rules += space + String(repeating: spanner == nil ? " " : "─", count: width)
      position = end
    }
    return [titles, rules]
  }

  private func bodyLine(_ row: Int, _ shown: [Int], _ widths: [Int]) -> String {
    zip(shown, widths).map { column, width in
      let cell = formatted.rows[row].cells[column]
      let indent = column == 0 && formatted.rows[row].group != nil ? "  " : ""
      let mark = style == .plain && hasMarks(column) ? plainMark(cell.mark) : ""
      let body = bodies[column][row]
      let room = width - indent.count - mark.count
      let isNumber = formatted.alignments[column] == .decimal
      guard body.width <= room else {
        return indent + TerminalText.truncated(body.before + body.core + body.after, to: room)
          + mark
      }
      let core = style == .ansi ? escaped(body.core, cell.mark) : body.core
      let text = indent + body.before + core + body.after + mark
      let fill = String(repeating: " ", count: room - body.width)
      return isNumber || isRight(column) ? fill + text : text + fill
    }.joined(separator: String(repeating: " ", count: Self.gap))
  }

  private func plainMark(_ mark: ReportTable.Mark?) -> String {
    switch mark {
    case .best: "*"
    case .second: "'"
    case nil: " "
    }
  }

  private func escaped(_ text: String, _ mark: ReportTable.Mark?) -> String {
    switch mark {
    case .best: "\u{1B}[1m\(text)\u{1B}[0m"
    case .second: "\u{1B}[4m\(text)\u{1B}[0m"
    case nil: text
    }
  }

  private func notes(shown: [Int], width: Int) -> [String] {
    var lines: [String] = []
    let left = formatted.table.columns.indices.filter { !shown.contains($0) }
    if !left.isEmpty {
      let names = left.map { formatted.headings[$0] }.joined(separator: ", ")
      lines.append(
        TerminalText.truncated(
          "… \(left.count) column\(left.count == 1 ? "" : "s") not shown: \(names)", to: width))
    }
    for note in formatted.table.notes {
      lines += Self.wrapped(Self.shown(note.plainText), width: width)
    }
    if style == .plain, formatted.table.columns.indices.contains(where: hasMarks) {
      lines.append("* best, or not distinguishable from it   ' second")
    }
    return lines
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if TerminalText.width(last) + 1 + TerminalText.width(String(word)) <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
