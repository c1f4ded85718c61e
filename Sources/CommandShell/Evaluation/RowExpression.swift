import Statistics

/// An expression over the columns of a table, its words resolved once for all rows.
indirect enum RowExpression {
  case column(Int)
  case constant(Value)
  case not(RowExpression, SourceRange)
  case negation(RowExpression, SourceRange)
  case both(RowExpression, RowExpression, SourceRange)
  case either(RowExpression, RowExpression, SourceRange)
  case binary(Expression.Operator, RowExpression, RowExpression, OperandPlaces)
  case membership(RowExpression, [RowExpression], isIn: Bool, SourceRange)
}

extension RowExpression {
  /// The value for one row. Whatever is compared or computed with a missing cell is missing, and a
  /// missing truth value does not hold.
  func value(in row: [Statistics.Cell]) throws -> Value {
    switch self {
    case .column(let index): return Value(row[index])
    case .constant(let value): return value
    case .not(let operand, let place): return .boolean(!(try operand.holds(in: row, place)))
    case .negation(let operand, let place):
      return try Self.computed(
        .subtract, .integer(0), operand.value(in: row), OperandPlaces(whole: place))
    case .both(let a, let b, let place):
      return .boolean(try a.holds(in: row, place) && b.holds(in: row, place))
    case .either(let a, let b, let place):
      return .boolean(try a.holds(in: row, place) || b.holds(in: row, place))
    case .binary(let symbol, let a, let b, let place):
      return try Self.computed(symbol, a.value(in: row), b.value(in: row), place)
    case .membership(let operand, let items, let isIn, let place):
      let value = try operand.value(in: row)
      if case .nothing = value { return .nothing }
      let found = try items.contains { item in
        let same = try Self.computed(
          .equal, value, item.value(in: row), OperandPlaces(whole: place))
        if case .boolean(true) = same { return true }
        return false
      }
      return .boolean(found == isIn)
    }
  }

  /// Whether the condition holds for a row.
  func holds(in row: [Statistics.Cell], _ place: SourceRange) throws -> Bool {
    switch try value(in: row) {
    case .boolean(let truth): return truth
    case .nothing: return false
    case let value:
      throw ShellError(
        .wrongType, "a condition is true or false, not \(value.described)", at: place,
        expected: "a comparison")
    }
  }

  private static func computed(
    _ symbol: Expression.Operator, _ left: Value, _ right: Value, _ places: OperandPlaces
  ) throws -> Value {
    if case .nothing = left { return .nothing }
    if case .nothing = right { return .nothing }
    do {
      return try Session.apply(symbol, left, right)
    } catch let failure as Arithmetic.Failure {
      throw places.error(failure, left, right)
    }
  }
}

/// Where an operation and its operands stand.
struct OperandPlaces {
  let whole: SourceRange
  var left: SourceRange?
  var right: SourceRange?

  /// The failure at its place; what cannot be compared is underlined on both sides.
  func error(_ failure: Arithmetic.Failure, _ a: Value, _ b: Value) -> ShellError {
    var error = ShellError(failure.code, failure.message, at: whole)
    guard failure.code == .incomparable, let left, let right else { return error }
    error.places = [
      .init(range: left, label: a.typeName), .init(range: right, label: b.typeName),
    ]
    return error
  }
}

extension Value {
  init(_ cell: Statistics.Cell) {
    self =
      switch cell {
      case .missing: .nothing
      case .boolean(let value): .boolean(value)
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .text(let value): .text(value)
      }
  }

  /// As a cell of a table; nil for what no cell holds.
  var cell: Statistics.Cell? {
    switch self {
    case .nothing: .missing
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .duration(let seconds): .number(seconds)
    default: interpolated.map { .text($0) }
    }
  }
}

/// Resolves the words of an expression over a table: a column first; beside a column that holds
/// the word, the word; then a variable; then, beside a column, the word.
struct RowCompiler {
  let frame: DataFrame
  let session: Session
  private var columns: ColumnResolver { ColumnResolver(frame: frame) }

  func compile(_ expression: Expression) throws -> RowExpression {
    let place = expression.range
    switch expression.kind {
    case .binary(.and, let a, let b): return .both(try compile(a), try compile(b), place)
    case .binary(.or, let a, let b): return .either(try compile(a), try compile(b), place)
    case .binary(let symbol, let a, let b): return try binary(symbol, a, b, place)
    case .not(let operand): return .not(try compile(operand), place)
    case .negation(let operand): return .negation(try compile(operand), place)
    case .word: return try word(expression, beside: nil)
    default: return constant(try session.evaluate(expression))
    }
  }

  /// Runs and data sets stand in tables by their names.
  private func constant(_ value: Value) -> RowExpression {
    guard value.isShownAlone, let name = value.interpolated else { return .constant(value) }
    return .constant(.text(name))
  }

  private func binary(
    _ symbol: Expression.Operator, _ a: Expression, _ b: Expression, _ place: SourceRange
  ) throws -> RowExpression {
    let (left, right) = (try column(a), try column(b))
    if let left, left == right, symbol.compares {
      throw ShellError(
        .incomparable, "both sides are the column `\(frame.columns[left])`", at: place,
        notes: ["for the variable write \\(\(b.plainWord ?? "name"))"])
    }
    if symbol == .isIn || symbol == .isNotIn {
      let operand = try side(a, beside: nil)
      return .membership(operand, try items(b, beside: left), isIn: symbol == .isIn, place)
    }
    return .binary(
      symbol, try side(a, beside: right), try side(b, beside: left),
      OperandPlaces(whole: place, left: a.range, right: b.range))
  }

  private func items(_ list: Expression, beside column: Int?) throws -> [RowExpression] {
    if case .list(let items) = list.kind { return try items.map { try side($0, beside: column) } }
    let value = try session.evaluate(list)
    guard value.isPlural else {
      throw ShellError(
        .wrongType, "`in` needs a list or a range, not \(value.described)", at: list.range,
        expected: "a list such as [a, b]")
    }
    return value.elements.map { constant($0) }
  }

  private func side(_ expression: Expression, beside column: Int?) throws -> RowExpression {
    if case .word = expression.kind { return try word(expression, beside: column) }
    return try compile(expression)
  }

  private func column(_ expression: Expression) throws -> Int? {
    guard let name = expression.plainWord else { return nil }
    do {
      return try columns.index(of: name)
    } catch let error as ShellError where error.code == .unknownColumn {
      return nil
    }
  }

  private func word(_ expression: Expression, beside column: Int?) throws -> RowExpression {
    guard let name = expression.plainWord else {
      return constant(try session.evaluate(expression))
    }
    do {
      return .column(try columns.index(of: name))
    } catch var error as ShellError {
      error.range = expression.range
      guard error.code == .unknownColumn else { throw error }
      if let column, holds(column, name) { return .constant(.symbol(name)) }
      if let value = session.scope[name] { return constant(value) }
      if column != nil { return .constant(.symbol(name)) }
      throw error
    }
  }

  private func holds(_ column: Int, _ text: String) -> Bool {
    frame.rows.contains { $0[column] == .text(text) }
  }
}
