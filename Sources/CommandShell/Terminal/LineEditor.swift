import Glibc

/// Reads cells from the person at the terminal; from a pipe or a dumb terminal, plain lines.
///
/// Emacs keys; Enter runs a complete text and begins a new line otherwise, Alt-Enter always
/// begins one; Tab completes, Ctrl-R searches the history, Ctrl-_ undoes, the right arrow takes
/// the grey suggestion over.
public final class LineEditor {
  /// How a reading ended.
  public enum Input: Hashable, Sendable {
    /// A complete cell, without the final line end.
    case cell(String)
    /// Ctrl-C: what was typed is dropped.
    case interrupted
    /// Ctrl-D on an empty line, or the end of the input.
    case end
  }

  private let history: any LineHistory
  private let hooks: EditorHooks
  private let device: TerminalDevice
  private let usesColor: Bool
  private let plain: PlainReader
  private var decoder = KeyDecoder()
  private var screen: EditorScreen
  /// Keys that came behind the Enter of the last cell.
  private var keysAhead: [Key] = []

  /// - Parameters: input, output: file descriptors; usesColor: nil follows `NO_COLOR`.
  public init(
    history: any LineHistory, hooks: EditorHooks, input: Int32 = 0, output: Int32 = 1,
    usesColor: Bool? = nil
  ) {
    (self.history, self.hooks) = (history, hooks)
    device = TerminalDevice(input: input, output: output)
    self.usesColor = usesColor ?? !TerminalDevice.isColorRefused
    plain = PlainReader(device: device, isComplete: hooks.isComplete)
    screen = EditorScreen(device: device, usesColor: self.usesColor)
  }

  /// Shows the prompt (`In[1]: `) and reads one cell, of as many lines as it takes.
  /// - Throws: `TerminalError` when the terminal cannot be set up.
  public func readCell(prompt: String) throws -> Input {
    guard device.isInteractive else { return plain.readCell(prompt: prompt) }
    TerminalSignals.install()
    // A Ctrl-C meant for what ran before is not meant for the new prompt.
    _ = TerminalSignals.takeInterrupt()
    try device.enterRawMode()
    defer { device.leaveRawMode() }
    var state = EditorState(history: history.entries(), hooks: hooks)
    screen.begin()
    draw(&state, prompt)
    while true {
      guard let keys = nextKeys(&state, prompt) else { return .end }
      keysAhead = keys
      while !keysAhead.isEmpty {
        let key = keysAhead.removeFirst()
        if let input = try act(on: state.handle(key), &state, prompt) { return input }
      }
      draw(&state, prompt)
    }
  }

  /// Does what a key asks for; an input ends the reading.
  private func act(
    on effect: EditorState.Effect, _ state: inout EditorState, _ prompt: String
  ) throws -> Input? {
    switch effect {
    case .redraw: return nil
    case .bell: device.write("\u{7}")
    case .clearScreen: screen.clear()
    case .suspend: try suspend()
    case .accept(let text):
      finish(&state, prompt)
      if text.contains(where: { !$0.isWhitespace }) { history.append(text) }
      return .cell(text)
    case .cancel:
      finish(&state, prompt, mark: "^C")
      return .interrupted
    case .end:
      finish(&state, prompt)
      return .end
    }
    return nil
  }

  /// The next keys; nil at the end of the input. Redraws when the window changes meanwhile.
  private func nextKeys(_ state: inout EditorState, _ prompt: String) -> [Key]? {
    if !keysAhead.isEmpty { return keysAhead }
    while true {
      // A lone Escape is told from the beginning of a sequence by the pause behind it.
      let pause: Int32 = decoder.isWaiting && !decoder.isPasting ? 50 : -1
      let isReadable = TerminalSignals.wait(for: device.input, milliseconds: pause)
      if TerminalSignals.takeResize() {
        screen.windowChanged(to: device.size.columns)
        draw(&state, prompt)
      }
      if TerminalSignals.takeInterrupt() { return [.control("c")] }
      if isReadable {
        guard let bytes = device.read() else { return nil }
        let keys = decoder.feed(bytes)
        if !keys.isEmpty { return keys }
      } else if pause > 0 {
        let keys = decoder.flush()
        if !keys.isEmpty { return keys }
      }
    }
  }

  private func draw(_ state: inout EditorState, _ prompt: String) {
    let size = device.size
    screen.show(state.frame(prompt: prompt, width: size.columns, height: size.rows))
  }

  /// Leaves the text as it was entered, without menu and suggestion, and goes below it.
  private func finish(_ state: inout EditorState, _ prompt: String, mark: String = "") {
    state.buffer.move(to: state.buffer.count)
    let size = device.size
    screen.show(
      state.frame(prompt: prompt, width: size.columns, height: size.rows, isFinal: true))
    device.write(mark + "\r\n")
  }

  /// Ctrl-Z: hands the terminal to the shell that started this one.
  private func suspend() throws {
    screen.leave()
    device.leaveRawMode()
    raise(SIGTSTP)
    try device.enterRawMode()
    screen.begin()
  }
}

/// What the terminal shows of the editor, and how to change it.
struct EditorScreen {
  private let device: TerminalDevice
  private let usesColor: Bool
  private var shown = EditorFrame(rows: [EditorFrame.Row()])
  private var shownWidth = 0

  init(device: TerminalDevice, usesColor: Bool) {
    (self.device, self.usesColor) = (device, usesColor)
  }

  /// Starts a picture on the line where the cursor is.
  mutating func begin() {
    shown = EditorFrame(rows: [EditorFrame.Row()])
    shownWidth = device.size.columns
  }

  /// Replaces the picture, in one write, so that it does not flicker.
  mutating func show(_ frame: EditorFrame) {
    guard frame != shown else { return }
    var text = "\u{1B}[?25l" + up(shown.cursorRow) + "\r"
    // Rows that have not changed are passed over.
    let same = zip(frame.rows, shown.rows).prefix { $0 == $1 }.count
    let first = min(same, frame.rows.count - 1, shown.rows.count - 1)
    text += String(repeating: "\r\n", count: first)
    text += frame.rows[first...].map { render($0) + "\u{1B}[K" }.joined(separator: "\r\n")
    text += "\u{1B}[J" + up(frame.rows.count - 1 - frame.cursorRow) + "\r"
    if frame.cursorColumn > 0 { text += "\u{1B}[\(frame.cursorColumn)C" }
    device.write(text + "\u{1B}[?25h")
    shown = frame
  }

  /// Goes below the picture.
  mutating func leave() {
    device.write(String(repeating: "\r\n", count: shown.rows.count - shown.cursorRow))
    begin()
  }

  mutating func clear() {
    device.write("\u{1B}[H\u{1B}[2J")
    begin()
  }

  /// Terminals wrap the old picture anew when the window changes; this goes to where its first
  /// row now is and wipes it.
  mutating func windowChanged(to columns: Int) {
    guard columns != shownWidth else { return }
    let width = max(1, columns)
    let above = shown.rows[..<shown.cursorRow].reduce(0) {
      $0 + max(1, ($1.width + width - 1) / width)
    }
    device.write(up(above + shown.cursorColumn / width) + "\r\u{1B}[J")
    begin()
  }

  private func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }

  private func render(_ row: EditorFrame.Row) -> String {
    row.runs.map { run in
      (usesColor ? run.style : run.style.withoutColor).applied(to: run.text)
    }.joined()
  }
}
