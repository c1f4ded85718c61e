/// The numbers of a document's sections, figures, tables and equations, and what its labels name.
struct CrossReferences {
  /// What a label names.
  struct Target: Hashable {
    /// As a reference shows it: `Figure 2`.
    var text: String
    /// The name of the destination in the PDF.
    var destination: String
  }

  private(set) var targets: [String: Target] = [:]
  /// The number of each heading, figure, table and equation in reading order, those in lists and
  /// quotations too; nil for one without.
  private(set) var numbers: [String?] = []

  private var sections = [0, 0, 0, 0, 0, 0]
  private var counts: [String: Int] = [:]
  private let numbersSections: Bool
  /// The keys that the document cites, in order of their first citation.
  private(set) var citations: [String] = []
  private let topLevel: Int

  /// Numbers the blocks.
  ///
  /// - Throws: `ReportingError` with `.duplicateLabel`.
  init(
    _ blocks: [Block], numbersSections: Bool, bibliography: [BibliographyEntry] = []
  ) throws {
    self.numbersSections = numbersSections
    // A document may begin with headings of level 2: those are its sections.
    let levels = blocks.compactMap { block in
      if case .heading(let level, _, _, _) = block { level } else { nil }
    }
    topLevel = levels.min() ?? 1
    try addAll(blocks)
    try addCitations(blocks, bibliography)
  }

  /// Numbers the works that are cited, in order of their first citation.
  private mutating func addCitations(
    _ blocks: [Block], _ bibliography: [BibliographyEntry]
  ) throws {
    guard !bibliography.isEmpty else { return }
    let keys = Set(bibliography.map(\.key))
    for label in blocks.flatMap(\.inlines).references where keys.contains(label) {
      guard targets[label] == nil else { continue }
      citations.append(label)
      targets[label] = Target(text: "[\(citations.count)]", destination: "reference-" + label)
    }
  }

  private mutating func addAll(_ blocks: [Block]) throws {
    for block in blocks { try add(block) }
  }

  private mutating func add(_ block: Block) throws {
    switch block {
    case .heading(let level, let inlines, let id, let isNumbered):
      let number = numbersSections && isNumbered ? section(level - topLevel) : nil
      numbers.append(number)
      if let id { try add(id, number.map { "Section \($0)" } ?? "“\(inlines.plainText)”") }
    case .figure(_, let caption, let label, _), .image(_, let caption, let label, _):
      try count("Figure", label, isCounted: label != nil || !caption.isEmpty)
    case .table(_, let caption, let label):
      try count("Table", label, isCounted: label != nil || !caption.isEmpty)
    case .equation(_, let label): try count("Equation", label, isCounted: label != nil)
    case .list(let list): for item in list.items { try addAll(item) }
    case .quote(let blocks): try addAll(blocks)
    case .anchor(let name): try add(name, name)
    case .paragraph, .code, .rule, .pageBreak, .contents: break
    }
  }

  private mutating func section(_ depth: Int) -> String {
    let depth = min(max(depth, 0), sections.count - 1)
    sections[depth] += 1
    for deeper in (depth + 1)..<max(sections.count, depth + 1) { sections[deeper] = 0 }
    return sections[...depth].map { String(max($0, 1)) }.joined(separator: ".")
  }

  private mutating func count(_ kind: String, _ label: String?, isCounted: Bool) throws {
    guard isCounted else { return numbers.append(nil) }
    counts[kind, default: 0] += 1
    let number = String(counts[kind, default: 0])
    numbers.append(number)
    if let label { try add(label, "\(kind)\u{00A0}\(number)") }
  }

  private mutating func add(_ label: String, _ text: String) throws {
    guard targets[label] == nil else {
      throw ReportingError(
        .duplicateLabel,
        "The label '\(label)' is given twice (the first is \(targets[label]?.text ?? "")); labels "
          + "must be unique, rename one.", context: label)
    }
    targets[label] = Target(text: text, destination: label)
  }

  /// The inlines with references as links to what they name.
  ///
  /// - Throws: `ReportingError` with `.unresolvedReference`.
  func resolve(_ inlines: [Inline]) throws -> [Inline] {
    try inlines.map { inline in
      switch inline {
      case .reference(let label):
        let target = try target(label)
        return .link([.text(target.text)], destination: "#" + target.destination)
      case .link(let inner, let destination):
        if let label = destination.removingPrefix("#") { _ = try target(label) }
        return .link(try resolve(inner), destination: destination)
      case .emphasis(let inner): return .emphasis(try resolve(inner))
      case .strong(let inner): return .strong(try resolve(inner))
      case .strikethrough(let inner): return .strikethrough(try resolve(inner))
      case .superscript(let inner): return .superscript(try resolve(inner))
      case .subscript(let inner): return .subscript(try resolve(inner))
      case .footnote(let inner): return .footnote(try resolve(inner))
      case .text, .code, .math, .lineBreak: return inline
      }
    }
  }

  private func target(_ label: String) throws -> Target {
    if let found = targets[label] { return found }
    let known = targets.keys.sorted()
    let near = known.min { Self.distance($0, label) < Self.distance($1, label) }
    let hint =
      switch near {
      case let near? where Self.distance(near, label) <= max(2, label.count / 3):
        "Did you mean '\(near)'?"
      case _? where known.count <= 12: "The document has \(known.joined(separator: ", "))."
      case _?: "The document has \(known.count) labels, none like it."
      case nil: "The document has no labels: give one with {#\(label)} at the caption's end."
      }
    throw ReportingError(
      .unresolvedReference, "Nothing in the document has the label '\(label)'. \(hint)",
      context: label)
  }

  /// How many letters must be put in, taken out or replaced (Levenshtein).
  static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in second.enumerated() {
        let above = row[j + 1]
        row[j + 1] = a == b ? diagonal : 1 + min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[second.count]
  }
}

extension Block {
  /// All running text of the block, captions and lists included.
  var inlines: [Inline] {
    switch self {
    case .heading(_, let inlines, _, _), .paragraph(let inlines): inlines
    case .figure(_, let caption, _, _), .image(_, let caption, _, _): caption
    case .table(let table, let caption, _): caption + table.notes.flatMap(\.self)
    case .list(let list): list.items.flatMap { $0.flatMap(\.inlines) }
    case .quote(let blocks): blocks.flatMap(\.inlines)
    case .code, .equation, .rule, .pageBreak, .contents, .anchor: []
    }
  }
}

extension Sequence<Inline> {
  /// The labels of references, in order, those in footnotes too.
  var references: [String] {
    flatMap { inline -> [String] in
      switch inline {
      case .reference(let label): [label]
      case .emphasis(let inner), .strong(let inner), .strikethrough(let inner),
        .superscript(let inner), .subscript(let inner), .link(let inner, _), .footnote(let inner):
        inner.references
      case .text, .code, .math, .lineBreak: []
      }
    }
  }
}
