import Graphics
import Testing

@testable import Reporting

/// Items of ten points.
private func lines(_ count: Int) -> [FlowItem] { (0..<count).map { _ in FlowItem(height: 10) } }

private func layout(_ items: [FlowItem], height: Double = 50) -> [[Int]] {
  PageBreaker(height: height).pages(items).map { $0.items.map(\.index) }
}

struct PageBreakerTests {
  @Test func aPageTakesWhatFits() {
    #expect(layout(lines(12)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11]])
    #expect(layout([]) == [[]])
  }

  @Test func spacesAreCollapsedAndDroppedAtThePagesTop() {
    var items = lines(4)
    (items[0].spaceBefore, items[0].spaceAfter) = (7, 5)
    items[1].spaceBefore = 8
    let page = PageBreaker(height: 100).pages(items)[0]
    #expect(page.items.map(\.y) == [0, 18, 28, 38])
    #expect(page.bottom == 48)
  }

  @Test func tiedItemsGoTogether() {
    var items = lines(8)
    // A heading and the first two lines of its paragraph.
    for index in [4, 5] { items[index].breakBefore = .forbidden }
    #expect(layout(items) == [[0, 1, 2], [3, 4, 5, 6, 7]])
  }

  @Test func forcedBreaks() {
    var items = lines(3)
    items[0].breakBefore = .forced
    items[2].breakBefore = .forced
    #expect(layout(items) == [[0, 1], [2]])
  }

  @Test func aFloatThatDoesNotFitHeadsTheNextPage() {
    var items = lines(8)
    (items[3].height, items[3].isFloat) = (30, true)
    #expect(layout(items) == [[0, 1, 2, 4, 5], [3, 6, 7]])
  }

  @Test func floatsKeepTheirOrder() {
    var items = lines(6)
    (items[3].height, items[3].isFloat) = (30, true)
    (items[4].height, items[4].isFloat) = (10, true)
    #expect(layout(items) == [[0, 1, 2, 5], [3, 4]])
  }

  @Test func floatsComeBeforeAForcedBreak() {
    var items = lines(5)
    (items[3].height, items[3].isFloat) = (30, true)
    items[4].breakBefore = .forced
    #expect(layout(items) == [[0, 1, 2], [3], [4]])
  }

  @Test func footnotesTakeRoomOnThePageOfTheirMark() {
    var items = lines(6)
    items[1].notes = [.init(number: 1, height: 10)]
    let pages = PageBreaker(height: 50, noteSeparation: 10).pages(items)
    #expect(pages.map { $0.items.map(\.index) } == [[0, 1, 2], [3, 4, 5]])
    #expect(pages[0].notes.map(\.number) == [1])
    // A mark whose note does not fit goes to the next page.
    items[1].notes = []
    items[4].notes = [.init(number: 1, height: 10)]
    let moved = PageBreaker(height: 50, noteSeparation: 10).pages(items)
    #expect(moved.map { $0.items.map(\.index) } == [[0, 1, 2, 3], [4, 5]])
  }

  @Test func rowsContinueBelowARepeatedHeader() {
    var items = lines(7)
    for index in 1..<7 { items[index].continuationHeight = 15 }
    let pages = PageBreaker(height: 50).pages(items)
    #expect(pages.map { $0.items.map(\.index) } == [[0, 1, 2, 3, 4], [5, 6]])
    #expect(pages[0].items.allSatisfy { !$0.continues })
    #expect(pages[1].items.map(\.continues) == [true, false])
    #expect(pages[1].items.map(\.y) == [15, 25])
  }

  @Test func whatNoPageHoldsIsBrokenAnyway() {
    var items = lines(7)
    for index in 1..<7 { items[index].breakBefore = .forbidden }
    #expect(layout(items) == [[0, 1, 2, 3, 4], [5, 6]])
    #expect(layout([FlowItem(height: 80), FlowItem(height: 10)]) == [[0], [1]])
  }
}

struct LineBreakerTests {
  private func boxes(_ widths: [Double]) -> [LineBreaker.Box] {
    var boxes = widths.map { LineBreaker.Box(width: $0, space: 10) }
    boxes[boxes.count - 1].endsLine = true
    return boxes
  }

  @Test func linesFit() {
    let breaker = LineBreaker(width: 100, isJustified: false)
    #expect(breaker.lines(boxes([40, 40, 40, 40])) == [0..<2, 2..<4])
    #expect(breaker.lines([]) == [])
  }

  @Test func theWholeParagraphCounts() {
    // As many words as fit, 0..<3, would leave the second line half empty.
    let widths = [30.0, 30, 10, 50, 90, 20]
    let ragged = LineBreaker(width: 100, isJustified: false).lines(boxes(widths))
    #expect(ragged == [0..<2, 2..<4, 4..<5, 5..<6])
  }

  @Test func forcedEndsAndWideBoxes() {
    var words = boxes([10, 10, 10])
    words[0].endsLine = true
    let breaker = LineBreaker(width: 100, isJustified: true)
    #expect(breaker.lines(words) == [0..<1, 1..<3])
    #expect(breaker.lines(boxes([10, 300, 10])) == [0..<1, 1..<2, 2..<3])
  }

  @Test func spacesFillTheLine() {
    let breaker = LineBreaker(width: 100, isJustified: true)
    #expect(breaker.stretch(natural: 90, spaces: 10, isLast: false) == 1)
    #expect(breaker.stretch(natural: 10, spaces: 0, isLast: true) == 0)
    #expect(breaker.stretch(natural: 90, spaces: 10, isLast: true) == 0)
    #expect(breaker.stretch(natural: 102, spaces: 10, isLast: true) == -0.2)
    // Three times as wide a space would be a hole: the line stays short.
    #expect(breaker.stretch(natural: 80, spaces: 10, isLast: false) == LineBreaker.stretch)
    let ragged = LineBreaker(width: 100, isJustified: false)
    #expect(ragged.stretch(natural: 90, spaces: 10, isLast: false) == 0)
  }

  @Test("hyphens fill a line that would gape, but not two lines in a row, nor the end")
  func hyphens() {
    let breaker = LineBreaker(width: 100, isJustified: true)
    // 40 + 10 + 25 + a hyphen of 5 is nearer to 100 than 40 alone.
    var words = boxes([40, 35, 40, 25, 15])
    (words[1].space, words[1].penalty, words[1].hyphen) = (0, 50, 5)
    #expect(!breaker.isGood([0..<1, 1..<5], words))
    #expect(breaker.lines(words) == [0..<2, 2..<5])
    // Where whole words do as well, none is divided.
    var fitting = boxes([45, 45, 5, 40, 45])
    (fitting[2].space, fitting[2].penalty, fitting[2].hyphen) = (0, 50, 5)
    #expect(breaker.lines(fitting) == [0..<2, 2..<5])
  }
}

struct HyphenatorTests {
  private static var english: Hyphenator? {
    Hyphenator(language: "en-GB") ?? Hyphenator(language: "en")
  }

  @Test(
    "words are divided as TeX does; acronyms, compounds, numbers and short words are not",
    .enabled(if: english != nil, "needs hyphen-en-us"),
    arguments: [
      ("representation", "rep-re-sen-ta-tion"), ("(Landmarks,", "(Land-marks,"),
      ("associate", "as-so-ciate"), ("self", "self"), ("ResNet", "ResNet"), ("NASA", "NASA"),
      ("swav-initialised", "swav-initialised"), ("x2experiment", "x2experiment"), ("", ""),
      ("experiment.pdf", "experiment.pdf"),
    ])
  func places(word: String, divided: String) throws {
    let places = try #require(Self.english).places(in: word)
    var text = Array(word.utf8)
    for place in places.reversed() { text.insert(UInt8(ascii: "-"), at: place) }
    #expect(String(decoding: text, as: UTF8.self) == divided)
  }

  @Test("a language without patterns, or none at all, is no error")
  func unknownLanguages() {
    for language in ["xx", "", "../../etc/passwd", "tlh-KX"] {
      #expect(Hyphenator(language: language) == nil)
    }
  }

  @Test(
    "in a narrow column words are divided, and every letter stays",
    .enabled(if: english != nil, "needs hyphen-en-us"))
  func narrowColumn() {
    var text = RichText(typography: Typography(settings: ReportSettings()))
    let words = "Unsupervised representations generalise remarkably: reconstruction, verification, "
    text.append(
      [.text(words + words), .code("representation"), .text(" "), .emphasis([.text(words)])],
      text.typography.body)
    let cache = LayoutCache(language: "en")
    let set = SetParagraph(text, width: 110, justified: true, divides: true, cache: cache)
    let plain = SetParagraph(text, width: 110, justified: true, cache: LayoutCache())
    let ends = set.lines.map { $0.pieces.last?.layout.text ?? "" }
    #expect(ends.contains { $0.hasSuffix("-") })
    #expect(set.lines.count <= plain.lines.count)
    #expect(set.lines.allSatisfy { $0.width < 110.5 })
    func letters(_ lines: [SetParagraph.Line]) -> String {
      lines.flatMap(\.pieces).map(\.layout.text).joined().filter(\.isLetter)
    }
    #expect(letters(set.lines) == letters(plain.lines))
    #expect(
      SetParagraph(text, width: 110, justified: true, cache: cache).lines.count
        == plain.lines.count)
  }

  @Test(
    "words are divided where ragged lines would be very short, and only there",
    .enabled(if: english != nil, "needs hyphen-en-us"))
  func raggedLines() {
    func lines(_ words: String, width: Double) -> SetParagraph {
      var text = RichText(typography: Typography(settings: ReportSettings()))
      text.append([.text(words)], text.typography.body)
      return SetParagraph(text, width: width, divides: true, cache: LayoutCache(language: "en"))
    }
    func hyphens(_ set: SetParagraph) -> Int {
      set.lines.count { $0.pieces.last?.layout.text.hasSuffix("-") ?? false }
    }
    let long = "Unsupervised representations generalise remarkably: reconstruction, verification."
    let set = lines(long, width: 110)
    #expect(hyphens(set) > 0)
    #expect(set.lines.dropLast().allSatisfy { $0.width > 0.6 * 110 })
    let short = String(repeating: "The face of a man or a boy is in the set of the net. ", count: 4)
    #expect(hyphens(lines(short + long, width: 400)) == 0)
  }

  @Test("patterns are found in their folder, or not")
  func availability() {
    #expect(!Hyphenation.isAvailable(for: "en", folder: "/no/such/folder"))
    #expect(Hyphenation.isAvailable(for: "en") == (Hyphenator(language: "en") != nil))
  }
}

struct CrossReferenceTests {
  @Test func numbersAndTargets() throws {
    let blocks = MarkdownReader.blocks(
      """
      # One {#sec-one}
      ## Inner {#sec-inner}
      # Odd {.unnumbered}
      # Two
      | a |
      |---|
      | 1 |

      : First {#tbl-a}

      $$x$$ {#eq-x}

      ![One](a.png)

      ![Two](b.png){#fig-b}
      """)
    let references = try CrossReferences(blocks, numbersSections: true)
    #expect(
      references.targets.mapValues(\.text) == [
        "sec-one": "Section 1", "sec-inner": "Section 1.1", "tbl-a": "Table\u{A0}1",
        "eq-x": "Equation\u{A0}1", "fig-b": "Figure\u{A0}2",
      ])
    #expect(references.numbers == ["1", "1.1", nil, "2", "1", "1", "1", "2"])
    let plain = try CrossReferences(blocks, numbersSections: false)
    #expect(plain.targets["sec-one"]?.text == "“One”")
  }

  @Test func unknownLabelsAreNamedWithASuggestion() throws {
    let references = try CrossReferences(
      MarkdownReader.blocks("![Loss](a.png){#fig-loss}"), numbersSections: true)
    let error = #expect(throws: ReportingError.self) {
      try references.resolve(MarkdownReader.inlines("*see @fig-los*"))
    }
    #expect(error?.code == .unresolvedReference)
    #expect(error?.context == "fig-los")
    #expect(error?.message.contains("Did you mean 'fig-loss'?") ?? false)
  }

  @Test func labelsAreUnique() {
    let error = #expect(throws: ReportingError.self) {
      try CrossReferences(MarkdownReader.blocks("# A {#x}\n\n# B {#x}"), numbersSections: true)
    }
    #expect(error?.code == .duplicateLabel)
  }

  @Test(arguments: [
    ("fig-los", "fig-loss", 1), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3),
  ])
  func editDistance(first: String, second: String, distance: Int) {
    #expect(CrossReferences.distance(first, second) == distance)
  }

  /// A figure that must stay after its heading does not overtake one that waits for room.
  @Test func figuresStandInOrder() {
    var text = FlowItem(height: 60)
    var (first, heading, second) = (
      FlowItem(height: 50), FlowItem(height: 10), FlowItem(height: 20)
    )
    (first.isFloat, first.isOrdered) = (true, true)
    (second.breakBefore, second.isOrdered) = (.forbidden, true)
    text.spaceAfter = 0
    heading.spaceBefore = 0
    let pages = PageBreaker(height: 100).pages([text, first, heading, second])
    #expect(pages.map { $0.items.map(\.index) } == [[0], [1, 2, 3]])
  }
}
