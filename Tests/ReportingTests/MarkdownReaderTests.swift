import Testing

@testable import Reporting

struct MarkdownReaderTests {
  private func read(_ markdown: String) -> String { shown(MarkdownReader.inlines(markdown)) }

  @Test(arguments: [
    ("*a* **b** ~~c~~ `d`", "‹em a› ‹strong b› ‹strike c› ‹code d›"),
    ("see [@fig-loss].", "see ‹ref fig-loss›."),
    ("@tbl-nme, a@fig-x and @someone", "‹ref tbl-nme›, a@fig-x and @someone"),
    ("[@fig-a; @tbl-b]", "‹ref fig-a› and ‹ref tbl-b›"),
    ("[x](http://a.b/c)", "‹link http://a.b/c x›"),
    ("www.a.org", "‹link http://www.a.org www.a.org›"),
    ("CO<sub>2</sub> x<sup>*2*</sup>", "CO‹sub 2› x‹sup ‹em 2››"),
    ("a  \nb\nc", "a‹br›b c"),
    ("\"quoted\" -- dash", "“quoted” – dash"),
    ("loss $\\alpha_1 * x_i^2$ of", "loss ‹math α₁ * xᵢ²› of"),
    ("costs $5 and $6", "costs $5 and $6"),
    ("`$a$` \\$b$", "‹code $a$› $b$"),
    (
      "Faces[^a] and heads[^b].\n\n[^b]: Two.\n[^a]: The *first*.",
      "Faces‹note The ‹em first›.› and heads‹note Two.›."
    ),
  ])
  func inlineConstructs(markdown: String, expected: String) {
    #expect(read(markdown) == expected)
  }

  @Test func headingsHaveLevelsAndLabels() throws {
    let blocks = MarkdownReader.blocks("# Data {#sec-data}\n\n### Odds {.unnumbered}")
    guard case .heading(1, let first, "sec-data", true) = blocks[0],
      case .heading(3, let second, nil, false) = blocks[1]
    else {
      Issue.record("\(blocks)")
      return
    }
    #expect(shown(first) == "Data")
    #expect(shown(second) == "Odds")
  }

  @Test func listsNest() throws {
    let blocks = MarkdownReader.blocks("3. a\n   - b\n   - c\n4. d")
    guard case .list(let list) = blocks[0], case .list(let inner) = list.items[0][1] else {
      Issue.record("\(blocks)")
      return
    }
    #expect(list.start == 3)
    #expect(list.items.count == 2)
    #expect(inner.start == nil)
    #expect(inner.items.count == 2)
  }

  @Test func tablesHaveCaptionsAndNumbers() throws {
    let blocks = MarkdownReader.blocks(
      """
      | from | nme |
      |:--|--:|
      | a | 1.50 |
      | **b** | |

      : Errors of `a`. {#tbl-nme}
      """)
    guard case .table(let table, let caption, "tbl-nme") = blocks[0], blocks.count == 1 else {
      Issue.record("\(blocks)")
      return
    }
    #expect(shown(caption) == "Errors of ‹code a›.")
    #expect(table.rows[1].cells[0].mark == .best)
    let formatted = FormattedTable(table)
    #expect(formatted.alignments == [.left, .decimal])
    #expect(formatted.rows.map { $0.cells[1].plainText } == ["1.50", "–"])
  }

  @Test func imagesAreFigures() throws {
    let blocks = MarkdownReader.blocks("![A *face*](face.png){#fig-face width=80mm}")
    guard case .image("face.png", let caption, "fig-face", .millimetres(80)) = blocks[0] else {
      Issue.record("\(blocks)")
      return
    }
    #expect(shown(caption) == "A ‹em face›")
  }

  @Test func codeEquationsBreaksAndQuotes() throws {
    let blocks = MarkdownReader.blocks(
      """
      ```facet run
      let x = $a$ # [@fig-x]
      ```

      $$ L = -\\frac{1}{N} \\sum_i q_i \\log p_i $$ {#eq-loss}

      > quote

      ---

      \\pagebreak
      """)
    guard case .code("let x = $a$ # [@fig-x]", language: "facet") = blocks[0],
      case .equation("L = −1/N ∑ᵢ qᵢ log pᵢ", label: "eq-loss") = blocks[1],
      case .quote = blocks[2], case .rule = blocks[3], case .pageBreak = blocks[4]
    else {
      Issue.record("\(blocks)")
      return
    }
    #expect(blocks.count == 5)
  }

  @Test(arguments: [
    "", "[@", "[@]", "{#}", "$", "$$", "![](", "| a |\n|-|\n", "[^x]", "\u{0}", "@fig-",
  ])
  func anyTextIsRead(markdown: String) {
    _ = MarkdownReader.blocks(markdown)
  }

  @Test(arguments: [
    ("80mm", FigureWidth.millimetres(80)), ("8cm", .millimetres(80)), ("60%", .share(0.6)),
  ])
  func widths(text: String, width: FigureWidth) { #expect(FigureWidth(text) == width) }

  @Test(arguments: ["", "mm", "-3mm", "nanmm", "7", "10px"])
  func badWidths(text: String) { #expect(FigureWidth(text) == nil) }
}

/// Inlines as one line of text, for comparison.
private func shown(_ inlines: [Inline]) -> String {
  inlines.map { inline in
    switch inline {
    case .text(let text): text
    case .emphasis(let inner): "‹em \(shown(inner))›"
    case .strong(let inner): "‹strong \(shown(inner))›"
    case .strikethrough(let inner): "‹strike \(shown(inner))›"
    case .superscript(let inner): "‹sup \(shown(inner))›"
    case .subscript(let inner): "‹sub \(shown(inner))›"
    case .code(let text): "‹code \(text)›"
    case .math(let text): "‹math \(text)›"
    case .link(let inner, let destination): "‹link \(destination) \(shown(inner))›"
    case .reference(let label): "‹ref \(label)›"
    case .footnote(let inner): "‹note \(shown(inner))›"
    case .lineBreak: "‹br›"
    }
  }.joined()
}
