/// The line editor without the terminal: keys in, text, cursor and a picture of them out.
struct EditorState {
  /// What the driver has to do after a key, besides drawing the state anew.
  enum Effect: Hashable {
    case redraw, bell, clearScreen, suspend
    /// Opens the text in the user's own editor.
    case openEditor
    case accept(String)
    case cancel, end
  }

  var buffer = TextBuffer()
  var mode: Mode = .editing
  var menu: CompletionMenu?
  var recall: HistoryRecall?
  /// Texts before each change, for undo, and those undone.
  var undone: [TextBuffer] = []
  var done: [TextBuffer] = []
  /// Whether the last key typed a letter: a word is undone as one.
  var isTyping = false
  var killed = ""
  var lastKill: KillDirection?
  /// The column that up and down aim for.
  var goalColumn: Int?
  /// Entries typed before, oldest first.
  let history: [String]
  let hooks: EditorHooks

  enum Mode {
    case editing
    case searching(HistorySearch)
  }

  enum KillDirection { case forward, backward }

  init(history: [String] = [], hooks: EditorHooks = EditorHooks()) {
    (self.history, self.hooks) = (history, hooks)
  }

  /// Takes one key.
  mutating func handle(_ key: Key) -> Effect {
    if case .searching(let search) = mode {
      if let effect = searchKey(key, search) { return effect }
    }
    if menu != nil, let effect = menuKey(key) { return effect }
    menu = nil
    let wasTyping = isTyping
    let (kill, column) = (lastKill, goalColumn)
    (isTyping, lastKill, goalColumn) = (false, nil, nil)
    return typingKey(key, wasTyping: wasTyping) ?? killKey(key, after: kill)
      ?? movementKey(key, column: column) ?? controlKey(key) ?? .bell
  }

  /// A change that undo takes back as one step, unless it goes on typing a word.
  mutating func edit(continuing: Bool = false, _ change: (inout TextBuffer) -> Void) {
    let before = buffer
    change(&buffer)
    guard buffer.characters != before.characters else { return }
    if !continuing { done.append(before) }
    undone = []
    recall = nil
  }
}

// MARK: Typing

extension EditorState {
  private mutating func typingKey(_ key: Key, wasTyping: Bool) -> Effect? {
    switch key {
    case .text(let text): type(text, wasTyping: wasTyping)
    case .paste(let text): edit { $0.insert(text) }
    case .enter: return enter()
    case .metaEnter: edit { $0.insert("\n") }
    case .tab: return complete()
    case .backspace: return delete(buffer.cursor - 1..<buffer.cursor)
    case .delete: return delete(buffer.cursor..<buffer.cursor + 1)
    default: return nil
    }
    return .redraw
  }

  private mutating func type(_ text: String, wasTyping: Bool) {
    let previous = buffer.cursor > 0 ? buffer.characters[buffer.cursor - 1] : " "
    let beginsWord = previous.isWhitespace && text.first?.isWhitespace == false
    let closes = text.count == 1 && ")]}".contains(text)
    edit(continuing: wasTyping && !beginsWord && !closes) { buffer in
      if closes { buffer.outdent() }
      buffer.insert(text)
    }
    isTyping = true
  }

  private mutating func enter() -> Effect {
    let text = buffer.text
    if hooks.isComplete(text) { return .accept(text) }
    edit { $0.insertIndentedLine() }
    return .redraw
  }

  mutating func delete(_ range: Range<Int>) -> Effect {
    guard range.lowerBound >= 0, range.upperBound <= buffer.count, !range.isEmpty else {
      return .bell
    }
    edit { $0.replace(range, with: "") }
    return .redraw
  }
}

extension TextBuffer {
  /// A new line as far in as this one, and two columns further after an opening bracket.
  mutating func insertIndentedLine() {
    let before = characters[currentLine.lowerBound..<cursor]
    let indentation = before.prefix { $0 == " " }.count
    let opens = before.last { !$0.isWhitespace }.map { "([{".contains($0) } ?? false
    insert("\n" + String(repeating: " ", count: indentation + (opens ? 2 : 0)))
  }

  /// Takes two columns of indentation back before a closing bracket that begins its line.
  mutating func outdent() {
    let before = currentLine.lowerBound..<cursor
    guard before.lowerBound > 0, before.count >= 2, text(in: before).allSatisfy({ $0 == " " })
    else { return }
    replace(cursor - 2..<cursor, with: "")
  }
}

// MARK: Cutting and pasting

extension EditorState {
  private mutating func killKey(_ key: Key, after last: KillDirection?) -> Effect? {
    let cursor = buffer.cursor
    let line = buffer.currentLine
    switch key {
    case .control("k"):
      // At the end of a line its line end goes.
      let end = cursor == line.upperBound ? min(cursor + 1, buffer.count) : line.upperBound
      return kill(cursor..<end, .forward, last)
    case .control("u"): return kill(line.lowerBound..<cursor, .backward, last)
    case .control("w"):
      return kill(buffer.wordStart(before: cursor, isWhole: true)..<cursor, .backward, last)
    case .metaBackspace: return kill(buffer.wordStart(before: cursor)..<cursor, .backward, last)
    case .meta("d"): return kill(cursor..<buffer.wordEnd(after: cursor), .forward, last)
    case .control("y"):
      guard !killed.isEmpty else { return .bell }
      let text = killed
      edit { $0.insert(text) }
      return .redraw
    default: return nil
    }
  }

  /// Removes a stretch and keeps it for Ctrl-Y; one kill after another adds to what is kept.
  private mutating func kill(
    _ range: Range<Int>, _ direction: KillDirection, _ last: KillDirection?
  ) -> Effect {
    guard !range.isEmpty else {
      lastKill = last
      return .bell
    }
    let text = buffer.text(in: range)
    switch (last, direction) {
    case (nil, _): killed = text
    case (_, .forward): killed += text
    case (_, .backward): killed = text + killed
    }
    edit { $0.replace(range, with: "") }
    lastKill = direction
    return .redraw
  }
}

// MARK: Moving

extension EditorState {
  private mutating func movementKey(_ key: Key, column: Int?) -> Effect? {
    let (cursor, line) = (buffer.cursor, buffer.currentLine)
    switch key {
    case .left, .control("b"): return move(to: cursor - 1)
    case .right, .control("f"):
      return buffer.isAtEnd ? acceptSuggestion() : move(to: cursor + 1)
    case .end, .control("e"):
      if buffer.isAtEnd { return acceptSuggestion(orElse: .redraw) }
      return move(to: line.upperBound)
    case .home, .control("a"): return move(to: line.lowerBound)
    case .wordLeft, .meta("b"): return move(to: buffer.wordStart(before: cursor))
    case .wordRight, .meta("f"):
      if buffer.isAtEnd { return acceptSuggestion(onlyWord: true) }
      return move(to: buffer.wordEnd(after: cursor))
    case .up: return moveLine(-1, column: column) ?? recall(.older)
    case .down: return moveLine(1, column: column) ?? recall(.newer)
    case .control("p"): return recall(.older)
    case .control("n"): return recall(.newer)
    case .pageUp: return move(to: 0)
    case .pageDown: return move(to: buffer.count)
    case .meta("<"): return recallEnd(.older)
    case .meta(">"): return recallEnd(.newer)
    default: return nil
    }
  }

  private mutating func move(to position: Int) -> Effect {
    guard (0...buffer.count).contains(position) else { return .bell }
    buffer.move(to: position)
    return .redraw
  }

  private mutating func moveLine(_ distance: Int, column: Int?) -> Effect? {
    let column = column ?? (buffer.cursor - buffer.currentLine.lowerBound)
    guard let position = buffer.position(linesAway: distance, column: column) else { return nil }
    goalColumn = column
    return move(to: position)
  }
}

// MARK: Control keys

extension EditorState {
  private mutating func controlKey(_ key: Key) -> Effect? {
    switch key {
    case .control("c"): return .cancel
    case .control("d"):
      return buffer.isEmpty ? .end : delete(buffer.cursor..<buffer.cursor + 1)
    case .control("l"): return .clearScreen
    case .control("z"): return .suspend
    case .meta("e"): return .openEditor
    case .control("r"), .control("s"): return beginSearch()
    case .control("t"): return transpose()
    case .control("_"): return undo()
    case .meta("_"), .meta("/"): return redo()
    case .control("g"), .escape: return .redraw
    case .shiftTab: return unindent()
    default: return nil
    }
  }

  private mutating func undo() -> Effect {
    guard let before = done.popLast() else { return .bell }
    undone.append(buffer)
    buffer = before
    return .redraw
  }

  private mutating func redo() -> Effect {
    guard let after = undone.popLast() else { return .bell }
    done.append(buffer)
    buffer = after
    return .redraw
  }

  /// Swaps the characters around the cursor; at the end of a line, the last two.
  private mutating func transpose() -> Effect {
    let line = buffer.currentLine
    let right = buffer.cursor == line.upperBound ? buffer.cursor - 1 : buffer.cursor
    guard right > line.lowerBound, right < line.upperBound else { return .bell }
    let swapped = String([buffer.characters[right], buffer.characters[right - 1]])
    edit { $0.replace(right - 1..<right + 1, with: swapped) }
    return .redraw
  }

  private mutating func unindent() -> Effect {
    let line = buffer.currentLine
    let spaces = min(2, buffer.characters[line].prefix { $0 == " " }.count)
    guard spaces > 0 else { return .bell }
    let cursor = buffer.cursor
    edit { buffer in
      buffer.replace(line.lowerBound..<line.lowerBound + spaces, with: "")
      buffer.move(to: max(line.lowerBound, cursor - spaces))
    }
    return .redraw
  }
}
