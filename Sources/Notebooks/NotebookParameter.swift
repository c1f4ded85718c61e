/// A value that a notebook takes from outside, by `--set name=value`.
public struct NotebookParameter: Hashable, Sendable {
  public let name: String
  /// The default, or what `--set` put in its place.
  public var value: ParameterValue
  /// The comment beside the default, for `--list`.
  public let summary: String?
  /// Line in the file, from 1.
  public let line: Int

  public var type: ParameterType { value.type }

  public init(name: String, value: ParameterValue, summary: String? = nil, line: Int = 1) {
    (self.name, self.value, self.summary, self.line) = (name, value, summary, line)
  }
}

/// A parameter's value; its type is that of the default in the front matter.
public enum ParameterValue: Hashable, Sendable {
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  /// As a fraction: `10%` is 0.1.
  case percentage(Double)
  case text(String)
  case list([ParameterValue])

  public var type: ParameterType {
    switch self {
    case .boolean: .boolean
    case .integer: .integer
    case .real: .real
    case .percentage: .percentage
    case .text: .text
    case .list: .list
    }
  }
}

public enum ParameterType: String, Hashable, Sendable {
  case boolean, integer, real, percentage, text, list
}
