/// Why the engine cannot be started.
public struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable { case notFound, cannotStart }

  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String
  public var description: String { message }

  init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}
