import Graphics

extension TableBuilder {
  private func texts(
    _ text: String, _ style: TextStyle, width: Double, alignment: ParagraphStyle.Alignment
  ) -> TextLayout {
    if cache.width(text, style) <= width + 0.01 { return cache.layout(text, style) }
    return TextLayout(text, style, width: width, paragraph: ParagraphStyle(alignment: alignment))
  }

  func body() -> [TableLayout.Row] {
    var rows: [TableLayout.Row] = []
    var group: String?
    for row in table.rows {
      if let name = row.group, name != group { rows.append(groupRow(name, isFirst: rows.isEmpty)) }
      group = row.group
      rows.append(bodyRow(row))
    }
    return rows
  }

  private func groupRow(_ name: String, isFirst: Bool) -> TableLayout.Row {
    let layout = texts(name, style.with { $0.isItalic = true }, width: width, alignment: .left)
    let top = isFirst ? 0 : leading * 0.3
    return TableLayout.Row(
      height: top + leading * Double(layout.lines.count),
      cells: [
        TableLayout.Cell(pieces: lines(layout, x: 0, width: width, .left, top: top), isHeader: true)
      ], isGroup: true)
  }

  private func bodyRow(_ row: FormattedTable.Row) -> TableLayout.Row {
    var height = leading
    let cells = row.cells.indices.map { index -> TableLayout.Cell in
      let indent = index == 0 && row.group != nil ? groupIndent : 0
      let (pieces, lines) = cell(row.cells[index], index, indent: indent)
      height = max(height, Double(lines) * leading)
      return TableLayout.Cell(
        pieces: pieces, isHeader: index == 0 && table.alignments[0] == .left,
        link: row.cells[index].link)
    }
    return TableLayout.Row(height: height, cells: cells, anchor: row.anchor)
  }

  private func cell(
    _ cell: FormattedTable.Cell, _ index: Int, indent: Double
  ) -> (pieces: [TableLayout.Piece], lines: Int) {
    let column = columns[index]
    let style = cellStyle(cell)
    if table.alignments[index] == .decimal {
      if case .number(let number) = cell.content {
        return (pieces(number, cell, column), 1)
      }
      // A dash or word stands in the middle of the numbers.
      let layout = cache.layout(pageText(cell), style)
      let x = column.x + (column.width - layout.size.width) / 2
      return ([TableLayout.Piece(layout: layout, x: max(column.x, x), baseline: ascent)], 1)
    }
    let alignment = alignment(index)
    let layout = texts(
      pageText(cell), style, width: column.width - indent, alignment: alignment)
    var pieces = lines(
      layout, x: column.x + indent, width: column.width - indent, alignment, top: 0)
    for position in pieces.indices { pieces[position].isUnderlined = cell.mark == .second }
    return (pieces, layout.lines.count)
  }

  private func alignment(_ index: Int) -> ParagraphStyle.Alignment {
    switch table.alignments[index] {
    case .center: .centre
    case .right, .decimal: .right
    default: .left
    }
  }

  /// The lines of a text within a column.
  private func lines(
    _ layout: TextLayout, x: Double, width: Double, _ alignment: ParagraphStyle.Alignment,
    top: Double
  ) -> [TableLayout.Piece] {
    let isWrapped = layout.lines.count > 1
    let slack = isWrapped ? 0 : width - layout.size.width
    let shift =
      switch alignment {
      case .left: 0.0
      case .centre: slack / 2
      case .right: slack
      }
    return layout.lines.indices.map { line in
      TableLayout.Piece(
        layout: layout, line: line, x: x + shift,
        baseline: top + Double(line) * leading + ascent)
    }
  }

  /// A number's mean, ±, deviation, interval and count, each in its own column of the column.
  private func pieces(
    _ number: FormattedTable.Number, _ cell: FormattedTable.Cell, _ column: Column
  ) -> [TableLayout.Piece] {
    let (bold, plain) = (cellStyle(cell), plain(cell))
    let left = column.x + (column.width - column.numbers) / 2
    let whole = cache.width(FormattedTable.minus(number.whole), bold)
    var pieces = [
      TableLayout.Piece(
        layout: cache.layout(FormattedTable.minus(number.mean), bold),
        x: left + column.whole - whole, baseline: ascent, isUnderlined: cell.mark == .second)
    ]
    var x = left + column.whole + column.fraction
    if let part = number.deviation {
      pieces.append(
        TableLayout.Piece(layout: cache.layout("±", plain), x: x + signGap, baseline: ascent))
      x += cache.width("±", plain) + 2 * signGap + column.deviation
      pieces.append(
        TableLayout.Piece(
          layout: cache.layout(part.whole + part.fraction, plain),
          x: x - cache.width(part.whole, plain), baseline: ascent))
      x += cache.width(part.fraction, plain)
    }
    if let text = number.interval.map(FormattedTable.minus) {
      pieces.append(
        TableLayout.Piece(
          layout: cache.layout(text, plain), x: x + intervalGap, baseline: ascent))
      x += intervalGap + cache.width(text, plain)
    }
    if let count = number.count {
      pieces.append(
        TableLayout.Piece(layout: cache.layout(" (\(count))", plain), x: x, baseline: ascent))
    }
    return pieces
  }

  // MARK: Header

  func header() -> TableLayout.Row {
    let space = leading * 0.24
    var row = TableLayout.Row(height: 0, cells: [])
    row.rules.append(rule(0, TableLayout.heavyRule))
    var y = TableLayout.heavyRule + space
    for level in table.table.spanners { addSpanners(level, to: &row, &y) }
    y = addTitles(to: &row, y) + space
    row.rules.append(rule(y, TableLayout.lightRule))
    row.height = y + TableLayout.lightRule + space
    return row
  }

  private func rule(_ y: Double, _ thickness: Double) -> TableLayout.Rule {
    TableLayout.Rule(x: 0, width: width, y: y, thickness: thickness)
  }

  private func addSpanners(
    _ level: [ReportTable.Spanner], to row: inout TableLayout.Row, _ y: inout Double
  ) {
    let bottom = y + leading * 1.08
    for spanner in level {
      let range = spanner.columns.clamped(to: columns.indices)
      guard let first = range.first, let last = range.last else { continue }
      let (left, right) = (columns[first].x, columns[last].x + columns[last].width)
      let layout = texts(
        display(spanner.title), headingStyle, width: right - left, alignment: .centre)
      row.cells.append(
        TableLayout.Cell(
          pieces: lines(layout, x: left, width: right - left, .centre, top: y), isHeader: true))
      row.rules.append(
        TableLayout.Rule(x: left, width: right - left, y: bottom, thickness: TableLayout.thinRule))
    }
    y = bottom + leading * 0.22
  }

  /// The columns' titles, on the last line of the highest; numbers' titles over their middle.
  private func addTitles(to row: inout TableLayout.Row, _ y: Double) -> Double {
    let layouts = columns.indices.map { index in
      texts(
        display(table.headings[index]), headingStyle, width: columns[index].width,
        alignment: titleAlignment(index))
    }
    let count = layouts.map(\.lines.count).max() ?? 1
    for index in columns.indices {
      let top = y + leading * Double(count - layouts[index].lines.count)
      row.cells.append(
        TableLayout.Cell(
          pieces: lines(
            layouts[index], x: columns[index].x, width: columns[index].width,
            titleAlignment(index), top: top), isHeader: true))
    }
    return y + leading * Double(count)
  }

  private func titleAlignment(_ index: Int) -> ParagraphStyle.Alignment {
    table.alignments[index] == .decimal ? .centre : alignment(index)
  }
}
