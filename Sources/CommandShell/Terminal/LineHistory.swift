/// Where the line editor finds and keeps what was typed. A store is one; see `StoreHistory`.
public protocol LineHistory: AnyObject {
  /// The cells typed before, oldest first.
  func entries() -> [String]
  /// Keeps one more. Must not throw away a session's work: a failure is the history's own affair.
  func append(_ text: String)
}

/// History that ends with the session.
public final class SessionHistory: LineHistory {
  private var texts: [String]

  public init(_ texts: [String] = []) { self.texts = texts }
  public func entries() -> [String] { texts }
  public func append(_ text: String) { texts.append(text) }
}
