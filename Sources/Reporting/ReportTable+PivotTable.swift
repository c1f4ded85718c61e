import Plotting
public import Statistics

extension ReportTable {
  /// A table of a pivot: mean ± standard deviation, the best of each column and what is not
  /// distinguishable from it in bold, the second underlined, and under the table what `±`, `n` and
  /// the marks are.
  ///
  /// - Parameters: title: of the values, set over their columns; nil for the words that
  ///   plots have for it; rule: by which the columns' intervals were made.
  public init(_ pivot: PivotTable, title: String? = nil, rule: String? = nil) {
    let labels = pivot.columnLabels.map { Value($0).label }
    var name = title ?? AxisTitle.text(for: pivot.valueName)
    while let last = name.last, "↓↑ ".contains(last) { name.removeLast() }
    name += " by \(pivot.columnName)"
    if let better = pivot.better { name += " " + better.arrow }
    let columns =
      [Column(pivot.rowName, alignment: .left)]
      + labels.map { Column($0, alignment: .decimal) }
    let rows = zip(pivot.rowLabels, pivot.cells).map { label, cells in
      Row(
        [Cell(.text(Value(label).label))]
          + cells.map { Cell(pivot: $0, hasDeviation: pivot.spread == .deviation) })
    }
    self.init(
      columns: columns,
      spanners: labels.isEmpty
        ? [] : [[Spanner(name, columns: 1..<columns.count)]],
      rows: rows, notes: Self.notes(pivot, rule).map { [.text($0)] })
  }

  private static func notes(_ pivot: PivotTable, _ rule: String?) -> [String] {
    let cells = pivot.cells.joined().compactMap(\.self)
    guard !cells.isEmpty else { return [] }
    var sentences = [spread(pivot.spread, counts: Set(cells.map(\.summary.count)).sorted(), rule)]
    if pivot.spread != .deviation, cells.contains(where: { $0.interval == nil }) {
      sentences.append("Without brackets: no interval is known.")
    }
    if cells.contains(where: { $0.mark == .best }) {
      let others = cells.contains { $0.mark == .indistinguishable }
      sentences.append(
        "Bold: the best of its \(pivot.rivals)\(others ? " and what is not distinguishable from it" : "")"
          + (cells.contains { $0.mark == .second } ? "; underlined: the second." : "."))
    }
    if !pivot.note.isEmpty { sentences.append(pivot.note) }
    if !pivot.mixedColumns.isEmpty {
      sentences.append(
        "Cells mix runs that differ in \(pivot.mixedColumns.joined(separator: ", ")).")
    }
    return [sentences.joined(separator: " ")]
  }
}

extension ReportTable {
  /// What stands beside the means, and how many values they are of.
  private static func spread(_ spread: PivotSpread, counts: [Int], _ rule: String?) -> String {
    let number = counts.count == 1 ? "n = \(counts[0])" : "n in parentheses"
    switch spread {
    case .deviation:
      if counts == [1] { return "n = 1 everywhere: no spread is known." }
      return "Mean ± standard deviation\(counts.count == 1 ? ", " + number : " (n)")."
    case .repetitions(let level):
      return "Mean [\(percent(level)) interval of the mean over repetitions, Student’s t], "
        + "\(number)."
    case .columns:
      let made = rule.map { " (\($0))" } ?? ""
      let several = counts == [1] ? "" : "; over several runs, the mean of their intervals’ ends"
      return "Mean [95 % interval over the test samples\(made)\(several)], \(number)."
    }
  }

  private static func percent(_ level: Double) -> String {
    NumberFormat.fixed(100 * level, decimals: NumberFormat.decimals(values: [100 * level])) + " %"
  }
}

extension ReportTable.Cell {
  fileprivate init(pivot cell: PivotCell?, hasDeviation: Bool) {
    guard let cell else {
      self.init(.missing)
      return
    }
    let summary = cell.summary
    let mark: ReportTable.Mark? =
      switch cell.mark {
      case .best, .indistinguishable: .best
      case .second: .second
      case nil: nil
      }
    let value: ReportTable.Value =
      cell.interval.map {
        .interval(
          mean: summary.mean, lower: $0.lowerBound, upper: $0.upperBound, count: summary.count)
      }
      ?? .measurement(
        mean: summary.mean, standardDeviation: hasDeviation ? summary.standardDeviation : nil,
        count: summary.count)
    self.init(value, mark: mark)
    link = cell.runs.first
  }
}

extension ReportTable.Value {
  /// The value as a row's or column's label.
  fileprivate var label: String {
    switch self {
    case .missing: "–"
    case .text(let text): text
    case .integer(let value): String(value)
    case .number(let value):
      NumberFormat.fixed(value, decimals: NumberFormat.decimals(values: [value]))
    case .measurement(let mean, _, _), .interval(let mean, _, _, _): "\(mean)"
    }
  }
}
