import Foundation
import Graphics
import Plotting
import Statistics
import Testing

@testable import CommandShell

/// Figures as a terminal shows them.
struct TerminalFigureTests {
  private static func line(_ values: [Double]) -> Plot {
    Plot(
      DataFrame(
        columns: ["x", "y"], rows: values.enumerated().map { [.integer($0), .number($1)] }),
      x: "x", y: "y")
  }

  /// Positions of the cells with dots, by row from the top.
  private static func dotted(_ lines: [String]) -> [[Int]] {
    lines.map { line in
      line.unicodeScalars.enumerated().compactMap {
        (0x2801...0x28FF).contains($1.value) ? $0 : nil
      }
    }
  }

  @Test func aRisingLineRises() {
    let figure = TerminalFigure(figure: Self.line([0, 1, 2, 3, 4]), columns: 60, rows: 16)
    let lines = figure.braille(usesColor: false)
    #expect(lines.count == 17 && lines[0].hasPrefix("↑ "))
    #expect(lines.allSatisfy { $0.count <= 60 })
    let text = lines.joined(separator: "\n")
    for label in ["0", "2", "4", "X", "Y"] { #expect(text.contains(label)) }
    // Right of the axis and its ticks, the highest dot of the line lies right of the lowest one.
    let inner = Self.dotted(lines).map { $0.filter { $0 > 12 } }.filter { !$0.isEmpty }
    let rows = inner.filter { $0.count < 20 }
    let (top, bottom) = (rows.first?.max() ?? 0, rows.last?.min() ?? 0)
    #expect(rows.count > 6 && top > bottom + 25, "\(text)")
  }

  @Test func coloursAreAskedForOnly() {
    let figure = TerminalFigure(figure: Self.line([0, 2, 1]), columns: 50, rows: 12)
    #expect(figure.braille(usesColor: true).joined().contains("\u{1B}[0;38;5;"))
    #expect(!figure.braille(usesColor: false).joined().contains("\u{1B}"))
  }

  @Test func aWindowWithoutRoomShowsNothingAndDoesNotTrap() {
    for size in [0, 1, 3] {
      let figure = TerminalFigure(figure: Self.line([0, 1]), columns: size, rows: size)
      #expect(figure.braille(usesColor: false).allSatisfy { $0.count <= max(size, 1) })
    }
  }

  @Test func dotsStandWhereThePixelsAre() throws {
    var bytes = [UInt8](repeating: 255, count: 8 * 4 * 3)
    for (x, y) in [(0, 0), (1, 3), (3, 7)] {
      for channel in 0..<3 { bytes[(y * 4 + x) * 3 + channel] = 0 }
    }
    let pixels = PixelBuffer(width: 4, height: 8, pixels: bytes)
    var picture = BraillePicture(columns: 2, rows: 2)
    picture.draw(pixels)
    // U+2800 + 1 (top left) + 0x80 (bottom right); then only the bottom right of the last cell.
    #expect(picture.lines(usesColor: false) == ["\u{2881}", " \u{2880}"])
  }

  @Test func wordsLieOverDotsAndMayBeWide() {
    var picture = BraillePicture(columns: 6, rows: 1)
    picture.write("a\u{1B}顔z", column: 0, row: 0)
    #expect(picture.lines(usesColor: false) == ["a^[顔z"])
    picture.write("too long", column: 4, row: 0)
    #expect(picture.lines(usesColor: false)[0].hasSuffix("to"))
    picture.write("outside", column: 0, row: 7)
  }

  @Test(arguments: [
    (["TERM": "xterm-kitty"], TerminalImages.kitty), (["TERM_PROGRAM": "iTerm.app"], .iTerm2),
    (["TERM": "xterm-ghostty"], .kitty), (["LC_TERMINAL": "iTerm2"], .iTerm2),
    (["TERM": "xterm-256color"], nil),
    (["TERM": "tmux-256color", "TERM_PROGRAM": "iTerm.app"], nil),
    (["TERM": "xterm-kitty", "TMUX": "/tmp/x"], nil), ([:], nil),
  ])
  func terminalsSayWhatTheyTake(environment: [String: String], images: TerminalImages?) {
    #expect(TerminalImages.detected(environment) == images)
  }

  @Test func theImagesPiecesAreTheFile() throws {
    let png = Data((0..<9000).map { UInt8($0 % 251) })
    let sequence = TerminalImages.kitty.sequence(png, columns: 40)
    let pieces = sequence.split(separator: "\u{1B}\\").map { $0.dropFirst(3) }
    #expect(pieces.count == 3 && pieces[0].hasPrefix("a=T,f=100,c=40,q=2,m=1;"))
    #expect(pieces[1].hasPrefix("m=1;") && pieces[2].hasPrefix("m=0;"))
    let text = pieces.map { $0.drop { $0 != ";" }.dropFirst() }
    #expect(text.allSatisfy { $0.count <= 4096 })
    #expect(Data(base64Encoded: text.joined()) == png)
    #expect(
      TerminalImages.iTerm2.sequence(Data([1, 2, 3]), columns: 9)
        == "\u{1B}]1337;File=inline=1;size=3;width=9;preserveAspectRatio=1:AQID\u{7}")
  }
}
