import Experiments

// From Markdown to Jupyter's form.
extension JupyterNotebook {
  /// A cell's own remarks in its metadata, under `facet`.
  enum Remark {
    static let field = "facet"
    static let role = "role"
    static let info = "info"
    static let fence = "fence"
    static let lead = "lead"
    static let trail = "trail"
    static let frontMatter = "front-matter"
    static let parameters = "parameters"
  }

  /// The notebook as Jupyter has it, without outputs: prose as Markdown cells, facet cells as code.
  ///
  /// The front matter becomes a raw cell; its parameters also become a code cell with the tag
  /// `parameters`, which papermill knows, so that the notebook runs by itself.
  public init(_ notebook: Notebook) throws {
    let (header, file) = try Self.header(notebook.frontMatter)
    self.init(
      metadata: file?.metadata ?? Self.facet, minor: file?.minor ?? 5, cells: [])
    if !header.isEmpty {
      cells.append(Self.own(.raw, "front-matter", header, [Remark.role: .text(Remark.frontMatter)]))
    }
    let parameters = notebook.frontMatter.parameters
    if !parameters.isEmpty {
      let lines = parameters.map { "let \($0.name) = \($0.value.literal)" }
      var cell = Self.own(
        .code, "parameters", lines.joined(separator: "\n"),
        [Remark.role: .text(Remark.parameters)])
      cell.metadata["tags"] = .list([.text("parameters")])
      cells.append(cell)
    }
    var builder = CellBuilder(hasHeader: !notebook.frontMatter.serialized().isEmpty)
    for segment in notebook.segments {
      switch segment {
      case .prose(let markdown, _): builder.add(prose: markdown)
      case .cell(let cell): try builder.add(cell)
      }
    }
    cells += builder.finished()
    if minor < 5 { for position in cells.indices { cells[position].id = nil } }
  }

  /// A cell that facet adds.
  private static func own(
    _ kind: JupyterCell.Kind, _ id: String, _ source: String, _ remarks: [String: SpecValue]
  ) -> JupyterCell {
    JupyterCell(kind, id: id, source: source, metadata: [Remark.field: .record(remarks)])
  }

  /// The front matter without its field `jupyter`, and what that says of the file.
  private static func header(
    _ front: FrontMatter
  ) throws -> (text: String, file: (metadata: [String: SpecValue], minor: Int)?) {
    let text = front.serialized()
    guard let field = front.fields.first(where: { $0.name == "jupyter" }),
      case .scalar(let scalar) = field.value
    else { return (text, nil) }
    guard let fields = try? CanonicalJSON.decode([String: SpecValue].self, from: scalar.text),
      let metadata = fields["metadata"]?.fields, let minor = fields["minor"]?.integerValue
    else { throw field.error("“jupyter” must be what facet wrote there: metadata and minor") }
    let lines = SourceLine.split(text).filter { !$0.text.hasPrefix("jupyter:") }
    let rest = lines.map { String($0.text) + $0.ending }.joined()
    return (lines.count > 2 ? rest : "", (metadata, minor))
  }
}

/// Cuts prose into cells at its markers, and keeps the white space that is not the usual.
private struct CellBuilder {
  typealias Remark = JupyterNotebook.Remark

  private enum Before { case start, prose, code }

  private var cells: [JupyterCell] = []
  private var before: Before
  /// White space that stands between two facet cells.
  private var gap: String?
  /// Whether the last cell stands below a marker.
  private var isMarked = false

  init(hasHeader: Bool) { before = hasHeader ? .code : .start }

  // MARK: Code

  mutating func add(_ cell: Cell) throws {
    let marker = cell.value(of: "jupyter").flatMap { JupyterMarker(json: $0) }
    var remarks: [String: SpecValue] = [:]
    let attributes = cell.attributes.filter { !["id", "jupyter"].contains($0.name) }
    if !attributes.isEmpty {
      remarks[Remark.info] = .text(attributes.map { $0.serialized() }.joined(separator: " "))
    }
    let usual = Cell(source: cell.source, attributes: attributes).serialized()
    if let original = cell.original, original.text != usual, marker == nil, !cell.has("id") {
      remarks[Remark.fence] = .text(original.text)
    }
    let usualGap = before == .code ? "\n" : ""
    if (gap ?? "") != usualGap { remarks[Remark.lead] = .text(gap ?? "") }
    gap = nil
    var made = JupyterCell(
      .code, id: cell.value(of: "id"), source: marker?.source ?? cell.source,
      metadata: marker?.metadata ?? [:])
    if !remarks.isEmpty { made.metadata[Remark.field] = .record(remarks) }
    cells.append(made)
    (before, isMarked) = (.code, false)
  }

  // MARK: Prose

  mutating func add(prose: String) {
    guard prose.contains(where: { !$0.isNewline }) else {
      gap = prose
      return
    }
    var chunk = ""
    var marker: JupyterMarker?
    var fence: Fence?
    for line in SourceLine.split(prose) {
      if let open = fence {
        if open.isClosed(by: line) { fence = nil }
      } else if let found = JupyterMarker(line: line.text) {
        flush(chunk, marker)
        (chunk, marker) = ("", found)
        continue
      } else {
        fence = Fence(opening: line)
      }
      chunk += line.text + line.ending
    }
    flush(chunk, marker)
  }

  private mutating func flush(_ chunk: String, _ marker: JupyterMarker?) {
    let isBlank = !chunk.contains { !$0.isNewline }
    if marker == nil, isBlank { return }
    let lead = String(chunk.prefix { $0.isNewline })
    let body = isBlank ? "" : String(chunk.dropFirst(lead.count)).droppingFinalNewlines
    let trail = isBlank ? "" : String(chunk.dropFirst(lead.count + body.count))
    guard let marker else {
      var cell = JupyterCell(.markdown, source: body)
      var remarks: [String: SpecValue] = [:]
      if lead != (before == .code ? "\n" : "") { remarks[Remark.lead] = .text(lead) }
      if trail != "\n\n" { remarks[Remark.trail] = .text(trail) }
      if !remarks.isEmpty { cell.metadata[Remark.field] = .record(remarks) }
      cells.append(cell)
      (before, isMarked) = (.prose, false)
      return
    }
    let kind = marker.kind ?? .markdown
    let fenced = kind == .markdown ? body : Self.content(ofFence: body)
    var cell = JupyterCell(
      kind, id: marker.id, source: marker.source ?? fenced, metadata: marker.metadata)
    (cell.attachments, cell.outputs) = (marker.attachments, marker.outputs)
    cell.executionCount = marker.executionCount
    cells.append(cell)
    (before, isMarked) = (.prose, true)
  }

  /// What stands between a fence's first and last line.
  private static func content(ofFence text: String) -> String {
    SourceLine.split(text).dropFirst().dropLast().map { String($0.text) + $0.ending }.joined()
      .droppingLastNewline
  }

  /// The cells; those without an id are named by their position.
  func finished() -> [JupyterCell] {
    var cells = cells
    // The last stretch of prose ends the file, usually with one line end.
    if let last = cells.indices.last {
      var remarks = cells[last].metadata[Remark.field]?.fields ?? [:]
      if before == .prose, !isMarked {
        let trail = remarks[Remark.trail]?.textValue ?? "\n\n"
        remarks[Remark.trail] = trail == "\n" ? nil : .text(trail)
      } else if let gap, !gap.isEmpty {
        remarks[Remark.trail] = .text(gap)
      }
      cells[last].metadata[Remark.field] = remarks.isEmpty ? nil : .record(remarks)
    }
    let given = Set(cells.compactMap(\.id))
    for position in cells.indices where cells[position].id == nil {
      var id = JupyterNotebook.standardID(position)
      while given.contains(id) { id += "-" }
      cells[position].id = id
    }
    return cells
  }
}

extension JupyterNotebook {
  /// The id of a cell that has none of its own.
  static func standardID(_ position: Int) -> String { "cell-\(position + 1)" }
}

extension String {
  var droppingLastNewline: String { last?.isNewline == true ? String(dropLast()) : self }
}
