import Graphics
import Testing

@Suite struct TextLayoutTests {
  @Test func sizesGrowWithTheFont() {
    let small = TextLayout("Landmarks", TextStyle(size: 10))
    let large = TextLayout("Landmarks", TextStyle(size: 20))
    // Unhinted outlines scale exactly, but for Pango's 1/1024 points.
    #expect(abs(large.size.width - 2 * small.size.width) < 0.05)
    #expect(abs(large.baseline - 2 * small.baseline) < 0.05)
    #expect(small.size.width > 40 && small.size.width < 70)
    #expect(small.baseline > 7 && small.baseline < small.size.height)
  }

  @Test func linesWrapAndStayInside() {
    let text = String(repeating: "few labels many faces ", count: 20)
    let layout = TextLayout(text, TextStyle(size: 9), width: 150)
    #expect(layout.lines.count > 5)
    #expect(layout.lines.allSatisfy { $0.box.maxX <= 151 })
    #expect(zip(layout.lines, layout.lines.dropFirst()).allSatisfy { $0.baseline < $1.baseline })
    #expect(abs(layout.size.height - layout.lines.map(\.box.height).reduce(0, +)) < 0.01)
    #expect(layout.lines.map(\.isParagraphStart).filter { $0 }.count == 1)
  }

  @Test(arguments: [(ParagraphStyle.Alignment.right, 1.0), (.centre, 0.5)])
  func alignmentMovesLines(alignment: ParagraphStyle.Alignment, share: Double) throws {
    let layout = TextLayout(
      "short", TextStyle(), width: 200, paragraph: ParagraphStyle(alignment: alignment))
    let box = try #require(layout.lines.first?.box)
    #expect(abs(box.x - share * (200 - box.width)) < 0.01)
  }

  @Test func tabularFiguresAreEquallyWide() {
    for family in [FontFamily.sans, FontFamily.serif] {
      let style = TextStyle(family: family, features: "tnum")
      let widths = (0...9).map { TextLayout("\($0)", style).size.width }
      #expect(widths.allSatisfy { abs($0 - widths[0]) < 0.001 }, "\(family)")
    }
  }

  @Test func theSetUpsFontsAreInstalled() { #expect(FontFamily.missing == []) }

  @Test(arguments: ["", "\0", "a\0b\u{7}c", "\r\n\r", "\u{FFFE}\u{202E}abc", "e\u{301}\u{1F600}"])
  func anyTextIsMeasuredAndDrawn(text: String) throws {
    let layout = TextLayout(text, TextStyle(family: "no such\0 family"), width: 50)
    #expect(layout.size.height > 0)
    #expect(!layout.lines.isEmpty)
    let surface = try Surface.pdf(size: .a4)
    surface.canvas.text(layout, at: Point(10, 10))
    try surface.finish()
  }

  @Test func textAfterANulIsKept() {
    let whole = TextLayout("ab\0cd", TextStyle()).size.width
    #expect(whole > TextLayout("abcd", TextStyle()).size.width)
  }

  @Test func extremeSizesDoNotTrap() {
    for size in [0, -5, Double.nan, .infinity, 1e12] {
      #expect(!TextLayout("x", TextStyle(size: size), width: size).lines.isEmpty)
    }
  }

  @Test func linesDrawnOneByOneFallTogetherWithTheWhole() throws {
    let text = String(repeating: "few labels many faces ", count: 6)
    let layout = TextLayout(
      text, TextStyle(size: 9), width: 100,
      paragraph: ParagraphStyle(alignment: .centre, justified: true, indent: 8))
    let size = Size(width: 120, height: layout.size.height + 10)
    let whole = try Surface.png(size: size)
    whole.canvas.text(layout, at: Point(10, 5))
    let single = try Surface.png(size: size)
    for index in layout.lines.indices {
      single.canvas.line(
        index, of: layout, x: 10, baseline: 5 + layout.lines[index].baseline)
    }
    #expect(whole.pixels() == single.pixels())
    #expect(whole.pixels().pixels.contains { $0 < 100 })
  }
}

@Suite struct ColourTests {
  @Test func contrastFollowsWCAG() {
    #expect(abs(Colour.black.contrast(to: .white) - 21) < 1e-9)
    // Worked figures of the Okabe–Ito palette on white.
    let expected: [(Colour, Double)] = [
      (.blue, 5.19), (.vermillion, 3.87), (.green, 3.42), (.purple, 3.06), (.yellow, 1.32),
    ]
    for (colour, ratio) in expected {
      #expect(abs(colour.contrast(to: .white) - ratio) < 0.03)
    }
  }

  @Test func everyDefaultLineColourReaches3To1() {
    #expect(Colour.okabeItoOnWhite.count == 5)
    #expect(Colour.okabeItoOnWhite.allSatisfy { $0.contrast(to: .white) >= 3 })
  }

  @Test func compositingOverWhite() {
    let half = Colour.black.withAlpha(0.25).composited(over: .white)
    #expect(half == Colour.grey(0.75))
  }
}
