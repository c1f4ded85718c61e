public import Foundation
import Graphics

/// A table in a file of its own.
public enum TableFile {
  /// What can be written, by the file name's suffix.
  public static let suffixes = ["pdf", "png", "svg", "csv", "md", "tex", "html"]

  /// Writes a table in the form that the file's suffix names.
  ///
  /// - Parameters: width: of drawn tables at most, in millimetres.
  /// - Throws: `ReportingError` with `.unknownFormat` or `.unwritable`.
  public static func write(
    _ table: ReportTable, to url: URL, caption: String? = nil, width: Double = 160,
    precision: FormattedTable.Precision = .shown
  ) throws {
    // Alone in a file, a cell has no appendix to lead to.
    let formatted = FormattedTable(table.redirectingLinks([:]))
    switch url.pathExtension.lowercased() {
    case "csv": try write(formatted.toCSV(precision: precision), to: url)
    case "md": try write(formatted.toMarkdown(), to: url)
    case "tex": try write(formatted.toLaTeX(caption: caption), to: url)
    case "html": try write(page(formatted, caption), to: url)
    case "pdf":
      try draw(formatted, width, url) { try Surface.pdf(path: url.path, size: $0) }
    case "svg":
      try draw(formatted, width, url) { try Surface.svg(path: url.path, size: $0) }
    case "png":
      try draw(formatted, width, url) {
        try Surface.png(path: url.path, size: $0, dotsPerInch: 200)
      }
    case let suffix:
      throw ReportingError(
        .unknownFormat,
        "A table cannot be written as '\(suffix)' (\(url.lastPathComponent)): the file's name must "
          + "end in \(suffixes.map { "." + $0 }.joined(separator: ", ")).", context: url.path)
    }
  }

  private static func page(_ table: FormattedTable, _ caption: String?) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>\(FormattedTable.html(caption ?? "Table"))</title>
    <style>:root { color-scheme: light dark; font-family: serif; }
    \(FormattedTable.style)</style></head>
    <body>
    \(table.toHTML(caption: caption))</body></html>

    """
  }

  private static func write(_ text: String, to url: URL) throws {
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw ReportingError(
        .unwritable,
        "The file \(url.path) cannot be written: check that its folder exists and may be written to.",
        context: url.path)
    }
  }

  /// Draws a table alone on a page that is as large as it.
  private static func draw(
    _ table: FormattedTable, _ width: Double, _ url: URL,
    _ surface: (Size) throws -> Surface
  ) throws {
    try DrawingLibraries.load()
    let typography = Typography(settings: ReportSettings())
    let layout = TableLayout(
      table, style: typography.small, width: width * pointsPerMillimetre, cache: LayoutCache())
    let margin = 6.0
    let notes = table.notes.map {
      TextLayout($0.plainText, typography.note, width: max(layout.width, 120))
    }
    let rows = [layout.header] + layout.body
    let bodyHeight = rows.reduce(0) { $0 + $1.height } + layout.closingHeight
    let noteHeight = notes.reduce(0) { $0 + $1.size.height } + (notes.isEmpty ? 0 : 4)
    let size = Size(
      width: max(layout.width, notes.map(\.size.width).max() ?? 0) + 2 * margin,
      height: bodyHeight + noteHeight + 2 * margin)
    try ReportRenderer.drawing(url.path) {
      let surface = try surface(size)
      let canvas = surface.canvas
      var y = margin
      canvas.tag(.table) {
        for row in rows {
          canvas.tag(.tableRow) { row.draw(on: canvas, at: Point(margin, y)) }
          y += row.height
        }
      }
      layout.drawClosing(on: canvas, at: Point(margin, y))
      y += layout.closingHeight + 4
      for note in notes {
        canvas.tag(.paragraph) { canvas.text(note, at: Point(margin, y)) }
        y += note.size.height
      }
      try surface.finish()
    }
  }
}
