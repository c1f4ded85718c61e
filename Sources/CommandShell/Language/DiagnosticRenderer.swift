import Reporting

/// Writes an error for a person: code, place, the line with the range underlined, what was
/// expected, and one correction.
public struct DiagnosticRenderer: Sendable {
  /// With colour and box drawing; without, plain text that a screen reader or a log can hold.
  public let isStyled: Bool
  /// Columns of the terminal: a longer line is cut to a window around the range.
  private let columns: Int

  public init(isStyled: Bool, columns: Int = 160) {
    (self.isStyled, self.columns) = (isStyled, columns)
  }

  /// Several lines, without a line end after the last.
  ///
  ///     error E0301: unknown command `pretrian`
  ///      --> few-shot.md:12:1
  ///       |
  ///     12 | pretrian swav, on: wild
  ///       | ^^^^^^^^ expected a command
  ///       = did you mean `pretrain`?
  public func render(_ error: ShellError) -> String {
    let heading = "\(bold(red("error \(error.code.rawValue)"))): \(bold(escaped(error.message)))"
    guard let source = error.source, let range = error.range else {
      return ([heading] + remarks(error).map { "  = " + $0 }).joined(separator: "\n")
    }
    let line = source.line(containing: range.lower)
    let gutter = String(repeating: " ", count: "\(line.number)".count)
    let bar = isStyled ? "│" : "|"
    let window = max(20, columns - gutter.count - 3)
    let excerpt = excerpt(line.text, at: line.start, range: range, source, window: window)
    var lines = [heading, "\(gutter)\(dim(isStyled ? "╭─" : "-->")) \(error.context)"]
    lines.append("\(dim("\(line.number) \(bar)")) \(excerpt.line)")
    let expected = error.expected.map { " " + escaped($0) } ?? ""
    lines.append("\(gutter) \(dim(bar)) \(excerpt.padding)\(red(excerpt.underline + expected))")
    for place in error.places where source.line(containing: place.range.lower).start == line.start {
      let part = self.excerpt(
        line.text, at: line.start, range: place.range, source, window: window)
      let underline = String(repeating: "~", count: part.underline.count)
      lines.append(
        "\(gutter) \(dim(bar)) \(part.padding)\(underline) \(escaped(place.label))")
    }
    lines += remarks(error).map { "\(gutter) \(dim(isStyled ? "╰" : "=")) \($0)" }
    return lines.joined(separator: "\n")
  }

  private func remarks(_ error: ShellError) -> [String] {
    let hint = error.suggestion.map { "did you mean `\(escaped($0))`?" }
    return [hint].compactMap(\.self) + error.notes.map { escaped($0) }
  }

  /// The line, cut to a window of so many columns around the range, and its underline.
  private func excerpt(
    _ text: String, at start: Int, range: SourceRange, _ source: SourceText, window: Int
  ) -> (line: String, padding: String, underline: String) {
    let before = source.string(SourceRange(start, range.lower))
    let marked = source.string(range).prefix { $0 != "\n" && $0 != "\r\n" }
    var head = displayed(before)
    var line = displayed(text)
    let excess = TerminalText.width(head) - window * 5 / 8
    if excess > 0 {
      head = "…" + head.dropFirst(excess)
      line = "…" + line.dropFirst(excess)
    }
    line = TerminalText.truncated(line, to: window)
    let room = window - TerminalText.width(head)
    let width = max(1, min(TerminalText.width(displayed(String(marked))), room))
    let padding = String(repeating: " ", count: TerminalText.width(head))
    return (line, padding, String(repeating: "^", count: width))
  }

  /// A line as it is shown: a tab is one space, control characters are spelt out.
  private func displayed(_ text: String) -> String {
    TerminalText.escaped(String(text.map { $0 == "\t" ? " " : $0 }))
  }

  private func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { TerminalText.escaped(String($0)) }.joined(separator: "\n")
  }

  private func red(_ text: String) -> String { styled(text, "31") }
  private func bold(_ text: String) -> String { styled(text, "1") }
  private func dim(_ text: String) -> String { styled(text, "2") }
  private func styled(_ text: String, _ code: String) -> String {
    isStyled ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
