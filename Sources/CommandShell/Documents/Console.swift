import Experiments
import Foundation
import Reporting

/// Writes what a session shows to a terminal or a pipe.
final class Console {
  private let indentation: String
  private let isStyled: Bool
  private let width: () -> Int
  private let write: (String) -> Void
  /// Where progress goes: the terminal itself, or standard error for batches.
  private let progressDescriptor: Int32?
  /// Whether figures are drawn, and by which images; nil images are braille.
  private let drawsFigures: Bool
  private let images: TerminalImages?
  private var display: ProgressDisplay?
  private var work: WorkDisplay?

  /// - Parameters: indentation: columns before every line; progressDescriptor: nil shows none;
  ///   drawsFigures: in braille, or as images where the terminal can.
  init(
    indentation: Int = 0, isStyled: Bool, width: @escaping () -> Int = { 100 },
    progressDescriptor: Int32? = nil, drawsFigures: Bool = false, images: TerminalImages? = nil,
    write: @escaping (String) -> Void
  ) {
    (self.drawsFigures, self.images) = (drawsFigures, images)
    self.indentation = String(repeating: " ", count: indentation)
    (self.isStyled, self.width, self.write) = (isStyled, width, write)
    self.progressDescriptor = progressDescriptor
  }

  /// Shows everything that the session shows.
  func attach(to session: Session) {
    session.onOutput = { [self] in show($0) }
    session.onJob = { [self] in show($0) }
    session.onWork = { [self] in show($0) }
  }

  private func show(_ report: WorkReport?) {
    guard let report, let progressDescriptor else {
      work?.clear()
      work = nil
      return
    }
    if work == nil {
      work = WorkDisplay(indentation: indentation.count, output: progressDescriptor)
    }
    work?.show(report)
  }

  func show(_ output: Session.Output) {
    switch output {
    case .note(let text): lines(isStyled ? dimmed(text) : escaped(text))
    case .text(let text): lines(escaped(text))
    case .table(let table): lines(text(of: table))
    case .figure(let figure):
      let place =
        figure.savedPaths.isEmpty
        ? "`| save figure.pdf` keeps it" : "saved " + figure.savedPaths.joined(separator: ", ")
      if drawsFigures { draw(figure) }
      lines(escaped("\(figure.summary) · \(place)"))
    }
  }

  private func draw(_ figure: ShownFigure) {
    let columns = min(100, max(20, width() - indentation.count))
    let shown = TerminalFigure(figure: figure.figure, columns: columns, rows: columns / 4)
    if let images, let sequence = shown.image(images) {
      write(indentation + sequence + "\n")
    } else {
      for line in shown.braille(usesColor: isStyled) { write(indentation + line + "\n") }
    }
  }

  private func text(of table: ShownTable) -> String {
    let columns = max(20, width() - indentation.count)
    let rows = table.table.rows.count
    var text = TableFitting.text(table.table, columns: columns, style: isStyled ? .ansi : .plain)
    if let caption = table.caption { text = escaped(caption) + "\n" + text }
    if text.hasSuffix("\n") { text.removeLast() }
    return rows == 0 ? text + "\n(no rows)" : text
  }

  func show(_ report: JobReport) {
    guard let progressDescriptor else { return }
    switch report.stage {
    case .started:
      let place = report.total > 1 ? "\(report.position)/\(report.total) " : ""
      display = ProgressDisplay(
        title: place + report.run.name, isWatched: report.isWatched,
        indentation: indentation.count, output: progressDescriptor,
        usesColor: TerminalDevice.showsColor(progressDescriptor))
    case .event(let event): display?.take(event)
    case .ended(let outcome):
      display?.finish(outcome)
      display = nil
    case .left:
      display?.clear()
      display = nil
    }
  }

  private func lines(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    write(lines.map { $0.isEmpty ? "\n" : indentation + $0 + "\n" }.joined())
  }

  private func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { TerminalText.escaped(String($0)) }.joined(separator: "\n")
  }

  private func dimmed(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { TextStyle(isDim: true).applied(to: TerminalText.escaped(String($0))) }
      .joined(separator: "\n")
  }
}
