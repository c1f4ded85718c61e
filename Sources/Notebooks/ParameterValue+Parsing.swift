extension ParameterValue {
  /// The value that a scalar of the front matter stands for. A quoted one is always text.
  init(_ scalar: FrontMatter.Scalar) {
    self = scalar.isQuoted ? .text(scalar.text) : ParameterValue(inferring: scalar.text)
  }

  /// `true`, `20`, `20_000`, `0.5`, `1e-3`, `10%`; anything else is text.
  init(inferring text: String) {
    let types: [ParameterType] = [.boolean, .integer, .real, .percentage]
    self = types.lazy.compactMap { Self.scalar(text, as: $0) }.first ?? .text(text)
  }

  /// Reads text as a value of one type; nil when it is none.
  static func scalar(_ text: String, as type: ParameterType) -> ParameterValue? {
    switch type {
    case .boolean: ["true": true, "false": false][text].map { .boolean($0) }
    case .integer: text.plainDigits.flatMap { Int($0) }.map { .integer($0) }
    case .real: text.plainNumber.map { .real($0) }
    case .percentage:
      text.hasSuffix("%")
        ? String(text.dropLast()).plainNumber.map { .percentage($0 / 100) } : nil
    case .text: .text(text)
    case .list: nil
    }
  }

  /// As it is written in front matter and in the shell's language: `20`, `10%`, `"text"`.
  public var literal: String {
    switch self {
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .real(let value): "\(value)"
    case .percentage(let fraction): Self.percentageText(fraction)
    case .text(let value): value.quotedOnOneLine
    case .list(let values): "[" + values.map(\.literal).joined(separator: ", ") + "]"
    }
  }

  /// The shortest decimal that reads back as the same fraction: 0.07 is `7%`, not
  /// `7.000000000000001%`.
  private static func percentageText(_ fraction: Double) -> String {
    let exact = fraction * 100
    let rounded = (exact * 1e6).rounded() / 1e6
    let value = rounded / 100 == fraction ? rounded : exact
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))%" : "\(value)%"
  }
}

extension String {
  /// The text without `_` between digits, when it is a decimal integer.
  fileprivate var plainDigits: String? {
    let unsigned = hasPrefix("-") || hasPrefix("+") ? dropFirst() : self[...]
    let groups = unsigned.split(separator: "_", omittingEmptySubsequences: false)
    let isInteger = groups.allSatisfy { group in
      !group.isEmpty && group.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
    }
    return isInteger ? filter { $0 != "_" } : nil
  }

  /// A finite decimal number. `Double.init` alone would also take `nan`, `inf` and `0x1p3`.
  fileprivate var plainNumber: Double? {
    if let digits = plainDigits { return Double(digits) }
    let allowed = "0123456789.eE+-"
    guard allSatisfy({ allowed.contains($0) }), contains(where: \.isNumber),
      let value = Double(self),
      value.isFinite
    else { return nil }
    return value
  }
}

extension Notebook {
  /// The parameters with `--set` applied.
  /// - Parameter assignments: `name=value` each, as on the command line.
  /// - Returns: all parameters in order of the front matter.
  /// - Throws: `NotebookError` with `.parameter` for an unknown name (with the nearest known
  ///   one), a name that is set twice, or a value that is not of the default's type.
  public func parameters(setting assignments: [String]) throws -> [NotebookParameter] {
    var parameters = frontMatter.parameters
    var done: Set<String> = []
    for assignment in assignments {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw error("--set \(assignment): write --set name=value")
      }
      let name = String(parts[0].trimmingSpaces)
      guard let index = parameters.firstIndex(where: { $0.name == name }) else {
        throw error("--set \(assignment): \(unknown(name))")
      }
      guard done.insert(name).inserted else {
        throw error("--set \(assignment): “\(name)” is set twice; keep one")
      }
      parameters[index].value = try parameters[index].value.reading(String(parts[1])) { reason in
        error("--set \(assignment): \(reason)")
      }
    }
    return parameters
  }

  private func unknown(_ name: String) -> String {
    let names = frontMatter.parameters.map(\.name)
    if names.isEmpty { return "the notebook has no parameters" }
    let meant = nearestName(to: name, among: names).map { "did you mean “\($0)”? " } ?? ""
    return "no parameter “\(name)”; \(meant)It has \(names.joined(separator: ", "))"
  }

  private func error(_ message: String) -> NotebookError {
    NotebookError(.parameter, message, path: path)
  }
}

extension ParameterValue {
  /// Reads text as a value of this one's type.
  fileprivate func reading(
    _ text: String, otherwise error: (String) -> NotebookError
  ) throws -> ParameterValue {
    guard case .list(let defaults) = self else {
      if case .text = self { return .text(text) }
      if let value = Self.scalar(String(text.trimmingSpaces), as: type) { return value }
      throw error("expected \(type.expectation), such as \(literal)")
    }
    var inside = text.trimmingSpaces
    if inside.hasPrefix("["), inside.hasSuffix("]") { inside = inside.dropFirst().dropLast() }
    guard !inside.trimmingSpaces.isEmpty else { return .list([]) }
    let items = inside.split(separator: ",", omittingEmptySubsequences: false)
    return .list(
      try items.map { item in
        try Self.item(String(item.trimmingSpaces), like: defaults, otherwise: error)
      })
  }

  /// An item of a list takes the type of one of the default's items: `[1%, 60]` allows both.
  private static func item(
    _ text: String, like defaults: [ParameterValue], otherwise error: (String) -> NotebookError
  ) throws -> ParameterValue {
    if defaults.isEmpty { return ParameterValue(inferring: text) }
    let order: [ParameterType] = [.boolean, .integer, .real, .percentage, .text]
    let types = order.filter { type in defaults.contains { $0.type == type } }
    guard let value = types.lazy.compactMap({ scalar(text, as: $0) }).first else {
      let wanted = types.map(\.expectation).joined(separator: " or ")
      throw error("“\(text)” in the list: expected \(wanted)")
    }
    return value
  }
}

extension ParameterType {
  fileprivate var expectation: String {
    switch self {
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .real: "a number"
    case .percentage: "a percentage"
    case .text: "text"
    case .list: "a list"
    }
  }
}
