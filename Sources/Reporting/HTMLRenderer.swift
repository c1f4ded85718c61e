public import Foundation
public import Graphics
import Plotting

/// Writes a document as one HTML file that needs nothing beside it: figures as inline SVG, images
/// within the file, a style that fits a phone and a dark screen.
public struct HTMLRenderer: Sendable {
  /// Reads the files that `Block.image` names.
  public var loadImage: (@Sendable (_ path: String) throws -> PixelBuffer)?

  public init(loadImage: (@Sendable (_ path: String) throws -> PixelBuffer)? = nil) {
    self.loadImage = loadImage
  }

  /// Writes the file.
  ///
  /// - Throws: `ReportingError`, and what figures throw.
  public func write(_ document: ReportDocument, to url: URL) throws {
    let text = try html(document)
    try ReportRenderer.drawing(url.path) {
      try OutputFile.write(Array(text.utf8), to: url.path)
    }
  }

  /// The file's text; the same document gives the same text.
  public func html(_ document: ReportDocument) throws -> String {
    var writer = try HTMLWriter(document, loadImage)
    return try writer.page()
  }
}

private struct HTMLWriter {
  let document: ReportDocument
  let loadImage: (@Sendable (_ path: String) throws -> PixelBuffer)?
  let references: CrossReferences
  private var usedNumbers = 0
  private var figureCount = 0
  private var notes: [String] = []

  init(
    _ document: ReportDocument,
    _ loadImage: (@Sendable (_ path: String) throws -> PixelBuffer)?
  ) throws {
    (self.document, self.loadImage) = (document, loadImage)
    references = try CrossReferences(
      document.abstract + document.blocks, numbersSections: document.numbersSections,
      bibliography: document.bibliography)
  }

  mutating func page() throws -> String {
    var body = titleBlock()
    if !document.abstract.isEmpty {
      body += "<section class=\"abstract\"><h2>Abstract</h2>\n"
      for block in document.abstract { body += try html(block) }
      body += "</section>\n"
    }
    for block in document.blocks { body += try html(block) }
    body += try bibliography() + footnotes()
    return """
      <!DOCTYPE html>
      <html lang="\(escaped(document.language))">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="facet">
      <title>\(escaped(document.title))</title>
      <style>
      \(Self.style)
      \(FormattedTable.style)
      </style>
      </head>
      <body>
      <main>
      \(body)</main>
      </body>
      </html>

      """
  }

  private static let style = """
    :root { color-scheme: light dark; --link: #1a3f7a; --soft: #f3f3f3; --line: #bbb; }
    @media (prefers-color-scheme: dark) {
      :root { --link: #8db9f5; --soft: #22252b; --line: #555; }
      body { background: #16181d; color: #e8e8e8; }
      figure svg, figure img { background: #fff; border-radius: 4px; padding: 4px; }
    }
    body { margin: 0; font: 1.0625rem/1.5 "Linux Libertine O", Libertinus Serif, Georgia, serif; }
    main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
    header { text-align: center; margin-bottom: 2rem; }
    h1, h2, h3, h4 { line-height: 1.25; }
    a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
    figure { margin: 1.5rem 0; text-align: center; }
    figure svg, figure img { max-width: 100%; height: auto; }
    figure .scroll svg { min-width: var(--least); }
    figcaption, table.facet caption { font-size: .92em; text-align: left; }
    pre { background: var(--soft); padding: .7em; overflow-x: auto; font-size: .85em; }
    code { font-family: "DejaVu Sans Mono", monospace; font-size: .85em; }
    blockquote { margin-left: 1rem; padding-left: 1rem; border-left: 3px solid var(--line); }
    .abstract { margin: 0 8%; font-size: .95em; } .abstract h2 { text-align: center; font-size: 1em; }
    .equation { display: flex; justify-content: center; gap: 2em; }
    .scroll { overflow-x: auto; } nav ol { list-style: none; padding-left: 1.2em; }
    .notes, .references { font-size: .9em; border-top: 1px solid var(--line); margin-top: 2rem; }
    @media print { main { max-width: none; } pre { white-space: pre-wrap; } }
    """

  private func titleBlock() -> String {
    var text = "<header>\n<h1>\(escaped(document.title))</h1>\n"
    if let subtitle = document.subtitle { text += "<p>\(escaped(subtitle))</p>\n" }
    let line = (document.authors + [document.date].compactMap(\.self)).map(escaped)
    if !line.isEmpty { text += "<p>\(line.joined(separator: " · "))</p>\n" }
    return text + "</header>\n"
  }

  // MARK: Blocks

  private mutating func nextNumber() -> String? {
    defer { usedNumbers += 1 }
    return references.numbers.indices.contains(usedNumbers) ? references.numbers[usedNumbers] : nil
  }

  private mutating func html(_ block: Block) throws -> String {
    switch block {
    case .heading(let level, let inlines, let id, _):
      let number = nextNumber().map { $0 + " " } ?? ""
      let name = id ?? FlowBuilder.sectionName(level, number + inlines.plainText)
      let tag = "h\(min(6, level + 1))"
      return "<\(tag) id=\"\(escaped(name))\">\(number)\(try html(inlines))</\(tag)>\n"
    case .paragraph(let inlines): return "<p>\(try html(inlines))</p>\n"
    case .list(let list): return try html(list)
    case .quote(let blocks):
      var text = "<blockquote>\n"
      for block in blocks { text += try html(block) }
      return text + "</blockquote>\n"
    case .code(let source, _): return "<pre><code>\(escaped(source))</code></pre>\n"
    case .table(let table, let caption, let label): return try html(table, caption, label)
    case .figure(let figure, let caption, let label, let width):
      return try html(figure, caption, label, width)
    case .image(let path, let caption, let label, _): return try html(path, caption, label)
    case .equation(let formula, let label):
      let number = nextNumber().map { "<span>(\($0))</span>" } ?? ""
      return
        "<p class=\"equation\"\(idAttribute(label))><span>\(Self.math(formula))</span>\(number)</p>\n"
    case .rule: return "<hr>\n"
    case .pageBreak: return ""
    case .contents(let depth): return contents(depth)
    case .anchor(let name): return "<a id=\"\(escaped(name))\"></a>\n"
    }
  }

  private mutating func html(_ list: ListBlock) throws -> String {
    let tag = list.start == nil ? "ul" : "ol"
    var text = "<\(tag)\(list.start.map { " start=\"\($0)\"" } ?? "")>\n"
    for item in list.items {
      text += "<li>"
      for block in item {
        if list.isTight, case .paragraph(let inlines) = block {
          text += try html(inlines)
        } else {
          text += try html(block)
        }
      }
      text += "</li>\n"
    }
    return text + "</\(tag)>\n"
  }

  private mutating func html(
    _ table: ReportTable, _ caption: [Inline], _ label: String?
  ) throws -> String {
    let lead = nextNumber().map { "<b>Table \($0).</b> " } ?? ""
    let words = lead + (try html(caption))
    let notes = try table.notes.map { try html($0) }
    let text = FormattedTable(table).toHTML(
      captionHTML: words.isEmpty ? nil : words, notesHTML: notes)
    return "<div class=\"scroll\"\(idAttribute(label))>\n\(text)</div>\n"
  }

  private mutating func figcaption(_ caption: [Inline]) throws -> String {
    let lead = nextNumber().map { "<b>Figure \($0).</b> " } ?? ""
    let words = lead + (try html(caption))
    return words.isEmpty ? "" : "<figcaption>\(words)</figcaption>\n"
  }

  private mutating func html(
    _ figure: any Figure, _ caption: [Inline], _ label: String?, _ width: FigureWidth?
  ) throws -> String {
    let figure = try figure.prepared()
    let full = 150 * pointsPerMillimetre
    let wanted: Double =
      switch width {
      case .millimetres(let width): min(full, width * pointsPerMillimetre)
      case .share(let share): full * min(1, share)
      case nil: full
      }
    let size = figure.naturalSize(width: wanted)
    let surface = try Surface.svg(size: size)
    try figure.draw(on: surface.canvas, in: Rectangle(origin: Point(0, 0), size: size))
    figureCount += 1
    let drawing = Self.inline(
      String(decoding: try surface.finish(), as: UTF8.self), prefix: "f\(figureCount)-",
      alternative: escaped(figure.alternativeText))
    // As narrow as a phone its words could not be read: it is moved there.
    let least = "min(\(Int(size.width))pt, 30rem)"
    let scroll = "<div class=\"scroll\" style=\"--least: \(least)\">"
    return "<figure\(idAttribute(label))>\n\(scroll)\(drawing)</div>\n"
      + "\(try figcaption(caption))</figure>\n"
  }

  private mutating func html(
    _ path: String, _ caption: [Inline], _ label: String?
  ) throws -> String {
    guard let loadImage else {
      throw ReportingError(
        .unreadableImage, "The image '\(path)' cannot be read: no reader of images was given.",
        context: path)
    }
    let image = try loadImage(path)
    let size = Size(width: Double(image.width), height: Double(image.height))
    let surface = try Surface.png(size: size, dotsPerInch: 72)
    try surface.canvas.image(image, in: Rectangle(origin: Point(0, 0), size: size))
    let data = Data(try surface.finish()).base64EncodedString()
    let words = escaped(caption.isEmpty ? path : caption.plainText)
    return
      "<figure\(idAttribute(label))>\n<img alt=\"\(words)\" src=\"data:image/png;base64,\(data)\">\n"
      + (try figcaption(caption)) + "</figure>\n"
  }

  /// An SVG file as an element of a page: no declaration, a role and words, ids of its own.
  static func inline(_ svg: String, prefix: String, alternative: String) -> String {
    var text = svg
    if let start = text.range(of: "<svg") { text = String(text[start.lowerBound...]) }
    for mark in ["id=\"", "href=\"#", "url(#"] {
      text = text.replacingOccurrences(of: mark, with: mark + prefix)
    }
    while text.last?.isNewline ?? false { text.removeLast() }
    return text.replacingOccurrences(
      of: "<svg ", with: "<svg role=\"img\" aria-label=\"\(alternative)\" ",
      range: text.range(of: "<svg "))
  }

  private func contents(_ depth: Int) -> String {
    let headings = document.headings(references).filter { $0.level <= depth }
    let top = headings.map(\.level).min() ?? 1
    let items = headings.map { heading in
      let indent = Double(heading.level - top) * 1.2
      return "<li style=\"margin-left:\(indent)em\"><a href=\"#\(escaped(heading.destination))\">"
        + "\(escaped(heading.title))</a></li>\n"
    }
    return "<nav aria-label=\"Contents\"><ol>\n\(items.joined())</ol></nav>\n"
  }

  // MARK: Notes and references

  private mutating func bibliography() throws -> String {
    guard !references.citations.isEmpty else { return "" }
    let level =
      document.blocks.compactMap { block in
        if case .heading(let level, _, _, _) = block { level } else { nil }
      }.min() ?? 1
    let entries = Dictionary(
      document.bibliography.map { ($0.key, $0.text) }, uniquingKeysWith: { first, _ in first })
    var text = "<section class=\"references\">\n"
    text += "<h2 id=\"\(FlowBuilder.sectionName(level, "References"))\">References</h2>\n<ol>\n"
    for key in references.citations {
      text += "<li id=\"reference-\(escaped(key))\">\(try html(entries[key] ?? []))</li>\n"
    }
    return text + "</ol>\n</section>\n"
  }

  private func footnotes() -> String {
    guard !notes.isEmpty else { return "" }
    let items = notes.enumerated().map { index, note in
      "<li id=\"note-\(index + 1)\">\(note) <a href=\"#mark-\(index + 1)\">↩</a></li>\n"
    }
    return
      "<section class=\"notes\" aria-label=\"Footnotes\">\n<ol>\n\(items.joined())</ol>\n</section>\n"
  }

  // MARK: Inlines

  private mutating func html(_ inlines: [Inline]) throws -> String {
    try plainHTML(try references.resolve(inlines))
  }

  private mutating func plainHTML(_ inlines: [Inline]) throws -> String {
    var text = ""
    for inline in inlines {
      switch inline {
      case .text(let words): text += escaped(words)
      case .emphasis(let inner): text += "<em>\(try plainHTML(inner))</em>"
      case .strong(let inner): text += "<strong>\(try plainHTML(inner))</strong>"
      case .strikethrough(let inner): text += "<del>\(try plainHTML(inner))</del>"
      case .superscript(let inner): text += "<sup>\(try plainHTML(inner))</sup>"
      case .subscript(let inner): text += "<sub>\(try plainHTML(inner))</sub>"
      case .code(let words): text += "<code>\(escaped(words))</code>"
      case .math(let words): text += Self.math(words)
      case .link(let inner, let destination):
        text += "<a href=\"\(escaped(Self.safe(destination)))\">\(try plainHTML(inner))</a>"
      case .reference(let label): text += escaped(label)
      case .lineBreak: text += "<br>"
      case .footnote(let inner):
        notes.append(try plainHTML(inner))
        text +=
          "<sup id=\"mark-\(notes.count)\"><a href=\"#note-\(notes.count)\">\(notes.count)</a></sup>"
      }
    }
    return text
  }

  /// Variables in italics, names such as log, digits and signs upright, as on a page.
  private static func math(_ words: String) -> String {
    var (text, rest) = ("", words[...])
    while let first = rest.first {
      let isWord = first.isLetter
      let run = rest.prefix { $0.isLetter == isWord && isWord }
      let part = run.isEmpty ? rest.prefix(1) : run
      rest = rest.dropFirst(part.count)
      let plain = FormattedTable.html(String(part))
      text += part.count == 1 && isWord ? "<i>\(plain)</i>" : plain
    }
    return text
  }

  /// An address that a page may lead to: no script.
  private static func safe(_ destination: String) -> String {
    let scheme = destination.prefix { $0 != ":" }.lowercased()
    let known = ["http", "https", "mailto", "ftp"]
    let hasScheme = destination.contains(":") && scheme.allSatisfy { $0.isLetter }
    return hasScheme && !known.contains(scheme) ? "#" : destination
  }

  private func idAttribute(_ label: String?) -> String {
    label.map { " id=\"\(escaped($0))\"" } ?? ""
  }

  private func escaped(_ text: String) -> String { FormattedTable.html(text) }
}
