/// One cell of a `DataFrame`. Missing is not zero.
public enum Cell: Sendable, Hashable {
  case missing
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
}

extension Cell {
  /// The cell as a number, where it is one.
  public var numericValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

/// A rectangular table of named columns: what queries give and plots and tables take.
public struct DataFrame: Sendable, Hashable {
  /// The columns' names, unique.
  public let columns: [String]
  /// Rows, each as long as `columns`.
  public let rows: [[Cell]]

  /// - Precondition: every row is as long as `columns`.
  public init(columns: [String], rows: [[Cell]]) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row of another length")
    (self.columns, self.rows) = (columns, rows)
  }

  /// The position of a column, or nil.
  public func index(of column: String) -> Int? { columns.firstIndex(of: column) }

  /// The cells of a column, or nil where there is none of that name.
  public func values(of column: String) -> [Cell]? {
    index(of: column).map { position in rows.map { $0[position] } }
  }
}
