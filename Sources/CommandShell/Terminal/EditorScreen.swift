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
