import Glibc

/// Reads cells from the person at the terminal; from a pipe or a dumb terminal, plain lines.
///
/// Emacs keys; Enter runs a complete text and begins a new line otherwise, Alt-Enter always
/// begins one; Tab completes, Ctrl-R searches the history, Ctrl-_ undoes, the right arrow takes
/// the grey suggestion over; Alt-E opens the text in `$EDITOR`.
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
  private let plain: PlainReader
  private var decoder = KeyDecoder()
  private var screen: EditorScreen
  /// Keys that came behind the Enter of the last cell.
  private var keysAhead: [Key] = []

  /// - Parameters: input, output: file descriptors; usesColor: nil follows `NO_COLOR`.
  public convenience init(
    history: any LineHistory, hooks: EditorHooks, input: Int32 = 0, output: Int32 = 1,
    usesColor: Bool? = nil
  ) {
    self.init(
      history: history, hooks: hooks, device: TerminalDevice(input: input, output: output),
      usesColor: usesColor ?? !TerminalDevice.isColorRefused)
  }

  init(history: any LineHistory, hooks: EditorHooks, device: TerminalDevice, usesColor: Bool) {
    (self.history, self.hooks, self.device) = (history, hooks, device)
    plain = PlainReader(device: device, isComplete: hooks.isComplete)
    screen = EditorScreen(device: device, usesColor: usesColor)
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
    case .openEditor: try openEditor(&state)
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

  /// Alt-E: what is typed, in the user's editor.
  private func openEditor(_ state: inout EditorState) throws {
    screen.leave()
    device.leaveRawMode()
    let text = try? OutsideProgram.edited(state.buffer.text)
    try device.enterRawMode()
    screen.begin()
    guard let text else { return }
    state.edit { buffer in
      buffer.replace(0..<buffer.count, with: text)
      buffer.move(to: buffer.count)
    }
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
