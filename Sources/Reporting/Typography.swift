import Graphics

/// The sizes and styles of a report's text, all from its settings.
struct Typography {
  let settings: ReportSettings

  var body: TextStyle {
    TextStyle(family: settings.family, size: settings.fontSize, features: "lnum, tnum")
  }
  var small: TextStyle { body.with { $0.size = settings.fontSize * 0.9 } }
  var note: TextStyle { body.with { $0.size = settings.fontSize * 0.83 } }
  var folio: TextStyle {
    body.with {
      $0.size = settings.fontSize * 0.85
      $0.colour = .grey(0.3)
    }
  }
  var title: TextStyle {
    body.with {
      $0.size = settings.fontSize * 1.75
      $0.weight = .bold
    }
  }
  var subtitle: TextStyle { body.with { $0.size = settings.fontSize * 1.25 } }
  var authors: TextStyle { body.with { $0.size = settings.fontSize * 1.1 } }
  var code: TextStyle {
    TextStyle(family: settings.monospaceFamily, size: settings.fontSize * 0.8)
  }

  func heading(_ depth: Int) -> TextStyle {
    let scale = [1.3, 1.1, 1, 1, 1, 1][max(0, min(5, depth))]
    return body.with {
      $0.size = settings.fontSize * scale
      $0.weight = .bold
      $0.isItalic = depth >= 3
    }
  }

  /// Distance of baselines.
  func leading(_ style: TextStyle) -> Double { style.size * 1.28 }

  static let linkColour = Colour(hex: 0x1A3F7A)
}

/// Turns inlines into runs of styled text.
struct RichText {
  let typography: Typography
  /// The number of the next footnote.
  var nextNote: Int
  /// The footnotes met, and how many UTF-8 bytes of text stand before each one's mark ends.
  private(set) var notes: [(number: Int, content: [Inline], end: Int)] = []
  private(set) var runs: [TextRun] = []
  private var length = 0

  /// Whether footnotes are set; a footnote has none of its own.
  private let hasNotes: Bool

  init(typography: Typography, nextNote: Int = 1, hasNotes: Bool = true) {
    (self.typography, self.nextNote, self.hasNotes) = (typography, nextNote, hasNotes)
  }

  mutating func append(_ inlines: [Inline], _ style: TextStyle, link: LinkTarget? = nil) {
    for inline in inlines { append(inline, style, link) }
  }

  mutating func append(_ text: String, _ style: TextStyle, link: LinkTarget? = nil) {
    guard !text.isEmpty else { return }
    runs.append(TextRun(text, style, link: link))
    length += text.utf8.count
  }

  private mutating func append(_ inline: Inline, _ style: TextStyle, _ link: LinkTarget?) {
    switch inline {
    case .text(let text):
      append(Self.heldTogether(text), style, link: link)
    case .emphasis(let inner): append(inner, style.with { $0.isItalic.toggle() }, link: link)
    case .strong(let inner): append(inner, style.with { $0.weight = .bold }, link: link)
    case .strikethrough(let inner):
      append(inner, style.with { $0.isStruckThrough = true }, link: link)
    case .superscript(let inner): append(inner, Self.raised(style, 0.33), link: link)
    case .subscript(let inner): append(inner, Self.raised(style, -0.14), link: link)
    case .code(let text):
      append(
        text,
        style.with {
          $0.family = typography.settings.monospaceFamily
          $0.size *= 0.84
          $0.features = ""
        }, link: link)
    case .math(let text): append(math: text, style, link)
    case .link(let inner, let destination):
      let target = destination.removingPrefix("#").map(LinkTarget.destination)
      append(
        inner, style.with { $0.colour = Typography.linkColour },
        link: target ?? .uri(destination))
    case .reference(let label): append("[\(label)]", style, link: link)
    case .footnote(let content):
      guard hasNotes else { return }
      let number = nextNote
      nextNote += 1
      append(
        "\(number)", Self.raised(style.with { $0.colour = Typography.linkColour }, 0.33),
        link: .destination(Self.noteName(number)))
      notes.append((number, content, length))
    case .lineBreak: append("\n", style, link: link)
    }
  }

  /// A percent sign stays with its number, and a comparison in one piece: `p ≥ 0.05`.
  private static func heldTogether(_ text: String) -> String {
    guard text.contains(where: { "%=≥≤<>".contains($0) }) else { return text }
    var held = text.replacing(" %", with: "\u{00A0}%")
    for sign in ["=", "≥", "≤", "<", ">"] {
      held = held.replacing(" \(sign) ", with: "\u{00A0}\(sign)\u{00A0}")
    }
    return held
  }

  /// Variables in italics, all else upright: names such as log, digits, signs. Raised and lowered
  /// characters are set from the letters themselves: few fonts have them all, or in one look.
  private mutating func append(math text: String, _ style: TextStyle, _ link: LinkTarget?) {
    var rest = text[...]
    while let first = rest.first {
      let kind = Self.kind(first)
      let word = rest.prefix { Self.kind($0) == kind }
      rest = rest.dropFirst(word.count)
      let isName = word.count == 1 && Self.isLetter(word.first ?? " ")
      let plain = style.with { $0.isItalic = isName }
      switch kind {
      case .line: append(String(word), plain, link: link)
      case .raised: append(math: MathText.plain(word), Self.raised(style, 0.33), link)
      case .lowered: append(math: MathText.plain(word), Self.raised(style, -0.16), link)
      case .letters: append(String(word), plain, link: link)
      }
    }
  }

  private enum Kind { case line, letters, raised, lowered }

  private static func kind(_ character: Character) -> Kind {
    if MathText.isRaised(character) { return .raised }
    if MathText.isLowered(character) { return .lowered }
    return isLetter(character) ? .letters : .line
  }

  /// A letter on the line: raised and lowered ones are Unicode's modifiers or numbers.
  private static func isLetter(_ character: Character) -> Bool {
    guard let category = character.unicodeScalars.first?.properties.generalCategory else {
      return false
    }
    return category == .lowercaseLetter || category == .uppercaseLetter
  }

  private static func raised(_ style: TextStyle, _ share: Double) -> TextStyle {
    style.with {
      $0.rise += $0.size * share
      $0.size *= 0.7
    }
  }

  static func noteName(_ number: Int) -> String { "note-\(number)" }
}
