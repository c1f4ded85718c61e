import Notebooks

extension Session {
  /// Calls nested deeper than this are taken for a recursion without end.
  static let deepestCall = 64

  /// Names of the functions defined so far.
  var functionNames: Set<String> { Set(functions.keys) }

  func define(_ function: FunctionDefinition) throws {
    if CommandCatalog.command(function.name.text) != nil {
      throw ShellError(
        .reservedName, "`\(function.name.text)` is a command and cannot be a function",
        at: function.name.range, expected: "another name")
    }
    let used = function.words
    if let idle = function.parameters.first(where: { !used.contains($0.name.text) }) {
      throw ShellError(
        .unusedParameter, "the parameter `\(idle.name.text)` is never used", at: idle.name.range,
        expected: "a use of it in the body", notes: ["take it away, or use it"])
    }
    functions[function.name.text] = function
  }

  /// The value of the function's last statement.
  func call(_ function: FunctionDefinition, _ call: CommandCall) throws -> Value {
    guard callDepth < Self.deepestCall else {
      throw ShellError(
        .nestedTooDeep, "`\(function.name.text)` calls itself without end", at: call.name.range,
        notes: ["calls go at most \(Self.deepestCall) deep"])
    }
    let arguments = try bound(call, to: function)
    let outer = scope.enterCall()
    callDepth += 1
    defer {
      callDepth -= 1
      scope.leaveCall(outer)
    }
    for (name, value) in arguments { scope.bind(name, value) }
    do {
      for parameter in function.parameters where scope.local(parameter.name.text) == nil {
        if let value = parameter.defaultValue {
          scope.bind(parameter.name.text, try evaluate(value))
        }
      }
      return try value(of: function.body)
    } catch var error as ShellError {
      if error.source == nil, error.range != nil { error.source = function.source }
      throw error
    }
  }

  /// The arguments by parameter, evaluated where the call stands.
  private func bound(_ call: CommandCall, to function: FunctionDefinition) throws
    -> [(String, Value)]
  {
    let names = function.parameters.map(\.name.text)
    let arguments = try call.arguments.map { argument -> (String, Value) in
      guard let label = argument.label else {
        throw ShellError(
          .surplusArgument, "`\(function.name.text)` takes its arguments by label",
          at: argument.value.range, expected: function.usage)
      }
      guard names.contains(label.text) else {
        throw ShellError(
          .unknownLabel, "`\(function.name.text)` has no parameter `\(label.text):`",
          at: label.range, suggestion: nearestName(to: label.text, among: names).map { $0 + ":" },
          notes: ["usage: \(function.usage)"])
      }
      return (label.text, try evaluate(argument.value))
    }
    let given = Set(arguments.map(\.0))
    for parameter in function.parameters
    where parameter.defaultValue == nil && !given.contains(parameter.name.text) {
      throw ShellError(
        .missingArgument, "`\(function.name.text)` needs `\(parameter.name.text):`",
        at: call.name.range, notes: ["usage: \(function.usage)"])
    }
    return arguments
  }

  /// Carries statements out; the last one's value is theirs and not shown here.
  private func value(of statements: [Statement]) throws -> Value {
    guard let last = statements.last else { return .nothing }
    for statement in statements.dropLast() { try execute([statement]) }
    switch last.kind {
    case .pipeline(let pipeline): return try evaluate(pipeline, isStatement: true)
    default:
      try execute([last])
      return .nothing
    }
  }
}

extension FunctionDefinition {
  /// `few-shot(task:, from: …)`.
  var usage: String {
    let list = parameters.map { $0.name.text + ($0.defaultValue == nil ? ":" : ": …") }
    return "\(name.text)(\(list.joined(separator: ", ")))"
  }
}
