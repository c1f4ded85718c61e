public import Statistics

extension ReportTable {
  /// A plain table of a data frame: its columns as they are, numbers with the same decimals down a
  /// column.
  public init(_ frame: DataFrame) {
    self.init(
      columns: frame.columns.map { Column($0) },
      rows: frame.rows.map { Row($0.map { Cell(Value($0)) }) })
  }
}

extension ReportTable.Value {
  /// The value of a data frame's cell.
  public init(_ cell: Statistics.Cell) {
    self =
      switch cell {
      case .missing: .missing
      case .boolean(let value): .text(value ? "yes" : "no")
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .text(let text): .text(text)
      }
  }
}
