import CMarkdown

/// A parsed CommonMark document with GitHub's tables, strike-through and autolinks, and footnotes.
///
/// Owns cmark's tree; nodes are only seen inside `withRoot`.
struct MarkdownTree: ~Copyable {
  private let root: OpaquePointer?
  private let parser: OpaquePointer?

  private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

  /// Parses text. Every text is valid Markdown, so this does not fail.
  init(_ markdown: String) {
    _ = Self.registered
    let options = CMARK_OPT_SMART | CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8
    let parser = cmark_parser_new(options)
    self.parser = parser
    for name in ["table", "strikethrough", "autolink"] {
      if let found = cmark_find_syntax_extension(name) {
        cmark_parser_attach_syntax_extension(parser, found)
      }
    }
    var text = markdown
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cmark_parser_feed(parser, $0.baseAddress, $0.count)
      }
    }
    root = cmark_parser_finish(parser)
    if let root { cmark_consolidate_text_nodes(root) }
  }

  deinit {
    cmark_node_free(root)
    cmark_parser_free(parser)
  }

  borrowing func withRoot<T>(_ body: (MarkdownNode?) throws -> T) rethrows -> T {
    try body(root.map(MarkdownNode.init))
  }
}

/// A node of a `MarkdownTree`, valid while the tree lives.
struct MarkdownNode {
  let pointer: OpaquePointer

  /// cmark's name of the kind: `paragraph`, `emph`, `table_row`, …
  var kind: String {
    // cmark 0.29's own list of names lacks the footnotes.
    switch cmark_node_get_type(pointer) {
    case CMARK_NODE_FOOTNOTE_DEFINITION: "footnote_definition"
    case CMARK_NODE_FOOTNOTE_REFERENCE: "footnote_reference"
    default: String(cString: cmark_node_get_type_string(pointer))
    }
  }
  var literal: String { cmark_node_get_literal(pointer).map { String(cString: $0) } ?? "" }
  var url: String { cmark_node_get_url(pointer).map { String(cString: $0) } ?? "" }
  var fenceInfo: String { cmark_node_get_fence_info(pointer).map { String(cString: $0) } ?? "" }
  var headingLevel: Int { Int(cmark_node_get_heading_level(pointer)) }
  var isOrderedList: Bool { cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST }
  var listStart: Int { Int(cmark_node_get_list_start(pointer)) }
  var isTightList: Bool { cmark_node_get_list_tight(pointer) == 1 }
  var startLine: Int { Int(cmark_node_get_start_line(pointer)) }

  var children: [MarkdownNode] {
    var found: [MarkdownNode] = []
    var next = cmark_node_first_child(pointer)
    while let node = next {
      found.append(MarkdownNode(pointer: node))
      next = cmark_node_next(node)
    }
    return found
  }

  /// The alignments of a table's columns: `l`, `c`, `r`, or nil where none was given.
  var tableAlignments: [Character?] {
    let count = Int(cmark_gfm_extensions_get_table_columns(pointer))
    guard let bytes = cmark_gfm_extensions_get_table_alignments(pointer) else { return [] }
    return (0..<count).map { bytes[$0] == 0 ? nil : Character(Unicode.Scalar(bytes[$0])) }
  }
}
