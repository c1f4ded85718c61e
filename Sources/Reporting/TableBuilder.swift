import Graphics

/// Finds a table's columns and sets its rows.
struct TableBuilder {
  let table: FormattedTable
  var style: TextStyle
  let cache: LayoutCache
  var columns: [Column] = []
  private(set) var gap = 0.0

  /// A column's place and, where it holds numbers, the widths of their parts.
  struct Column {
    var x = 0.0
    var width = 0.0
    /// Widest of: whole parts, fractions, the deviations' whole parts, all after the mean.
    var (whole, fraction, deviation, tail) = (0.0, 0.0, 0.0, 0.0)
    /// The narrowest that its texts can be wrapped to.
    var minimum = 0.0

    var numbers: Double { whole + fraction + tail }
  }

  init(_ table: FormattedTable, style: TextStyle, cache: LayoutCache) {
    (self.table, self.style, self.cache) = (table, style, cache)
  }

  var width: Double { columns.last.map { $0.x + $0.width } ?? 0 }
  /// A title for the page: an arrow stands well apart from what it follows.
  func display(_ title: String) -> String {
    title.replacing(" ↓", with: "\u{2002}↓").replacing(" ↑", with: "\u{2002}↑")
  }

  var leading: Double { style.size * 1.32 }
  var ascent: Double { leading * 0.76 }
  /// Space on each side of ±.
  var signGap: Double { style.size * 0.2 }
  /// Space before an interval.
  var intervalGap: Double { style.size * 0.35 }
  var hasGroups: Bool { table.rows.contains { $0.group != nil } }
  var groupIndent: Double { hasGroups ? style.size * 0.9 : 0 }

  // MARK: Columns

  /// Sets the columns' widths and places so that the table is no wider than `available`.
  mutating func fit(_ available: Double) {
    for _ in 0..<12 {
      measure()
      gap = style.size * 1.3
      place()
      if width > available { narrow(to: available) }
      if width <= available + 0.01 { return }
      // Smaller type, by as much as is missing but never more than a tenth at a time.
      style.size *= max(0.9, available / width)
    }
    // Still too wide: as small as it takes.
    let scale = available / width * 0.999
    style.size *= scale
    measure()
    gap = style.size * 0.6
    place()
    if width > available { narrow(to: available) }
  }

  private mutating func measure() {
    columns = table.headings.indices.map { index in
      var column = Column()
      measureBody(index, &column)
      let heading = headingStyle
      let title = display(table.headings[index])
      let words = title.split(separator: " ")
      column.minimum = max(
        column.minimum, words.map { cache.width(String($0), heading) }.max() ?? 0)
      column.width = max(column.width, cache.width(title, heading))
      return column
    }
    for level in table.table.spanners {
      for spanner in level { widen(for: spanner) }
    }
  }

  private func measureBody(_ index: Int, _ column: inout Column) {
    for row in table.rows {
      let cell = row.cells[index]
      let indent = index == 0 && row.group != nil ? groupIndent : 0
      let style = cellStyle(cell)
      guard table.alignments[index] == .decimal, case .number(let number) = cell.content else {
        let text = pageText(cell)
        column.width = max(column.width, cache.width(text, style) + indent)
        if table.alignments[index] != .decimal {
          let words = Self.unbreakable(text).map { cache.width(String($0), style) }
          column.minimum = max(column.minimum, (words.max() ?? 0) + indent)
        }
        continue
      }
      column.whole = max(column.whole, cache.width(FormattedTable.minus(number.whole), style))
      column.fraction = max(column.fraction, cache.width(number.fraction, style))
      if let part = number.deviation {
        column.deviation = max(column.deviation, cache.width(part.whole, plain(cell)))
      }
    }
    if table.alignments[index] == .decimal {
      for row in table.rows {
        guard case .number(let number) = row.cells[index].content else { continue }
        column.tail = max(column.tail, tailWidth(number, plain(row.cells[index]), column))
      }
      column.width = max(column.width, column.numbers)
      column.minimum = max(column.minimum, column.width)
    }
  }

  /// The parts between which a text may be broken: after blanks, and after slashes before letters.
  private static func unbreakable(_ text: String) -> [Substring] {
    text.split(separator: " ").flatMap { word -> [Substring] in
      let ends = word.indices.filter { index in
        let next = word.index(after: index)
        return word[index] == "/" && next < word.endIndex && word[next].isLetter
      }.map { word.index(after: $0) }
      return zip([word.startIndex] + ends, ends + [word.endIndex]).map { word[$0..<$1] }
    }
  }

  private func tailWidth(
    _ number: FormattedTable.Number, _ style: TextStyle, _ column: Column
  ) -> Double {
    var width = 0.0
    if let part = number.deviation {
      width +=
        cache.width("±", style) + 2 * signGap + column.deviation
        + cache.width(part.fraction, style)
    }
    if let text = number.interval {
      width += intervalGap + cache.width(FormattedTable.minus(text), style)
    }
    if let count = number.count { width += cache.width(" (\(count))", style) }
    return width
  }

  /// A spanner wider than its columns widens the last of them.
  private mutating func widen(for spanner: ReportTable.Spanner) {
    let range = spanner.columns.clamped(to: columns.indices)
    guard let last = range.last else { return }
    let gaps = style.size * 1.3 * Double(range.count - 1)
    let inside = columns[range].reduce(0) { $0 + $1.width } + gaps
    let missing = cache.width(display(spanner.title), headingStyle) - inside
    guard missing > 0 else { return }
    for index in range { columns[index].width += missing / Double(last - range.lowerBound + 1) }
  }

  private mutating func place() {
    var x = 0.0
    for index in columns.indices {
      columns[index].x = x
      x += columns[index].width + gap
    }
  }

  /// Takes width from the columns whose texts can be wrapped, most from the widest.
  private mutating func narrow(to available: Double) {
    var missing = width - available
    for _ in 0..<columns.count * 2 where missing > 0.01 {
      let wrappable = columns.indices.filter { columns[$0].width > columns[$0].minimum + 0.01 }
      guard let widest = wrappable.max(by: { columns[$0].width < columns[$1].width }) else { break }
      let others = wrappable.filter { $0 != widest }.map { columns[$0].width }.max() ?? 0
      let floor = max(columns[widest].minimum, others - 1)
      let cut = min(missing, columns[widest].width - min(floor, columns[widest].width - 0.5))
      columns[widest].width -= cut
      missing -= cut
    }
    place()
  }

  // MARK: Styles

  var headingStyle: TextStyle { style.with { $0.weight = .bold } }

  func plain(_ cell: FormattedTable.Cell) -> TextStyle {
    cell.isQuoted ? style.with { $0.isItalic = true } : style
  }

  func cellStyle(_ cell: FormattedTable.Cell) -> TextStyle {
    cell.mark == .best ? plain(cell).with { $0.weight = .bold } : plain(cell)
  }

  func pageText(_ cell: FormattedTable.Cell) -> String {
    if case .number = cell.content { FormattedTable.minus(cell.plainText) } else { cell.plainText }
  }
}
