import Foundation

@testable import CommandShell

/// The rules of Grammar.md, and whether a text follows one of them: a recogniser that knows nothing
/// of the parser that it is compared with.
struct GrammarReader: Sendable {
  indirect enum Rule: Sendable {
    case token(String)
    case name(String)
    case sequence([Rule])
    case choice([Rule])
    case optional(Rule)
    case repeated(Rule)
  }

  let rules: [String: Rule]
  /// In order of the file.
  let names: [String]

  /// Reads the lines between ```ebnf and ```.
  init(_ text: String) {
    let lines = text.components(separatedBy: "\n")
    let start = (lines.firstIndex(of: "```ebnf") ?? -1) + 1
    let end = lines[start...].firstIndex(of: "```") ?? start
    var (rules, names): ([String: Rule], [String]) = ([:], [])
    for rule in lines[start..<end].joined(separator: "\n").components(separatedBy: " ;\n") {
      let parts = rule.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let name = parts[0].trimmingCharacters(in: .whitespacesAndNewlines)
      var words = parts[1].split { $0 == " " || $0 == "\n" }.map(String.init)[...]
      if words.last == ";" { words.removeLast() }
      rules[name] = Self.choice(&words)
      names.append(name)
    }
    (self.rules, self.names) = (rules, names)
  }

  private static func choice(_ words: inout ArraySlice<String>) -> Rule {
    var branches = [sequence(&words)]
    while words.first == "|" {
      words.removeFirst()
      branches.append(sequence(&words))
    }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private static func sequence(_ words: inout ArraySlice<String>) -> Rule {
    var parts: [Rule] = []
    while let word = words.first, !["|", "]", ")", "}"].contains(word) {
      words.removeFirst()
      switch word {
      case "[":
        parts.append(.optional(choice(&words)))
        words.removeFirst()
      case "{":
        parts.append(.repeated(choice(&words)))
        words.removeFirst()
      case "(":
        parts.append(choice(&words))
        words.removeFirst()
      default:
        let isQuoted = word.hasPrefix("\"")
        let isToken = isQuoted || word == word.uppercased()
        parts.append(
          isToken ? .token(isQuoted ? String(word.dropFirst().dropLast()) : word) : .name(word))
      }
    }
    return .sequence(parts)
  }

  // MARK: Tokens

  /// The kinds of a text's tokens as the rules name them, with NEWLINE where a line's end counts.
  static func tokens(_ text: String) throws -> [String] {
    let source = SourceText(name: "cell", text: text)
    var kinds: [String] = []
    var brackets: [String] = []
    for token in try Lexer.tokens(source) {
      let kind = kind(token)
      let isOpen = brackets.last == "(" || brackets.last == "["
      if token.startsLine, !isOpen, let before = kinds.last, !goesOn(before),
        !["|", "}", "else", "END"].contains(kind)
      {
        kinds.append("NEWLINE")
      }
      if kind == "END" { break }
      if ["(", "[", "{"].contains(kind) { brackets.append(kind) }
      if [")", "]", "}"].contains(kind) { _ = brackets.popLast() }
      kinds.append(kind)
    }
    return kinds
  }

  private static func goesOn(_ kind: String) -> Bool {
    let operators = Punctuation.allCases.map(\.rawValue).filter {
      ![")", "]", "}", "&", ";"].contains($0)
    }
    return (operators + Keyword.allCases.map(\.rawValue).filter { $0 != "true" && $0 != "false" })
      .contains(kind) || kind == "LABEL"
  }

  private static func kind(_ token: Token) -> String {
    switch token.kind {
    case .word: "WORD"
    case .label: "LABEL"
    case .keyword(let word): word.rawValue
    case .integer: "INTEGER"
    case .real: "NUMBER"
    case .percent: "PERCENT"
    case .duration: "DURATION"
    case .string: "STRING"
    case .mark(let mark): mark.rawValue
    case .end: "END"
    }
  }

  // MARK: Recognising

  /// Whether the whole text follows the rule.
  func matches(_ rule: String, _ text: String) throws -> Bool {
    let tokens = try Self.tokens(text)
    var known: [String: Set<Int>] = [:]
    return ends(.name(rule), from: 0, tokens, &known).contains(tokens.count)
  }

  /// Where a rule that begins at a position can end.
  private func ends(
    _ rule: Rule, from start: Int, _ tokens: [String], _ known: inout [String: Set<Int>]
  ) -> Set<Int> {
    switch rule {
    case .token(let kind): return start < tokens.count && tokens[start] == kind ? [start + 1] : []
    case .name(let name):
      let key = "\(name) \(start)"
      if let found = known[key] { return found }
      known[key] = []
      let found = rules[name].map { ends($0, from: start, tokens, &known) } ?? []
      known[key] = found
      return found
    case .sequence(let parts):
      return parts.reduce([start]) { places, part in
        places.reduce(into: []) { $0.formUnion(ends(part, from: $1, tokens, &known)) }
      }
    case .choice(let branches):
      return branches.reduce(into: []) { $0.formUnion(ends($1, from: start, tokens, &known)) }
    case .optional(let part): return ends(part, from: start, tokens, &known).union([start])
    case .repeated(let part):
      var (all, waiting): (Set<Int>, Set<Int>) = ([start], [start])
      while let place = waiting.popFirst() {
        for end in ends(part, from: place, tokens, &known) where all.insert(end).inserted {
          waiting.insert(end)
        }
      }
      return all
    }
  }
}
