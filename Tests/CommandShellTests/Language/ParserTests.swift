import Testing

@testable import CommandShell

struct ParserTests {
  /// A production of the grammar in each line: text and tree.
  static let productions: [(String, String)] = [
    // Literals.
    ("20_000", "20000"), ("1.5", "1.5"), ("1e-3", "0.001"), ("10%", "10.0%"), ("0.5%", "0.5%"),
    ("true", "true"), (#""a \"b\" \n""#, "\"a \"b\" \n\""), (#""\u{e9}""#, "\"é\""),
    (#""x\(n + 1)y""#, #""x\((n + 1))y""#), (#""\("in \(a)")""#, #""\("in \(a)")""#),
    ("\"\"\"\nSELECT\n1\"\"\"", "\"SELECT\n1\""),
    // Words.
    ("swav-wild", "swav-wild"), ("resnet18", "resnet18"), ("10-fold", "10-fold"),
    ("300w", "300w"), ("nme[inter-ocular]", "nme[inter-ocular]"),
    ("auc[inter-ocular@0.10]", "auc[inter-ocular@0.10]"), ("tar[far=0.01]", "tar[far=0.01]"),
    ("reports/landmarks.pdf", "reports/landmarks.pdf"),
    ("../shared/data/lfw", "../shared/data/lfw"), ("./a", "./a"), ("~/a.b", "~/a.b"),
    ("/data/300w", "/data/300w"), ("a/../b", "a/../b"),
    ("landmarks/swav-wild/10%/s1", "landmarks/swav-wild/10%/s1"),
    ("swav-\\(seed).pdf", "swav-\\(seed).pdf"), ("\\(task)", "\\(task)"),
    // Lists, records, ranges.
    ("[1%, 10%]", "[1.0%, 10.0%]"), ("[]", "[]"), ("[a, b,]", "[a, b]"), ("[\na,\nb\n]", "[a, b]"),
    ("[a: 1, b: c]", "[a: 1, b: c]"), ("[:]", "[]"), ("1...3", "1...3"),
    ("a...b + 1", "a...(b + 1)"),
    // Operators, from loose to tight.
    ("a or b and not c", "(a or (b and (not c)))"),
    ("a == 1 and b != 2", "((a == 1) and (b != 2))"),
    ("a in [1, 2]", "(a in [1, 2])"), ("a not in [1]", "(a not in [1])"),
    ("a like \"x%\"", "(a like \"x%\")"), ("1 + 2 * 3", "(1 + (2 * 3))"),
    ("1 - 2 - 3", "((1 - 2) - 3)"), ("(1 + 2) * -x", "((1 + 2) * (- x))"), ("6/2", "(6 / 2)"),
    ("10 % 3", "(10 % 3)"), ("a <= b + 1", "(a <= (b + 1))"),
    // Commands.
    ("results", "<results>"), ("print -3", "<print, (- 3)>"), ("print 1 - 3", "<print, (1 - 3)>"),
    ("plot line, x: labels, log: [x]", "<plot, line, x: labels, log: [x]>"),
    ("sweep adapt task, seeds: 1...3", "<sweep, adapt, task, seeds: 1...3>"),
    ("check a < 1, \"m\"", "<check, (a < 1), \"m\">"),
    ("pretrain swav on: wild", "<pretrain, swav, on: wild>"),
    ("pretrain swav,\n  on: wild,\n  as: x", "<pretrain, swav, on: wild, as: x>"),
    ("frobnicate x, y: 1", "<frobnicate, x, y: 1>"), ("print(x)", "<print, x>"),
    // Pipelines.
    ("results | where task == landmarks", "<results> | <where, (task == landmarks)>"),
    ("results\n| save a.csv", "<results> | <save, a.csv>"),
    ("results |\nsave a.csv", "<results> | <save, a.csv>"),
    ("x | save a.csv", "x | <save, a.csv>"),
    ("check (results | where a) > 3", "<check, ((<results> | <where, a>) > 3)>"),
    // Statements.
    ("let x = 1; x", "let x = 1; x"),
    ("let x = results | where a", "let x = <results> | <where, a>"),
    ("for t in [a, b] { print t }", "for t in [a, b] {<print, t>}"),
    ("for t in 1...3 {\n  print t\n  print 2\n}", "for t in 1...3 {<print, t>; <print, 2>}"),
    ("if a { print 1 }", "if a {<print, 1>}"),
    ("if a { 1 } else if b { 2 }\nelse { 3 }", "if a {1} if b {2} else {3}"),
    // Functions and members.
    ("func f() { 1 }", "func f() {1}"),
    (
      "func few-shot(task:, from: scratch) { print task, from }",
      "func few-shot(task:, from: scratch) {<print, task, from>}"
    ),
    ("func f(n:) { n }; f n: 1", "func f(n:) {n}; <f, n: 1>"),
    ("func f(n:) { n }\nlet x = f(n: 1) + 2", "func f(n:) {n}; let x = ((<f, n: 1>) + 2)"),
    ("func f() { 1 }\nf()", "func f() {1}; (<f>)"),
    ("run.metrics.loss.last", "run.metrics.loss.last"),
    ("(results | where a).count", "(<results> | <where, a>).count"), ("[1, 2].sum", "[1, 2].sum"),
    ("(a).b.c", "a.b.c"),
    // In the background.
    ("pretrain swav, on: wild &", "<pretrain, swav, on: wild> & {pretrain swav, on: wild}"),
    (
      "results | save a.csv &\nprint 1",
      "<results> | <save, a.csv> & {results | save a.csv}; <print, 1>"
    ),
    // Lengths of time.
    ("90s", "90.0s"), ("1.5h", "5400.0s"), ("20ms", "0.02s"), ("5m + 1s", "(300.0s + 1.0s)"),
    ("5m-walk", "5m-walk"), ("3d", "3d"), ("10s/x", "10s/x"),
    // Comments and blanks.
    ("# title\nprint 1 // one\n\n// end", "<print, 1>"), ("", ""), ("\n;;\n", ""),
    ("print 1\r\nprint 2", "<print, 1>; <print, 2>"),
  ]

  @Test(arguments: productions)
  func production(text: String, tree: String) throws {
    #expect(try SyntaxPrinter.print(text) == tree)
  }

  @Test func aBlockInsideBracketsEndsItsLines() throws {
    let text = "for x in [1,\n2] {\nprint x\nprint x\n}"
    #expect(try SyntaxPrinter.print(text) == "for x in [1, 2] {<print, x>; <print, x>}")
  }

  @Test func nestingHasALimit() {
    let text = String(repeating: "(", count: 500) + "1" + String(repeating: ")", count: 500)
    #expect(throws: ShellError.self) { try SyntaxPrinter.print(text) }
    let strings = String(repeating: #""\("#, count: 300)
    #expect(throws: ShellError.self) { try SyntaxPrinter.print(strings) }
    let minus = String(repeating: "- ", count: 2000) + "1"
    #expect(throws: ShellError.self) { try SyntaxPrinter.print(minus) }
  }
}
