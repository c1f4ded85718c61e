import Foundation
import Graphics
import Notebooks
import Reporting

/// What a notebook's front matter says of how its report is set: `paper`, `columns`, `font-size`,
/// `justified`, `bibliography`, `references`.
struct ReportOptions {
  let file: BatchFile

  /// The files that a report can be written to.
  static let suffixes = ["pdf", "html", "png"]

  /// - Throws: `ShellError` with `.badNotebook` for a value that is none of those known.
  func settings() throws -> ReportSettings {
    var settings = ReportSettings()
    settings.loadImage = ReportImages.loader(besides: file.path)
    if let paper = field("paper") {
      let sizes = ["a4": Size.a4, "letter": Size.letter]
      guard let size = sizes[paper.lowercased()] else {
        throw bad(
          "paper", paper, "a4 or letter", nearestName(to: paper, among: sizes.keys.sorted()))
      }
      settings.pageSize = size
    }
    if let columns = field("columns") {
      guard let count = Int(columns), count == 1 || count == 2 else {
        throw bad("columns", columns, "1 or 2", nil)
      }
      settings.columns = count
      if count == 2 {
        // Lines of some sixty letters, as in one column.
        settings.margins = .init(top: 24, right: 20, bottom: 24, left: 20)
        settings.fontSize = 9
      }
    }
    if let size = field("font-size") {
      guard let points = Double(size), points >= 4, points <= 40 else {
        throw bad("font-size", size, "a size in points, 4 to 40", nil)
      }
      settings.fontSize = points
    }
    if let justified = field("justified") {
      guard let flag = Bool(justified) else {
        throw bad("justified", justified, "true or false", nil)
      }
      settings.isJustified = flag
    }
    return settings
  }

  /// Writes the document in the form that the suffix names.
  ///
  /// - Returns: what to say of it after its name.
  func write(_ document: ReportDocument, to output: String) throws -> String {
    let settings = try settings()
    let url = URL(fileURLWithPath: output)
    switch url.pathExtension.lowercased() {
    case "html":
      try HTMLRenderer(loadImage: settings.loadImage).write(document, to: url)
      return ""
    case "png":
      let folder = url.deletingPathExtension()
      let pages = try ReportRenderer(settings).writePNGs(document, folder: folder)
      return " · in \(folder.relativePath)/: \(pages.count) page\(pages.count == 1 ? "" : "s")"
    default:
      let pages = try ReportRenderer(settings).writePDF(document, to: url)
      return " · \(pages) page\(pages == 1 ? "" : "s")"
    }
  }

  /// The works of the `.bib` file and of the list in the front matter, whose items are
  /// `key: text in Markdown`.
  func bibliography() throws -> [BibliographyEntry] {
    var entries: [BibliographyEntry] = []
    if let name = field("bibliography") {
      let path = URL(fileURLWithPath: file.path).deletingLastPathComponent()
        .appendingPathComponent(name).relativePath
      guard let source = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw ShellError(
          .missingFile, "the bibliography \(path) cannot be read",
          notes: ["`bibliography:` in the front matter names it, from the notebook's folder"])
      }
      entries += try BibTeX.entries(source)
    }
    for item in list("references") {
      guard let colon = item.firstIndex(of: ":") else {
        throw bad("references", item, "key: Authors. Title. Year.", nil)
      }
      let text = item[item.index(after: colon)...].drop { $0 == " " }
      entries.append(
        BibliographyEntry(
          key: String(item[..<colon]), text: MarkdownReader.inlines(String(text))))
    }
    return entries
  }

  // MARK: Front matter

  private func field(_ name: String) -> String? {
    for field in file.notebook.frontMatter.fields where field.name == name {
      if case .scalar(let scalar) = field.value { return scalar.text }
    }
    return nil
  }

  private func list(_ name: String) -> [String] {
    for field in file.notebook.frontMatter.fields where field.name == name {
      switch field.value {
      case .list(let items): return items.map(\.text)
      case .record(let fields):
        return fields.compactMap { field in
          if case .scalar(let scalar) = field.value { "\(field.name): \(scalar.text)" } else { nil }
        }
      default: return []
      }
    }
    return []
  }

  private func bad(
    _ name: String, _ value: String, _ expected: String, _ suggestion: String?
  ) -> ShellError {
    ShellError(
      .badNotebook, "\(file.path): `\(name): \(value)` of the front matter is not known",
      expected: expected, suggestion: suggestion)
  }
}
