/// Why a statistic cannot be computed.
public struct StatisticsError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: Sendable, Hashable {
    /// Lists of unequal lengths, or too few values.
    case wrongCount
    /// A normaliser of zero, a NaN, or a set of pairs without one of the two kinds.
    case degenerate
    /// A parameter outside its range.
    case outOfRange
    /// A column that the table lacks, or of another type.
    case column
    /// Text that is no table of comma-separated values.
    case badTable
  }

  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String

  init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

  public var description: String { message }
}
