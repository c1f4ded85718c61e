import Experiments
import Foundation
import Notebooks
import Reporting

/// Runs a notebook and lays its prose and its outputs out as a document.
struct ReportBuilder {
  let file: BatchFile
  let session: Session
  private var blocks: [Block] = []
  /// The runs behind each numbered table and figure, in order of the document.
  private var sources: [(block: Int, runs: Set<String>)] = []

  init(file: BatchFile, session: Session) { (self.file, self.session) = (file, session) }

  /// - Throws: the error of the first cell that fails.
  mutating func document(assignments: [String]) throws -> ReportDocument {
    try file.bindParameters(assignments, in: session)
    let footnotes = Footnotes(file.notebook)
    for segment in file.notebook.segments {
      switch segment {
      case .prose(let markdown, let lines):
        let prose = Prose(text: markdown, name: file.path, firstLine: lines.lowerBound)
        blocks += MarkdownReader.blocks(footnotes.completing(try prose.filled(by: session)))
      case .cell(let cell): try add(cell)
      }
      if session.isOver { break }
    }
    let front = file.notebook.frontMatter
    let title = front.title ?? takeTitle() ?? Self.fileTitle(file.path)
    try addProvenance()
    var document = ReportDocument(
      title: title, subtitle: scalar("subtitle"), authors: front.authors, date: front.date,
      abstract: front.abstract.map { MarkdownReader.blocks($0) } ?? [],
      language: scalar("language") ?? "en", blocks: blocks)
    document.bibliography = try ReportOptions(file: file).bibliography()
    if scalar("toc") == "true" { document.blocks.insert(.contents(depth: 2), at: 0) }
    return document
  }

  // MARK: Cells

  private mutating func add(_ cell: Notebooks.Cell) throws {
    var outputs: [Session.Output] = []
    let shownBefore = session.onOutput
    session.onOutput = { output in
      outputs.append(output)
      if case .note = output { shownBefore(output) }
    }
    defer { session.onOutput = shownBefore }
    if echoes(cell) { blocks.append(.code(cell.source, language: "facet")) }
    try session.run(file.source(of: cell))
    guard !cell.has("hide") else { return }
    var caption = cell.value(of: "caption")
    var label = cell.value(of: "label")
    for output in outputs {
      if add(output, caption: caption, label: label) { (caption, label) = (nil, nil) }
    }
  }

  /// Whether the cell's code is shown: its own `echo`, else the front matter's.
  private func echoes(_ cell: Notebooks.Cell) -> Bool {
    if cell.has("echo") { return cell.value(of: "echo") != "false" }
    return scalar("echo") == "true"
  }

  /// A single value of the front matter.
  private func scalar(_ name: String) -> String? {
    for field in file.notebook.frontMatter.fields where field.name == name {
      if case .scalar(let scalar) = field.value { return scalar.text }
    }
    return nil
  }

  /// Adds an output; true where it was a table or figure, which uses the cell's caption up.
  private mutating func add(_ output: Session.Output, caption: String?, label: String?) -> Bool {
    switch output {
    case .note: return false
    case .text(let text):
      blocks.append(.code(text, language: nil))
      return false
    case .table(let table):
      sources.append((blocks.count, table.runs))
      blocks.append(
        .table(
          table.table, caption: Self.inlines(table.caption ?? caption), label: table.label ?? label)
      )
    case .figure(let figure):
      sources.append((blocks.count, figure.runs))
      blocks.append(
        .figure(
          figure.figure, caption: Self.inlines(figure.caption ?? caption),
          label: figure.label ?? label, width: figure.width))
    }
    return true
  }

  private static func inlines(_ caption: String?) -> [Inline] {
    caption.map { MarkdownReader.inlines($0) } ?? []
  }

  // MARK: Title and provenance

  /// A first heading of level 1 is the title where the front matter has none.
  private mutating func takeTitle() -> String? {
    guard case .heading(1, let text, _, _)? = blocks.first else { return nil }
    blocks.removeFirst()
    sources = sources.map { ($0.block - 1, $0.runs) }
    return text.plainText
  }

  private static func fileTitle(_ path: String) -> String {
    URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }

  /// A last section that names the runs behind every numbered table and figure, to whose rows the
  /// tables' cells lead; cells of other runs lead nowhere.
  private mutating func addProvenance() throws {
    let appendix = try runAppendix()
    blocks += appendix.blocks
    for index in blocks.indices {
      guard case .table(let table, let caption, let label) = blocks[index] else { continue }
      blocks[index] = .table(
        table.redirectingLinks(appendix.anchors), caption: caption, label: label)
    }
  }

  private func runAppendix() throws -> RunAppendix {
    let names = numbers()
    var places: [RunID: [String]] = [:]
    for source in sources {
      guard let name = names[source.block] else { continue }
      for run in source.runs { places[run, default: []].append(name) }
    }
    guard !places.isEmpty else { return RunAppendix(runs: [], places: [:]) }
    let store = try session.store()
    let runs = try places.keys.compactMap { try store.run(id: $0) }
      .sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    return RunAppendix(runs: runs, places: places)
  }

  /// “Table 1”, “Figure 2” by position, counted as the pages number them.
  private func numbers() -> [Int: String] {
    var counts: [String: Int] = [:]
    var names: [Int: String] = [:]
    for (position, block) in blocks.enumerated() {
      let (kind, isCounted): (String, Bool) =
        switch block {
        case .table(_, let caption, let label): ("Table", label != nil || !caption.isEmpty)
        case .figure(_, let caption, let label, _), .image(_, let caption, let label, _):
          ("Figure", label != nil || !caption.isEmpty)
        default: ("", false)
        }
      guard isCounted else { continue }
      counts[kind, default: 0] += 1
      names[position] = "\(kind) \(counts[kind] ?? 0)"
    }
    return names
  }
}
