public import Experiments
import Foundation
import Reporting

/// One line that says how far a job is:
/// `━━━━━╸━━  epoch 14/20  loss 5.12 ▇▆▅▄▃▃▂  212 img/s  ETA 3:10   (Ctrl-C pauses; …)`.
///
/// A pure renderer: events in, text out. `ProgressDisplay` puts it on a terminal.
public struct ProgressLine: Hashable, Sendable {
  /// What the line is about, before the bar: a run's name, or `3/18 landmarks 1%` in a sweep.
  public let title: String?
  private var latest: EngineProgress?
  /// Losses since the beginning, thinned out evenly so that they never grow beyond twice the
  /// sparkline.
  private var losses: [Double] = []
  private var lossesPerEntry = 1
  private var gathered: [Double] = []
  private var firstLoss: Double?

  /// What Ctrl-C does to a job of this program, and to one that is only looked at.
  static let hint = "(Ctrl-C pauses; it can be resumed)"
  static let watchingHint = "(Ctrl-C stops looking; it goes on)"
  static let sparklineWidth = 7

  private let hint: String

  public init(title: String? = nil, isWatched: Bool = false) {
    self.title = title
    hint = isWatched ? Self.watchingHint : Self.hint
  }

  public mutating func take(_ progress: EngineProgress) {
    // Each phase has its own losses; joining them would show a jump that nobody trained.
    if progress.phase != latest?.phase { (losses, gathered, lossesPerEntry) = ([], [], 1) }
    latest = progress
    guard let loss = progress.loss, loss.isFinite else { return }
    firstLoss = firstLoss ?? loss
    gathered.append(loss)
    guard gathered.count >= lossesPerEntry else { return }
    losses.append(gathered.reduce(0, +) / Double(gathered.count))
    gathered = []
    if losses.count >= 2 * Self.sparklineWidth {
      losses = stride(from: 0, to: losses.count - 1, by: 2).map { index -> Double in
        (losses[index] + losses[index + 1]) / 2
      }
      lossesPerEntry *= 2
    }
  }

  /// Share of the work that is done, 0…1; nil before the engine knows.
  public var fraction: Double? { latest?.fraction }

  /// The line, at most `width` columns. What does not fit is left out: first the hint, then the
  /// sparkline, the throughput, the title; the bar gets what is left.
  public func text(width: Int, usesColor: Bool = true) -> String {
    let parts = fitting(width: width)
    let words = parts.map(\.text).joined(separator: "  ")
    let room = width - TerminalText.width(words) - (words.isEmpty ? 0 : 2)
    let bar = Self.bar(fraction, width: min(30, room), usesColor: usesColor)
    return [bar, words].filter { !$0.isEmpty }.joined(separator: "  ")
  }

  /// The plain line for a log: no bar, no sparkline.
  public var plainText: String {
    let percent = fraction.map { ["\(Int($0 * 100))%"] } ?? []
    let words = parts.filter { ![.sparkline, .hint].contains($0.kind) }.map(\.text)
    return (percent + words).joined(separator: "  ")
  }

  /// What remains when the job is over: `20 epochs  loss 5.90 → 4.31  212 img/s  6:10`; for one
  /// that stopped on the way, `epoch 14/20  …`.
  public func summary(elapsedSeconds: Double) -> String {
    var words = title.map { [TerminalText.escaped($0)] } ?? []
    if let epoch = latest?.epoch, let epochs = latest?.epochs {
      let all = "\(epochs) epoch\(epochs == 1 ? "" : "s")"
      words.append(epoch < epochs ? "epoch \(epoch)/\(epochs)" : all)
    }
    if let first = firstLoss, let last = latest?.loss {
      words.append("loss \(Self.number(first)) → \(Self.number(last))")
    }
    if let speed = latest?.imagesPerSecond, speed.isFinite {
      words.append("\(Self.speed(speed)) img/s")
    }
    return (words + [Self.duration(elapsedSeconds)]).joined(separator: "  ")
  }
}

// MARK: The parts

extension ProgressLine {
  private enum Kind { case title, phase, epoch, loss, sparkline, speed, remaining, hint }
  private struct Part {
    let kind: Kind
    let text: String
  }

  private var parts: [Part] {
    var parts: [Part] = []
    if let title { parts.append(Part(kind: .title, text: TerminalText.escaped(title))) }
    guard let latest else { return parts + [Part(kind: .phase, text: "starting")] }
    if let epoch = latest.epoch, let epochs = latest.epochs {
      parts.append(Part(kind: .epoch, text: "epoch \(epoch)/\(epochs)"))
    }
    if latest.phase != "train" || latest.epoch == nil {
      parts.append(Part(kind: .phase, text: TerminalText.escaped(latest.phase)))
    }
    if let loss = latest.loss { parts.append(Part(kind: .loss, text: "loss \(Self.number(loss))")) }
    if losses.count > 1 { parts.append(Part(kind: .sparkline, text: sparkline)) }
    if let speed = latest.imagesPerSecond, speed.isFinite {
      parts.append(Part(kind: .speed, text: "\(Self.speed(speed)) img/s"))
    }
    if let seconds = latest.etaSeconds, seconds.isFinite, seconds >= 0 {
      parts.append(Part(kind: .remaining, text: "ETA \(Self.duration(seconds))"))
    }
    return parts + [Part(kind: .hint, text: " " + hint)]
  }

  /// The parts that leave the bar at least eight columns, or four where the window is tiny.
  private func fitting(width: Int) -> [Part] {
    var parts = parts
    let least = [Kind.epoch, .phase, .loss]
    for kind in [Kind.hint, .sparkline, .speed, .title, .remaining] + least.reversed() {
      let words = parts.map { TerminalText.width($0.text) + 2 }.reduce(0, +)
      if words + (least.contains(kind) ? 4 : 8) <= width { break }
      parts.removeAll { $0.kind == kind }
    }
    // The sparkline belongs to the loss before it: one space between them, as in the design.
    guard let index = parts.firstIndex(where: { $0.kind == .sparkline }), index > 0 else {
      return parts
    }
    let joined = parts[index - 1].text + " " + parts[index].text
    parts.replaceSubrange(index - 1...index, with: [Part(kind: .loss, text: joined)])
    return parts
  }

  private var sparkline: String {
    let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"]
    let shown = losses.suffix(Self.sparklineWidth)
    guard let low = shown.min(), let high = shown.max() else { return "" }
    let scale = high > low ? Double(blocks.count - 1) / (high - low) : 0
    return String(shown.map { blocks[Int((($0 - low) * scale).rounded())] })
  }

  /// `━━━━━╸━━`: what is done, the point it has reached, what is left (dim; `─` without colour).
  static func bar(_ fraction: Double?, width: Int, usesColor: Bool) -> String {
    guard width >= 4 else { return "" }
    let halves = Int(((fraction ?? 0) * Double(2 * width)).rounded(.down))
    let full = halves / 2
    let hasHalf = halves % 2 == 1
    let done = String(repeating: "━", count: full) + (hasHalf ? "╸" : "")
    let left = width - full - (hasHalf ? 1 : 0)
    let rest = String(repeating: usesColor ? "━" : "─", count: left)
    guard usesColor else { return done + rest }
    let doneText = done.isEmpty ? "" : TextStyle(.green).applied(to: done)
    return doneText + (rest.isEmpty ? "" : TextStyle(.brightBlack).applied(to: rest))
  }

  // MARK: Numbers

  /// Three significant digits or so: `5.12`, `0.0312`, `1.2e-05`, `12345`.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
    let size = abs(value)
    if size >= 1e6 || (size > 0 && size < 1e-3) { return String(format: "%.1e", value) }
    let decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 || size == 0 ? 2 : 4
    return String(format: "%.\(decimals)f", value)
  }

  private static func speed(_ value: Double) -> String {
    value < 10 ? String(format: "%.1f", value) : String(Int(min(value, 1e9).rounded()))
  }

  /// `0:07`, `3:10`, `2:03:10`, `3 d 4 h`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    let total = Int(seconds.rounded())
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    if hours >= 48 { return "\(hours / 24) d \(hours % 24) h" }
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
