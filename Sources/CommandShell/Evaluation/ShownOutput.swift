public import Plotting
public import Reporting

/// A table as a cell shows it.
public struct ShownTable: Sendable {
  public let table: ReportTable
  public let caption: String?
  public let label: String?
  /// Ids of the runs behind it.
  public let runs: Set<String>

  init(_ table: Table) {
    (self.table, caption, label) = (table.reportTable, table.caption, table.label)
    runs = table.runs
  }

  /// All rows, with all digits.
  var csv: String { FormattedTable(table).toCSV(precision: .full) }
}

/// A figure as a cell shows it.
public struct ShownFigure: Sendable {
  public var figure: any Figure
  public var caption: String?
  public var label: String?
  public var width: FigureWidth?
  /// Ids of the runs behind it.
  public var runs: Set<String>
  /// Where it was saved.
  public var savedPaths: [String] = []
  /// One line for a terminal: `line plot of nme over labels`.
  public let summary: String
}
