import Experiments
import Foundation
import Plotting
import Reporting

/// What cells show, as Jupyter's messages: text streams, rich tables and figures, live progress.
final class KernelOutput {
  private let channels: KernelChannels
  /// The request that runs; nil shows nothing.
  var parent: JupyterMessage?
  private var progress: (id: String, line: ProgressLine, started: Double, drawn: Double)?
  /// Clients draw a display anew at each update.
  private static let pauseSeconds = 0.3

  init(channels: KernelChannels) { self.channels = channels }

  func attach(to session: Session) {
    session.onOutput = { [unowned self] in show($0) }
    session.onJob = { [unowned self] in show($0) }
  }

  private func show(_ output: Session.Output) {
    switch output {
    case .note(let text), .text(let text): stream(text + "\n")
    case .table(let table): display(Self.bundle(table))
    case .figure(let figure): display(Self.bundle(figure))
    }
  }

  func stream(_ text: String, name: String = "stdout") {
    publish("stream", ["name": .text(name), "text": .text(text)])
  }

  private func display(_ data: [String: SpecValue], id: String? = nil, isUpdate: Bool = false) {
    publish(
      isUpdate ? "update_display_data" : "display_data",
      [
        "data": .record(data), "metadata": .record([:]),
        "transient": .record(id.map { ["display_id": .text($0)] } ?? [:]),
      ])
  }

  private func publish(_ type: String, _ content: [String: SpecValue]) {
    guard let parent else { return }
    channels.publish(type, content, parent: parent)
  }

  // MARK: Rich forms

  static func bundle(_ table: ShownTable) -> [String: SpecValue] {
    let formatted = FormattedTable(table.table)
    return [
      "text/plain": .text(TableFitting.text(table.table, columns: 100, style: .plain)),
      "text/html": .text(formatted.toHTML(caption: table.caption)),
    ]
  }

  /// PNG for every client, SVG for those that can; the sentence for those that see neither.
  static func bundle(_ figure: ShownFigure) -> [String: SpecValue] {
    var data: [String: SpecValue] = ["text/plain": .text(figure.summary)]
    if let bytes = file(figure, "png") {
      data["image/png"] = .text(bytes.base64EncodedString())
    }
    if let bytes = file(figure, "svg") {
      data["image/svg+xml"] = .text(String(decoding: bytes, as: UTF8.self))
    }
    return data
  }

  private static func file(_ figure: ShownFigure, _ format: String) -> Data? {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("facet-\(UUID().uuidString).\(format)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let written: Void? = try? FigureFile.write(
      figure.figure, to: path, widthMillimetres: 140, dotsPerInch: 144)
    return written.flatMap { FileManager.default.contents(atPath: path) }
  }

  // MARK: Progress

  private func show(_ report: JobReport) {
    let now = ProcessInfo.processInfo.systemUptime
    switch report.stage {
    case .started:
      let place = report.total > 1 ? "\(report.position)/\(report.total) " : ""
      let line = ProgressLine(title: place + report.run.name)
      progress = (UUID().uuidString, line, now, 0)
      display(["text/plain": .text(place + report.run.name)], id: progress?.id)
    case .event(.progress(let event)):
      progress?.line.take(event)
      guard let progress, now - progress.drawn >= Self.pauseSeconds else { return }
      self.progress?.drawn = now
      let text = progress.line.text(width: 100, usesColor: false)
      display(["text/plain": .text(text)], id: progress.id, isUpdate: true)
    case .event: break
    case .ended(let outcome):
      guard let progress else { return }
      let mark = outcome == .finished ? "✓ " : outcome == .paused ? "‖ paused  " : "✗ "
      let text = mark + progress.line.summary(elapsedSeconds: now - progress.started)
      display(["text/plain": .text(text)], id: progress.id, isUpdate: true)
      self.progress = nil
    case .left: progress = nil
    }
  }
}
