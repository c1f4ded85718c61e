/// Reads tokens into the syntax tree by recursive descent. Throws the first error.
struct Parser {
  let source: SourceText
  /// Tells a command from a value at the head of a stage.
  let isCommand: @Sendable (String) -> Bool
  var tokens: [Token]
  var index = 0
  var depth: Int
  /// Functions of the session, and those that the text has defined so far.
  var functions: Set<String>
  /// False inside of ( ) and [ ], where a line's end means nothing.
  var linesMatter = true

  static let deepest = 64

  init(
    _ source: SourceText, range: SourceRange? = nil, depth: Int = 0,
    functions: Set<String> = [], isCommand: @escaping @Sendable (String) -> Bool
  ) throws {
    (self.source, self.isCommand, self.depth) = (source, isCommand, depth)
    self.functions = functions
    tokens = try Lexer.tokens(source, range: range)
  }

  /// A whole cell.
  static func parse(
    _ source: SourceText, functions: Set<String> = [],
    isCommand: @escaping @Sendable (String) -> Bool
  ) throws -> [Statement] {
    var parser = try Parser(source, functions: functions, isCommand: isCommand)
    let statements = try parser.statements()
    if case .mark(.closeBrace) = parser.current.kind { throw parser.unmatched() }
    return statements
  }

  // MARK: Statements

  mutating func statements() throws -> [Statement] {
    var result: [Statement] = []
    while true {
      while take(.semicolon) {}
      if current.kind == .end || isAt(.closeBrace) { return result }
      result.append(try statement())
      guard atStatementEnd else { throw unexpected("the end of the line, `|` or `,`") }
    }
  }

  mutating func statement() throws -> Statement {
    try deeper { parser in
      let start = parser.current.range
      let kind: Statement.Kind =
        switch parser.current.kind {
        case .keyword(.let): try parser.binding()
        case .keyword(.for): try parser.loop()
        case .keyword(.if): try parser.conditional()
        case .keyword(.func): try parser.function()
        default: try parser.pipelineStatement()
        }
      return Statement(kind: kind, range: start.joined(parser.previous.range))
    }
  }

  mutating func pipelineStatement() throws -> Statement.Kind {
    let pipeline = try pipeline()
    guard take(.ampersand) else { return .pipeline(pipeline) }
    guard atStatementEnd else {
      throw ShellError(
        .unexpectedToken, "`&` ends a statement, which then runs in the background",
        at: previous.range, in: source, expected: "the end of the line",
        notes: ["for a condition, write `and`"])
    }
    return .background(pipeline, text: source.string(pipeline.range))
  }

  mutating func binding() throws -> Statement.Kind {
    advance()
    let name = try newName()
    guard take(.assign) else { throw unexpected("`=`") }
    return .binding(name, try pipeline())
  }

  mutating func loop() throws -> Statement.Kind {
    advance()
    let name = try newName()
    guard take(.in) else { throw unexpected("`in`") }
    let sequence = try expression()
    return .loop(name, over: sequence, body: try block())
  }

  mutating func conditional() throws -> Statement.Kind {
    var branches: [(condition: Expression?, body: [Statement])] = []
    repeat {
      advance()  // `if`
      branches.append((try expression(), try block()))
      guard take(.else) else { return .conditional(branches) }
    } while current.kind == .keyword(.if)
    branches.append((nil, try block()))
    return .conditional(branches)
  }

  mutating func block() throws -> [Statement] {
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
  mutating func newName() throws -> Name {
    let token = current
    if case .keyword(let keyword) = token.kind {
      throw ShellError(
        .reservedName, "`\(keyword.rawValue)` is a word of the language", at: token.range,
        in: source, expected: "another name")
    }
    guard case .word(let segments) = token.kind, case .text(let text)? = segments.first,
      segments.count == 1, text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    else { throw unexpected("a name (letters, digits, `_`, `-`)") }
    advance()
    return Name(text: text, range: token.range)
  }

  // MARK: Pipelines

  mutating func pipeline() throws -> Pipeline {
    let start = current.range
    var stages = [try stage()]
    // A line that begins with `|` goes on with the pipeline.
    while take(.pipe) { stages.append(try stage()) }
    return Pipeline(stages: stages, range: start.joined(previous.range))
  }

  mutating func stage() throws -> Pipeline.Stage {
    if case .word(let segments) = current.kind, segments.count == 1,
      case .text(let text)? = segments.first, !isFunctionCall(text),
      isCommand(text) || functions.contains(text) || looksLikeCommand
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
  var looksLikeCommand: Bool {
    let next = tokens[min(index + 1, tokens.count - 1)]
    if next.startsLine && linesMatter { return false }
    switch next.kind {
    case .label: return true
    case .keyword(.not): return false
    default: return startsOperand(next)
    }
  }

  mutating func command(_ name: Name) throws -> CommandCall {
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
  var continuesArguments: Bool {
    if atStageEnd { return false }
    if case .label = current.kind, tokens[index - 1].kind != .mark(.comma) { return true }
    return startsOperand(current)
  }

  mutating func argument(after earlier: [Argument]) throws -> Argument {
    guard case .label(let text) = current.kind else {
      return Argument(label: nil, value: try expression())
    }
    let name = Name(
      text: text, range: SourceRange(current.range.lower, current.range.upper - 1))
    if earlier.contains(where: { $0.label?.text == text }) { throw repeated(name) }
    advance()
    return Argument(label: name, value: try expression())
  }
}
