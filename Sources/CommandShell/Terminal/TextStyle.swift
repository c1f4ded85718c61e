/// How a stretch of text looks on a terminal. Colours are the terminal's own sixteen, so that
/// they suit the user's theme.
public struct TextStyle: Hashable, Sendable {
  public enum Color: UInt8, Sendable {
    case black, red, green, yellow, blue, magenta, cyan, white
    case brightBlack, brightRed, brightGreen, brightYellow
    case brightBlue, brightMagenta, brightCyan, brightWhite
  }

  public var color: Color?
  public var isBold = false
  public var isDim = false
  public var isUnderlined = false
  public var isInverse = false

  public init(
    _ color: Color? = nil, isBold: Bool = false, isDim: Bool = false, isUnderlined: Bool = false,
    isInverse: Bool = false
  ) {
    (self.color, self.isBold, self.isDim) = (color, isBold, isDim)
    (self.isUnderlined, self.isInverse) = (isUnderlined, isInverse)
  }

  /// The style for `NO_COLOR`: what a colour said is said by brightness, where it matters.
  public var withoutColor: TextStyle {
    var style = self
    style.isDim = isDim || color == .brightBlack
    style.color = nil
    return style
  }

  public static let plain = TextStyle()

  /// The escape sequence that turns the style on; empty for plain text.
  public var sequence: String {
    var codes: [Int] = []
    if isBold { codes.append(1) }
    if isDim { codes.append(2) }
    if isUnderlined { codes.append(4) }
    if isInverse { codes.append(7) }
    if let color {
      codes.append(color.rawValue < 8 ? 30 + Int(color.rawValue) : 82 + Int(color.rawValue))
    }
    return codes.isEmpty ? "" : "\u{1B}[" + codes.map(String.init).joined(separator: ";") + "m"
  }

  /// The text between the sequences that turn the style on and off.
  public func applied(to text: String) -> String {
    sequence.isEmpty ? text : sequence + text + "\u{1B}[0m"
  }
}

/// A stretch of a text and its style; stretches that no span covers are plain, and a later span
/// wins over an earlier one.
public struct StyledSpan: Hashable, Sendable {
  /// UTF-8 offsets into the text.
  public let range: Range<Int>
  public let style: TextStyle

  public init(_ range: Range<Int>, _ style: TextStyle) {
    (self.range, self.style) = (range, style)
  }
}
