/// How text stands on a terminal: the columns it takes, and a harmless spelling of what would
/// otherwise command the terminal.
public enum TerminalText {
  /// Columns that a text takes on one line, control characters in their visible spelling.
  public static func width(_ text: String) -> Int {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
    return text.reduce(0) { $0 + width(visible($1)) }
  }

  /// The text with control characters spelt out (`^[`, `\u{202E}`), so that a name from a file
  /// or from another machine cannot move the cursor, change colours or reverse the line.
  public static func escaped(_ text: String) -> String {
    text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
      ? text : text.map { String(visible($0)) }.joined()
  }

  /// A text of several lines, all but the first moved to the right.
  public static func indented(_ text: String, by columns: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
      .joined(separator: "\n" + String(repeating: " ", count: columns))
  }

  /// The longest beginning of at most `columns` columns, with `…` in place of what is cut.
  public static func truncated(_ text: String, to columns: Int) -> String {
    let text = escaped(text)
    guard width(text) > columns else { return text }
    guard columns > 0 else { return "" }
    var (kept, used) = ("", 0)
    for character in text {
      let next = characterWidth(character)
      if used + next > columns - 1 { break }
      kept.append(character)
      used += next
    }
    return kept + "…"
  }

  /// The text with spaces on one side, `columns` wide.
  static func padded(_ text: String, to columns: Int, isRight: Bool) -> String {
    let fill = String(repeating: " ", count: max(0, columns - width(text)))
    return isRight ? fill + text : text + fill
  }

  /// How one character is shown: itself, or its spelling.
  public static func visible(_ character: Character) -> Substring {
    if character == "\t" { return "  " }
    if character == "\r\n" { return "^M^J" }
    let text = String(character)
    guard let first = text.unicodeScalars.first,
      !first.isASCII || first.value < 0x20 || first.value == 0x7F
    else { return Substring(text) }
    if first.value < 0x20 { return "^" + String(Unicode.Scalar(UInt8(first.value) + 0x40)) }
    if first.value == 0x7F { return "^?" }
    if text.unicodeScalars.contains(where: \.commandsTerminal) {
      return Substring(
        text.unicodeScalars.map { $0.commandsTerminal ? $0.spelling : String($0) }.joined())
    }
    // A combining mark with nothing to stand on would attach itself to what comes before it.
    return scalarWidth(first) == 0 ? "\u{25CC}" + text : Substring(text)
  }

  /// Columns of text that holds no control characters.
  public static func width(_ text: Substring) -> Int {
    text.reduce(0) { $0 + characterWidth($1) }
  }

  /// 0, 1 or 2 columns. A grapheme cluster is as wide as its widest scalar, an emoji selector
  /// makes it wide.
  public static func characterWidth(_ character: Character) -> Int {
    if character.isASCII { return 1 }
    var widest = 0
    for scalar in character.unicodeScalars {
      if scalar.value == 0xFE0F { return 2 }
      widest = max(widest, scalarWidth(scalar))
    }
    return widest
  }

  private static func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
    if scalar.isASCII || scalar.value == 0xAD { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    // Vowels and finals of conjoining Hangul stand on their leading consonant.
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }
    return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
  }

  /// East Asian Width W and F (Unicode Standard Annex 11), without the emoji.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265,
    0x20000...0x3FFFD,
  ]

  private static func isWide(_ value: UInt32) -> Bool {
    guard value >= 0x1100 else { return false }
    return wideRanges.contains { $0.contains(value) }
  }
}

extension Unicode.Scalar {
  /// Whether a terminal may take it for an order: C0, C1, bidirectional overrides, line and
  /// paragraph separators. Joiners and selectors belong to the text.
  fileprivate var commandsTerminal: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format:
      !(0x200B...0x200D).contains(value) && !(0xE0020...0xE007F).contains(value)
        && value != 0xAD && !(0x600...0x605).contains(value)
    default: false
    }
  }

  fileprivate var spelling: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "\\u{" + digits + "}"
  }
}
