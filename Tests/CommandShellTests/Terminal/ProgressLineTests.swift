import Experiments
import Foundation
import Glibc
import Reporting
import Testing

@testable import CommandShell

@Suite struct ProgressLineTests {
  /// Epoch 14 of 20, with the losses of a training that gets better.
  static func line(title: String? = nil) -> ProgressLine {
    var line = ProgressLine(title: title)
    for step in 1...560 {
      line.take(
        EngineProgress(
          phase: "train", epoch: (step - 1) / 40 + 1, epochs: 20, step: step, steps: 800,
          loss: 8 - 2.88 * Double(step) / 560, imagesPerSecond: 212.3, etaSeconds: 190))
    }
    return line
  }

  @Test(arguments: [
    (
      120,
      "━━━━━━━━━━━━━━━━━━━━━─────────  epoch 14/20  loss 5.12 ▇▆▅▄▃▂▁  212 img/s  ETA 3:10"
        + "   (Ctrl-C pauses; it can be resumed)"
    ),
    (
      100,
      "━━━━━━━───  epoch 14/20  loss 5.12 ▇▆▅▄▃▂▁  212 img/s  ETA 3:10"
        + "   (Ctrl-C pauses; it can be resumed)"
    ),
    (80, "━━━━━━━━━━━━━━━━━━╸────────  epoch 14/20  loss 5.12 ▇▆▅▄▃▂▁  212 img/s  ETA 3:10"),
    (60, "━━━━━━━━━━╸────  epoch 14/20  loss 5.12  212 img/s  ETA 3:10"),
    (50, "━━━━━━━━━━━─────  epoch 14/20  loss 5.12  ETA 3:10"),
    (40, "━━━━━━━━━━━─────  epoch 14/20  loss 5.12"),
    (20, "━━━━╸──  epoch 14/20"), (8, "━━━━━╸──"), (3, ""),
  ])
  func fitsTheWidth(width: Int, expected: String) {
    let text = Self.line().text(width: width, usesColor: false)
    #expect(text == expected)
    #expect(TerminalText.width(text) <= width)
  }

  @Test func everyWidthFitsWithAndWithoutColour() {
    for width in 0...200 {
      for title in [nil, "3/18 landmarks 1% 漢字\u{1B}[2J"] {
        let plain = Self.line(title: title).text(width: width, usesColor: false)
        #expect(TerminalText.width(plain) <= width)
        #expect(!plain.contains("\u{1B}"))
        let coloured = Self.line(title: title).text(width: width)
          .replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(coloured == plain.replacing("─", with: "━"))
      }
    }
    #expect(Self.line(title: "a\u{1B}b").plainText.hasPrefix("70%  a^[b  epoch 14/20  loss 5.12"))
  }

  @Test func saysOnlyWhatIsKnown() {
    var line = ProgressLine(title: "x")
    #expect(line.text(width: 40, usesColor: false).hasSuffix("  x  starting"))
    line.take(EngineProgress(phase: "data"))
    #expect(line.fraction == nil)
    #expect(line.plainText == "x  data")
    line.take(EngineProgress(phase: "train", epoch: 3, epochs: 4, loss: .nan, etaSeconds: -1))
    #expect(line.fraction == 0.5)
    #expect(line.plainText == "50%  x  epoch 3/4  loss NaN")
    line.take(EngineProgress(phase: "evaluate", step: 900, steps: 800, imagesPerSecond: 3.25))
    #expect(line.fraction == 1)
    #expect(line.plainText == "100%  x  evaluate  3.2 img/s")
  }

  @Test func sumsUp() {
    #expect(
      Self.line(title: "swav").summary(elapsedSeconds: 3690)
        == "swav  epoch 14/20  loss 7.99 → 5.12  212 img/s  1:01:30")
    #expect(ProgressLine().summary(elapsedSeconds: 59.6) == "1:00")
  }

  @Test(
    arguments: [
      (5.123, "5.12"), (0.03125, "0.0312"), (1.2e-5, "1.2e-05"), (0, "0.00"), (123.45, "123.5"),
      (12345, "12345"), (-2.5, "-2.50"), (.infinity, "∞"), (1e9, "1.0e+09"),
    ] as [(Double, String)])
  func writesNumbers(value: Double, text: String) {
    #expect(ProgressLine.number(value) == text)
  }

  @Test(
    arguments: [
      (0, "0:00"), (59.4, "0:59"), (190, "3:10"), (7390, "2:03:10"), (200_000, "2 d 7 h"),
      (.infinity, "–"), (-1, "–"),
    ] as [(Double, String)])
  func writesDurations(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }

  @Test func whoOnlyLooksIsNotToldThatCtrlCPauses() {
    #expect(
      Self.line().text(width: 160, usesColor: false).hasSuffix("(Ctrl-C pauses; it can be resumed)")
    )
    let watched = ProgressLine(isWatched: true).text(width: 160, usesColor: false)
    #expect(!watched.contains("pauses"))
    var line = ProgressLine(isWatched: true)
    line.take(EngineProgress(phase: "train", step: 1, loss: 2))
    #expect(line.text(width: 160, usesColor: false).hasSuffix("(Ctrl-C stops looking; it goes on)"))
  }

  /// Into a file: a line per epoch, none sooner than ten seconds after the last.
  @Test func plainLinesAreRare() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    let descriptor = open(file.path, O_WRONLY | O_CREAT, 0o600)
    var now = 0.0
    let display = ProgressDisplay(
      line: ProgressLine(title: "a\u{1B}b"), indentation: 2, output: descriptor, usesColor: false,
      clock: { now })
    for step in 1...40 {
      now += 1
      display.take(
        .progress(
          EngineProgress(
            phase: "train", epoch: (step - 1) / 4 + 1, epochs: 10, step: step,
            steps: 40, loss: 1)))
    }
    display.take(.message("one\ntwo\u{7}"))
    display.finish(.paused, note: "resume with: resume x")
    close(descriptor)
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(
      text.split(separator: "\n") == [
        "  2%  a^[b  epoch 1/10  loss 1.00", "  27%  a^[b  epoch 3/10  loss 1.00",
        "  52%  a^[b  epoch 6/10  loss 1.00", "  77%  a^[b  epoch 8/10  loss 1.00",
        "  one", "  two^G",
        "  ‖ paused  a^[b  10 epochs  loss 1.00 → 1.00  0:40  resume with: resume x",
      ])
  }
}
