// Expressions, from loose operators to tight ones.
extension Parser {
  /// An expression that takes the whole text, as inside of `\( )`.
  mutating func wholeExpression() throws -> Expression {
    let value = try insideBrackets { try $0.expression() }
    if current.kind != .end { throw unexpected("`)`") }
    return value
  }

  mutating func expression() throws -> Expression {
    try deeper { try $0.disjunction() }
  }

  mutating func disjunction() throws -> Expression {
    var left = try conjunction()
    while takeOperator(.or) { left = combine(.or, left, try conjunction()) }
    return left
  }

  mutating func conjunction() throws -> Expression {
    var left = try inversion()
    while takeOperator(.and) { left = combine(.and, left, try inversion()) }
    return left
  }

  mutating func inversion() throws -> Expression {
    let start = current.range
    guard take(.not) else { return try comparison() }
    let operand = try deeper { try $0.inversion() }
    return Expression(kind: .not(operand), range: start.joined(operand.range))
  }

  mutating func comparison() throws -> Expression {
    let left = try rangeExpression()
    guard let symbol = comparisonOperator() else { return left }
    let result = combine(symbol, left, try rangeExpression())
    if !(current.startsLine && linesMatter), isComparison(current) {
      throw unexpected("`and` or `or`: comparisons do not chain")
    }
    return result
  }

  mutating func comparisonOperator() -> Expression.Operator? {
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

  mutating func rangeExpression() throws -> Expression {
    let left = try sum()
    guard takeMark(.ellipsis) != nil else { return left }
    let right = try sum()
    return Expression(kind: .range(left, right), range: left.range.joined(right.range))
  }

  mutating func sum() throws -> Expression {
    var left = try product()
    while let mark = takeMark(.plus, .minus) {
      left = combine(mark == .plus ? .add : .subtract, left, try product())
    }
    return left
  }

  mutating func product() throws -> Expression {
    var left = try unary()
    while let mark = takeMark(.times, .divide, .modulo) {
      let symbol: Expression.Operator =
        mark == .times ? .multiply : mark == .divide ? .divide : .modulo
      left = combine(symbol, left, try unary())
    }
    return left
  }

  mutating func unary() throws -> Expression {
    let start = current.range
    guard take(.minus) else { return try primary() }
    let operand = try deeper { try $0.unary() }
    return Expression(kind: .negation(operand), range: start.joined(operand.range))
  }

  mutating func primary() throws -> Expression {
    var result = try value()
    while isAt(.dot), current.range.lower == previous.range.upper {
      advance()
      guard case .word(let segments) = current.kind, case .text(let text)? = segments.first,
        segments.count == 1
      else { throw unexpected("a member's name") }
      let name = Name(text: text, range: current.range)
      advance()
      result = Expression(
        kind: .member(result, name), range: result.range.joined(name.range))
    }
    return result
  }

  private mutating func value() throws -> Expression {
    let token = current
    let kind: Expression.Kind
    switch token.kind {
    case .integer(let value): kind = .integer(value)
    case .real(let value): kind = .real(value)
    case .percent(let value): kind = .percent(value)
    case .duration(let seconds): kind = .duration(seconds)
    case .keyword(.true): kind = .boolean(true)
    case .keyword(.false): kind = .boolean(false)
    case .string(let segments): kind = .string(try pieces(segments))
    case .word(let segments):
      if let call = try functionCalled(segments) { return call }
      if let call = try commandApplied(segments) { return call }
      kind = .word(try pieces(segments))
    case .mark(.openBracket): return try listOrRecord()
    case .mark(.openParenthesis): return try parenthesised()
    case .mark(.closeParenthesis), .mark(.closeBracket), .mark(.closeBrace): throw unmatched()
    default: throw unexpected("a value")
    }
    advance()
    return Expression(kind: kind, range: token.range)
  }

  mutating func parenthesised() throws -> Expression {
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

  /// `count(results | where …)`: the command at the end of the pipeline in its parentheses.
  mutating func commandApplied(_ segments: [Segment]) throws -> Expression? {
    guard case .text(let text)? = segments.first, segments.count == 1, isCommand(text) else {
      return nil
    }
    let (word, opening) = (current, tokens[min(index + 1, tokens.count - 1)])
    guard opening.kind == .mark(.openParenthesis), opening.range.lower == word.range.upper else {
      return nil
    }
    advance()
    let inner = try parenthesised()
    let name = Name(text: text, range: word.range)
    let call = CommandCall(name: name, arguments: [], range: word.range.joined(inner.range))
    let stages: [Pipeline.Stage] =
      if case .pipeline(let pipeline) = inner.kind { pipeline.stages } else { [.value(inner)] }
    let pipeline = Pipeline(stages: stages + [.command(call)], range: call.range)
    return Expression(kind: .pipeline(pipeline), range: call.range)
  }

  mutating func listOrRecord() throws -> Expression {
    let opening = current
    advance()
    let kind = try insideBrackets { parser in try parser.items(of: opening) }
    return Expression(kind: kind, range: opening.range.joined(previous.range))
  }

  mutating func items(of opening: Token) throws -> Expression.Kind {
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

  func pieces(_ segments: [Segment]) throws -> [Expression.Piece] {
    try segments.map { segment in
      switch segment {
      case .text(let text): return .text(text)
      case .interpolation(let range):
        if depth + 1 > Self.deepest { throw tooDeep(range) }
        var inner = try Parser(
          source, range: range, depth: depth + 1, functions: functions, isCommand: isCommand)
        return .expression(try inner.wholeExpression())
      }
    }
  }
}
