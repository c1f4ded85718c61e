import Testing

@testable import CommandShell

/// The grammar as it is written down, the examples, and the parser: all three agree.
struct GrammarTests {
  static let grammar = GrammarReader(Help.grammar)

  /// For each rule a stretch of text that follows it, in a cell, and the cell's tree.
  static let productions: [(rule: String, stretch: String, cell: String, tree: String)] = [
    ("cell", "print 1; print 2", "print 1; print 2", "<print, 1>; <print, 2>"),
    ("end", ";", "1; 2", "1; 2"),
    ("statement", "let x = 3", "let x = 3", "let x = 3"),
    (
      "binding", "let x = results | where a", "let x = results | where a",
      "let x = <results> | <where, a>"
    ),
    ("function", "func f(n:) { n }", "func f(n:) { n }", "func f(n:) {n}"),
    (
      "parameter", "from: scratch", "func f(n:, from: scratch) { n; from }",
      "func f(n:, from: scratch) {n; from}"
    ),
    ("loop", "for x in 1...3 { x }", "for x in 1...3 { x }", "for x in 1...3 {x}"),
    (
      "condition", "if a { 1 } else if b { 2 } else { 3 }", "if a { 1 } else if b { 2 } else { 3 }",
      "if a {1} if b {2} else {3}"
    ),
    ("block", "{ print 1\nprint 2 }", "if a { print 1\nprint 2 }", "if a {<print, 1>; <print, 2>}"),
    ("job", "pretrain swav &", "pretrain swav &", "<pretrain, swav> & {pretrain swav}"),
    (
      "pipeline", "results\n| where a | save b", "results\n| where a | save b",
      "<results> | <where, a> | <save, b>"
    ),
    ("stage", "where a", "x | where a", "x | <where, a>"),
    (
      "command", "sweep adapt, on: a, seed: 1", "sweep adapt, on: a, seed: 1",
      "<sweep, adapt, on: a, seed: 1>"
    ),
    ("arguments", "adapt task", "sweep adapt task", "<sweep, adapt, task>"),
    ("argument", "on: wild", "pretrain swav, on: wild", "<pretrain, swav, on: wild>"),
    ("expression", "a or b or c", "let x = a or b or c", "let x = ((a or b) or c)"),
    ("conjunction", "a and b", "let x = a and b", "let x = (a and b)"),
    ("inversion", "not not a", "let x = not not a", "let x = (not (not a))"),
    ("comparison", "a not in b", "let x = a not in b", "let x = (a not in b)"),
    ("comparator", "<=", "let x = a <= b", "let x = (a <= b)"),
    ("range", "1...n", "let x = 1...n", "let x = 1...n"),
    ("sum", "a + b - c", "let x = a + b - c", "let x = ((a + b) - c)"),
    ("product", "a * b / c % d", "let x = a * b / c % d", "let x = (((a * b) / c) % d)"),
    ("unary", "- - a", "let x = - - a", "let x = (- (- a))"),
    ("primary", "(a).b", "let x = (a).b", "let x = a.b"),
    ("value", "swav-wild", "let x = swav-wild", "let x = swav-wild"),
    ("literal", "90s", "let x = 90s", "let x = 90.0s"),
    ("list", "[1, 2,]", "let x = [1, 2,]", "let x = [1, 2]"),
    ("record", "[a: 1, b: 2]", "let x = [a: 1, b: 2]", "let x = [a: 1, b: 2]"),
    ("field", "a: 1", "let x = [a: 1]", "let x = [a: 1]"),
    (
      "group", "(results | where a)", "let x = (results | where a)",
      "let x = (<results> | <where, a>)"
    ),
    (
      "call", "f(n: 1,)", "func f(n:) { n }; let x = f(n: 1,)",
      "func f(n:) {n}; let x = (<f, n: 1>)"
    ),
    (
      "application", "print(results)", "let x = 1 + print(results)",
      "let x = (1 + (<results> | <print>))"
    ),
  ]

  @Test("every rule has an example here, and every example's rule is written down")
  func everyRuleHasAnExample() {
    #expect(Self.productions.map(\.rule) == Self.grammar.names)
  }

  @Test(arguments: productions)
  func production(rule: String, stretch: String, cell: String, tree: String) throws {
    #expect(cell.contains(stretch))
    #expect(try Self.grammar.matches(rule, stretch), "\(rule) does not give \(stretch)")
    #expect(try Self.grammar.matches("cell", cell))
    #expect(try SyntaxPrinter.print(cell) == tree)
  }

  @Test("the grammar gives everything that the parser reads", arguments: ParserTests.productions)
  func parsed(text: String, tree: String) throws {
    #expect(try Self.grammar.matches("cell", text))
  }

  @Test("and nothing that the parser refuses")
  func refused() throws {
    let codes: Set<ShellError.Code> = [
      .unexpectedToken, .unclosedBracket, .unmatchedBracket, .reservedName,
    ]
    let faults = DiagnosticTests.faults.filter { codes.contains($0.code) }
    #expect(faults.count > 15)
    for fault in faults {
      #expect(try !Self.grammar.matches("cell", fault.text), "\(fault.text)")
    }
  }
}
