// The syntax tree. Grammar.md beside this file is the grammar.

/// A name with its place.
struct Name: Equatable, Sendable {
  let text: String
  let range: SourceRange
}

struct Statement: Sendable {
  enum Kind: Sendable {
    case binding(Name, Pipeline)
    indirect case loop(Name, over: Expression, body: [Statement])
    /// The first branch whose condition holds; a nil condition is `else`.
    indirect case conditional([(condition: Expression?, body: [Statement])])
    case pipeline(Pipeline)
    case function(FunctionDefinition)
    /// A pipeline for a process of its own, and its text.
    case background(Pipeline, text: String)
  }

  let kind: Kind
  let range: SourceRange
}

/// A function of the language: `func few-shot(task:, from: scratch) { … }`.
struct FunctionDefinition: Sendable {
  struct Parameter: Sendable {
    let name: Name
    /// Evaluated at each call that leaves the argument out; nil means that it must be given.
    let defaultValue: Expression?
  }

  let name: Name
  let parameters: [Parameter]
  let body: [Statement]
  /// The whole definition as it was written.
  let text: String
  /// The text that the ranges refer to: it may be called from another cell.
  let source: SourceText
}

struct Pipeline: Sendable {
  enum Stage: Sendable {
    case command(CommandCall)
    case value(Expression)
  }

  let stages: [Stage]
  let range: SourceRange
}

struct CommandCall: Sendable {
  let name: Name
  let arguments: [Argument]
  let range: SourceRange
}

struct Argument: Sendable {
  let label: Name?
  let value: Expression
}

struct Expression: Sendable {
  indirect enum Kind: Sendable {
    case integer(Int)
    case real(Double)
    case percent(Double)
    /// In seconds.
    case duration(Double)
    case boolean(Bool)
    case string([Piece])
    case word([Piece])
    case list([Expression])
    case record([(name: Name, value: Expression)])
    case range(Expression, Expression)
    case negation(Expression)
    case not(Expression)
    case binary(Operator, Expression, Expression)
    /// The names after a bracketed value's dots, in order.
    case member(Expression, Name)
    case pipeline(Pipeline)
  }

  /// A piece of a string or word; an interpolation is parsed.
  indirect enum Piece: Sendable {
    case text(String)
    case expression(Expression)
  }

  enum Operator: String, Sendable {
    case or, and, like
    case isIn = "in"
    case isNotIn = "not in"
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"

    /// Whether it gives a truth value.
    var compares: Bool {
      switch self {
      case .add, .subtract, .multiply, .divide, .modulo: false
      default: true
      }
    }
  }

  let kind: Kind
  let range: SourceRange
}

extension Expression {
  /// The text of a word without interpolations.
  var plainWord: String? {
    guard case .word(let pieces) = kind, pieces.count == 1, case .text(let text) = pieces[0] else {
      return nil
    }
    return text
  }
}
