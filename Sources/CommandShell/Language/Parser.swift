/// Reads tokens into the syntax tree by recursive descent. Throws the first error.
struct Parser {
  let source: SourceText
  /// Tells a command from a value at the head of a stage.
  let isCommand: @Sendable (String) -> Bool
  private var tokens: [Token]
  private var index = 0
  private var depth: Int
  /// False inside of ( ) and [ ], where a line's end means nothing.
  private var linesMatter = true

  static let deepest = 64

  init(
    _ source: SourceText, range: SourceRange? = nil, depth: Int = 0,
    isCommand: @escaping @Sendable (String) -> Bool
  ) throws {
    (self.source, self.isCommand, self.depth) = (source, isCommand, depth)
    tokens = try Lexer.tokens(source, range: range)
  }

  /// A whole cell.
  static func parse(
    _ source: SourceText, isCommand: @escaping @Sendable (String) -> Bool
  ) throws -> [Statement] {
    var parser = try Parser(source, isCommand: isCommand)
    let statements = try parser.statements()
    if case .mark(.closeBrace) = parser.current.kind { throw parser.unmatched() }
    return statements
  }

  // MARK: Statements

  private mutating func statements() throws -> [Statement] {
    var result: [Statement] = []
    while true {
      while take(.semicolon) {}
      if current.kind == .end || isAt(.closeBrace) { return result }
      result.append(try statement())
      guard atStatementEnd else { throw unexpected("the end of the line, `|` or `,`") }
    }
  }

  private mutating func statement() throws -> Statement {
    try deeper { parser in
      let start = parser.current.range
      let kind: Statement.Kind =
        switch parser.current.kind {
        case .keyword(.let): try parser.binding()
        case .keyword(.for): try parser.loop()
        case .keyword(.if): try parser.conditional()
        default: .pipeline(try parser.pipeline())
        }
      return Statement(kind: kind, range: start.joined(parser.previous.range))
    }
  }

  private mutating func binding() throws -> Statement.Kind {
    advance()
    let name = try newName()
    guard take(.assign) else { throw unexpected("`=`") }
    return .binding(name, try pipeline())
  }

  private mutating func loop() throws -> Statement.Kind {
    advance()
    let name = try newName()
    guard take(.in) else { throw unexpected("`in`") }
    let sequence = try expression()
    return .loop(name, over: sequence, body: try block())
  }

  private mutating func conditional() throws -> Statement.Kind {
    var branches: [(condition: Expression?, body: [Statement])] = []
    repeat {
      advance()  // `if`
      branches.append((try expression(), try block()))
      guard take(.else) else { return .conditional(branches) }
    } while current.kind == .keyword(.if)
    branches.append((nil, try block()))
    return .conditional(branches)
  }

  private mutating func block() throws -> [Statement] {
    let opening = current
    guard take(.openBrace) else { throw unexpected("`{`") }
    let outer = linesMatter
    linesMatter = true
    let body = try statements()
    linesMatter = outer
    guard take(.closeBrace) else { throw unclosed(opening) }
    return body
  }

  /// A name that a value is bound to.
  private mutating func newName() throws -> Name {
    let token = current
    if case .keyword(let keyword) = token.kind {
      throw ShellError(
        .reservedName, "`\(keyword.rawValue)` is a word of the language", at: token.range,
        in: source, expected: "another name")
    }
    guard case .word(let segments) = token.kind, case .text(let text)? = segments.first,
      segments.count == 1, text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    else { throw unexpected("a name (letters, digits, `_`, `-`)") }
    if isCommand(text) {
      throw ShellError(
        .reservedName, "`\(text)` is a command and cannot be a variable", at: token.range,
        in: source, expected: "another name")
    }
    advance()
    return Name(text: text, range: token.range)
  }

  // MARK: Pipelines

  private mutating func pipeline() throws -> Pipeline {
    let start = current.range
    var stages = [try stage()]
    // A line that begins with `|` goes on with the pipeline.
    while take(.pipe) { stages.append(try stage()) }
    return Pipeline(stages: stages, range: start.joined(previous.range))
  }

  private mutating func stage() throws -> Pipeline.Stage {
    if case .word(let segments) = current.kind, segments.count == 1,
      case .text(let text)? = segments.first, isCommand(text) || looksLikeCommand
    {
      return .command(try command(Name(text: text, range: current.range)))
    }
    if case .label(let text) = current.kind {
      let name = SourceRange(current.range.lower, current.range.upper - 1)
      throw ShellError(
        .unexpectedToken, "the label `\(text):` stands where a command or a value should",
        at: name, in: source, expected: "a command or a value",
        notes: ["a command's options come after it: `pretrain swav, \(text): …`"])
    }
    return .value(try expression())
  }

  /// A word that is no command, but is followed by what only a command can take.
  private var looksLikeCommand: Bool {
    let next = tokens[min(index + 1, tokens.count - 1)]
    if next.startsLine && linesMatter { return false }
    switch next.kind {
    case .label: return true
    case .mark(.openParenthesis), .mark(.openBracket): return true
    default: return startsOperand(next)
    }
  }

  private mutating func command(_ name: Name) throws -> CommandCall {
    advance()
    var arguments: [Argument] = []
    if !atStageEnd, !isAt(.comma) {
      repeat { arguments.append(try argument(after: arguments)) } while continuesArguments
    }
    while take(.comma) {
      repeat { arguments.append(try argument(after: arguments)) } while continuesArguments
    }
    return CommandCall(
      name: name, arguments: arguments, range: name.range.joined(previous.range))
  }

  /// Whether another argument follows without a comma: `sweep adapt task`.
  private var continuesArguments: Bool {
    if atStageEnd { return false }
    if case .label = current.kind, tokens[index - 1].kind != .mark(.comma) { return true }
    return startsOperand(current)
  }

  private mutating func argument(after earlier: [Argument]) throws -> Argument {
    guard case .label(let text) = current.kind else {
      return Argument(label: nil, value: try expression())
    }
    let name = Name(
      text: text, range: SourceRange(current.range.lower, current.range.upper - 1))
    if earlier.contains(where: { $0.label?.text == text }) { throw repeated(name) }
    advance()
    return Argument(label: name, value: try expression())
  }

  // MARK: Expressions

  private mutating func expression() throws -> Expression {
    try deeper { try $0.disjunction() }
  }

  private mutating func disjunction() throws -> Expression {
    var left = try conjunction()
    while takeOperator(.or) { left = combine(.or, left, try conjunction()) }
    return left
  }

  private mutating func conjunction() throws -> Expression {
    var left = try inversion()
    while takeOperator(.and) { left = combine(.and, left, try inversion()) }
    return left
  }

  private mutating func inversion() throws -> Expression {
    let start = current.range
    guard take(.not) else { return try comparison() }
    let operand = try deeper { try $0.inversion() }
    return Expression(kind: .not(operand), range: start.joined(operand.range))
  }

  private mutating func comparison() throws -> Expression {
    let left = try rangeExpression()
    guard let symbol = comparisonOperator() else { return left }
    let result = combine(symbol, left, try rangeExpression())
    if !(current.startsLine && linesMatter), isComparison(current) {
      throw unexpected("`and` or `or`: comparisons do not chain")
    }
    return result
  }

  private mutating func comparisonOperator() -> Expression.Operator? {
    if current.startsLine && linesMatter { return nil }
    switch current.kind {
    case .mark(let mark) where Self.comparisons.contains(mark):
      advance()
      return Expression.Operator(rawValue: mark.rawValue)
    case .keyword(.in), .keyword(.like):
      defer { advance() }
      return current.kind == .keyword(.in) ? .isIn : .like
    case .keyword(.not) where tokens[min(index + 1, tokens.count - 1)].kind == .keyword(.in):
      advance()
      advance()
      return .isNotIn
    default: return nil
    }
  }

  private mutating func rangeExpression() throws -> Expression {
    let left = try sum()
    guard takeMark(.ellipsis) != nil else { return left }
    let right = try sum()
    return Expression(kind: .range(left, right), range: left.range.joined(right.range))
  }

  private mutating func sum() throws -> Expression {
    var left = try product()
    while let mark = takeMark(.plus, .minus) {
      left = combine(mark == .plus ? .add : .subtract, left, try product())
    }
    return left
  }

  private mutating func product() throws -> Expression {
    var left = try unary()
    while let mark = takeMark(.times, .divide, .modulo) {
      let symbol: Expression.Operator =
        mark == .times ? .multiply : mark == .divide ? .divide : .modulo
      left = combine(symbol, left, try unary())
    }
    return left
  }

  private mutating func unary() throws -> Expression {
    let start = current.range
    guard take(.minus) else { return try primary() }
    let operand = try deeper { try $0.unary() }
    return Expression(kind: .negation(operand), range: start.joined(operand.range))
  }

  private mutating func primary() throws -> Expression {
    let token = current
    let kind: Expression.Kind
    switch token.kind {
    case .integer(let value): kind = .integer(value)
    case .real(let value): kind = .real(value)
    case .percent(let value): kind = .percent(value)
    case .keyword(.true): kind = .boolean(true)
    case .keyword(.false): kind = .boolean(false)
    case .string(let segments): kind = .string(try pieces(segments))
    case .word(let segments): kind = .word(try pieces(segments))
    case .mark(.openBracket): return try listOrRecord()
    case .mark(.openParenthesis): return try parenthesised()
    case .mark(.closeParenthesis), .mark(.closeBracket), .mark(.closeBrace): throw unmatched()
    default: throw unexpected("a value")
    }
    advance()
    return Expression(kind: kind, range: token.range)
  }

  private mutating func parenthesised() throws -> Expression {
    let opening = current
    advance()
    let inner = try insideBrackets { parser in try parser.deeper { try $0.pipeline() } }
    guard take(.closeParenthesis) else { throw unclosed(opening) }
    let range = opening.range.joined(previous.range)
    if inner.stages.count == 1, case .value(let value)? = inner.stages.first {
      return Expression(kind: value.kind, range: range)
    }
    return Expression(kind: .pipeline(inner), range: range)
  }

  private mutating func listOrRecord() throws -> Expression {
    let opening = current
    advance()
    let kind = try insideBrackets { parser in try parser.items(of: opening) }
    return Expression(kind: kind, range: opening.range.joined(previous.range))
  }

  private mutating func items(of opening: Token) throws -> Expression.Kind {
    if take(.colon) {  // `[:]`
      guard take(.closeBracket) else { throw unclosed(opening) }
      return .record([])
    }
    var values: [Expression] = []
    var fields: [(name: Name, value: Expression)] = []
    while !isAt(.closeBracket) {
      if current.kind == .end { throw unclosed(opening) }
      if case .label = current.kind, values.isEmpty {
        let field = try argument(after: fields.map { Argument(label: $0.name, value: $0.value) })
        if let name = field.label { fields.append((name, field.value)) }
      } else if fields.isEmpty {
        values.append(try expression())
      } else {
        throw unexpected("a label: the fields of a record are `name: value`")
      }
      if !take(.comma), !isAt(.closeBracket) {
        throw current.kind == .end ? unclosed(opening) : unexpected("`,` or `]`")
      }
    }
    advance()
    return fields.isEmpty ? .list(values) : .record(fields)
  }

  private func pieces(_ segments: [Segment]) throws -> [Expression.Piece] {
    try segments.map { segment in
      switch segment {
      case .text(let text): return .text(text)
      case .interpolation(let range):
        if depth + 1 > Self.deepest { throw tooDeep(range) }
        var inner = try Parser(source, range: range, depth: depth + 1, isCommand: isCommand)
        let value = try inner.expression()
        if inner.current.kind != .end { throw inner.unexpected("`)`") }
        return .expression(value)
      }
    }
  }
}

// MARK: - Tokens

extension Parser {
  private static let comparisons: Set<Punctuation> = [
    .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual,
  ]

  private var current: Token { tokens[index] }
  private var previous: Token { tokens[max(0, index - 1)] }

  private mutating func advance() { index = min(index + 1, tokens.count - 1) }

  private func isAt(_ mark: Punctuation) -> Bool { current.kind == .mark(mark) }

  private mutating func take(_ mark: Punctuation) -> Bool {
    guard isAt(mark) else { return false }
    advance()
    return true
  }

  private mutating func take(_ keyword: Keyword) -> Bool {
    guard current.kind == .keyword(keyword) else { return false }
    advance()
    return true
  }

  /// An operator only counts on the line of its left side.
  private mutating func takeOperator(_ keyword: Keyword) -> Bool {
    !(current.startsLine && linesMatter) && take(keyword)
  }

  private mutating func takeMark(_ marks: Punctuation...) -> Punctuation? {
    guard case .mark(let mark) = current.kind, marks.contains(mark),
      !(current.startsLine && linesMatter)
    else { return nil }
    advance()
    return mark
  }

  private func isComparison(_ token: Token) -> Bool {
    if case .mark(let mark) = token.kind { return Self.comparisons.contains(mark) }
    return token.kind == .keyword(.in) || token.kind == .keyword(.like)
  }

  private func startsOperand(_ token: Token) -> Bool {
    switch token.kind {
    case .integer, .real, .percent, .string, .word, .keyword(.true), .keyword(.false),
      .keyword(.not), .mark(.openBracket), .mark(.openParenthesis):
      return true
    default: return false
    }
  }

  private var atStatementEnd: Bool {
    current.kind == .end || isAt(.semicolon) || isAt(.closeBrace)
      || (current.startsLine && linesMatter)
  }

  private var atStageEnd: Bool {
    atStatementEnd || isAt(.pipe) || isAt(.closeParenthesis) || isAt(.closeBracket)
  }

  private mutating func insideBrackets<Result>(
    _ body: (inout Parser) throws -> Result
  ) throws -> Result {
    let outer = linesMatter
    linesMatter = false
    defer { linesMatter = outer }
    return try body(&self)
  }

  private mutating func deeper<Result>(
    _ body: (inout Parser) throws -> Result
  ) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw tooDeep(current.range) }
    return try body(&self)
  }

  private func combine(
    _ symbol: Expression.Operator, _ left: Expression, _ right: Expression
  ) -> Expression {
    Expression(kind: .binary(symbol, left, right), range: left.range.joined(right.range))
  }
}

// MARK: - Errors

extension Parser {
  private func unexpected(_ expected: String) -> ShellError {
    var notes: [String] = []
    if case .mark(.assign) = current.kind { notes = ["to compare, write `==`"] }
    if case .mark(.colon) = current.kind { notes = ["a label's colon follows it directly: `on:`"] }
    return ShellError(
      .unexpectedToken, "unexpected \(current.described(in: source))", at: current.range,
      in: source, expected: "expected \(expected)", notes: notes)
  }

  private func unclosed(_ opening: Token) -> ShellError {
    if current.kind != .end, !isAt(.closeBrace), !isAt(.closeBracket), !isAt(.closeParenthesis) {
      return unexpected("the end of what \(opening.described(in: source)) opened")
    }
    return ShellError(
      .unclosedBracket, "\(opening.described(in: source)) is never closed", at: opening.range,
      in: source, expected: "opened here")
  }

  private func unmatched() -> ShellError {
    ShellError(
      .unmatchedBracket, "\(current.described(in: source)) closes nothing", at: current.range,
      in: source, expected: "nothing is open here")
  }

  private func repeated(_ name: Name) -> ShellError {
    ShellError(
      .repeatedLabel, "`\(name.text):` is given twice", at: name.range, in: source,
      expected: "given before")
  }

  private func tooDeep(_ range: SourceRange) -> ShellError {
    ShellError(
      .nestedTooDeep, "this is nested more than \(Self.deepest) deep", at: range, in: source,
      notes: ["bind parts of it with `let`"])
  }
}
