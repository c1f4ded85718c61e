import Foundation
import Reporting

/// One line on a terminal that counts what is done, and goes away at the end; nothing elsewhere.
final class WorkDisplay {
  private let device: TerminalDevice
  private let indentation: String
  private var lastDrawn = -Double.infinity
  private var isShown = false
  /// Short work shows nothing: a line that flickers by tells nobody anything.
  private let started = ProcessInfo.processInfo.systemUptime
  private static let patienceSeconds = 0.5
  private static let pauseSeconds = 0.1

  init(indentation: Int, output: Int32) {
    device = TerminalDevice(input: output, output: output)
    self.indentation = String(repeating: " ", count: indentation)
  }

  func show(_ report: WorkReport) {
    let now = ProcessInfo.processInfo.systemUptime
    guard device.isInteractive, now - started > Self.patienceSeconds,
      now - lastDrawn > Self.pauseSeconds
    else { return }
    (lastDrawn, isShown) = (now, true)
    let percent = 100 * report.done / max(1, report.count)
    let text = "\(report.title)  \(report.done) of \(report.count)  \(percent)%"
    let room = max(1, device.size.columns - indentation.count - 1)
    device.write("\r" + indentation + TerminalText.escaped(String(text.prefix(room))) + "\u{1B}[K")
  }

  func clear() {
    if isShown { device.write("\r\u{1B}[K") }
  }
}
