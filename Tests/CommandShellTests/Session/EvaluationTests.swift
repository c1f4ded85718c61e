import Reporting
import Testing

@testable import CommandShell

struct EvaluationTests {
  /// A cell and the lines that it shows.
  static let cells: [(String, [String])] = [
    ("print 1 + 2 * 3", ["7"]), ("print 7 / 2", ["3.5"]), ("print 7 % 4", ["3"]),
    ("print 2.5 * 2", ["5"]), ("print 10% + 5%", ["15%"]), ("print 200 * 10%", ["20"]),
    ("print -3 - -2", ["-1"]), ("print 0.1 + 0.2", ["0.3"]), ("print 1e-5", ["1e-05"]),
    ("print \"a\" + \"b\"", ["ab"]), ("print 1 == 1.0, 2 > 3", ["true false"]),
    ("print not true or 1 < 2 and 2 in [1, 2]", ["true"]), ("print 4 not in 1...3", ["true"]),
    ("print \"Landmark\" like \"land%k\"", ["true"]), ("print \"ab\" like \"a\"", ["false"]),
    ("let x = 3\nprint \"x is \\(x + 1)\"", ["x is 4"]), ("let x = 3; print a-\\(x)/b", ["a-3/b"]),
    ("for i in 1...3 { print i }", ["1", "2", "3"]),
    ("for t in [a, 10%] { print \\(t) }", ["a", "10%"]),
    ("if 1 > 2 { print \"a\" } else if 2 > 1 { print \"b\" } else { print \"c\" }", ["b"]),
    ("let x = 1\nfor i in 1...2 { let x = 5 }\nprint x", ["1"]),
    ("let x = 1; let x = 2; x", ["2"]), ("[1, [a: 2]]", ["[1, [a: 2]]"]), ("3 < 4", ["true"]),
    ("let faces = 4\nfaces", ["4"]), ("let count = 2; print \\(count)", ["2"]),
    ("check 1 < 2, \"never\"", []), ("print \"word\"", ["word"]), ("exit", []),
  ]

  @Test(arguments: cells)
  func cell(text: String, lines: [String]) throws {
    #expect(try TestSession().run(text) == lines)
  }

  @Test func keywordsGoBeforeVariablesOfTheirName() throws {
    let test = try TestSession()
    try test.run(
      """
      let wild = synthetic wild, identities: 4, images: 40
      let landmarks = "../some/folder"
      let linear = 3
      adapt landmarks, protocol: linear, labels: 10%
      """)
    #expect(test.runner.names == ["landmarks/scratch/10%/linear/s1"])
    try test.run("results | where task == landmarks")
    #expect(test.tables[0].table.rows.count == 1)
  }

  @Test func aVariableStandsForItsValue() throws {
    let test = try TestSession()
    try test.run(
      """
      let wild = synthetic wild, identities: 4, images: 40
      let budgets = [1%, 10%]
      let run = pretrain swav, epochs: 1
      sweep adapt landmarks, from: [run, scratch], labels: budgets
      let best = (results | where from == \\(run) | minimum nme)
      print best
      """)
    #expect(test.runner.names.count == 5)
    #expect(test.shown.last == "7.1")
  }
}
