import Foundation

/// A value as SQLite stores it. SQLite has no NaN: bound, it becomes NULL.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

extension SQLValue {
  public var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
  public var textValue: String? { if case .text(let value) = self { value } else { nil } }
  public var blobValue: [UInt8]? { if case .blob(let value) = self { value } else { nil } }
  public var isNull: Bool { self == .null }
  /// A real, or an integer read as one.
  public var realValue: Double? {
    switch self {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }
}

extension SQLValue {
  init(_ value: Int) { self = .integer(Int64(value)) }
  init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  init(_ value: Bool?) { self = value.map { .integer($0 ? 1 : 0) } ?? .null }
  init(_ value: Date?) { self = value.map { .real($0.timeIntervalSince1970) } ?? .null }

  /// A column of Unix seconds as a date.
  var dateValue: Date? { realValue.map { Date(timeIntervalSince1970: $0) } }
}

/// What a query gave: a rectangular table. Names of columns may repeat.
public struct QueryResult: Sendable, Hashable {
  public let columns: [String]
  /// Rows, each as long as `columns`.
  public let rows: [[SQLValue]]

  public init(columns: [String], rows: [[SQLValue]]) {
    (self.columns, self.rows) = (columns, rows)
  }

  /// The position of the first column of that name, or nil.
  public func index(of column: String) -> Int? { columns.firstIndex(of: column) }

  /// The values of the first column of that name, or nil where there is none.
  public func values(of column: String) -> [SQLValue]? {
    index(of: column).map { position in rows.map { $0[position] } }
  }
}
