/// What went wrong in this module: with tensors, torch itself, or a file of tensors.
public struct TensorError: Error, CustomStringConvertible {
  /// A cause that a caller may act on.
  public enum Code: String, Sendable {
    /// Shapes, ranks or counts do not fit.
    case shapeMismatch
    /// An index or a label lies outside its range.
    case indexOutOfRange
    /// Memory of the machine or the device is used up.
    case outOfMemory
    /// The device is not present, or torch has no kernel for it.
    case unsupported
    /// A value that the function refuses.
    case invalidArgument
    /// A state dictionary or an optimizer's state does not fit what it is loaded into.
    case stateMismatch
    /// A file that cannot be read or written, or whose content is damaged.
    case file
    /// Another process of the same job is gone, or did not come.
    case lostRank
    /// Anything else that torch reports.
    case torch
  }

  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String
  /// Where: the operation, shapes, a path.
  public let context: [String: String]

  public init(_ code: Code, _ message: String, context: [String: String] = [:]) {
    (self.code, self.message, self.context) = (code, message, context)
  }

  public var description: String { message }
}
