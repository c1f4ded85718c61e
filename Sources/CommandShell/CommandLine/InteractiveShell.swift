import Experiments
import Foundation
import Reporting

/// The conversation at a terminal: reads cells, runs them, shows what they give.
struct InteractiveShell {
  let session: Session
  let usesColor: Bool
  let write: (String) -> Void

  /// - Returns: 0; 1 where cells came through a pipe and one failed.
  func run() throws -> Int32 {
    let device = TerminalDevice(input: 0, output: 1)
    let console = Console(
      indentation: device.isInteractive ? 7 : 0, isStyled: usesColor && device.isInteractive,
      width: { device.isInteractive ? device.size.columns : 100 },
      progressDescriptor: device.isInteractive ? 1 : 2, drawsFigures: device.isInteractive,
      images: TerminalImages.detected, write: write)
    console.attach(to: session)
    session.isInterrupted = { TerminalSignals.takeInterrupt() }
    if device.isInteractive {
      session.onPage = { (try? OutsideProgram.page($0)) ?? false }
      session.onEdit = { try OutsideProgram.edited($0) }
    }
    // A store from a newer facet, or a file that is none, is told at once.
    let history = StoreHistory(store: try session.store())
    let assistant = InputAssistant(session: session)
    let editor = LineEditor(history: history, hooks: assistant.hooks)
    if device.isInteractive {
      write(
        "facet \(FacetProgram.version) · \(session.settings.storePath) · `help` lists commands\n")
    }
    return try converse(editor, isInteractive: device.isInteractive)
  }

  private func converse(_ editor: LineEditor, isInteractive: Bool) throws -> Int32 {
    var number = 1
    var failed = false
    while !session.isOver {
      if let text = session.pendingCell {
        session.pendingCell = nil
        write("In[\(number)]: " + TerminalText.indented(text, by: 7) + "\n")
        if !runCell(text, number, isInteractive) { failed = true }
        number += 1
        continue
      }
      switch try editor.readCell(prompt: isInteractive ? "In[\(number)]: " : "") {
      case .end: return failed && !isInteractive ? 1 : 0
      case .interrupted: continue
      case .cell(let text):
        if text.allSatisfy(\.isWhitespace) { continue }
        if !runCell(text, number, isInteractive) { failed = true }
        number += 1
      }
    }
    return failed && !isInteractive ? 1 : 0
  }

  /// Runs a cell; an error is shown, and the shell goes on.
  private func runCell(_ text: String, _ number: Int, _ isInteractive: Bool) -> Bool {
    do {
      try session.run(SourceText(name: "In[\(number)]", text: text))
      return true
    } catch {
      let failure = Session.shellError(error)
      if isInteractive, failure.code == .paused {
        // Who pressed Ctrl-C is answered, not corrected.
        let text = ([failure.message] + failure.notes).joined(separator: "; ")
        write(TerminalText.indented("       " + text, by: 7) + "\n")
        return false
      }
      let columns = isInteractive ? TerminalDevice(input: 0, output: 1).size.columns : 160
      write(DiagnosticRenderer(isStyled: usesColor, columns: columns).render(failure) + "\n")
      return false
    }
  }
}
