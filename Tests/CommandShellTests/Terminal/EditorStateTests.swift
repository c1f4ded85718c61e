import Testing

@testable import CommandShell

/// Presses keys in a fresh editor: each word of `script` between `<` and `>` is a key, anything
/// else is typed.
func editor(
  _ script: String, history: [String] = [], hooks: EditorHooks = EditorHooks()
) -> (state: EditorState, effect: EditorState.Effect) {
  var state = EditorState(history: history, hooks: hooks)
  let effect = press(script, &state)
  return (state, effect)
}

@discardableResult
func press(_ script: String, _ state: inout EditorState) -> EditorState.Effect {
  var effect = EditorState.Effect.redraw
  for key in keys(script) { effect = state.handle(key) }
  return effect
}

func keys(_ script: String) -> [Key] {
  let named: [String: Key] = [
    "enter": .enter, "m-enter": .metaEnter, "tab": .tab, "s-tab": .shiftTab, "bs": .backspace,
    "m-bs": .metaBackspace, "del": .delete, "esc": .escape, "up": .up, "down": .down,
    "left": .left, "right": .right, "home": .home, "end": .end, "wl": .wordLeft,
    "wr": .wordRight, "pgup": .pageUp, "pgdn": .pageDown,
  ]
  let pieces = script.split(separator: "<", omittingEmptySubsequences: false)
  var keys = (pieces.first ?? "").map { Key.text(String($0)) }
  for piece in pieces.dropFirst() {
    let parts = piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    if let key = named[name] {
      keys.append(key)
    } else if name.hasPrefix("paste:") {
      keys.append(.paste(String(name.dropFirst(6))))
    } else if let last = name.last {
      keys.append(name.hasPrefix("c-") ? .control(last) : .meta(last))
    }
    keys += parts.dropFirst().joined().map { .text(String($0)) }
  }
  return keys
}

extension EditorState {
  /// The text with `|` at the cursor.
  var shown: String {
    buffer.text(in: 0..<buffer.cursor) + "|" + buffer.text(in: buffer.cursor..<buffer.count)
  }
}

@Suite struct EditorStateTests {
  @Test(arguments: [
    ("abc", "abc|"), ("abc<left><left>X", "aX|bc"), ("abc<c-a>X<c-e>Y", "XabcY|"),
    ("abc<home><del>", "|bc"), ("abc<bs>", "ab|"), ("abc<c-a><right><c-d>", "a|c"),
    ("one two<m-b>X", "one X|two"), ("one two<c-a><m-f>X", "oneX| two"),
    ("one two<wl><wl><wr>", "one| two"), ("one t-wo<c-w>", "one |"), ("one t-wo<m-bs>", "one t-|"),
    ("one two<c-a><m-d>", "| two"), ("one two<m-b><c-k>", "one |"), ("one two<m-b><c-u>", "|two"),
    ("ab<c-t>", "ba|"), ("abc<left><c-t>", "acb|"), ("one two<c-w><c-w><c-y>", "one two|"),
    ("one two<c-a><m-d><m-d><c-y>", "one two|"), ("one two<c-w><left><c-w><c-y>", "one| "),
    // Undo takes words; redo puts them back.
    ("one two<c-_>", "one |"), ("one two<c-_><c-_>", "|"), ("one two<c-_><m-_>", "one two|"),
    ("one<c-w><c-_>", "one|"), ("one<bs><bs><c-_>", "on|"), ("one<c-_>x<m-_>", "x|"),
    ("<paste:a b c>d<c-_><c-_>", "|"),
    // Characters of more than one byte, of two columns and of several scalars.
    ("漢字<left><bs>", "|字"), ("e\u{301}<bs>", "|"), ("xe\u{301}y<left><left>-", "x-|e\u{301}y"),
    ("👨‍👩‍👧a<left><bs>", "|a"), ("🇩🇪🇫🇷<bs>", "🇩🇪|"), ("äö<c-t>", "öä|"),
    ("<paste:a\r\nb\rc>", "a\nb\nc|"),
    // Lines: column kept over a short one, kill joins lines.
    ("<paste:abcd\nx\nefgh><up><up>", "abcd|\nx\nefgh"),
    ("<paste:abcd\nx\nefgh><left><up><up>X", "abcX|d\nx\nefgh"),
    ("<paste:ab\ncd><pgup><end><c-k>", "ab|cd"), ("<paste:ab\ncd><home><bs>", "ab|cd"),
    ("<paste:ab\ncd><c-u><c-u>", "ab\n|"), ("<paste:ab\n  cd><s-tab>", "ab\ncd|"),
    ("<paste:ab\n><tab>x", "ab\n  x|"),
  ])
  func editsByKeys(script: String, expected: String) {
    #expect(editor(script).state.shown == expected)
  }

  @Test(
    arguments: [
      ("<left>", .bell), ("<bs>", .bell), ("<c-k>", .bell), ("<c-_>", .bell), ("<m-_>", .bell),
      ("a<c-d>", .bell), ("<c-d>", .end), ("a<c-c>", .cancel), ("<c-l>", .clearScreen),
      ("<c-z>", .suspend), ("ab<enter>", .accept("ab")), ("<c-t>", .bell), ("<c-r>", .bell),
      ("<c-y>", .bell), ("<s-tab>", .bell), ("<up>", .bell), ("<tab>", .bell),
    ] as [(String, EditorState.Effect)])
  func saysWhatToDo(script: String, effect: EditorState.Effect) {
    #expect(editor(script).effect == effect)
  }

  /// A mark typed behind a letter joins it; the cursor stays behind both.
  @Test func marksJoinTheLetterBeforeThem() {
    var (state, _) = editor("ab<left>")
    _ = state.handle(.text("\u{301}"))
    #expect(state.shown == "a\u{301}|b")
    #expect(state.buffer.count == 2)
    press("<bs>", &state)
    #expect(state.shown == "|b")
  }

  @Test func entersLinesUntilComplete() {
    let hooks = EditorHooks(isComplete: { text in
      text.count { $0 == "{" } <= text.count { $0 == "}" }
    })
    var (state, _) = editor("for x in y {<enter>if z {<enter>q<enter>}<enter>", hooks: hooks)
    #expect(state.shown == "for x in y {\n  if z {\n    q\n  }\n  |")
    #expect(press("}<enter>", &state) == .accept("for x in y {\n  if z {\n    q\n  }\n}"))
    #expect(editor("ab<left><m-enter>", hooks: hooks).state.shown == "a\n|b")
    // Complete text is accepted wherever the cursor stands.
    #expect(editor("ab<left><enter>", hooks: hooks).effect == .accept("ab"))
  }

  @Test(
    arguments: [
      ("a(b)<left>", [1, 3]), ("a(b)", [1, 3]), ("{[(<left>", []), ("\"(\" )", []),
      ("(\"\\\")\")", [0, 6]), ("(] )<c-a>", []), ("{ // }\n}", [0, 7]), ("ab", []),
    ] as [(String, [Int])])
  func findsBracketPairs(script: String, positions: [Int]) {
    let text = script.replacing(/<.*>/, with: "")
    var buffer = TextBuffer(text)
    if script.hasSuffix("<left>") { buffer.move(to: buffer.count - 1) }
    if script.hasSuffix("<c-a>") { buffer.move(to: 0) }
    let found = buffer.bracketPair.map { [$0.0, $0.1].sorted() } ?? []
    #expect(found == positions)
  }
}
