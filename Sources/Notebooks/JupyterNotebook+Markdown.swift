import Experiments

// From Jupyter's form to Markdown.
extension JupyterNotebook {
  /// The code cells that facet runs, in order: those of a Markdown notebook are the same.
  public var executableCells: [JupyterCell] {
    guard language == Notebook.cellLanguage else { return [] }
    return cells.filter { $0.kind == .code && !$0.hasRole(Remark.parameters) }
  }

  /// The notebook as Markdown. All of it is there but the outputs of facet's own cells, which a
  /// store keeps: what Markdown has no words for stands in comments and in the attribute `jupyter`.
  /// - Throws: `NotebookError` for a notebook that facet would not read back.
  public func markdown() throws -> String {
    var rest = cells[...]
    var text = try header(&rest)
    var writer = MarkdownWriter(
      language: language, hasIDs: minor >= 5, isBehindHeader: !text.isEmpty)
    let own = rest.filter { !$0.hasRole(Remark.parameters) }
    for (position, cell) in own.enumerated() {
      try writer.add(cell, at: position, isLast: position == own.count - 1)
    }
    text += writer.text
    _ = try Notebook(parsing: text)
    return text
  }

  /// The front matter, with the parameters' values of their cell and what the file itself says.
  private func header(_ rest: inout ArraySlice<JupyterCell>) throws -> String {
    var front = FrontMatter()
    if let first = rest.first, first.kind == .raw, first.source.hasPrefix("---\n"),
      let found = try? Notebook(parsing: first.source), found.segments.isEmpty
    {
      front = found.frontMatter
      rest = rest.dropFirst()
    }
    if let cell = rest.first(where: { $0.hasRole(Remark.parameters) }) {
      front.takeValues(from: cell.source)
    }
    var text = front.serialized()
    guard metadata != Self.facet || minor != 5 else { return text }
    let file = SpecValue.record(["metadata": .record(metadata), "minor": .integer(minor)])
    let line = "jupyter: \(try CanonicalJSON.encode(file).quotedOnOneLine)\n"
    guard !text.isEmpty else { return "---\n\(line)---\n" }
    text.insert(contentsOf: line, at: text.index(text.startIndex, offsetBy: 4))
    return text
  }
}

extension JupyterCell {
  fileprivate typealias Remark = JupyterNotebook.Remark

  func remark(_ name: String) -> String? {
    metadata[JupyterNotebook.Remark.field]?.fields?[name]?.textValue
  }

  func hasRole(_ role: String) -> Bool { remark(JupyterNotebook.Remark.role) == role }
}

extension FrontMatter {
  /// Takes the values of `let name = value` lines that differ from the parameters' own.
  fileprivate mutating func takeValues(from source: String) {
    for line in source.split(separator: "\n") where line.hasPrefix("let ") {
      let parts = line.dropFirst(4).split(separator: "=", maxSplits: 1)
      guard parts.count == 2,
        let index = parameters.firstIndex(where: { $0.name == parts[0].trimmingSpaces }),
        parameters[index].value.literal != parts[1].trimmingSpaces
      else { continue }
      let scalars = try? FrontMatterParser.parse(
        SourceLine.split("---\nparameters:\n  value: \(parts[1].trimmingSpaces)\n---\n"))
      guard let value = scalars?.frontMatter.parameters.first?.value else { continue }
      parameters[index].value = value
    }
  }
}

/// Writes cells with the white space that facet writes, or that they are remarked with.
private struct MarkdownWriter {
  private typealias Remark = JupyterNotebook.Remark
  private enum Before { case start, prose, code }

  let language: String
  let hasIDs: Bool
  private(set) var text = ""
  private var before: Before

  init(language: String, hasIDs: Bool, isBehindHeader: Bool) {
    (self.language, self.hasIDs) = (language, hasIDs)
    before = isBehindHeader ? .code : .start
  }

  mutating func add(_ cell: JupyterCell, at position: Int, isLast: Bool) throws {
    let isStandard = !hasIDs || cell.id == JupyterNotebook.standardID(position)
    if cell.kind == .code, language == Notebook.cellLanguage {
      text += cell.remark(Remark.lead) ?? (before == .code ? "\n" : "")
      text += try code(cell, isStandard: isStandard)
      if isLast { text += cell.remark(Remark.trail) ?? "" }
      before = .code
    } else {
      text += try prose(cell, isStandard: isStandard, isLast: isLast)
      before = .prose
    }
  }

  // MARK: Code

  private func code(_ cell: JupyterCell, isStandard: Bool) throws -> String {
    var others = cell.metadata
    others[Remark.field] = nil
    if let fence = cell.remark(Remark.fence), isStandard, others.isEmpty { return fence }
    var attributes = try AttributeParser.parse((cell.remark(Remark.info) ?? "")[...], line: 1)
    if !isStandard, let id = cell.id { attributes.append(CellAttribute(name: "id", value: id)) }
    var marker = JupyterMarker()
    marker.metadata = others
    let plain = Cell(source: cell.source, attributes: attributes).serialized()
    let isFaithful = (try? Notebook(parsing: plain))?.cells.first?.source == cell.source
    if !isFaithful { marker.source = cell.source }
    guard !marker.isEmpty else { return plain }
    attributes.append(CellAttribute(name: "jupyter", value: try marker.json()))
    return Cell(source: isFaithful ? cell.source : "", attributes: attributes).serialized()
  }

  // MARK: Prose

  private func prose(_ cell: JupyterCell, isStandard: Bool, isLast: Bool) throws -> String {
    let lead = before == .code ? "\n" : ""
    let trail = isLast ? "\n" : "\n\n"
    let remarks = cell.metadata[Remark.field]?.fields ?? [:]
    let isPlain =
      cell.kind == .markdown && isStandard && cell.attachments == nil && before != .prose
      && cell.metadata.keys.allSatisfy { $0 == Remark.field }
      && remarks.keys.allSatisfy { [Remark.lead, Remark.trail].contains($0) }
    if isPlain, isFaithful(cell.source + "\n\n", to: cell) {
      return (cell.remark(Remark.lead) ?? lead) + cell.source
        + (cell.remark(Remark.trail) ?? trail)
    }
    var marker = JupyterMarker()
    marker.id = isStandard || !hasIDs ? nil : cell.id
    marker.kind = cell.kind == .markdown ? nil : cell.kind
    (marker.metadata, marker.attachments) = (cell.metadata, cell.attachments)
    (marker.outputs, marker.executionCount) = (cell.outputs, cell.executionCount)
    let block = try "\(marker.line())\n\(body(of: cell))\n"
    if isFaithful(block + "\n", to: cell) { return lead + block + (isLast ? "" : "\n") }
    marker.source = cell.source
    return lead + (try marker.line()) + trail
  }

  private func body(of cell: JupyterCell) -> String {
    if cell.kind == .markdown { return cell.source }
    let longest = SourceLine.split(cell.source).map { $0.trimmed.prefix { $0 == "`" }.count }.max()
    let fence = String(repeating: "`", count: max(3, (longest ?? 0) + 1))
    let info = cell.kind == .raw ? "raw" : language.filter { !$0.isWhitespace && $0 != "`" }
    return "\(fence)\(info)\n\(cell.source)\n\(fence)"
  }

  /// Whether a block of Markdown, between two cells, reads as that cell.
  private func isFaithful(_ block: String, to cell: JupyterCell) -> Bool {
    let cells = "```facet\nA\n```\n\n\(block)```facet\nB\n```\n"
    guard let notebook = try? Notebook(parsing: cells), let read = try? JupyterNotebook(notebook),
      read.cells.count == 3
    else { return false }
    return read.cells[1].kind == cell.kind && read.cells[1].source == cell.source
      && read.cells[2].source == "B"
  }
}
