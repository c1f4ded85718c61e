public import Experiments
import Foundation
import Reporting

/// Shows a job's progress: one line that is redrawn in place on a terminal, now and then a plain
/// line elsewhere.
public final class ProgressDisplay {
  private let device: TerminalDevice
  private let isLive: Bool
  private let usesColor: Bool
  private let indentation: String
  private let clock: () -> Double
  private var line: ProgressLine
  private var started: Double
  private var lastDrawn = -Double.infinity
  private var lastEpoch: Int?
  private var lastText = ""
  /// Columns of the line as drawn, and those that it could have had.
  private var (shownColumns, shownWidth) = (0, 0)

  /// At most ten pictures a second. A plain line for each epoch, but not sooner than ten seconds
  /// after the last one, and one a minute in a long epoch.
  private static let livePauseSeconds = 0.1
  private static let plainPauseSeconds = 10.0
  private static let longestSilenceSeconds = 60.0

  /// - Parameters: title: before the bar, for jobs of a sweep; indentation: columns before it;
  ///   output: a file descriptor; clock: seconds, for tests.
  public convenience init(
    title: String? = nil, isWatched: Bool = false, indentation: Int = 7, output: Int32 = 1,
    usesColor: Bool? = nil
  ) {
    self.init(
      line: ProgressLine(title: title, isWatched: isWatched), indentation: indentation,
      output: output, usesColor: usesColor, clock: { ProcessInfo.processInfo.systemUptime })
  }

  init(
    line: ProgressLine, indentation: Int, output: Int32, usesColor: Bool?,
    clock: @escaping () -> Double
  ) {
    device = TerminalDevice(input: output, output: output)
    isLive = device.isInteractive
    self.usesColor = usesColor ?? !TerminalDevice.isColorRefused
    self.indentation = String(repeating: " ", count: indentation)
    self.clock = clock
    self.line = line
    started = clock()
    guard isLive else { return }
    // A `^C` or type-ahead would break the line that is being redrawn.
    device.hideTyping()
    draw(force: true)
  }

  /// Takes an event as it comes; what a terminal cannot follow is not drawn.
  public func take(_ event: EngineEvent) {
    switch event {
    case .progress(let progress):
      line.take(progress)
      isLive ? draw(force: false) : print(progress)
    case .message(let text):
      let shown = text.split(whereSeparator: \.isNewline).map {
        indentation + TerminalText.escaped(String($0)) + "\n"
      }.joined()
      device.write(wipe + shown)
      if isLive { draw(force: true) }
    case .finished, .paused, .failed: break
    }
  }

  /// Puts the summary in the line's place; `note` says what else there is to say, such as how a
  /// paused run goes on.
  public func finish(_ outcome: JobOutcome, note: String? = nil) {
    let (mark, color, word): (String, TextStyle.Color, String) =
      switch outcome {
      case .finished: ("✓", .green, "")
      case .paused: ("‖", .yellow, "paused  ")
      case .interrupted: ("✗", .red, "interrupted  ")
      case .failed: ("✗", .red, "failed  ")
      }
    let shownMark = usesColor ? TextStyle(color).applied(to: mark) : mark
    var text =
      indentation + shownMark + " " + word + line.summary(elapsedSeconds: clock() - started)
    if let note { text += "  " + TerminalText.escaped(note) }
    device.write(wipe + text + "\n")
    device.restore()
  }

  /// Takes the line away without a summary.
  public func clear() {
    device.write(wipe)
    device.restore()
  }

  /// Wipes the line, and the rows into which a narrower window has wrapped it.
  private var wipe: String {
    guard isLive else { return "" }
    let rows = max(0, shownColumns - 1) / max(1, device.size.columns)
    return (rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J"
  }

  private func draw(force: Bool) {
    let now = clock()
    guard force || now - lastDrawn >= Self.livePauseSeconds else { return }
    lastDrawn = now
    // The last column stays free: a full row would wrap on some terminals.
    let width = device.size.columns - indentation.count - 1
    let text = line.text(width: width, usesColor: usesColor)
    guard force || text != lastText else { return }
    // Where the window is as it was, drawing over the old line does not flicker.
    let isResized = shownWidth != width
    device.write((isResized ? wipe : "\r") + indentation + text + "\u{1B}[K")
    (lastText, shownWidth) = (text, width)
    shownColumns = indentation.count + TerminalText.width(line.text(width: width, usesColor: false))
  }

  private func print(_ progress: EngineProgress) {
    let now = clock()
    let pause =
      progress.epoch == lastEpoch ? Self.longestSilenceSeconds : Self.plainPauseSeconds
    guard now - lastDrawn >= pause else { return }
    (lastDrawn, lastEpoch) = (now, progress.epoch)
    device.write(indentation + line.plainText + "\n")
  }
}
