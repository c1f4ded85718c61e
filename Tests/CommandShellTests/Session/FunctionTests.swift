import Foundation
import Testing

@testable import CommandShell

struct FunctionTests {
  @Test("arguments by label, defaults evaluated at the call, the last statement's value")
  func values() throws {
    let session = try TestSession()
    try session.run("let base = 10\nfunc add(n:, to: base) { print to\n n + to }")
    #expect(try session.run("add n: 1") == ["10", "11"])
    #expect(try session.run("let x = add(n: 2, to: 3) * 2; x") == ["3", "10"])
    #expect(
      try session.run("func pair(a:, b: a) { b }; pair(a: 4)") == ["4"],
      "a parameter may serve another's value")
    try session.run("let base = 20")
    #expect(try session.run("add(n: 1)") == ["20", "21"])
  }

  @Test("a body sees the session's variables and its own, not those of the calling block")
  func scope() throws {
    let session = try TestSession()
    try session.run("func f() { let inner = 5\n inner + 1 }\nfunc reveal() { print hidden }")
    #expect(try session.run("f()") == ["6"])
    #expect(session.failure("print \\(inner)").contains("E0303"))
    #expect(session.failure("for hidden in [1] { reveal() }").contains("E0303"))
  }

  @Test("functions carry out runs and hand them on")
  func runs() throws {
    let session = try TestSession()
    try session.run("let faces = synthetic studio, identities: 10, images: 100, size: 32")
    try session.run(
      "func best(epochs:) { pretrain swav, on: faces, epochs: epochs, as: best-\\(epochs) }")
    try session.run("let run = best(epochs: 2)")
    #expect(session.runner.names == ["best-2"])
    #expect(try session.run("run.metrics.loss.last") == ["2"])
    #expect(try session.run("run.options.epochs + 1") == ["3"])
  }

  /// A wrong definition or call: the text, and what the message must hold.
  static let wrong: [(String, [String])] = [
    ("func print(n:) { n }", ["E0304", "`print`"]),
    ("func f(n:) { 1 }", ["E0315", "`n`"]),
    ("func f(n:, n: 2) { n }", ["E0204"]),
    ("func f(n) { n }", ["E0201", "a parameter such as `task:`"]),
    ("func f(n: 1 { n }", ["E0201"]),
    ("func g(amount:) { amount + 1 }\ng amuont: 1", ["E0302", "amuont", "did you mean `amount:`"]),
    ("func g(amount:) { amount + 1 }\ng()", ["E0310", "amount:"]),
    ("func g(amount:) { amount + 1 }\ng 1", ["E0311", "g(amount:)"]),
    ("func g(amount:) { amount + 1 }\nresults | g amount: 1", ["E0312"]),
    ("func loop() { loop() }\nloop()", ["E0203", "without end"]),
  ]

  @Test("wrong definitions and calls say what is wrong", arguments: wrong.indices)
  func errors(index: Int) throws {
    let session = try TestSession()
    let message = session.failure(Self.wrong[index].0)
    for part in Self.wrong[index].1 { #expect(message.contains(part), "\(message)") }
  }

  @Test("an error inside of a function of another cell is shown where it stands")
  func place() throws {
    let session = try TestSession()
    try session.session.run(SourceText(name: "first", text: "func f(a:) {\n  a + \"x\"\n}"))
    let message = session.failure("f a: 1")
    #expect(message.contains("first:2:3"), "\(message)")
  }
}

struct MemberTests {
  /// An expression over bound values, and what it shows.
  static let expressions: [(String, String)] = [
    ("list.count", "3"), ("list.mean", "2"), ("list.last", "3"), ("list.maximum", "3"),
    ("(1...5).count", "5"), ("record.a.b", "7"), ("pause.seconds", "90"), ("faces.count", "100"),
    ("faces.identities", "10"), (#"(sql "SELECT 1 AS a, 2 AS b").columns.count"#, "2"),
    ("[4, 5].sum", "9"),
    (#""n = \(list.count)""#, "n = 3"),
  ]

  @Test("members of every kind of value", arguments: expressions.indices)
  func members(index: Int) throws {
    let session = try TestSession()
    try session.run(
      "let list = [1, 2, 3]; let record = [a: [b: 7]]; let pause = 90s\n"
        + "let faces = synthetic studio, identities: 10, images: 100, size: 32")
    #expect(try session.run(Self.expressions[index].0) == [Self.expressions[index].1])
  }

  @Test("a run's results, a table's columns; paths keep their dots")
  func runsAndPaths() throws {
    let session = try TestSession()
    try session.run("let faces = synthetic studio, identities: 10, images: 100, size: 32")
    try session.run("let run = adapt landmarks, on: faces, labels: 10%, seed: 2")
    let expected = FakeRunner.error(isScratch: true, percent: 10, seed: 2)
    #expect(try session.run("run.results.nme[inter-ocular]") == ["\(formatted(expected))"])
    #expect(
      try session.run("run.results.mean-shape.nme[inter-ocular]") == ["20"])
    try session.run("let found = results")
    #expect(try session.run("found.seed") == ["[2]"])
    try session.run("found | save \(session.folder.path)/found.csv")
    // A variable of the name before the dot makes no member of a file's ending.
    for command in [
      "data images, path: found.d", "import weights found.pth", "synthetic wild, head: found.d",
    ] {
      let message = session.failure(command)
      #expect(message.contains("found.") && !message.contains("E0314"), "\(command): \(message)")
    }
    let message = session.failure("run.los")
    #expect(
      message.contains("E0314") && message.contains("a run has no member `los`"), "\(message)")
  }
}

struct DurationTests {
  static let sums: [(String, String)] = [
    ("90s + 5m", "390s"), ("2 * 30s", "60s"), ("1h / 2", "1800s"), ("1m / 30s", "2"),
    ("500ms", "500ms"), ("60s == 1m", "true"), ("-5s", "-5s"), ("2s < 1ms", "false"),
  ]

  @Test("arithmetic of lengths of time", arguments: sums.indices)
  func arithmetic(index: Int) throws {
    #expect(try TestSession().run("print (\(Self.sums[index].0))") == [Self.sums[index].1])
  }

  @Test("a length of time is compared with a table's durations, shown or in seconds")
  func columns() throws {
    let session = try TestSession()
    try session.run("let found = sql \"SELECT '3:12' AS shown, 30.5 AS seconds\"")
    #expect(try session.run("print count(found | where shown > 3m)") == ["1"])
    #expect(try session.run("print count(found | where shown > 4m)") == ["0"])
    #expect(try session.run("print count(found | where seconds < 1m and seconds > 30s)") == ["1"])
    #expect(session.failure("print 5s + 1").contains("E0401"))
  }
}

struct UnpivotTests {
  @Test("columns become rows, numbers in their names in order; the best may be a row's")
  func rows() throws {
    let session = try TestSession()
    try session.run(
      """
      let wide = sql "SELECT 'a' AS m, 1 AS seed, 0.5 AS \\"icc[AU12]\\", 0.2 AS \\"icc[AU2]\\", 9 AS nme"
      let long = wide | unpivot "icc[%]", names: unit, values: icc
      """)
    try session.run("long")
    #expect(session.csv == "m,seed,nme,unit,icc\na,1,9,AU2,0.2\na,1,9,AU12,0.5\n")
    let table = try session.run("long | pivot rows: unit, columns: m, value: icc, best: row")
    #expect(!"\(table)".contains("Bold"))
    #expect(session.failure("wide | unpivot \"icc\"").contains("E0405"))
    #expect(session.failure("wide | unpivot \"x[%]\"").contains("E0308"))
    #expect(session.failure("wide | unpivot \"icc[%]\", values: nme").contains("twice"))
  }
}

struct JoinTests {
  @Test("partners by key, in order; left keeps rows without one; equal names are told apart")
  func rows() throws {
    let session = try TestSession()
    try session.run(
      """
      let a = sql "SELECT 1 AS k, 'x' AS v UNION ALL SELECT 2, 'y' UNION ALL SELECT 3, 'z'"
      let b = sql "SELECT 1 AS k, 10 AS v UNION ALL SELECT 1, 11 UNION ALL SELECT 3, 30"
      """)
    let inner = try session.run("a | join b, on: k")
    #expect(session.csv == "k,v,v_2\n1,x,10\n1,x,11\n3,z,30\n", "\(inner)")
    try session.run("a | join (b | where v > 10), on: k, kind: left")
    #expect(session.csv == "k,v,v_2\n1,x,11\n2,y,\n3,z,30\n")
    #expect(session.failure("a | join b, on: w").contains("E0308"))
    #expect(session.failure("a | join 3, on: k").contains("E0401"))
    #expect(session.failure("a | join b").contains("E0310"))
  }

  @Test("a comparison of text with a number is underlined on both sides")
  func incomparable() throws {
    let session = try TestSession()
    try session.run("let a = sql \"SELECT 'x' AS v\"")
    let message = session.failure("a | where v < 3")
    #expect(message.contains("E0403"), "\(message)")
    #expect(
      message.contains("~ a text") && message.contains("~ a number")
        || message.contains("~ a whole number"), "\(message)")
  }
}
