/// What is wrong with a notebook, where, and what to do about it.
public struct NotebookError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The file cannot be read, or is not UTF-8 text.
    case unreadable
    /// The front matter is not in the subset of YAML that notebooks use.
    case frontMatter
    /// A code fence or its attributes are damaged.
    case fence
    /// A `--set` names no parameter, or gives a value of another type.
    case parameter
  }

  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String
  /// The notebook's path, as it was given; nil for text without a file.
  public let path: String?
  /// Line in the file, from 1; nil when no single line is at fault.
  public let line: Int?

  public init(_ code: Code, _ message: String, path: String? = nil, line: Int? = nil) {
    (self.code, self.message, self.path, self.line) = (code, message, path, line)
  }

  public var description: String {
    let place = [path, line.map(String.init)].compactMap(\.self).joined(separator: ":")
    return place.isEmpty ? message : "\(place): \(message)"
  }

  func at(path: String?) -> NotebookError {
    NotebookError(code, message, path: path ?? self.path, line: line)
  }
}
