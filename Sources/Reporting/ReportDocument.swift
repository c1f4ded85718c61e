public import Plotting

/// A document to be set on pages: what stands on the title block, and its blocks.
public struct ReportDocument: Sendable {
  public var title: String
  public var subtitle: String?
  public var authors: [String]
  /// The date as it is to be printed. Never taken from the clock, so that the same document gives
  /// the same bytes.
  public var date: String?
  public var abstract: [Block]
  /// The language of the text, as BCP 47 has it: `en`, `de-AT`.
  public var language: String
  /// Whether headings are numbered: 1, 1.1, 1.1.1.
  public var numbersSections: Bool
  /// The works that `[@key]` may cite; those that are cited stand at the document's end.
  public var bibliography: [BibliographyEntry] = []
  public var blocks: [Block]

  public init(
    title: String, subtitle: String? = nil, authors: [String] = [], date: String? = nil,
    abstract: [Block] = [], language: String = "en", numbersSections: Bool = true,
    blocks: [Block] = []
  ) {
    (self.title, self.subtitle, self.authors, self.date) = (title, subtitle, authors, date)
    (self.abstract, self.language) = (abstract, language)
    (self.numbersSections, self.blocks) = (numbersSections, blocks)
  }
}

/// A block of a document.
public enum Block: Sendable {
  /// A heading, level 1 to 6; `id` is its label.
  case heading(level: Int, [Inline], id: String?, isNumbered: Bool = true)
  case paragraph([Inline])
  case list(ListBlock)
  case quote([Block])
  case code(String, language: String?)
  case table(ReportTable, caption: [Inline], label: String?)
  case figure(any Figure, caption: [Inline], label: String?, width: FigureWidth?)
  /// A PNG or JPEG file, its path relative to the settings' `resourceFolder`.
  case image(path: String, caption: [Inline], label: String?, width: FigureWidth?)
  /// A displayed formula, set as text.
  case equation(String, label: String?)
  case rule
  case pageBreak
  /// The headings with their pages, down to a level.
  case contents(depth: Int)
  /// A place that links and the cells of tables lead to.
  case anchor(String)
}

/// A list: bulleted, or numbered from `start`.
public struct ListBlock: Sendable {
  public var start: Int?
  /// Whether items follow each other without space, as in source without blank lines.
  public var isTight: Bool
  public var items: [[Block]]

  public init(start: Int? = nil, isTight: Bool = true, items: [[Block]]) {
    (self.start, self.isTight, self.items) = (start, isTight, items)
  }
}

/// The width of a figure on the page.
public enum FigureWidth: Hashable, Sendable {
  case millimetres(Double)
  /// A share of the text's width, 0…1.
  case share(Double)

  /// `80mm`, `8cm`, `60%`; nil for anything else.
  public init?(_ text: String) {
    let units: [(suffix: String, make: (Double) -> FigureWidth)] = [
      ("mm", { .millimetres($0) }), ("cm", { .millimetres($0 * 10) }),
      ("%", { .share($0 / 100) }),
    ]
    for (suffix, make) in units where text.hasSuffix(suffix) {
      guard let value = Double(text.dropLast(suffix.count)), value > 0, value.isFinite else {
        return nil
      }
      self = make(value)
      return
    }
    return nil
  }
}
