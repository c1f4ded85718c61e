/// What went wrong in the store or with what was to be written there.
public struct ExperimentsError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: Sendable, Hashable {
    /// The file or its folder is missing, or may not be opened.
    case cannotOpen
    /// The file is no SQLite database, or not facet's.
    case notAStore
    /// The file is damaged.
    case damaged
    /// A newer facet wrote the store.
    case newerVersion
    case readOnly
    case diskFull
    /// Another process held the write lock for longer than the busy timeout.
    case busy
    /// A statement that SQLite refuses.
    case sql
    /// A value that a CHECK, a foreign key or a type forbids.
    case constraint
    /// A run, cell or the like that is not in the store.
    case notFound
    /// A run whose status forbids the step, or a call at the wrong time.
    case wrongState
    /// A value that JSON cannot hold.
    case encoding
  }

  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String
  /// Path, SQL text, run and the like, by name.
  public let context: [String: String]
  /// Where in a faulty SQL text, in bytes of its UTF-8 from the start.
  public let position: Int?

  init(
    _ code: Code, _ message: String, context: [String: String] = [:], position: Int? = nil
  ) {
    (self.code, self.message, self.context, self.position) = (code, message, context, position)
  }

  public var description: String { message }
}
