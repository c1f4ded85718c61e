import Graphics

extension FlowBuilder {
  /// Adds a table with its caption above and its notes below: whole and free to move to the next
  /// page where it is short, else row by row with the header repeated.
  mutating func addTable(
    _ table: ReportTable, _ caption: [Inline], _ label: String?, _ frame: Frame
  ) throws {
    let number = nextNumber()
    let layout = TableLayout(
      FormattedTable(table), style: typography.small, width: frame.width, cache: cache)
    var outer = frame
    outer.path = path(frame, .table)
    let first = flow.items.count
    try addCaption(caption, "Table", number, label, outer, spaceAfter: typography.body.size * 0.5)
    if !table.columns.isEmpty { addRows(layout, outer, number: number) }
    releaseNext()
    try addTableNotes(table.notes, layout, outer)
    finishTable(first, frame, isNumbered: number != nil)
  }

  /// Space round the table; whole where it takes at most half a page.
  private mutating func finishTable(_ first: Int, _ frame: Frame, isNumbered: Bool) {
    let range = first..<flow.items.count
    guard !range.isEmpty else { return }
    let space = typography.leading(typography.body) * 0.9
    flow.items[first].isOrdered = isNumbered
    flow.items[first].spaceBefore = max(flow.items[first].spaceBefore, space)
    flow.items[range.upperBound - 1].spaceAfter = space
    let height = flow.items[range].reduce(0) { $0 + $1.height }
    guard height <= settings.textArea.height * 0.5 else { return }
    for index in range.dropFirst() { flow.items[index].breakBefore = .forbidden }
    // Beside a heading or marker it stays where it is.
    if flow.items[first].breakBefore == .allowed, frame.x == 0 { flow.items[first].isFloat = true }
  }

  /// "Table 1. …" in the middle where it is one line, else over the whole width.
  mutating func addCaption(
    _ caption: [Inline], _ kind: String, _ number: String?, _ label: String?, _ frame: Frame,
    spaceAfter: Double, spaceBefore: Double = 0
  ) throws {
    guard number != nil || !caption.isEmpty else { return }
    let style = typography.small
    let lead: [Inline] =
      number.map { [.strong([.text("\(kind) \($0).")]), .text("\u{2002}")] } ?? []
    let text = try richText(lead + caption, style)
    let isShort = SetParagraph(text, width: frame.width, cache: cache).lines.count == 1
    addLines(
      text, frame, path(frame, .caption),
      Setting(
        spaceBefore: spaceBefore, spaceAfter: spaceAfter,
        alignment: isShort ? .centre : .left, isRunning: true,
        destination: label, isWhole: true))
    if kind == "Table" { keepWithNext() }
  }

  private mutating func addRows(_ layout: TableLayout, _ frame: Frame, number: String?) {
    let left = frame.x + (frame.width - layout.width) / 2
    let headerPath = path(frame, .tableRow)
    add(
      FlowItem(height: layout.header.height),
      FlowContent(path: headerPath) { canvas, origin in
        layout.header.draw(on: canvas, at: Point(origin.x + left, origin.y))
      })
    keepWithNext()
    let again = number.map {
      cache.layout("Table \($0), continued", typography.note.with { $0.isItalic = true })
    }
    let lead = again == nil ? 0 : typography.leading(typography.note) * 1.2
    for (index, row) in layout.body.enumerated() {
      let isLast = index == layout.body.count - 1
      var item = FlowItem(height: row.height + (isLast ? layout.closingHeight : 0))
      item.continuationHeight = lead + layout.header.height
      // No first or last row alone on a page, and no group's name at its end.
      if index == 1 || isLast { item.breakBefore = .forbidden }
      var content = FlowContent(path: path(frame, .tableRow)) { canvas, origin in
        row.draw(on: canvas, at: Point(origin.x + left, origin.y))
        if isLast {
          layout.drawClosing(on: canvas, at: Point(origin.x + left, origin.y + row.height))
        }
      }
      content.destination = row.anchor
      content.drawContinuation = { canvas, origin in
        if let again {
          canvas.line(0, of: again, x: origin.x + left, baseline: origin.y + lead * 0.55)
        }
        layout.header.draw(on: canvas, at: Point(origin.x + left, origin.y + lead))
      }
      // In the margin, if need be: the row's own height is its letters'.
      content.drawClosing = { canvas, origin in
        layout.drawClosing(on: canvas, at: Point(origin.x + left, origin.y))
      }
      add(item, content)
      if row.isGroup { keepWithNext() }
    }
    if layout.body.isEmpty { releaseNext() }
  }

  private mutating func addTableNotes(
    _ notes: [[Inline]], _ layout: TableLayout, _ frame: Frame
  ) throws {
    guard !notes.isEmpty else { return }
    var inner = frame
    // Under the table, but not in a column of single words.
    inner.width = min(frame.width, max(layout.width, frame.width * 0.62))
    inner.x = frame.x + (frame.width - inner.width) / 2
    for (index, note) in notes.enumerated() {
      keepWithNext()
      let text = try richText(note, typography.note)
      addLines(
        text, inner, path(frame, .paragraph),
        Setting(
          spaceBefore: index == 0 ? typography.note.size * 0.35 : typography.note.size * 0.1,
          spaceAfter: 0, isRunning: true, isWhole: true))
    }
  }
}

extension TableLayout {
  /// The space that the rule at the table's end takes.
  var closingHeight: Double { style.size * 0.3 + Self.heavyRule }

  func drawClosing(on canvas: Canvas, at origin: Point) {
    let y = origin.y + closingHeight - Self.heavyRule
    canvas.fill(
      .rectangle(Rectangle(x: origin.x, y: y, width: width, height: Self.heavyRule)), .black)
  }
}

extension TableLayout.Row {
  /// Draws the row with its left edge and top at a point.
  func draw(on canvas: Canvas, at origin: Point) {
    for rule in rules {
      canvas.fill(
        .rectangle(
          Rectangle(
            x: origin.x + rule.x, y: origin.y + rule.y, width: rule.width, height: rule.thickness)),
        .black)
    }
    for cell in cells {
      canvas.tag(cell.isHeader ? .tableHeader : .tableCell) {
        let body = { for piece in cell.pieces { piece.draw(on: canvas, at: origin) } }
        if let link = cell.link { canvas.link(to: .destination(link), body) } else { body() }
      }
    }
  }
}

extension TableLayout.Piece {
  func draw(on canvas: Canvas, at origin: Point) {
    canvas.line(line, of: layout, x: origin.x + x, baseline: origin.y + baseline)
    guard isUnderlined, layout.lines.indices.contains(line) else { return }
    let box = layout.lines[line].box
    canvas.fill(
      .rectangle(
        Rectangle(
          x: origin.x + x + box.x, y: origin.y + baseline + 1.1, width: box.width, height: 0.45)),
      .black)
  }
}
