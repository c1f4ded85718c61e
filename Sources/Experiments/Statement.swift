import CSQLite

/// SQLITE_TRANSIENT: SQLite copies what is bound.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// Owns one prepared statement of a connection. Dies before the connection does.
final class Statement {
  let handle: OpaquePointer

  init(handle: OpaquePointer) { self.handle = handle }

  deinit { sqlite3_finalize(handle) }

  var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }
  var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }
  var columns: [String] {
    (0..<sqlite3_column_count(handle)).map { String(cString: sqlite3_column_name(handle, $0)) }
  }

  /// Makes the statement ready to run again.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// Binds a value to a parameter, counted from 1.
  @discardableResult
  func bind(_ value: SQLValue, at position: Int) -> Int32 {
    let position = Int32(position)
    switch value {
    case .null: return sqlite3_bind_null(handle, position)
    case .integer(let value): return sqlite3_bind_int64(handle, position, value)
    case .real(let value): return sqlite3_bind_double(handle, position, value)
    case .text(var value):
      return value.withUTF8 { bytes in
        // An empty string may have no address, which SQLite would take for NULL.
        guard let start = bytes.baseAddress else {
          return sqlite3_bind_text(handle, position, "", 0, copied)
        }
        return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          sqlite3_bind_text64(
            handle, position, $0, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let value):
      if value.isEmpty { return sqlite3_bind_zeroblob(handle, position, 0) }
      return sqlite3_bind_blob64(handle, position, value, UInt64(value.count), copied)
    }
  }

  func row() -> [SQLValue] { (0..<sqlite3_column_count(handle)).map(value) }

  /// A column of integers, counted from 0.
  func integer(at column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// A column of texts, counted from 0.
  func text(at column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// The value of a column, counted from 0, of the current row.
  func value(at column: Int32) -> SQLValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
    case SQLITE_TEXT: return .text(text(at: column))
    case SQLITE_BLOB:
      guard let bytes = sqlite3_column_blob(handle, column) else { return .blob([]) }
      let count = Int(sqlite3_column_bytes(handle, column))
      return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
    default: return .null
    }
  }
}
