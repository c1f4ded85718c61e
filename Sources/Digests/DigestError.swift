/// What went wrong while a digest was computed.
public struct DigestError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: Sendable, Hashable { case unreadableFile }

  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String
  /// The file's path.
  public let context: String

  public var description: String { message }
}
