import Reporting
import Testing

@testable import CommandShell

@Suite struct EditorFrameTests {
  /// Text, width, rows, cursor.
  @Test(
    arguments: [
      ("abc", 20, ["In[1]: abc"], 0, 10),
      ("", 20, ["In[1]: "], 0, 7),
      ("abc", 10, ["In[1]: abc", ""], 1, 0),
      ("abcdef", 10, ["In[1]: abc", "def"], 1, 3),
      ("a漢字", 10, ["In[1]: a漢", "字"], 1, 2),
      ("a\nb", 20, ["In[1]: a", "   …   b"], 1, 8),
      ("e\u{301}x", 20, ["In[1]: e\u{301}x"], 0, 9),
      ("\u{1B}[m", 20, ["In[1]: ^[[m"], 0, 11),
      ("a\tb", 20, ["In[1]: a  b"], 0, 11),
      ("\u{202E}", 20, ["In[1]: \\u{202E}"], 0, 15),
      ("\u{301}", 20, ["In[1]: \u{25CC}\u{301}"], 0, 8),
      ("👨‍👩‍👧", 20, ["In[1]: 👨‍👩‍👧"], 0, 9),
    ] as [(String, Int, [String], Int, Int)])
  func setsTextIntoRows(text: String, width: Int, rows: [String], row: Int, column: Int) {
    var state = EditorState()
    _ = state.handle(.paste(text))
    let frame = state.frame(prompt: "In[1]: ", width: width, height: 24)
    #expect(frame.rows.map(\.text) == rows)
    #expect(frame.cursorRow == row)
    #expect(frame.cursorColumn == column)
    #expect(frame.rows.allSatisfy { $0.width <= width })
  }

  @Test func showsColoursSuggestionAndBrackets() {
    let hooks = EditorHooks(highlight: { text in
      [StyledSpan(0..<3, TextStyle(.magenta)), StyledSpan(4..<400, TextStyle(.blue))]
    })
    var state = EditorState(history: ["let é(a)\nmore"], hooks: hooks)
    press("let é(", &state)
    var frame = state.frame(prompt: "> ", width: 40, height: 9)
    #expect(frame.rows.map(\.text) == ["> let é(a) …"])
    #expect(frame.rows[0].runs.map(\.text) == ["> ", "let", " ", "é(", "a) …"])
    #expect(frame.rows[0].runs.last?.style == TextStyle(.brightBlack))
    #expect(frame.cursorColumn == 8)
    press("a)", &state)
    frame = state.frame(prompt: "> ", width: 40, height: 9)
    #expect(frame.rows[0].runs.filter(\.style.isUnderlined).map(\.text) == ["(", ")"])
    let final = state.frame(prompt: "> ", width: 40, height: 9, isFinal: true)
    #expect(final.rows.map(\.text) == ["> let é(a)"])
    #expect(!final.rows[0].runs.contains { $0.style.isUnderlined })
  }

  @Test func clipsAroundTheCursor() {
    var state = EditorState()
    _ = state.handle(.paste((0..<30).map(String.init).joined(separator: "\n")))
    var frame = state.frame(prompt: "> ", width: 40, height: 5)
    #expect(frame.rows.map(\.text) == ["  25", "  26", "  27", "  28", "  29"])
    #expect(frame.cursorRow == 4)
    _ = state.handle(.pageUp)
    frame = state.frame(prompt: "> ", width: 40, height: 5)
    #expect(frame.rows.first?.text == "> 0")
    #expect(frame.cursorRow == 0)
    #expect(state.frame(prompt: "> ", width: 40, height: 5, isFinal: true).rows.count == 30)
  }

  @Test(arguments: [
    ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("ｆ", 2), ("ﾊ", 1), ("👍🏽", 2), ("❤️", 2), ("❤", 1),
    ("🇩🇪", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("é", 1), ("…", 1), ("━", 1), ("±", 1),
    ("\u{7}", 2), ("\u{AD}", 1), ("☺", 1), ("⌚", 2), ("가나", 4), ("ไทย", 3),
  ])
  func measuresColumns(text: String, width: Int) {
    #expect(TerminalText.width(text) == width)
  }

  @Test(arguments: [
    ("a\u{1B}[31mb", "a^[[31mb"), ("x\u{9B}y", "x\\u{9B}y"), ("a\u{202E}b", "a\\u{202E}b"),
    ("a\nb", "a^Jb"),
    ("漢é👨‍👩‍👧", "漢é👨‍👩‍👧"), ("a\u{2028}b", "a\\u{2028}b"), ("\r\n", "^M^J"), ("e\u{7F}", "e^?"),
  ])
  func escapesOrders(text: String, expected: String) {
    #expect(TerminalText.escaped(text) == expected)
  }

  @Test func truncatesByColumns() {
    #expect(TerminalText.truncated("漢字漢字", to: 6) == "漢字…")
    #expect(TerminalText.truncated("abc", to: 3) == "abc")
    #expect(TerminalText.truncated("abcd", to: 3) == "ab…")
    #expect(TerminalText.truncated("abcd", to: 0) == "")
  }
}
