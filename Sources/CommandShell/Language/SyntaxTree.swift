// The syntax tree. The grammar, in the order of the types below:
//
//   cell       = { statement ( newline | ";" ) }
//   statement  = "let" word "=" pipeline
//              | "for" word "in" expression block
//              | "if" expression block [ "else" ( statement-if | block ) ]
//              | pipeline
//   block      = "{" cell "}"
//   pipeline   = stage { "|" stage }                 a line may begin with "|"
//   stage      = command | expression
//   command    = word { expression } { "," argument }  also: word label: … without a first comma
//   argument   = [ label ] expression                  label = word ":"
//   expression = or; or = and { "or" and }; and = not { "and" not }; not = "not" not | comparison
//   comparison = range [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" | ["not"] "in" | "like" ) range ]
//   range      = sum [ "..." sum ]; sum = product { ("+"|"-") product }
//   product    = unary { ("*"|"/"|"%") unary }; unary = "-" unary | primary
//   primary    = number | percentage | string | "true" | "false" | word
//              | "[" list or record "]" | "(" pipeline ")"
//              | word "(" pipeline ")"                the command applied: count(results)

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
  }

  let kind: Kind
  let range: SourceRange
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
    case boolean(Bool)
    case string([Piece])
    case word([Piece])
    case list([Expression])
    case record([(name: Name, value: Expression)])
    case range(Expression, Expression)
    case negation(Expression)
    case not(Expression)
    case binary(Operator, Expression, Expression)
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
