/// A table as reports show it: rules above, between and below, no vertical lines, numbers aligned
/// on the point with digits set by their uncertainty.
///
/// What it holds are values; `FormattedTable` turns them into text once, and every output (page,
/// terminal, CSV, Markdown, LaTeX, HTML) writes that text.
public struct ReportTable: Sendable, Hashable {
  public var columns: [Column]
  /// The header's levels above the columns' own titles, the topmost first.
  public var spanners: [[Spanner]]
  public var rows: [Row]
  /// Remarks set under the table.
  public var notes: [[Inline]]

  public init(
    columns: [Column], spanners: [[Spanner]] = [], rows: [Row], notes: [[Inline]] = []
  ) {
    (self.columns, self.spanners, self.rows, self.notes) = (columns, spanners, rows, notes)
  }

  /// A column's title and how its cells are set.
  public struct Column: Sendable, Hashable {
    public var title: String
    /// Set in brackets after the title.
    public var unit: String?
    /// Which way is better: set as an arrow after the title.
    public var direction: Direction?
    public var alignment: Alignment
    /// Decimals of all the column's numbers; nil has them set by the uncertainty, or where there
    /// is none by the values.
    public var decimals: Int?

    public init(
      _ title: String, unit: String? = nil, direction: Direction? = nil,
      alignment: Alignment = .automatic, decimals: Int? = nil
    ) {
      (self.title, self.unit, self.direction) = (title, unit, direction)
      (self.alignment, self.decimals) = (alignment, decimals)
    }

    /// The title with unit and arrow: `NME (%) ↓`.
    public var heading: String {
      var text = title
      if let unit { text += " (\(unit))" }
      if let direction { text += " " + direction.arrow }
      return text
    }
  }

  /// Which way a metric is better.
  public enum Direction: Sendable, Hashable {
    case lowerIsBetter, higherIsBetter

    public var arrow: String { self == .lowerIsBetter ? "↓" : "↑" }
  }

  public enum Alignment: Sendable, Hashable {
    /// On the decimal point where all of a column's cells are numbers, else left.
    case automatic
    case left, center, right
    case decimal
  }

  /// A title over several columns.
  public struct Spanner: Sendable, Hashable {
    public var title: String
    /// Positions in `columns`.
    public var columns: Range<Int>

    public init(_ title: String, columns: Range<Int>) {
      (self.title, self.columns) = (title, columns)
    }
  }

  /// A row; those of the same `group` that follow each other stand under the group's name.
  public struct Row: Sendable, Hashable {
    public var group: String?
    public var cells: [Cell]
    /// The name that links to the row lead to.
    public var anchor: String?

    public init(_ cells: [Cell], group: String? = nil, anchor: String? = nil) {
      (self.cells, self.group, self.anchor) = (cells, group, anchor)
    }
  }

  /// A value with its mark.
  public struct Cell: Sendable, Hashable {
    public var value: Value
    public var mark: Mark?
    /// Set in italics: figures that others published.
    public var isQuoted: Bool
    /// The anchor of a row or the label that the cell leads to, in a report.
    public var link: String?

    public init(_ value: Value, mark: Mark? = nil, isQuoted: Bool = false) {
      (self.value, self.mark, self.isQuoted) = (value, mark, isQuoted)
    }

    /// A cell of a Markdown table: a text, strong and emphasis of the whole kept as its mark.
    init(inlines: [Inline]) {
      self.init(.text(inlines.plainText))
      guard inlines.count == 1 else { return }
      if case .strong = inlines[0] { mark = .best }
      if case .emphasis = inlines[0] { isQuoted = true }
    }
  }

  public enum Value: Sendable, Hashable {
    /// Set as an en dash: missing is not zero.
    case missing
    case text(String)
    case integer(Int)
    case number(Double)
    /// Mean and standard deviation of `count` values; no deviation where there is one value.
    case measurement(mean: Double, standardDeviation: Double?, count: Int)
    /// Mean of `count` values with its interval.
    case interval(mean: Double, lower: Double, upper: Double, count: Int)
  }

  /// How a cell stands among its rivals.
  public enum Mark: Sendable, Hashable {
    /// The best, or not distinguishable from it: bold.
    case best
    /// The second: underlined.
    case second
  }
}

extension ReportTable {
  /// The table with links to what `targets` says in place of their own, and none where it says nothing.
  public func redirectingLinks(_ targets: [String: String]) -> ReportTable {
    var table = self
    for row in table.rows.indices {
      for cell in table.rows[row].cells.indices {
        table.rows[row].cells[cell].link = table.rows[row].cells[cell].link.flatMap { targets[$0] }
      }
    }
    return table
  }
}
