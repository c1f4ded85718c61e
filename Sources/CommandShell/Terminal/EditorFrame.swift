import Reporting

/// A picture of the editor: rows of styled text, each within the window's width, and the cursor.
struct EditorFrame: Hashable {
  struct Run: Hashable {
    var text: String
    var style: TextStyle
  }

  struct Row: Hashable {
    var runs: [Run] = []
    var width = 0

    var text: String { runs.map(\.text).joined() }

    mutating func append(_ text: Substring, width: Int, style: TextStyle) {
      self.width += width
      if runs.last?.style == style {
        runs[runs.count - 1].text += text
      } else {
        runs.append(Run(text: String(text), style: style))
      }
    }
  }

  var rows: [Row]
  var cursorRow = 0
  var cursorColumn = 0

  /// At most `height` rows, around the cursor.
  func clipped(to height: Int) -> EditorFrame {
    guard rows.count > height, height > 0 else { return self }
    // What is below the cursor matters as much as what is above: the menu hangs there.
    let first = min(max(0, cursorRow - height / 2), rows.count - height)
    return EditorFrame(
      rows: Array(rows[first..<first + height]), cursorRow: cursorRow - first,
      cursorColumn: cursorColumn)
  }
}

/// Sets text into rows, wrapping at the width. A wide character never straddles an edge.
struct FrameBuilder {
  private(set) var frame = EditorFrame(rows: [EditorFrame.Row()])
  let width: Int

  init(width: Int) { self.width = max(width, 2) }

  mutating func newRow() { frame.rows.append(EditorFrame.Row()) }

  mutating func add(_ character: Character, _ style: TextStyle) {
    let shown = TerminalText.visible(character)
    for part in shown.count > 1 ? shown.map({ Substring(String($0)) }) : [shown] {
      let columns = TerminalText.width(part)
      if frame.rows[frame.rows.count - 1].width + columns > width { newRow() }
      frame.rows[frame.rows.count - 1].append(part, width: columns, style: style)
    }
  }

  mutating func add(_ text: String, _ style: TextStyle = .plain) {
    for character in text { add(character, style) }
  }

  /// The cursor stands where the next character goes; behind a full row that is the next one.
  mutating func markCursor() {
    if frame.rows[frame.rows.count - 1].width >= width { newRow() }
    frame.cursorRow = frame.rows.count - 1
    frame.cursorColumn = frame.rows[frame.cursorRow].width
  }
}

extension EditorState {
  /// Draws the state. `isFinal` leaves out what helps only while typing.
  mutating func frame(
    prompt: String, width: Int, height: Int, isFinal: Bool = false
  ) -> EditorFrame {
    var builder = FrameBuilder(width: width)
    builder.add(prompt, TextStyle(.green, isBold: true))
    let styles = characterStyles(isFinal: isFinal)
    for (index, character) in buffer.characters.enumerated() {
      if index == buffer.cursor { builder.markCursor() }
      guard character == "\n" else {
        builder.add(character, styles[index])
        continue
      }
      builder.newRow()
      builder.add(Self.continuation(of: prompt), TextStyle(.brightBlack))
    }
    if buffer.isAtEnd { builder.markCursor() }
    if !isFinal { addHelp(&builder, height: height) }
    return builder.frame.clipped(to: isFinal ? .max : height)
  }

  /// `   …   `, as wide as the prompt.
  static func continuation(of prompt: String) -> String {
    let width = TerminalText.width(prompt)
    guard width >= 4 else { return String(repeating: " ", count: width) }
    return String(repeating: " ", count: width - 4) + "…   "
  }

  private func characterStyles(isFinal: Bool) -> [TextStyle] {
    var styles = [TextStyle](repeating: .plain, count: buffer.count)
    let positions = buffer.positionsByOffset
    let last = positions.count - 1
    for span in hooks.highlight(buffer.text) {
      let start = positions[min(max(0, span.range.lowerBound), last)]
      let end = positions[min(max(0, span.range.upperBound), last)]
      for index in start..<max(start, end) { styles[index] = span.style }
    }
    if isFinal { return styles }
    if case .searching(let search) = mode, let range = search.match?.range {
      for index in range where index < styles.count { styles[index].isInverse = true }
    } else if let (one, other) = buffer.bracketPair {
      for index in [one, other] {
        styles[index].isUnderlined = true
        styles[index].isBold = true
      }
    }
    return styles
  }

  private mutating func addHelp(_ builder: inout FrameBuilder, height: Int) {
    if let suggestion {
      let lines = suggestion.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let more = lines.count > 1 ? " …" : ""
      builder.add(String(lines[0]) + more, TextStyle(.brightBlack))
    }
    if case .searching(let search) = mode {
      builder.newRow()
      let isLost = search.match == nil && !search.query.isEmpty
      builder.add(isLost ? "no entry has: " : "search: ", TextStyle(isLost ? .red : .cyan))
      builder.add(search.query)
      builder.markCursor()
    }
    let rowsLeft = max(1, height - builder.frame.rows.count)
    for row in menu?.layOut(width: builder.width, rows: min(8, rowsLeft)) ?? [] {
      builder.newRow()
      for run in row { builder.add(run.text, run.style) }
    }
  }
}

extension CompletionMenu {
  /// The menu's rows: a list with details where there are few, otherwise a grid, read by rows.
  mutating func layOut(width: Int, rows: Int) -> [[EditorFrame.Run]] {
    let labels = items.map { TerminalText.truncated($0.label, to: min(40, width - 3)) }
    let widest = labels.map { TerminalText.width($0) }.max() ?? 0
    let hasDetails = items.contains { $0.detail != nil } && items.count <= rows
    columns = hasDetails ? 1 : max(1, (width - 1) / (widest + 2))
    let lineCount = (items.count + columns - 1) / columns
    let visible = lineCount > rows ? max(1, rows - 1) : lineCount
    let selectedLine = (selected ?? 0) / columns
    let first = min(max(0, selectedLine - visible / 2), lineCount - visible)
    var lines = (first..<first + visible).map { line in
      (line * columns..<min((line + 1) * columns, items.count)).flatMap { index in
        runs(of: index, label: labels[index], widest: widest, width: width, isList: hasDetails)
      }
    }
    let hidden = items.count - visible * columns
    if lineCount > visible {
      lines.append([EditorFrame.Run(text: "  … \(hidden) more", style: TextStyle(.brightBlack))])
    }
    return lines
  }

  private func runs(
    of index: Int, label: String, widest: Int, width: Int, isList: Bool
  ) -> [EditorFrame.Run] {
    let padding = String(repeating: " ", count: widest - TerminalText.width(label))
    let style = TextStyle(index == selected ? nil : .cyan, isInverse: index == selected)
    var runs = [EditorFrame.Run(text: " \(label)\(padding) ", style: style)]
    if isList, let detail = items[index].detail {
      let text = TerminalText.truncated(detail, to: width - widest - 4)
      runs.append(EditorFrame.Run(text: " " + text, style: TextStyle(.brightBlack)))
    }
    return runs
  }
}
