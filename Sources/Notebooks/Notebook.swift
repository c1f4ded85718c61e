/// A literate notebook: a Markdown file with front matter, prose, and fenced `facet` cells.
///
/// The text of a notebook that was parsed and not changed comes back byte for byte from
/// ``serialized()``; a changed cell is written anew, everything around it stays as it was.
public struct Notebook: Hashable, Sendable {
  public enum Segment: Hashable, Sendable {
    /// Markdown between cells, line endings included, and its lines in the file (from 1).
    case prose(markdown: String, lines: ClosedRange<Int>)
    case cell(Cell)
  }

  public var frontMatter: FrontMatter
  public var segments: [Segment]
  /// Where the text came from, for error messages; nil for a notebook made in a session.
  public var path: String?

  public init(frontMatter: FrontMatter, segments: [Segment], path: String? = nil) {
    (self.frontMatter, self.segments, self.path) = (frontMatter, segments, path)
  }

  /// The cells in order of the file.
  public var cells: [Cell] {
    segments.compactMap { if case .cell(let cell) = $0 { cell } else { nil } }
  }
}

extension Notebook {
  static let cellLanguage = "facet"

  /// A notebook of a session's cells, in order, for `notebook save`.
  public init(cells sources: [String], title: String? = nil) {
    let cells = sources.map { Segment.cell(Cell(source: $0)) }
    self.init(frontMatter: FrontMatter(title: title), segments: cells)
  }

  /// Refuses attributes that no reader of the notebook knows, so that none is silently ignored.
  /// - Throws: `NotebookError` with `.fence`, the line, and the nearest known name.
  public func checkAttributes(known: [String]) throws {
    for cell in cells {
      guard let attribute = cell.attributes.first(where: { !known.contains($0.name) }) else {
        continue
      }
      let hint =
        nearestName(to: attribute.name, among: known).map { "did you mean “\($0)”?" }
        ?? "known are: \(known.sorted().joined(separator: ", "))"
      throw NotebookError(
        .fence, "unknown cell attribute “\(attribute.name)”: \(hint)", path: path,
        line: cell.firstLine - 1)
    }
  }
}
