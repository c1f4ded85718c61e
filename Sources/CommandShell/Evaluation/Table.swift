import Reporting
import Statistics

/// A table of the shell: its rows, how it is to be shown where that is not plain, and the caption
/// that makes it a numbered table of a report.
struct Table: Sendable {
  var frame: DataFrame
  /// Set where the rows are more than plain cells: a pivot's means, deviations and marks.
  var layout: ReportTable?
  var caption: String?
  var label: String?
  /// Ids of the runs behind it.
  var runs: Set<String> = []

  init(_ frame: DataFrame, layout: ReportTable? = nil, runs: Set<String>? = nil) {
    (self.frame, self.layout) = (frame, layout)
    let own = frame.values(of: "run")?.compactMap { cell -> String? in
      if case .text(let id) = cell { id } else { nil }
    }
    self.runs = runs ?? Set(own ?? [])
  }

  /// The table as reports and terminals show it; the long ids of runs are cut to eight letters.
  var reportTable: ReportTable {
    if let layout { return layout }
    guard let run = frame.index(of: "run") else { return ReportTable(frame) }
    let rows = frame.rows.map { row in
      var row = row
      if case .text(let id) = row[run], id.count == 36 { row[run] = .text(String(id.prefix(8))) }
      return row
    }
    return ReportTable(DataFrame(columns: frame.columns, rows: rows))
  }

  /// Other rows of the same origin.
  func with(_ frame: DataFrame) -> Table {
    var table = Table(frame, runs: frame.index(of: "run") == nil ? runs : nil)
    (table.caption, table.label) = (caption, label)
    if table.runs.isEmpty, !frame.rows.isEmpty { table.runs = runs }
    return table
  }
}
