import Notebooks

extension Session {
  func evaluate(_ expression: Expression) throws -> Value {
    switch expression.kind {
    case .integer(let value): return .integer(value)
    case .real(let value): return .number(value)
    case .percent(let value): return .percent(value)
    case .duration(let seconds): return .duration(seconds)
    case .boolean(let value): return .boolean(value)
    case .string(let pieces): return .text(try text(of: pieces))
    case .word(let pieces): return try word(pieces, at: expression.range)
    case .list(let items): return .list(try items.map { try evaluate($0) })
    case .record(let fields):
      return .record(
        try fields.map { Value.Field(name: $0.name.text, value: try evaluate($0.value)) })
    case .range(let lower, let upper): return try range(lower, upper, expression.range)
    case .negation(let operand): return try negated(operand)
    case .not(let operand): return .boolean(!(try truth(of: operand)))
    case .binary(let symbol, let left, let right):
      return try binary(symbol, left, right, expression.range)
    case .pipeline(let pipeline): return try evaluate(pipeline, isStatement: false)
    case .member(let owner, let name):
      return try member(name.text.split(separator: ".").map(String.init), of: evaluate(owner)) {
        $0.range = name.range
      }
    }
  }

  /// A bare word: the variable of that name, a member of a variable, else the word itself.
  private func word(_ pieces: [Expression.Piece], at place: SourceRange) throws -> Value {
    if pieces.count == 1 {
      switch pieces[0] {
      case .text(let name):
        return try scope[name] ?? member(path: name, at: place) ?? .symbol(name)
      case .expression(let inner): return try interpolated(inner)
      }
    }
    return .text(try text(of: pieces))
  }

  func text(of pieces: [Expression.Piece]) throws -> String {
    try pieces.map { piece in
      switch piece {
      case .text(let text): return text
      case .expression(let inner):
        let value = try interpolated(inner)
        guard let text = value.interpolated else {
          throw ShellError(
            .wrongType, "\(value.typeName) has no short text", at: inner.range,
            expected: "a text, a number or a name")
        }
        return text
      }
    }.joined()
  }

  /// Inside of `\( )`, and where a value is to be shown, a word must be bound.
  func interpolated(_ expression: Expression) throws -> Value {
    if let name = expression.plainWord, scope[name] == nil,
      try member(path: name, at: expression.range) == nil
    {
      throw ShellError(
        .unknownVariable, "`\(name)` is not bound", at: expression.range,
        expected: "a variable, or a text in quotes",
        suggestion: nearestName(to: name, among: scope.names))
    }
    return try evaluate(expression)
  }

  private func range(
    _ lower: Expression, _ upper: Expression, _ place: SourceRange
  ) throws -> Value {
    let ends = try [lower, upper].map { end in
      guard case .integer(let value) = try evaluate(end) else {
        throw ShellError(
          .wrongType, "a range goes from one whole number to another", at: end.range,
          expected: "a whole number")
      }
      return value
    }
    guard ends[0] <= ends[1],
      ends[1].subtractingReportingOverflow(ends[0]).partialValue < 1_000_000,
      !ends[1].subtractingReportingOverflow(ends[0]).overflow
    else {
      throw ShellError(
        .outOfRange, "the range \(ends[0])...\(ends[1]) runs backwards or is too long", at: place,
        expected: "at most a million numbers, the smaller end first")
    }
    return .range(ends[0]...ends[1])
  }

  private func negated(_ operand: Expression) throws -> Value {
    switch try evaluate(operand) {
    case .integer(let value) where value != .min: return .integer(-value)
    case .number(let value): return .number(-value)
    case .percent(let value): return .percent(-value)
    case .duration(let seconds): return .duration(-seconds)
    case let value:
      throw ShellError(
        .wrongType, "`-` needs a number, not \(value.described)", at: operand.range)
    }
  }

  private func binary(
    _ symbol: Expression.Operator, _ left: Expression, _ right: Expression, _ place: SourceRange
  ) throws -> Value {
    switch symbol {
    case .and: return .boolean(try truth(of: left) && truth(of: right))
    case .or: return .boolean(try truth(of: left) || truth(of: right))
    default: break
    }
    let (a, b) = (try evaluate(left), try evaluate(right))
    do {
      return try Self.apply(symbol, a, b)
    } catch let failure as Arithmetic.Failure {
      throw OperandPlaces(whole: place, left: left.range, right: right.range).error(failure, a, b)
    }
  }

  /// A binary operator other than `and` and `or` on two values.
  static func apply(_ symbol: Expression.Operator, _ left: Value, _ right: Value) throws -> Value {
    switch symbol {
    case .isIn, .isNotIn:
      let found = right.elements.contains { element in
        (try? Arithmetic.order(left, element)) == .same
      }
      return .boolean(found == (symbol == .isIn))
    case .like:
      guard let text = left.text, let pattern = right.text else {
        throw Arithmetic.Failure(
          code: .wrongType,
          message: "`like` compares texts, not \(left.described) with \(right.described)")
      }
      return .boolean(Arithmetic.like(text, pattern))
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return .boolean(try Arithmetic.compare(symbol, left, right))
    default: return try Arithmetic.apply(symbol, left, right)
    }
  }
}
