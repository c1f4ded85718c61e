import Testing

@testable import CommandShell

struct InputAssistantTests {
  @Test(arguments: [
    ("print 1", true), ("print (", false), ("print [1,", false), ("for x in [a] {", false),
    ("for x in [a] {\n  print x\n}", true), ("results |", false), ("results", true),
    ("print \"\"\"\nabc", false), ("print \"abc", true), ("pretrain swav,", false),
    ("print )", true), ("print 1 +", false), ("let x =", false), ("", true),
  ])
  func completeTexts(text: String, expected: Bool) {
    #expect(InputAssistant.isComplete(text) == expected)
  }

  @Test("a call of a function goes on over lines until its parenthesis is closed")
  func completeCalls() {
    let call = "few-shot(\n  task: landmarks,"
    #expect(!InputAssistant.isComplete(call, functions: ["few-shot"]))
    #expect(InputAssistant.isComplete(call + "\n)", functions: ["few-shot"]))
  }

  @Test(arguments: [
    ("pret", ["pretrain "]), ("results | whe", ["where "]), ("let x = synth", ["synthetic "]),
    ("pretrain sw", ["swav"]), ("sweep ad", ["adapt"]), ("sweep adapt land", ["landmarks"]),
    ("pretrain swav, epo", ["epochs: "]), ("pretrain swav, backbone: resnet5", ["resnet50"]),
    ("adapt landmarks, from: swav-w", ["swav-wild"]), ("show swav", ["swav-wild"]),
    ("print wil", ["wild"]), ("results | plot ba", ["bar", "band"]), ("notebook ex", ["export"]),
  ])
  func completions(text: String, expected: [String]) throws {
    let test = try TestSession()
    try test.run(DiagnosticsOfCommandsTests.setUp)
    let found = InputAssistant(session: test.session).complete(text, at: text.utf8.count)
    #expect(found.map(\.replacement) == expected)
    #expect(found.allSatisfy { $0.range.upperBound == text.utf8.count })
  }

  @Test(
    "what the store holds: tasks, data sets, runs, metrics, curves, columns",
    arguments: [
      ("results | where task == land", ["landmarks"]),
      ("results | where task in [emo", ["emotion"]),
      ("results | where nme < 9 and from == swa", ["swav-wild"]),
      ("results | where data", ["dataset"]),
      ("results | where dataset == wi", ["wild"]), ("runs | where status == fini", ["finished"]),
      (
        "results | pivot rows: from, columns: labels, value: nm",
        ["nme[inter-ocular]", "nme[inter-pupil]"]
      ),
      ("metrics swav-wild, names: [lo", ["loss"]), ("runs | sort by: dura", ["duration"]),
      ("let best = results; best | where ta", ["task"]), ("3 | where ta", []),
    ])
  func liveValues(text: String, expected: [String]) throws {
    let test = try TestSession()
    try test.run(DiagnosticsOfCommandsTests.setUp)
    try test.run("let best = results")
    let found = InputAssistant(session: test.session).complete(text, at: text.utf8.count)
    #expect(found.map(\.replacement) == expected)
  }

  @Test("many runs do not hide those whose names begin as the word does")
  func manyRuns() throws {
    let test = try TestSession()
    try test.run(DiagnosticsOfCommandsTests.setUp)
    #expect(try test.session.runNames(limit: 1).first?.hasPrefix("landmarks/") == true)
    #expect(try test.session.runNames(startingWith: "swav", limit: 1) == ["swav-wild"])
    #expect(try test.session.runNames(startingWith: "swav-wilder", limit: 1).isEmpty)
  }

  @Test func coloursCoverTheirWords() {
    let text = "let x = pretrain swav, on: \"a\" // end"
    let spans = InputAssistant.highlight(text).map { span in
      String(decoding: Array(text.utf8)[span.range], as: UTF8.self)
    }
    #expect(spans == ["let", "pretrain", "on:", "\"a\""])
  }
}
