public import Foundation
import Graphics

/// Sets documents on pages: as PDF, or each page as PNG.
///
/// Two passes: everything is numbered and measured and broken into pages, then drawn, so that page
/// counts and references are known. The same document gives the same bytes.
public struct ReportRenderer: Sendable {
  public var settings: ReportSettings

  public init(_ settings: ReportSettings = ReportSettings()) { self.settings = settings }

  /// Writes a PDF with outline, links, structure and text.
  ///
  /// - Returns: the number of pages.
  /// - Throws: `ReportingError`, and what a figure throws; the file is written whole or not at all.
  @discardableResult
  public func writePDF(_ document: ReportDocument, to url: URL) throws -> Int {
    let paged = try PagedDocument(document, settings)
    return try Self.drawing(url.path) {
      let surface = try Surface.pdf(
        path: url.path, size: settings.pageSize, metadata: metadata(document))
      // Cairo marks a file as tagged only where all stands in a document.
      try surface.canvas.tag(.document) {
        for page in paged.pages.indices {
          try paged.draw(page: page, on: surface.canvas)
          surface.canvas.showPage()
        }
      }
      let dead = surface.canvas.undefinedDestinations
      guard dead.isEmpty else {
        throw ReportingError(
          .drawing, "Links lead to \(dead.sorted().joined(separator: ", ")), which stands nowhere.",
          context: url.path)
      }
      try surface.finish()
      return paged.pages.count
    }
  }

  /// Writes each page as `page-01.png` and so on into a folder, which is made where it is missing.
  ///
  /// - Returns: the files, in order.
  /// - Throws: as `writePDF`; `.invalidSettings` for a resolution that is not 10…1200.
  @discardableResult
  public func writePNGs(
    _ document: ReportDocument, folder: URL, dotsPerInch: Double = 150
  ) throws -> [URL] {
    guard dotsPerInch >= 10, dotsPerInch <= 1200 else {
      throw ReportingError(
        .invalidSettings, "Pages cannot be drawn at \(dotsPerInch) dots per inch: give 10 to 1200.")
    }
    let paged = try PagedDocument(document, settings)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw ReportingError(
        .unwritable, "The folder \(folder.path) cannot be made: check its parent and its rights.",
        context: folder.path)
    }
    let digits = max(2, String(paged.pages.count).count)
    return try paged.pages.indices.map { page in
      let name = "page-\(String(format: "%0\(digits)d", page + 1)).png"
      let url = folder.appendingPathComponent(name)
      try Self.drawing(url.path) {
        let surface = try Surface.png(
          path: url.path, size: settings.pageSize, dotsPerInch: dotsPerInch)
        try paged.draw(page: page, on: surface.canvas)
        try surface.finish()
      }
      return url
    }
  }

  private func metadata(_ document: ReportDocument) -> DocumentMetadata {
    DocumentMetadata(
      title: document.title, author: document.authors.joined(separator: ", "),
      subject: document.subtitle ?? "", language: document.language,
      createdSeconds: settings.createdSeconds ?? document.date.flatMap(Self.seconds(ofDay:)))
  }

  /// Midnight, UTC, of a date as `2026-11-24`; nil for one that is written otherwise.
  static func seconds(ofDay date: String) -> Int? {
    let day = try? Date(date, strategy: .iso8601.year().month().day())
    return day.map { Int($0.timeIntervalSince1970) }
  }

  /// Runs a drawing; the canvas's errors come out as this module's.
  static func drawing<T>(_ path: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as GraphicsError {
      let code: ReportingError.Code = error.code == .cannotWrite ? .unwritable : .drawing
      throw ReportingError(code, error.message, context: path)
    }
  }
}
