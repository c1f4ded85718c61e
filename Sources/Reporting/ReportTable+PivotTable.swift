import Plotting
public import Statistics

extension ReportTable {
  /// A table of a pivot: mean ± standard deviation, the best of each column and what is not
  /// distinguishable from it in bold, the second underlined, and under the table what `±`, `n` and
  /// the marks are.
  ///
  /// - Parameters: title: of the values, set over their columns; nil for the words that
  ///   plots have for it.
  public init(_ pivot: PivotTable, title: String? = nil) {
    let labels = pivot.columnLabels.map { Value($0).label }
    var name = title ?? AxisTitle.text(for: pivot.valueName)
    while let last = name.last, "↓↑ ".contains(last) { name.removeLast() }
    name += " by \(pivot.columnName)"
    if let better = pivot.better { name += " " + better.arrow }
    let columns =
      [Column(pivot.rowName, alignment: .left)]
      + labels.map { Column($0, alignment: .decimal) }
    let rows = zip(pivot.rowLabels, pivot.cells).map { label, cells in
      Row([Cell(.text(Value(label).label))] + cells.map(Cell.init(pivot:)))
    }
    self.init(
      columns: columns,
      spanners: labels.isEmpty
        ? [] : [[Spanner(name, columns: 1..<columns.count)]],
      rows: rows, notes: Self.notes(pivot).map { [.text($0)] })
  }

  private static func notes(_ pivot: PivotTable) -> [String] {
    let cells = pivot.cells.joined().compactMap(\.self)
    guard !cells.isEmpty else { return [] }
    let counts = Set(cells.map(\.summary.count)).sorted()
    var sentences: [String] = []
    switch counts {
    case [1]: sentences.append("n = 1 everywhere: no spread is known.")
    case let counts where counts.count == 1:
      sentences.append("Mean ± standard deviation, n = \(counts[0]).")
    default: sentences.append("Mean ± standard deviation (n).")
    }
    if cells.contains(where: { $0.mark == .best }) {
      let others = cells.contains { $0.mark == .indistinguishable }
      sentences.append(
        "Bold: the best of its column\(others ? " and what is not distinguishable from it" : "")"
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

extension ReportTable.Cell {
  fileprivate init(pivot cell: PivotCell?) {
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
    self.init(
      .measurement(
        mean: summary.mean, standardDeviation: summary.standardDeviation, count: summary.count),
      mark: mark)
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
    case .measurement(let mean, _, _): "\(mean)"
    }
  }
}
