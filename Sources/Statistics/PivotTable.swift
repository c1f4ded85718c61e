/// One cell of a pivot: the repeated measurements that fell into it.
public struct PivotCell: Sendable, Hashable {
  public enum Mark: Sendable, Hashable {
    /// The best mean of its column.
    case best
    /// Not distinguishable from the best by the test that the table's note names.
    case indistinguishable
    /// The second best mean, where it is distinguishable from the best or no test was possible.
    case second
  }

  public let summary: Summary
  /// The measurements, in order of the rows they came from.
  public let values: [Double]
  public let mark: Mark?
  /// By the table's `spread`; nil where that is the deviation, or where no interval is known.
  public let interval: ClosedRange<Double>?
  /// What the column `run` has for them; empty without one.
  public let runs: [String]
}

/// A table of means over two keys. Made by `DataFrame.pivot`.
public struct PivotTable: Sendable, Hashable {
  /// The names of the frame's columns that gave the rows, the columns and the values.
  public let rowName: String
  public let columnName: String
  public let valueName: String
  public let rowLabels: [Cell]
  public let columnLabels: [Cell]
  /// By row, then column; nil where nothing was measured.
  public let cells: [[PivotCell?]]
  /// Nil where it is unknown which values are better; then nothing is marked.
  public let better: MetricDirection?
  public let spread: PivotSpread
  /// Among which cells the marks were given.
  public let rivals: PivotMarking.Rivals
  /// What the marks mean and by which test; a sentence or more, empty without marks.
  public let note: String
  /// Columns of the frame that differ within a cell, so that its mean mixes unlike things: most
  /// often a `where` is missing. Seeds and runs are meant to differ and are not among them.
  public let mixedColumns: [String]
}

/// How a pivot marks its cells.
public struct PivotMarking: Sendable, Hashable {
  /// Nil: by the value's name.
  public var better: MetricDirection?
  /// The column that says which measurements belong together: a paired test is used over those
  /// that two cells share.
  public var pairing: String
  /// Cells with an adjusted p of at least this are not distinguishable from the best.
  public var significance: Double
  /// Which cells are compared: those of a column, or of a row.
  public var rivals: Rivals

  public enum Rivals: String, Sendable, Hashable, CaseIterable { case column, row }

  public init(
    better: MetricDirection? = nil, pairing: String = "seed", significance: Double = 0.05,
    rivals: Rivals = .column
  ) {
    (self.better, self.pairing, self.significance) = (better, pairing, significance)
    self.rivals = rivals
  }
}

extension DataFrame {
  /// Gathers a column's values by two other columns, and marks the best of every column or row and
  /// whatever is not distinguishable from it.
  ///
  /// Rows without a value are left out; a combination that never occurs is nil, not zero. Labels
  /// keep the order of their first appearance, except where all of them are numbers, counts or
  /// shares (1%, 10%, 100%): then they ascend, counts before shares.
  ///
  /// Test: a paired t-test over the seeds that two cells share, where there are two or more;
  /// Welch's otherwise. Holm's correction within each column.
  /// - Parameters: marking: how the best are found; spread: which intervals the cells get.
  /// - Throws: `.column` for a column that is not there or a value that is no number.
  public func pivot(
    rows: String, columns: String, value: String, marking: PivotMarking = PivotMarking(),
    spread: PivotSpread = .deviation
  ) throws -> PivotTable {
    let (row, column) = (try position(of: rows), try position(of: columns))
    let valued = try measured(at: try position(of: value), named: value)
    let rowLabels = orderedLabels(valued.map { $0.cells[row] })
    let columnLabels = orderedLabels(valued.map { $0.cells[column] })
    let groups = Dictionary(grouping: valued) { [$0.cells[row], $0.cells[column]] }
    let better = marking.better ?? MetricDirection.of(metric: value)
    var marker = PivotMarker(
      better: better, marking: marking, seed: index(of: marking.pairing),
      run: index(of: "run"), intervals: try PivotIntervals(spread, in: self))
    var cells = rowLabels.map { _ in [PivotCell?](repeating: nil, count: columnLabels.count) }
    switch marking.rivals {
    case .column:
      for (columnIndex, columnLabel) in columnLabels.enumerated() {
        let column = rowLabels.map { groups[[$0, columnLabel]] }
        for (rowIndex, cell) in try marker.cells(of: column).enumerated() {
          cells[rowIndex][columnIndex] = cell
        }
      }
    case .row:
      for (rowIndex, rowLabel) in rowLabels.enumerated() {
        cells[rowIndex] = try marker.cells(of: columnLabels.map { groups[[rowLabel, $0]] })
      }
    }
    return PivotTable(
      rowName: rows, columnName: columns, valueName: value, rowLabels: rowLabels,
      columnLabels: columnLabels, cells: cells, better: better, spread: spread,
      rivals: marking.rivals, note: marker.note,
      mixedColumns: mixed(
        in: Array(groups.values), except: [rows, columns, value, marking.pairing, "run", "name"]))
  }

  private func position(of column: String) throws -> Int {
    if let position = index(of: column) { return position }
    throw StatisticsError(
      .column,
      "The table has no column \(column). It has \(self.columns.joined(separator: ", ")).")
  }

  private func measured(at position: Int, named name: String) throws -> [Measurement] {
    try rows.compactMap { row in
      if row[position] == .missing { return nil }
      guard let number = row[position].numericValue else {
        throw StatisticsError(
          .column, "The column \(name) holds \(row[position]), but must hold numbers.")
      }
      return Measurement(value: number, cells: row)
    }
  }

  /// Columns of text that take several values within one of the groups.
  private func mixed(in groups: [[Measurement]], except: Set<String>) -> [String] {
    columns.indices.filter { position in
      !except.contains(columns[position])
        && groups.contains { group in
          Set(group.compactMap { $0.cells[position].textValue }).count > 1
        }
    }.map { columns[$0] }
  }
}

/// A row of a frame with the number that is pivoted.
struct Measurement {
  let value: Double
  let cells: [Cell]
}

extension Cell {
  var textValue: String? { if case .text(let value) = self { value } else { nil } }

  /// Where the cell stands in natural order: counts (0) before shares (1), each by its number;
  /// nothing (2) last. Nil for other text.
  fileprivate var naturalRank: (kind: Int, number: Double)? {
    if self == .missing { return (2, 0) }
    if let number = numericValue { return (0, number) }
    guard let text = textValue else { return nil }
    if text.hasSuffix("%"), let share = Double(text.dropLast()) { return (1, share) }
    return Double(text).map { (0, $0) }
  }
}

/// The distinct labels: ascending where all are numbers, counts or shares, else as they came.
func orderedLabels(_ labels: [Cell]) -> [Cell] {
  var seen: Set<Cell> = []
  let distinct = labels.filter { seen.insert($0).inserted }
  let ranked = distinct.compactMap { label in label.naturalRank.map { (label, $0) } }
  guard ranked.count == distinct.count else { return distinct }
  return ranked.sorted { $0.1 < $1.1 }.map(\.0)
}
