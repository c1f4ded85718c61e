/// Reads Markdown (CommonMark with GitHub's tables, strike-through and autolinks, and footnotes)
/// into the blocks of a report.
///
/// Beyond that it knows what notebooks for papers use:
/// - `# Data {#sec-data}` labels a heading, `{.unnumbered}` leaves its number out;
/// - `[@fig-loss]`, `[@fig-a; @tbl-b]` and `@fig-loss` refer to labels (`fig-`, `tbl-`, `sec-`, `eq-`);
/// - `![Caption](file.png){#fig-x width=80mm}` alone in a paragraph is a figure;
/// - a paragraph `: Caption {#tbl-x}` after a table is the table's caption;
/// - a paragraph `$$ … $$ {#eq-x}` is an equation, `$…$` a formula in the text, set as text;
/// - `\pagebreak` alone in a paragraph is a page break, `\tableofcontents` the table of contents;
/// - `[@key]` cites a work of the bibliography.
public enum MarkdownReader {
  /// The blocks of a Markdown text. Every text is valid Markdown.
  public static func blocks(_ markdown: String) -> [Block] {
    let math = ProtectedMath(markdown)
    return MarkdownTree(math.text).withRoot { root in
      guard let root else { return [] }
      var builder = BlockBuilder(root: root, math: math)
      return builder.blocks(root.children)
    }
  }

  /// The inlines of a one-paragraph text, such as a caption.
  public static func inlines(_ markdown: String) -> [Inline] {
    let found = blocks(markdown)
    if case .paragraph(let inlines)? = found.first, found.count == 1 { return inlines }
    return markdown.isEmpty ? [] : [.text(markdown)]
  }
}

/// Turns cmark's block nodes into blocks.
struct BlockBuilder {
  private var inlines: InlineBuilder

  init(root: MarkdownNode, math: ProtectedMath) {
    // cmark moves the definitions to the document's end, in the order of their first reference.
    let notes = root.children.filter { $0.kind == "footnote_definition" }
    inlines = InlineBuilder(footnotes: notes, math: math)
  }

  mutating func blocks(_ nodes: [MarkdownNode]) -> [Block] {
    var found: [Block] = []
    for node in nodes {
      if node.kind == "paragraph", attachCaption(inlines.inlines(node.children), to: &found) {
        continue
      }
      found += block(node)
    }
    return found
  }

  private mutating func block(_ node: MarkdownNode) -> [Block] {
    switch node.kind {
    case "paragraph": return paragraph(inlines.inlines(node.children))
    case "heading": return [heading(node)]
    case "list": return [.list(list(node))]
    case "block_quote": return [.quote(blocks(node.children))]
    case "code_block": return [code(node)]
    case "thematic_break": return [.rule]
    case "table": return [.table(table(node), caption: [], label: nil)]
    case "footnote_definition", "html_block": return []
    default: return blocks(node.children)
    }
  }

  private func heading(_ node: MarkdownNode) -> Block {
    var content = inlines.inlines(node.children)
    let attributes = Attributes.take(from: &content)
    return .heading(
      level: node.headingLevel, content, id: attributes?.id,
      isNumbered: !(attributes?.classes.contains("unnumbered") ?? false))
  }

  private func code(_ node: MarkdownNode) -> Block {
    let language = node.fenceInfo.split(separator: " ").first.map(String.init)
    var text = inlines.math.restore(node.literal)
    if text.hasSuffix("\n") { text.removeLast() }
    return .code(text, language: language)
  }

  private mutating func list(_ node: MarkdownNode) -> ListBlock {
    var items: [[Block]] = []
    for item in node.children { items.append(blocks(item.children)) }
    return ListBlock(
      start: node.isOrderedList ? node.listStart : nil, isTight: node.isTightList, items: items)
  }

  private func table(_ node: MarkdownNode) -> ReportTable {
    let rows = node.children.map { row in row.children.map { inlines.inlines($0.children) } }
    let alignments = node.tableAlignments
    let columns = (rows.first ?? []).enumerated().map { position, title in
      let alignment: ReportTable.Alignment =
        switch position < alignments.count ? alignments[position] : nil {
        case "l": .left
        case "c": .center
        default: .automatic
        }
      return ReportTable.Column(title.plainText, alignment: alignment)
    }
    return ReportTable(
      columns: columns,
      rows: rows.dropFirst().map { row in ReportTable.Row(row.map(ReportTable.Cell.init(inlines:)))
      })
  }

  /// A paragraph that is really a figure, an equation or a page break.
  private func paragraph(_ content: [Inline]) -> [Block] {
    var content = content
    if content == [.text("\\pagebreak")] || content == [.text("\\newpage")] { return [.pageBreak] }
    if content == [.text("\\tableofcontents")] { return [.contents(depth: 2)] }
    let original = content
    let attributes = Attributes.take(from: &content)
    if content.count == 1, case .link(let caption, let destination) = content[0],
      let path = destination.removingPrefix(InlineBuilder.imageScheme)
    {
      let width = attributes?.values["width"].flatMap(FigureWidth.init)
      return [.image(path: path, caption: caption, label: attributes?.id, width: width)]
    }
    if content.count == 1, case .math(let formula) = content[0], formula.hasPrefix("$") {
      return [.equation(String(formula.dropFirst()), label: attributes?.id)]
    }
    return [.paragraph(original)]
  }

  /// Gives the table that stands last the caption `: …` or `Table: …`.
  private func attachCaption(_ content: [Inline], to found: inout [Block]) -> Bool {
    guard case .table(let table, let caption, nil)? = found.last, caption.isEmpty,
      case .text(let first)? = content.first,
      let rest = first.removingPrefix("Table:") ?? first.removingPrefix(":")
    else { return false }
    var content = content
    content[0] = .text(String(rest.drop { $0 == " " }))
    let attributes = Attributes.take(from: &content)
    found[found.count - 1] = .table(table, caption: content, label: attributes?.id)
    return true
  }
}

extension String {
  func removingPrefix(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
