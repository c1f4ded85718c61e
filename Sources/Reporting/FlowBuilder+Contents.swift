import Graphics

/// Table of contents, list of references, and places that links lead to.
extension FlowBuilder {
  /// A label for a heading that has none of its own.
  static func sectionName(_ level: Int, _ title: String) -> String { "section-\(level)-\(title)" }

  /// The headings, each on a line with dots up to its page's number.
  mutating func addContents(_ depth: Int, _ frame: Frame) {
    let list = path(frame, .contents)
    let headings = document.headings(references).filter { $0.level <= depth }
    let top = headings.map(\.level).min() ?? 1
    let leading = typography.leading(frame.style)
    for (index, heading) in headings.enumerated() {
      let indent = Double(heading.level - top) * frame.style.size * 1.4
      var outer = frame
      outer.path = list
      var item = FlowItem(height: leading)
      item.spaceBefore = index == 0 ? frame.spacing : heading.level == top ? leading * 0.15 : 0
      item.spaceAfter = index == headings.count - 1 ? frame.spacing * 2 : 0
      if index == 1 || index == headings.count - 1, index > 0 { item.breakBefore = .forbidden }
      let line = contentsLine(heading, indent, frame, isBold: heading.level == top && depth > top)
      add(item, FlowContent(path: path(outer, .contentsItem), draw: line))
    }
  }

  private func contentsLine(
    _ heading: DocumentHeading, _ indent: Double, _ frame: Frame, isBold: Bool
  ) -> FlowContent.Draw {
    let style = isBold ? frame.style.with { $0.weight = .bold } : frame.style
    let title = fitted(heading.title, style, width: frame.width - indent - style.size * 3)
    let numbers = flow.pageNumbers
    let leading = typography.leading(frame.style)
    let dot = TextLayout(".", frame.style)
    return { canvas, origin in
      let baseline = origin.y + leading * 0.76
      let left = origin.x + frame.x + indent
      let right = origin.x + frame.x + frame.width
      let page = TextLayout(numbers.pages[heading.destination].map { "\($0)" } ?? "", style)
      canvas.link(to: .destination(heading.destination)) {
        canvas.line(0, of: title, x: left, baseline: baseline)
        canvas.line(0, of: page, x: right - page.size.width, baseline: baseline)
      }
      // Dots of all lines stand under each other.
      let pitch = dot.size.width * 2.2
      var x = right - style.size * 2
      while x > left + title.size.width + style.size * 0.6 {
        canvas.line(0, of: dot, x: x, baseline: baseline)
        x -= pitch
      }
    }
  }

  private func fitted(_ text: String, _ style: TextStyle, width: Double) -> TextLayout {
    var kept = text
    var layout = TextLayout(kept, style)
    while layout.size.width > width, kept.count > 1 {
      kept.removeLast()
      layout = TextLayout(kept + "…", style)
    }
    return layout
  }

  /// The works that the text cites, numbered in order of their first citation.
  mutating func addReferences(_ frame: Frame) throws {
    let entries = Dictionary(
      document.bibliography.map { ($0.key, $0.text) }, uniquingKeysWith: { first, _ in first })
    guard !references.citations.isEmpty else { return }
    try addUnnumberedHeading("References", frame)
    var list = frame
    list.path = path(frame, .list)
    let style = typography.small
    let numberWidth = TextLayout("[\(references.citations.count)]", style).size.width
    for (index, key) in references.citations.enumerated() {
      var item = list
      item.path = path(list, .listItem)
      let indent = numberWidth + style.size * 0.5
      addReferenceNumber("[\(index + 1)]", numberWidth, item, style)
      var body = item
      body.path = path(item, .listBody)
      (body.x, body.width) = (item.x + indent, item.width - indent)
      let text = try richText(entries[key] ?? [], style)
      addLines(
        text, body, body.path,
        Setting(
          spaceBefore: 0, spaceAfter: style.size * 0.25,
          isRunning: true, isRagged: true, destination: "reference-" + key))
    }
  }

  private mutating func addReferenceNumber(
    _ mark: String, _ width: Double, _ frame: Frame, _ style: TextStyle
  ) {
    let layout = TextLayout(mark, style)
    let leading = typography.leading(style)
    add(
      FlowItem(height: 0),
      FlowContent(path: path(frame, .listLabel)) { canvas, origin in
        canvas.line(
          0, of: layout, x: origin.x + frame.x + width - layout.size.width,
          baseline: origin.y + leading * 0.76)
      })
    keepWithNext()
    standOnMarkersLine()
  }

  /// A place without height; it stays with what follows.
  mutating func addAnchor(_ name: String, _ frame: Frame) {
    var content = FlowContent(path: []) { _, _ in }
    content.destination = name
    add(FlowItem(height: 0), content)
    keepWithNext()
  }
}

/// A heading with what stands before it, and where links to it lead.
struct DocumentHeading {
  let level: Int
  /// With its number: `2.1 Data`.
  let title: String
  let destination: String
}

extension ReportDocument {
  /// The headings outside of lists and quotations, in order; that of the references last.
  func headings(_ references: CrossReferences) -> [DocumentHeading] {
    var found: [DocumentHeading] = []
    var position = 0
    for block in abstract + blocks {
      switch block {
      case .heading(let level, let inlines, let id, _):
        let number =
          references.numbers.indices.contains(position) ? references.numbers[position] : nil
        let title = (number.map { $0 + " " } ?? "") + inlines.plainText
        found.append(
          DocumentHeading(
            level: level, title: title,
            destination: id ?? FlowBuilder.sectionName(level, title)))
        position += 1
      case .figure, .image, .table, .equation: position += 1
      case .list, .quote: position += block.numberedCount
      case .paragraph, .code, .rule, .pageBreak, .contents, .anchor: break
      }
    }
    if !references.citations.isEmpty {
      let level = found.map(\.level).min() ?? 1
      found.append(
        DocumentHeading(
          level: level, title: "References",
          destination: FlowBuilder.sectionName(level, "References")))
    }
    return found
  }
}

extension Block {
  /// How many headings, figures, tables and equations are in it.
  var numberedCount: Int {
    switch self {
    case .heading, .figure, .image, .table, .equation: 1
    case .list(let list): list.items.joined().reduce(0) { $0 + $1.numberedCount }
    case .quote(let blocks): blocks.reduce(0) { $0 + $1.numberedCount }
    case .paragraph, .code, .rule, .pageBreak, .contents, .anchor: 0
    }
  }
}
