import Graphics

/// A document broken into pages, ready to be drawn on any surface.
struct PagedDocument {
  let document: ReportDocument
  let settings: ReportSettings
  let typography: Typography
  let flow: Flow
  /// A page's columns, left to right.
  let pages: [[PageBreaker.Page]]
  /// The title block, over the columns of the first page; empty where there is one column, in
  /// which it stands itself.
  private let head: [PageBreaker.Placed]
  /// How far the columns of the first page stand lower.
  private let headHeight: Double

  init(_ document: ReportDocument, _ settings: ReportSettings) throws {
    try settings.check()
    try DrawingLibraries.load()
    (self.document, self.settings) = (document, settings)
    typography = Typography(settings: settings)
    let flow = try FlowBuilder.flow(document, settings)
    var breaker = PageBreaker(height: settings.textArea.height, noteSeparation: Self.noteSpace)
    let isSplit = settings.columns > 1
    // One page holds the title block, whatever its length: an abstract is short.
    let whole = isSplit ? breaker.pages(Array(flow.items[..<flow.headCount])).first : nil
    head = whole?.items ?? []
    headHeight =
      whole.map { $0.bottom + (flow.items[..<flow.headCount].last?.spaceAfter ?? 0) } ?? 0
    breaker.taken = [Double](repeating: headHeight, count: isSplit ? settings.columns : 0)
    let first = isSplit ? flow.headCount : 0
    var columns = breaker.pages(Array(flow.items[first...]))
    for column in columns.indices {
      for item in columns[column].items.indices { columns[column].items[item].index += first }
    }
    pages = stride(from: 0, to: columns.count, by: settings.columns).map { start in
      Array(columns[start..<min(start + settings.columns, columns.count)])
    }
    self.flow = flow
    for (number, page) in pages.enumerated() {
      for placed in page.flatMap(\.items) {
        guard let name = flow.contents[placed.index].destination else { continue }
        flow.pageNumbers.pages[name] = number + 1
      }
    }
  }

  private static let noteSpace = 14.0

  /// Draws a page, 0…
  func draw(page index: Int, on canvas: Canvas) throws {
    let area = settings.textArea
    if index > 0, settings.hasRunningHead { drawRunningHead(on: canvas, area) }
    drawFolio(index, on: canvas, area)
    if index == 0, !head.isEmpty {
      var page = PageBreaker.Page()
      page.items = head
      try drawItems(page.items[...], page, depth: 0, on: canvas, area.origin)
    }
    let lowered = index == 0 ? headHeight : 0
    for (column, page) in pages[index].enumerated() {
      let step = settings.columnWidth + settings.columnGap * pointsPerMillimetre
      let left = area.x + Double(column) * step
      try drawItems(page.items[...], page, depth: 0, on: canvas, Point(left, area.y + lowered))
      let box = Rectangle(x: left, y: area.y, width: settings.columnWidth, height: area.height)
      drawNotes(page.notes, on: canvas, box)
    }
  }

  // MARK: Items

  /// Draws items in order, those of the same part of the structure within its tag.
  private func drawItems(
    _ items: ArraySlice<PageBreaker.Placed>, _ page: PageBreaker.Page, depth: Int,
    on canvas: Canvas, _ origin: Point
  ) throws {
    var rest = items
    while let first = rest.first {
      let path = flow.contents[first.index].path
      guard depth < path.count else {
        try draw(first, page, on: canvas, origin)
        rest = rest.dropFirst()
        continue
      }
      let node = path[depth]
      let run = rest.prefix { placed in
        let path = flow.contents[placed.index].path
        return depth < path.count && path[depth] == node
      }
      let body = { try drawItems(run, page, depth: depth + 1, on: canvas, origin) }
      if node.tag == .figure {
        try canvas.figure(alternative: node.alternative, body)
      } else {
        try canvas.tag(node.tag, body)
      }
      rest = rest.dropFirst(run.count)
    }
  }

  private func draw(
    _ placed: PageBreaker.Placed, _ page: PageBreaker.Page, on canvas: Canvas, _ origin: Point
  ) throws {
    let (item, content) = (flow.items[placed.index], flow.contents[placed.index])
    let top = Point(origin.x, origin.y + placed.y)
    if let name = content.destination {
      canvas.destination(name, at: Point(0, max(0, top.y - typography.body.size)))
      if let (title, level) = content.outline {
        canvas.outline(title, level: level, destination: name, isOpen: level < 3)
      }
    }
    if placed.continues, let height = item.continuationHeight {
      try content.drawContinuation?(canvas, Point(top.x, top.y - height))
    }
    try content.draw(canvas, top)
    let isLastOfPage = page.items.last?.index == placed.index
    let goesOn =
      placed.index + 1 < flow.items.count
      && flow.items[placed.index + 1].continuationHeight != nil
    if isLastOfPage, goesOn {
      try content.drawClosing?(canvas, Point(top.x, top.y + item.height))
    }
  }

  // MARK: Margins

  private func drawRunningHead(on canvas: Canvas, _ area: Rectangle) {
    let style = typography.folio
    let title = clipped(document.title, style, width: area.width)
    let y = area.y - settings.fontSize * 1.9
    canvas.line(0, of: title, x: area.x + (area.width - title.size.width) / 2, baseline: y)
    canvas.stroke(
      .line(Point(area.x, y + 5), Point(area.maxX, y + 5)), StrokeStyle(.grey(0.3), width: 0.4))
  }

  private func drawFolio(_ index: Int, on canvas: Canvas, _ area: Rectangle) {
    let text = TextLayout("\(index + 1) / \(pages.count)", typography.folio)
    canvas.line(
      0, of: text, x: area.x + (area.width - text.size.width) / 2,
      baseline: area.maxY + settings.fontSize * 3)
  }

  /// The text on one line, cut with an ellipsis where it is too long.
  private func clipped(_ text: String, _ style: TextStyle, width: Double) -> TextLayout {
    var kept = text
    var layout = TextLayout(kept, style)
    while layout.size.width > width, !kept.isEmpty {
      kept = String(kept.dropLast(max(1, kept.count / 20)))
      layout = TextLayout(kept + "…", style)
    }
    return layout
  }

  private func drawNotes(_ notes: [FlowItem.Note], on canvas: Canvas, _ area: Rectangle) {
    guard !notes.isEmpty else { return }
    var y = area.maxY - notes.reduce(0) { $0 + $1.height }
    canvas.stroke(
      .line(Point(area.x, y - 5), Point(area.x + area.width * 0.3, y - 5)),
      StrokeStyle(.black, width: 0.4))
    for note in notes {
      guard let measured = flow.notes.first(where: { $0.number == note.number }) else { continue }
      canvas.tag(.note) {
        canvas.destination(RichText.noteName(note.number), at: Point(0, max(0, y - 4)))
        for line in measured.lines.lines.indices {
          measured.lines.draw(
            line: line, on: canvas, x: area.x,
            baseline: y + measured.leading * (Double(line) + 0.76))
        }
      }
      y += measured.height
    }
  }
}
