/// A piece of running text.
public indirect enum Inline: Hashable, Sendable {
  case text(String)
  case emphasis([Inline])
  case strong([Inline])
  case strikethrough([Inline])
  case superscript([Inline])
  case `subscript`([Inline])
  case code(String)
  /// A formula, written as text.
  case math(String)
  /// A link to an address outside the document, or to `#id` inside it.
  case link([Inline], destination: String)
  /// A reference to the figure, table, section or equation of that label: set as "Figure 2".
  case reference(String)
  /// A note at the foot of the page; its mark is numbered by the layout.
  case footnote([Inline])
  case lineBreak
}

extension Inline: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}

extension Sequence<Inline> {
  /// The text alone: no styles, footnotes left out, references as their labels.
  public var plainText: String {
    map { inline in
      switch inline {
      case .text(let text), .code(let text), .math(let text): text
      case .emphasis(let inner), .strong(let inner), .strikethrough(let inner),
        .superscript(let inner), .subscript(let inner), .link(let inner, _):
        inner.plainText
      case .reference(let label): label
      case .footnote: ""
      case .lineBreak: " "
      }
    }.joined()
  }
}
