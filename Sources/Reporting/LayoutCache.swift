import Graphics

/// Layouts of short texts by text and style: a table measures and draws each but once.
final class LayoutCache {
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
