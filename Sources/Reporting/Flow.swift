import Graphics

/// A part of the document's structure: its tag, and which one of that kind it is.
struct StructureNode: Hashable {
  let id: Int
  let tag: StructureTag
  /// A figure's words for those who do not see it.
  var alternative = ""
}

/// What an item of the flow draws.
struct FlowContent {
  /// Draws with the text area's left edge and the item's top at a point.
  typealias Draw = (Canvas, Point) throws -> Void

  /// The parts of the document it belongs to, the outermost first.
  var path: [StructureNode]
  var draw: Draw
  /// Draws what stands above it where a page begins with it; the point is that one's top.
  var drawContinuation: Draw?
  /// Draws what closes it where a page ends after it and it goes on; the point is its bottom.
  var drawClosing: Draw?
  /// The label that links lead to.
  var destination: String?
  var outline: (title: String, level: Int)?
}

/// A footnote, measured.
struct FlowNote {
  let number: Int
  let lines: SetParagraph
  let leading: Double

  var height: Double { Double(lines.lines.count) * leading + leading * 0.15 }
}

/// The pages on which labels stand, known once the document is broken into pages.
final class PageNumbers {
  var pages: [String: Int] = [:]
}

/// A document as items, measured and in order, ready to be broken into pages.
struct Flow {
  /// Items of the title block, which stands over all columns.
  var headCount = 0
  let pageNumbers = PageNumbers()
  var items: [FlowItem] = []
  var contents: [FlowContent] = []
  var notes: [FlowNote] = []
}

/// Where blocks are set: how far in, how wide, in which part of the structure.
struct Frame {
  var x: Double
  var width: Double
  var path: [StructureNode]
  var style: TextStyle
  /// Space between paragraphs.
  var spacing: Double
}
