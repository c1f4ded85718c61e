/// Why a figure cannot be drawn.
public struct PlotError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// A field that the data has no column for.
    case unknownColumn
    /// No row with both x and y.
    case noData
    /// A y (or an x on a numeric scale) that is text.
    case notNumeric
    /// Zero or a negative number on a logarithmic scale.
    case notPositive
    /// More colours or panels than can be told apart.
    case tooManyGroups
    /// An option that makes no sense: a smoothing of 1, an empty range.
    case invalidOption
    /// A size too small for the labels, or not a size.
    case tooSmall
    /// A file name whose suffix is no known format.
    case unknownFormat
  }

  public let code: Code
  /// What is wrong, with the values, and what to do.
  public let message: String
  /// The column, option or file.
  public let context: String?

  public init(_ code: Code, _ message: String, context: String? = nil) {
    (self.code, self.message, self.context) = (code, message, context)
  }

  public var description: String { message }
}
