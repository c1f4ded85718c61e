extension Parser {
  static let comparisons: Set<Punctuation> = [
    .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual,
  ]

  var current: Token { tokens[index] }
  var previous: Token { tokens[max(0, index - 1)] }

  mutating func advance() { index = min(index + 1, tokens.count - 1) }

  func isAt(_ mark: Punctuation) -> Bool { current.kind == .mark(mark) }

  mutating func take(_ mark: Punctuation) -> Bool {
    guard isAt(mark) else { return false }
    advance()
    return true
  }

  mutating func take(_ keyword: Keyword) -> Bool {
    guard current.kind == .keyword(keyword) else { return false }
    advance()
    return true
  }

  /// An operator only counts on the line of its left side.
  mutating func takeOperator(_ keyword: Keyword) -> Bool {
    !(current.startsLine && linesMatter) && take(keyword)
  }

  mutating func takeMark(_ marks: Punctuation...) -> Punctuation? {
    guard case .mark(let mark) = current.kind, marks.contains(mark),
      !(current.startsLine && linesMatter)
    else { return nil }
    advance()
    return mark
  }

  func isComparison(_ token: Token) -> Bool {
    if case .mark(let mark) = token.kind { return Self.comparisons.contains(mark) }
    return token.kind == .keyword(.in) || token.kind == .keyword(.like)
  }

  func startsOperand(_ token: Token) -> Bool {
    switch token.kind {
    case .integer, .real, .percent, .duration, .string, .word, .keyword(.true), .keyword(.false),
      .keyword(.not), .mark(.openBracket), .mark(.openParenthesis):
      return true
    default: return false
    }
  }

  var atStatementEnd: Bool {
    current.kind == .end || isAt(.semicolon) || isAt(.closeBrace)
      || (current.startsLine && linesMatter)
  }

  var atStageEnd: Bool {
    atStatementEnd || isAt(.pipe) || isAt(.ampersand) || isAt(.closeParenthesis)
      || isAt(.closeBracket)
  }

  mutating func insideBrackets<Result>(
    _ body: (inout Parser) throws -> Result
  ) throws -> Result {
    let outer = linesMatter
    linesMatter = false
    defer { linesMatter = outer }
    return try body(&self)
  }

  mutating func deeper<Result>(
    _ body: (inout Parser) throws -> Result
  ) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw tooDeep(current.range) }
    return try body(&self)
  }

  func combine(
    _ symbol: Expression.Operator, _ left: Expression, _ right: Expression
  ) -> Expression {
    Expression(kind: .binary(symbol, left, right), range: left.range.joined(right.range))
  }
}

// MARK: - Errors

extension Parser {
  func unexpected(_ expected: String) -> ShellError {
    var notes: [String] = []
    if case .mark(.assign) = current.kind { notes = ["to compare, write `==`"] }
    if case .mark(.colon) = current.kind { notes = ["a label's colon follows it directly: `on:`"] }
    return ShellError(
      .unexpectedToken, "unexpected \(current.described(in: source))", at: current.range,
      in: source, expected: "expected \(expected)", notes: notes)
  }

  func unclosed(_ opening: Token) -> ShellError {
    if current.kind != .end, !isAt(.closeBrace), !isAt(.closeBracket), !isAt(.closeParenthesis) {
      return unexpected("the end of what \(opening.described(in: source)) opened")
    }
    return ShellError(
      .unclosedBracket, "\(opening.described(in: source)) is never closed", at: opening.range,
      in: source, expected: "opened here")
  }

  func unmatched() -> ShellError {
    ShellError(
      .unmatchedBracket, "\(current.described(in: source)) closes nothing", at: current.range,
      in: source, expected: "nothing is open here")
  }

  func repeated(_ name: Name) -> ShellError {
    ShellError(
      .repeatedLabel, "`\(name.text):` is given twice", at: name.range, in: source,
      expected: "given before")
  }

  func tooDeep(_ range: SourceRange) -> ShellError {
    ShellError(
      .nestedTooDeep, "this is nested more than \(Self.deepest) deep", at: range, in: source,
      notes: ["bind parts of it with `let`"])
  }
}
