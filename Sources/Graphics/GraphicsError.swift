import CDrawing
import Glibc

/// What went wrong while drawing or writing a drawing.
public struct GraphicsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The causes that a caller may act on.
  public enum Code: Hashable, Sendable {
    /// The file cannot be created or written: folder missing, no permission, disk full.
    case cannotWrite
    /// A page or image size that is not positive, not finite or too large.
    case invalidSize
    /// Pixels that do not fill the stated width and height.
    case invalidImage
    /// Cairo refused an operation; sticky, so everything after it is lost too.
    case drawing
    /// A second `finish`, or drawing after it.
    case finished
    /// Cairo or Pango is not installed.
    case libraryMissing
  }

  public let code: Code
  /// What happened, with the values, and what to do.
  public let message: String
  /// The file, where there is one.
  public let context: String?

  public init(_ code: Code, _ message: String, context: String? = nil) {
    (self.code, self.message, self.context) = (code, message, context)
  }

  public var description: String { message }

  static func cannotWrite(_ path: String, errno number: Int32) -> GraphicsError {
    let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    return GraphicsError(
      .cannotWrite,
      "cannot write \(path): \(reason). Check that the folder exists, that you may write there "
        + "and that the disk has room.",
      context: path)
  }

  /// Throws where Cairo's status is not success.
  static func check(_ status: cairo_status_t, path: String?) throws(GraphicsError) {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    let reason = cairo_status_to_string(status).map { String(cString: $0) } ?? "unknown"
    let code: Code = status == CAIRO_STATUS_WRITE_ERROR ? .cannotWrite : .drawing
    throw GraphicsError(
      code, "the drawing\(path.map { " \($0)" } ?? "") failed: \(reason).", context: path)
  }
}
