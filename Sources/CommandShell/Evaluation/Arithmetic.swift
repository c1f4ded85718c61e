import Foundation

/// Arithmetic and comparison of values. Whole numbers stay whole but for `/`, which gives a
/// number; two percentages add to one; a percentage beside a number is its fraction.
enum Arithmetic {
  /// - Throws: a reason without a place; the caller knows where.
  struct Failure: Error {
    let code: ShellError.Code
    let message: String
  }

  static func apply(_ symbol: Expression.Operator, _ left: Value, _ right: Value) throws -> Value {
    if symbol == .add, let a = left.text, let b = right.text,
      !isSymbol(left), !isSymbol(right)
    {
      return .text(a + b)
    }
    if symbol == .add, case .list(let a) = left, case .list(let b) = right { return .list(a + b) }
    if case .integer(let a) = left, case .integer(let b) = right, symbol != .divide {
      return .integer(try whole(symbol, a, b))
    }
    if case .percent(let a) = left, case .percent(let b) = right,
      symbol == .add || symbol == .subtract
    {
      return .percent(symbol == .add ? a + b : a - b)
    }
    if let seconds = try duration(symbol, left, right) { return seconds }
    return try real(symbol, number(left, symbol), number(right, symbol))
  }

  /// Two lengths of time add to one and divide to a number; a number stretches one.
  private static func duration(_ symbol: Expression.Operator, _ left: Value, _ right: Value) throws
    -> Value?
  {
    switch (left, right, symbol) {
    case (.duration(let a), .duration(let b), .add): return .duration(a + b)
    case (.duration(let a), .duration(let b), .subtract): return .duration(a - b)
    case (.duration(let a), .duration(let b), .divide): return try real(.divide, a, b)
    case (.duration(let a), _, .multiply) where right.numeric != nil:
      return .duration(a * (right.numeric ?? 1))
    case (_, .duration(let b), .multiply) where left.numeric != nil:
      return .duration((left.numeric ?? 1) * b)
    case (.duration(let a), _, .divide) where right.numeric != nil:
      guard case .number(let value) = try real(.divide, a, right.numeric ?? 1) else { return nil }
      return .duration(value)
    default: return nil
    }
  }

  private static func isSymbol(_ value: Value) -> Bool {
    if case .symbol = value { true } else { false }
  }

  private static func number(_ value: Value, _ symbol: Expression.Operator) throws -> Double {
    if case .percent(let value) = value { return value / 100 }
    guard let number = value.numeric else {
      throw Failure(
        code: .wrongType, message: "`\(symbol.rawValue)` needs numbers, not \(value.described)")
    }
    return number
  }

  private static func whole(_ symbol: Expression.Operator, _ a: Int, _ b: Int) throws -> Int {
    if symbol == .modulo, b == 0 {
      throw Failure(code: .arithmetic, message: "the remainder of a division by zero")
    }
    let (value, overflow) =
      switch symbol {
      case .add: a.addingReportingOverflow(b)
      case .subtract: a.subtractingReportingOverflow(b)
      case .multiply: a.multipliedReportingOverflow(by: b)
      default: a.remainderReportingOverflow(dividingBy: b)
      }
    if overflow {
      throw Failure(
        code: .arithmetic, message: "\(a) \(symbol.rawValue) \(b) does not fit a whole number")
    }
    return value
  }

  private static func real(_ symbol: Expression.Operator, _ a: Double, _ b: Double) throws -> Value
  {
    switch symbol {
    case .add: return .number(a + b)
    case .subtract: return .number(a - b)
    case .multiply: return .number(a * b)
    default:
      if b == 0 { throw Failure(code: .arithmetic, message: "a division by zero") }
      return .number(symbol == .divide ? a / b : fmod(a, b))
    }
  }

  // MARK: Comparison

  enum Order { case less, same, greater, different }

  /// How two values stand to each other. `.different`: of the same nature but unordered, such as
  /// a count beside a share of labels, or NaN.
  static func order(_ left: Value, _ right: Value) throws -> Order {
    if let a = left.numeric, let b = right.numeric { return order(a, b) }
    if let a = left.text, let b = right.text { return order(a, b) }
    if case .boolean(let a) = left, case .boolean(let b) = right {
      return a == b ? .same : .different
    }
    switch (left, right) {
    case (.percent(let a), .percent(let b)): return order(a, b)
    case (.duration(let a), .duration(let b)): return order(a, b)
    // Tables show a run's duration as `3:12`; SQL gives it in seconds.
    case (.text(let text), .duration(let b)):
      if let a = DurationText.seconds(shown: text) { return order(a, b) }
    case (.duration(let a), .text(let text)):
      if let b = DurationText.seconds(shown: text) { return order(a, b) }
    case (.duration(let a), _) where right.numeric != nil: return order(a, right.numeric ?? 0)
    case (_, .duration(let b)) where left.numeric != nil: return order(left.numeric ?? 0, b)
    // A column of label budgets holds texts such as `10%` and `60`.
    case (.text(let text), .percent), (.text(let text), .integer), (.text(let text), .number):
      if let value = budget(text) { return try order(value, right) }
    case (.percent, .text(let text)), (.integer, .text(let text)), (.number, .text(let text)):
      if let value = budget(text) { return try order(left, value) }
    case (.percent, .integer), (.percent, .number), (.integer, .percent), (.number, .percent):
      return .different
    default: break
    }
    throw Failure(
      code: .incomparable,
      message: "\(left.described) cannot be compared with \(right.described)")
  }

  private static func order<T: Comparable>(_ a: T, _ b: T) -> Order {
    a < b ? .less : a == b ? .same : a > b ? .greater : .different
  }

  /// `10%` or `60` as a value.
  static func budget(_ text: String) -> Value? {
    if text.hasSuffix("%") { return Double(text.dropLast()).map { .percent($0) } }
    return Int(text).map { .integer($0) } ?? Double(text).map { .number($0) }
  }

  static func compare(_ symbol: Expression.Operator, _ left: Value, _ right: Value) throws -> Bool {
    let order = try order(left, right)
    switch symbol {
    case .equal: return order == .same
    case .unequal: return order != .same
    case .less: return order == .less
    case .lessOrEqual: return order == .less || order == .same
    case .greater: return order == .greater
    default: return order == .greater || order == .same
    }
  }

  /// SQL's pattern: `%` stands for any text, `_` for one character; upper and lower case are one.
  /// O(n·m) time.
  static func like(_ text: String, _ pattern: String) -> Bool {
    let text = Array(text.lowercased())
    var reachable = [true] + [Bool](repeating: false, count: text.count)
    for mark in pattern.lowercased() {
      var next = [Bool](repeating: false, count: text.count + 1)
      if mark == "%" {
        let first = reachable.firstIndex(of: true) ?? next.count
        for position in first..<next.count { next[position] = true }
      } else {
        for position in text.indices where reachable[position] {
          next[position + 1] = mark == "_" || mark == text[position]
        }
      }
      reachable = next
    }
    return reachable[text.count]
  }
}
