/// Words of the language itself, which cannot be names.
enum Keyword: String, CaseIterable, Sendable {
  case `let`, `func`, `for`, `in`, `if`, `else`, and, or, not, like
  case `true`, `false`
}

/// Marks and operators, the longest first where one begins another.
enum Punctuation: String, CaseIterable, Sendable {
  case ellipsis = "..."
  case dot = "."
  case equal = "=="
  case unequal = "!="
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case assign = "="
  case less = "<"
  case greater = ">"
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case modulo = "%"
  case pipe = "|"
  case ampersand = "&"
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"
  case openBrace = "{"
  case closeBrace = "}"
}

/// A piece of a string or of a bare word.
enum Segment: Equatable, Sendable {
  case text(String)
  /// The range between `\(` and `)`.
  case interpolation(SourceRange)
}

struct Token: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// A bare word: a name, a symbol such as `swav-wild`, a path, a column such as
    /// `nme[inter-ocular]`.
    case word([Segment])
    /// A word with its colon: `on:`.
    case label(String)
    case keyword(Keyword)
    case integer(Int)
    case real(Double)
    /// `10%` holds 10.
    case percent(Double)
    /// `90s`, `5m`, `2h`, `20ms`, in seconds.
    case duration(Double)
    case string([Segment])
    case mark(Punctuation)
    case end
  }

  let kind: Kind
  let range: SourceRange
  /// Whether it is the first token of its line.
  let startsLine: Bool
}

extension Token {
  /// The token in a sentence: “a number”, “`|`”.
  func described(in source: SourceText) -> String {
    switch kind {
    case .end: "the end"
    case .string: "a string"
    default: "`\(source.string(range))`"
    }
  }
}
