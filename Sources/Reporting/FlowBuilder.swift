import Graphics
import Plotting

/// Measures a document's blocks into a flow.
struct FlowBuilder {
  let document: ReportDocument
  let settings: ReportSettings
  let typography: Typography
  let references: CrossReferences
  var flow = Flow()
  private var nextNode = 0
  private var nextNote = 1
  /// How many of the references' numbers have been set.
  private var usedNumbers = 0
  /// Set by a heading: what follows must stay with it.
  private var keepsWithNext = false
  /// Set by a list's marker: what follows stands on its line.
  private var isAfterMarker = false
  private var breaksPage = false
  let cache: LayoutCache

  init(_ document: ReportDocument, _ settings: ReportSettings) throws {
    (self.document, self.settings) = (document, settings)
    typography = Typography(settings: settings)
    cache = LayoutCache(language: document.language)
    references = try CrossReferences(
      document.abstract + document.blocks, numbersSections: document.numbersSections,
      bibliography: document.bibliography)
  }

  /// - Throws: `ReportingError` for labels and images, and what figures throw.
  static func flow(_ document: ReportDocument, _ settings: ReportSettings) throws -> Flow {
    var builder = try FlowBuilder(document, settings)
    let style = builder.typography.body
    let frame = Frame(
      x: 0, width: settings.textArea.width, path: [], style: style,
      spacing: builder.typography.leading(style) * 0.5)
    try builder.addTitleBlock(frame)
    builder.flow.headCount = builder.flow.items.count
    var column = frame
    column.width = settings.columnWidth
    for block in document.blocks { try builder.add(block, column) }
    try builder.addReferences(column)
    return builder.flow
  }

  // MARK: Items

  /// A new part of the structure within a frame's.
  mutating func path(
    _ frame: Frame, _ tag: StructureTag, alternative: String = ""
  ) -> [StructureNode] {
    nextNode += 1
    return frame.path + [StructureNode(id: nextNode, tag: tag, alternative: alternative)]
  }

  mutating func add(_ item: FlowItem, _ content: FlowContent) {
    var item = item
    if keepsWithNext {
      if item.breakBefore == .allowed { item.breakBefore = .forbidden }
      item.isFloat = false
    }
    if breaksPage { item.breakBefore = .forced }
    if isAfterMarker { item.spaceBefore = 0 }
    (keepsWithNext, isAfterMarker, breaksPage) = (false, false, false)
    flow.items.append(item)
    flow.contents.append(content)
  }

  /// The number of the next heading, figure, table or equation.
  mutating func nextNumber() -> String? {
    defer { usedNumbers += 1 }
    return references.numbers.indices.contains(usedNumbers)
      ? references.numbers[usedNumbers] : nil
  }

  mutating func keepWithNext() { keepsWithNext = true }
  mutating func releaseNext() { keepsWithNext = false }
  mutating func standOnMarkersLine() { isAfterMarker = true }

  // MARK: Text

  /// How a run of lines stands in the flow.
  struct Setting {
    var spaceBefore: Double
    var spaceAfter: Double
    var alignment = ParagraphStyle.Alignment.left
    /// Whether it is read through, as titles are not: justified where the settings say so, words
    /// divided.
    var isRunning = false
    /// Whether its lines end where they end although others are justified: a list of works, whose
    /// addresses do not divide.
    var isRagged = false
    var destination: String?
    var outline: (title: String, level: Int)?
    /// Whether all its lines stay together.
    var isWhole = false
  }

  /// Adds a paragraph, a line an item: no single first or last line at a page's edge.
  mutating func addLines(
    _ text: RichText, _ frame: Frame, _ path: [StructureNode], _ setting: Setting
  ) {
    guard !text.runs.isEmpty else { return }
    let lines = SetParagraph(
      text, width: frame.width, alignment: setting.alignment,
      justified: setting.isRunning && !setting.isRagged && settings.isJustified,
      divides: setting.isRunning,
      cache: cache)
    // A paragraph that begins with code, in smaller type, has the others' distance of lines.
    let largest = text.runs.map(\.style).max { $0.size < $1.size }
    let leading = typography.leading(largest ?? frame.style)
    let notes = addNotes(of: text)
    let count = lines.lines.count
    for index in 0..<count {
      var item = FlowItem(height: leading)
      item.spaceBefore = index == 0 ? setting.spaceBefore : 0
      item.spaceAfter = index == count - 1 ? setting.spaceAfter : 0
      if index > 0, setting.isWhole || index == 1 || index == count - 1 {
        item.breakBefore = .forbidden
      }
      item.notes = notes.filter { lines.lines[index].notes.contains($0.number) }
      let x = frame.x
      var content = FlowContent(path: path) { canvas, origin in
        lines.draw(line: index, on: canvas, x: origin.x + x, baseline: origin.y + leading * 0.76)
      }
      if index == 0 {
        (content.destination, content.outline) = (setting.destination, setting.outline)
      }
      add(item, content)
    }
  }

  /// Measures a text's footnotes; each goes with the line of its mark.
  private mutating func addNotes(of text: RichText) -> [FlowItem.Note] {
    guard !text.notes.isEmpty else { return [] }
    nextNote = text.nextNote
    return text.notes.map { number, content, _ in
      var note = RichText(typography: typography, hasNotes: false)
      let style = typography.note
      note.append("\(number)", style.with { ($0.rise, $0.size) = ($0.size * 0.33, $0.size * 0.7) })
      note.append("\u{2009}", style)
      note.append(content, style)
      let lines = SetParagraph(
        note, width: settings.columnWidth, justified: settings.isJustified, divides: true,
        cache: cache)
      let measured = FlowNote(number: number, lines: lines, leading: typography.leading(style))
      flow.notes.append(measured)
      return FlowItem.Note(number: number, height: measured.height)
    }
  }

  func richText(_ inlines: [Inline], _ style: TextStyle) throws -> RichText {
    var text = RichText(typography: typography, nextNote: nextNote)
    text.append(try references.resolve(inlines), style)
    return text
  }
}

// MARK: Blocks

extension FlowBuilder {
  mutating func add(_ block: Block, _ frame: Frame) throws {
    switch block {
    case .heading(let level, let inlines, let id, _):
      try addHeading(level, inlines, id, frame)
    case .paragraph(let inlines):
      let text = try richText(inlines, frame.style)
      addLines(
        text, frame, path(frame, .paragraph),
        Setting(
          spaceBefore: frame.spacing, spaceAfter: frame.spacing, isRunning: true))
    case .list(let list): try addList(list, frame)
    case .quote(let blocks):
      var inner = frame
      inner.path = path(frame, .quotation)
      inner.x += 18
      inner.width = max(40, inner.width - 36)
      for block in blocks { try add(block, inner) }
    case .code(let text, _): addCode(text, frame)
    case .table(let table, let caption, let label):
      try addTable(table, caption, label, frame)
    case .figure(let figure, let caption, let label, let width):
      try addFigure(figure, caption, label, width, frame)
    case .image(let path, let caption, let label, let width):
      try addImage(path, caption, label, width, frame)
    case .equation(let formula, let label): addEquation(formula, label, frame)
    case .rule: addRule(frame)
    case .pageBreak: breakPage()
    case .contents(let depth): addContents(depth, frame)
    case .anchor(let name): addAnchor(name, frame)
    }
  }

  private mutating func breakPage() { breaksPage = !flow.items.isEmpty }

  private mutating func addHeading(
    _ level: Int, _ inlines: [Inline], _ id: String?, _ frame: Frame
  ) throws {
    try addHeading(level, inlines, number: nextNumber(), id, frame)
  }

  mutating func addUnnumberedHeading(_ title: String, _ frame: Frame) throws {
    let level = document.blocks.compactMap { block in
      if case .heading(let level, _, _, _) = block { level } else { nil }
    }.min()
    try addHeading(level ?? 1, [.text(title)], number: nil, nil, frame)
  }

  private mutating func addHeading(
    _ level: Int, _ inlines: [Inline], number: String?, _ id: String?, _ frame: Frame
  ) throws {
    let depth = level - 1
    let style = typography.heading(depth)
    let lead: [Inline] = number.map { [.text($0 + "\u{2003}")] } ?? []
    let text = try richText(lead + inlines, style)
    let title = (number.map { $0 + " " } ?? "") + inlines.plainText
    let leading = typography.leading(typography.body)
    let first = flow.items.count
    addLines(
      text, frame, path(frame, .heading(level)),
      Setting(
        spaceBefore: leading * (depth == 0 ? 1.5 : 1.1), spaceAfter: leading * 0.4,
        destination: id ?? Self.sectionName(level, title), outline: (title, level),
        isWhole: true))
    // What has no number among those that have one ends the text: its figures stand before it.
    if document.numbersSections, number == nil, flow.items.indices.contains(first) {
      flow.items[first].isOrdered = true
    }
    keepWithNext()
  }

  private mutating func addList(_ list: ListBlock, _ frame: Frame) throws {
    var outer = frame
    outer.path = path(frame, .list)
    let indent = frame.style.size * (list.start == nil ? 1.4 : 1.9)
    for (position, blocks) in list.items.enumerated() {
      var item = outer
      item.path = path(outer, .listItem)
      if list.isTight { item.spacing = frame.style.size * 0.15 }
      let edge = position == 0 || !list.isTight ? frame.spacing : item.spacing
      let marker = list.start.map { "\($0 + position)." } ?? "•"
      addMarker(marker, indent, item, spaceBefore: edge)
      var body = item
      body.path = path(item, .listBody)
      (body.x, body.width) = (item.x + indent, max(40, item.width - indent))
      for block in blocks { try add(block, body) }
    }
    // The space after the list is a paragraph's, however tight its items.
    if let last = flow.items.indices.last {
      flow.items[last].spaceAfter = max(flow.items[last].spaceAfter, frame.spacing)
    }
  }

  /// The bullet or number, right before the item's text and on its first line.
  private mutating func addMarker(
    _ marker: String, _ indent: Double, _ frame: Frame, spaceBefore: Double
  ) {
    let layout = TextLayout(marker, frame.style)
    let leading = typography.leading(frame.style)
    let x = frame.x + indent - layout.size.width - frame.style.size * 0.45
    var item = FlowItem(height: 0)
    item.spaceBefore = spaceBefore
    add(
      item,
      FlowContent(path: path(frame, .listLabel)) { canvas, origin in
        canvas.line(0, of: layout, x: origin.x + x, baseline: origin.y + leading * 0.76)
      })
    keepWithNext()
    isAfterMarker = true
  }

  private mutating func addCode(_ source: String, _ frame: Frame) {
    let style = typography.code
    let leading = typography.leading(style)
    let padding = leading * 0.5
    let layout = TextLayout(
      source.isEmpty ? " " : source.replacing("\t", with: "    "), style,
      width: frame.width - 2 * padding)
    let path = path(frame, .code)
    let count = layout.lines.count
    for index in 0..<count {
      let top = index == 0 ? padding : 0
      let bottom = index == count - 1 ? padding : 0
      var item = FlowItem(height: top + leading + bottom)
      item.spaceBefore = index == 0 ? frame.spacing : 0
      item.spaceAfter = index == count - 1 ? frame.spacing : 0
      if index == 1 || index == count - 1, index > 0 { item.breakBefore = .forbidden }
      let box = Rectangle(x: frame.x, y: 0, width: frame.width, height: item.height)
      add(
        item,
        FlowContent(path: path) { canvas, origin in
          canvas.fill(.rectangle(box.offset(origin.x, origin.y)), .grey(0.955))
          canvas.line(
            index, of: layout, x: origin.x + box.x + padding,
            baseline: origin.y + top + leading * 0.76)
        })
    }
  }

  private mutating func addEquation(
    _ formula: String, _ label: String?, _ frame: Frame
  ) {
    let number = nextNumber()
    var text = RichText(typography: typography)
    text.append([.math(formula)], frame.style.with { $0.size *= 1.05 })
    let lines = SetParagraph(text, width: frame.width, alignment: .centre, cache: cache)
    let mark = number.map { TextLayout("(\($0))", frame.style) }
    let leading = typography.leading(frame.style)
    var item = FlowItem(height: Double(lines.lines.count) * leading)
    (item.spaceBefore, item.spaceAfter) = (frame.spacing * 1.4, frame.spacing * 1.4)
    var content = FlowContent(path: path(frame, .formula)) { canvas, origin in
      for index in lines.lines.indices {
        lines.draw(
          line: index, on: canvas, x: origin.x + frame.x,
          baseline: origin.y + leading * (Double(index) + 0.76))
      }
      if let mark {
        canvas.line(
          0, of: mark, x: origin.x + frame.x + frame.width - mark.size.width,
          baseline: origin.y + leading * 0.76)
      }
    }
    content.destination = label
    add(item, content)
  }

  private mutating func addRule(_ frame: Frame) {
    var item = FlowItem(height: 0.4)
    (item.spaceBefore, item.spaceAfter) = (frame.spacing * 1.5, frame.spacing * 1.5)
    add(
      item,
      FlowContent(path: []) { canvas, origin in
        let inset = frame.width * 0.3
        canvas.stroke(
          .line(
            Point(origin.x + frame.x + inset, origin.y),
            Point(origin.x + frame.x + frame.width - inset, origin.y)),
          StrokeStyle(.grey(0.5), width: 0.4))
      })
  }
}
