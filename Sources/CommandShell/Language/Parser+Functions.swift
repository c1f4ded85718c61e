// Functions: their definitions, and calls with parentheses.
extension Parser {
  /// `func few-shot(task:, from: scratch) { … }`; a function may call itself.
  mutating func function() throws -> Statement.Kind {
    let start = current.range
    advance()
    let name = try newName()
    let opening = current
    guard take(.openParenthesis) else { throw unexpected("`(` and the parameters") }
    let parameters = try insideBrackets { parser in try parser.parameters(of: opening) }
    functions.insert(name.text)
    let body = try block()
    return .function(
      FunctionDefinition(
        name: name, parameters: parameters, body: body,
        text: source.string(start.joined(previous.range)), source: source))
  }

  private mutating func parameters(of opening: Token) throws -> [FunctionDefinition.Parameter] {
    var parameters: [FunctionDefinition.Parameter] = []
    while !take(.closeParenthesis) {
      guard case .label(let text) = current.kind else {
        throw current.kind == .end ? unclosed(opening) : unexpected("a parameter such as `task:`")
      }
      let name = Name(
        text: text, range: SourceRange(current.range.lower, current.range.upper - 1))
      if parameters.contains(where: { $0.name.text == text }) { throw repeated(name) }
      advance()
      let isRequired = isAt(.comma) || isAt(.closeParenthesis)
      parameters.append(
        .init(name: name, defaultValue: isRequired ? nil : try expression()))
      if !take(.comma), !isAt(.closeParenthesis) {
        throw current.kind == .end ? unclosed(opening) : unexpected("`,` or `)`")
      }
    }
    return parameters
  }

  /// Whether a function's name with a parenthesis directly behind it stands here.
  func isFunctionCall(_ text: String) -> Bool {
    let next = tokens[min(index + 1, tokens.count - 1)]
    return functions.contains(text) && next.kind == .mark(.openParenthesis)
      && next.range.lower == current.range.upper
  }

  /// `few-shot(task: landmarks)`, as a value.
  mutating func functionCalled(_ segments: [Segment]) throws -> Expression? {
    guard case .text(let text)? = segments.first, segments.count == 1, isFunctionCall(text) else {
      return nil
    }
    let name = Name(text: text, range: current.range)
    advance()
    let opening = current
    advance()
    let arguments = try insideBrackets { parser in
      try parser.deeper { try $0.arguments(of: opening) }
    }
    let range = name.range.joined(previous.range)
    let call = CommandCall(name: name, arguments: arguments, range: range)
    return Expression(
      kind: .pipeline(Pipeline(stages: [.command(call)], range: range)), range: range)
  }

  private mutating func arguments(of opening: Token) throws -> [Argument] {
    var arguments: [Argument] = []
    while !take(.closeParenthesis) {
      if current.kind == .end { throw unclosed(opening) }
      arguments.append(try argument(after: arguments))
      if !take(.comma), !isAt(.closeParenthesis) {
        throw current.kind == .end ? unclosed(opening) : unexpected("`,` or `)`")
      }
    }
    return arguments
  }
}
