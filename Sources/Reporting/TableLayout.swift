import Graphics

/// A table measured for a page: pure geometry, points from its own left edge and each row's top.
struct TableLayout {
  /// A text and where it stands in its row.
  struct Piece {
    let layout: TextLayout
    /// Which line of the layout.
    var line: Int = 0
    var x: Double
    var baseline: Double
    var isUnderlined = false
  }

  /// The pieces of one cell, in reading order.
  struct Cell {
    var pieces: [Piece]
    var isHeader = false
    /// The name that it leads to.
    var link: String?
  }

  struct Rule {
    var x: Double
    var width: Double
    var y: Double
    var thickness: Double
  }

  struct Row {
    var height: Double
    var cells: [Cell]
    var rules: [Rule] = []
    /// Whether it names a group: no page ends after it.
    var isGroup = false
    /// The name that links to it lead to.
    var anchor: String?
  }

  /// Titles and spanners, the rule above and the one below them.
  let header: Row
  let body: [Row]
  let width: Double
  /// The style of its cells, smaller than asked for where the table would be too wide.
  let style: TextStyle

  static let heavyRule = 0.8
  static let lightRule = 0.5
  static let thinRule = 0.3

  /// Measures a table for a width; cells are wrapped and then set smaller until it fits.
  init(_ table: FormattedTable, style: TextStyle, width: Double, cache: LayoutCache) {
    var builder = TableBuilder(table, style: style, cache: cache)
    builder.fit(width)
    (header, body) = (builder.header(), builder.body())
    (self.width, self.style) = (builder.width, builder.style)
  }
}
