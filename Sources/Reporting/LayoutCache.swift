import Graphics

/// Layouts of short texts by text and style: a table measures and draws each but once; and where words
/// may be divided.
final class LayoutCache {
  private let language: String?
  /// Nil where the text has no language with patterns. It takes some milliseconds to read them.
  private(set) lazy var hyphenator = language.flatMap { Hyphenator(language: $0) }

  /// - Parameter language: of text that may be hyphenated.
  init(language: String? = nil) { self.language = language }

  private struct Key: Hashable {
    let text: String
    let style: TextStyle
  }

  private var layouts: [Key: TextLayout] = [:]

  func layout(_ text: String, _ style: TextStyle) -> TextLayout {
    let key = Key(text: text, style: style)
    if let found = layouts[key] { return found }
    let made = TextLayout(text, style)
    layouts[key] = made
    return made
  }

  func width(_ text: String, _ style: TextStyle) -> Double {
    text.isEmpty ? 0 : layout(text, style).size.width
  }
}
