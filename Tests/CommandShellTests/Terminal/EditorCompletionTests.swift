import Testing

@testable import CommandShell

@Suite struct EditorCompletionTests {
  static let words = ["pretrain", "plot", "pivot", "runs", "results", "漢字"]
  /// Completes the word before the cursor from a list.
  static var hooks: EditorHooks {
    EditorHooks(complete: { text, cursor in
      let head = String(decoding: text.utf8.prefix(cursor), as: UTF8.self)
      let word = head.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
      let start = cursor - word.utf8.count
      return words.filter { $0.hasPrefix(word) }.map {
        Completion(replacing: start..<cursor, with: $0 + " ", detail: $0 == "runs" ? "list" : nil)
      }
    })
  }

  @Test(arguments: [
    ("pre<tab>", "pretrain |"), ("zz<tab>", "zz|"), ("r<tab>", "r|"), ("r<tab><tab>", "runs |"),
    ("r<tab><tab><tab>", "results |"), ("r<tab><tab><tab><tab>", "runs |"),
    ("r<tab><s-tab>", "results |"), ("r<tab><tab><esc>", "r|"), ("r<tab><tab><enter>x", "runs x|"),
    ("r<tab><tab><c-_>", "r|"), ("r<tab>e", "re|"), ("x p<tab><down>", "x pretrain |"),
    ("漢<tab>", "漢字 |"), ("漢字 r<tab><tab>", "漢字 runs |"), ("a ru b<left><left><tab>", "a runs | b"),
    ("r<tab><c-c>", "r|"), ("r<tab><tab><left>", "results |"), ("r<tab><bs>", "|"),
  ])
  func completes(script: String, expected: String) {
    #expect(editor(script, hooks: Self.hooks).state.shown == expected)
  }

  @Test func insertsWhatAllHaveInCommon() {
    let hooks = EditorHooks(complete: { _, cursor in
      ["landmarks", "landmines"].map { Completion(replacing: 0..<cursor, with: $0) }
    })
    let (state, _) = editor("l<tab>", hooks: hooks)
    #expect(state.shown == "landm|")
    #expect(state.menu?.items.count == 2)
    #expect(editor("l<tab><tab>", hooks: hooks).state.shown == "landmarks|")
    #expect(editor("l<tab><tab><c-_>", hooks: hooks).state.shown == "landm|")
    #expect(editor("l<tab><tab><c-_><c-_>", hooks: hooks).state.shown == "l|")
  }

  @Test func menuFollowsTyping() {
    var (state, _) = editor("p<tab>", hooks: Self.hooks)
    #expect(state.menu?.items.map(\.label) == ["pretrain", "plot", "pivot"])
    press("l", &state)
    #expect(state.menu?.items.map(\.label) == ["plot"])
    press(" ", &state)
    #expect(state.menu == nil)
  }

  @Test func drawsAListWithDetailsOrAGrid() {
    var (state, _) = editor("r<tab><tab>", hooks: Self.hooks)
    let list = state.frame(prompt: "> ", width: 40, height: 10)
    #expect(list.rows.map(\.text) == ["> runs ", " runs     list", " results "])
    #expect(list.rows[1].runs[0].style.isInverse)
    (state, _) = editor("p<tab>", hooks: Self.hooks)
    let grid = state.frame(prompt: "> ", width: 24, height: 10)
    #expect(grid.rows.map(\.text) == ["> p", " pretrain  plot     ", " pivot    "])
    #expect(grid.cursorRow == 0)
  }

  @Test func aLongMenuScrolls() {
    let hooks = EditorHooks(complete: { _, cursor in
      (0..<50).map { Completion(replacing: 0..<cursor, with: "word\($0)") }
    })
    var (state, _) = editor("w<tab>" + String(repeating: "<tab>", count: 30), hooks: hooks)
    let frame = state.frame(prompt: "> ", width: 20, height: 6)
    #expect(frame.rows.count == 6)
    #expect(
      frame.rows.contains { $0.runs.contains { $0.style.isInverse && $0.text == " word29 " } })
    #expect(frame.rows.last?.text == "  … 42 more")
    #expect(frame.rows.allSatisfy { $0.width <= 20 })
  }
}
