/// What went wrong while a document was read, laid out or written.
public struct ReportingError: Error, Sendable, CustomStringConvertible {
  /// The causes that a caller may act on.
  public enum Code: Sendable, Hashable {
    /// A cross reference names a label that no figure, table, section or equation has.
    case unresolvedReference
    /// Two things of a document have the same label.
    case duplicateLabel
    /// The file or folder cannot be written.
    case unwritable
    /// A file name's suffix is none that can be written.
    case unknownFormat
    /// A bibliography that cannot be read, or a key that stands in it twice.
    case badBibliography
    /// An image that the document names cannot be read.
    case unreadableImage
    /// A page, margin or resolution out of its range.
    case invalidSettings
    /// The drawing library failed.
    case drawing
  }

  public let code: Code
  /// What happened, with the values, and what to do about it.
  public let message: String
  /// The label, path or setting that it happened to.
  public let context: String

  public init(_ code: Code, _ message: String, context: String = "") {
    (self.code, self.message, self.context) = (code, message, context)
  }

  public var description: String { message }
}
