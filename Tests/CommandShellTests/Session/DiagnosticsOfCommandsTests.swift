import Testing

@testable import CommandShell

/// What a person reads for each error that a command makes.
struct DiagnosticsOfCommandsTests {
  static let setUp = """
    let wild = synthetic wild, identities: 4, images: 40
    pretrain swav, as: swav-wild, epochs: 1
    sweep adapt landmarks, from: [scratch, swav-wild], labels: [1%, 10%], seeds: 1...2
    """

  /// Code, underlined text, and a part of the rest.
  static let faults: [(String, String, String, String)] = [
    ("pretrian swav", "E0301", "pretrian", "did you mean `pretrain`?"),
    ("resluts", "E0301", "resluts", "did you mean `results`?"),
    ("wlid", "E0301", "wlid", "did you mean `wild`?"),
    ("pretrain swav, epoch: 3", "E0302", "epoch", "did you mean `epochs:`?"),
    ("adapt landmarks, lables: 1%", "E0302", "lables", "did you mean `labels:`?"),
    ("pretrain swav, of: scratch", "E0302", "of", "help pretrain swav"),
    ("results | pivot row: a", "E0302", "row", "did you mean `rows:`?"),
    ("print \"\\(wlid)\"", "E0303", "wlid", "did you mean `wild`?"),
    ("print wlid", "E0303", "wlid", "a variable, or a text in quotes"),
    ("let results = 3", "E0304", "results", "is a command"),
    ("for runs in [a] {}", "E0304", "runs", "is a command"),
    ("pretrain swaw", "E0305", "swaw", "did you mean `swav`?"),
    ("adapt landmark", "E0305", "landmark", "did you mean `landmarks`?"),
    ("pretrain swav, on: wlid", "E0306", "wlid", "did you mean `wild`?"),
    ("adapt landmarks, from: swav-wlid", "E0307", "swav-wlid", "did you mean `swav-wild`?"),
    ("show nothing-like-it", "E0307", "nothing-like-it", "`runs` lists them"),
    ("results | where tsk == 3", "E0308", "tsk", "did you mean `task`?"),
    ("results | select nmee", "E0308", "nmee", "did you mean `nme`?"),
    ("metrics swav-wild, names: [los]", "E0308", "[los]", "did you mean `loss`?"),
    ("pretrain swav, backbone: resnet19", "E0309", "resnet19", "did you mean `resnet18`?"),
    ("synthetic wlid", "E0309", "wlid", "did you mean `wild`?"),
    ("results | plot lin, x: labels, y: nme", "E0309", "lin", "did you mean `line`?"),
    ("results | save a.pfd", "E0309", "a.pfd", "did you mean `.pdf`?"),
    ("pretrain", "E0310", "pretrain", "usage: pretrain METHOD"),
    ("results | sort", "E0310", "sort", "needs `by:`"),
    ("evaluate verification", "E0310", "evaluate", "needs `of:`"),
    ("pretrain swav supervised", "E0311", "supervised", "at most 1 argument"),
    ("where a == 1", "E0312", "where", "comes through a pipe"),
    ("results | runs", "E0312", "runs", "takes nothing from a pipe"),
    ("3 | limit 1", "E0312", "limit", "not on a whole number"),
    ("results | 3", "E0312", "3", "after `|` stands a command"),
    ("help nothing", "E0313", "nothing", "no help"),
    ("pretrain swav, epochs: many", "E0401", "many", "a whole number"),
    ("pretrain swav, epochs: [1, 2]", "E0401", "[1, 2]", "`sweep pretrain …` goes through lists"),
    ("if 3 { }", "E0401", "3", "true or false"), ("for x in 3 { }", "E0401", "3", "a list"),
    ("print \"a\" - 1", "E0401", "\"a\" - 1", "needs numbers"),
    ("pretrain swav, epochs: 0", "E0402", "0", "1 to 100000"),
    ("adapt landmarks, labels: 101%", "E0402", "101%", "up to 100 %"),
    ("print 3...1", "E0402", "3...1", "backwards"),
    ("results | limit -1", "E0402", "-1", "0 to"),
    ("results | where task == 3", "E0403", "task == 3", "cannot be compared"),
    ("results | where task == task", "E0403", "task == task", "both sides"),
    ("print 1 / 0", "E0404", "1 / 0", "division by zero"),
    ("print 9223372036854775807 + 1", "E0404", "9223372036854775807 + 1", "does not fit"),
    (
      "results selection: all | pivot rows: from, columns: labels, value: nme", "E0405", "pivot",
      "several values of `selection`: last, validation-best"
    ),
    (
      "results | where task == emotion | pivot rows: from, columns: labels, value: nme", "E0407",
      "nme", "no row"
    ),
    ("results | limit 0 | mean nme", "E0407", "nme", "too few values"),
    ("results | limit 0 | plot line, x: labels, y: nme", "E0407", "plot", "no rows"),
    ("check 1 > 2, \"one is less\"", "E0501", "1 > 2", "E0501: one is less"),
    ("data lfw, path: no/such/folder", "E0508", "no/such/folder", "no/such/folder"),
    ("data lfw, path: \"\"", "E0503", "\"\"", "--set"),
    ("data lfw, path: x, crop: face", "E0302", "crop", "only landmarks"),
    ("sql \"SELEC 1\"", "E0506", "\"SELEC 1\"", "SELEC"),
    ("sql \"DELETE FROM runs\"", "E0506", "\"DELETE FROM runs\"", "SELECT"),
  ]

  @Test func everyFault() throws {
    let test = try TestSession()
    try test.run(Self.setUp)
    for (text, code, marked, part) in Self.faults {
      let message = test.failure(text)
      #expect(message.hasPrefix("error \(code): "), "\(text)\n\(message)")
      #expect(message.contains(part), "\(text)\n\(message)")
      let underline = message.split(separator: "\n").first { $0.contains("^") } ?? ""
      #expect(underline.filter { $0 == "^" }.count == marked.count, "\(text)\n\(message)")
    }
  }

  @Test func wholeMessages() throws {
    let test = try TestSession()
    try test.run(Self.setUp)
    #expect(
      test.failure("pretrain swav, on: wild, epoch: 3") == """
        error E0302: `pretrain swav` has no option `epoch:`
         --> cell:1:26
        1 | pretrain swav, on: wild, epoch: 3
          |                          ^^^^^
          = did you mean `epochs:`?
          = `help pretrain swav` lists its options
        """)
    #expect(
      test.failure("print 1\nadapt landmarks, from: scratch, protocol: linaer") == """
        error E0309: unknown protocol `linaer`
         --> cell:2:43
        2 | adapt landmarks, from: scratch, protocol: linaer
          |                                           ^^^^^^ one of fine-tune, partial, linear, knn
          = did you mean `linear`?
        """)
  }

  @Test("runs that fall into one cell of a pivot are told apart by the options that differ")
  func mixedOptions() throws {
    let test = try TestSession(isDocument: true)
    for rate in ["0.001", "0.003"] {
      try test.run(
        """
        let wild = synthetic wild, identities: 4, images: 8, seed: 1
        sweep adapt landmarks, from: [scratch], labels: [10%], seeds: [1], learning-rate: \(rate)
        """)
    }
    let table = "results | where task == landmarks"
    let pivot = "pivot rows: from, columns: labels, value: nme"
    let message = test.failure("\(table) | \(pivot)")
    #expect(message.contains("error E0405"), "\(message)")
    #expect(message.contains("they differ in `learning-rate`"), "\(message)")
    try test.run("\(table) | where learning-rate == 0.001 | \(pivot)")
    try test.run("\(table) | pivot rows: learning-rate, columns: labels, value: nme")
  }

  @Test func aFailedCellLeavesTheSessionAlive() throws {
    let test = try TestSession()
    _ = test.failure("let a = 1\nprint nosuch + 1")
    #expect(try test.run("print a + 1") == ["2"])
  }
}
