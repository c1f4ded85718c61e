import Experiments
import Foundation
import Synchronization

/// facet as a Jupyter kernel: one session whose cells come over ZeroMQ.
///
/// The main thread owns the session and answers the shell channel; another thread answers the
/// control channel, so that a running cell can be interrupted; a third echoes heartbeats.
/// - Source: jupyter_client's documentation, “Messaging in Jupyter”, protocol 5.5.
final class Kernel {
  private let session: Session
  private let channels: KernelChannels
  private let output: KernelOutput
  private let assistant: InputAssistant
  private let history: StoreHistory
  private let control: KernelControl
  private var executionCount = 0

  init(session: Session, connection: ConnectionFile) throws {
    self.session = session
    channels = try KernelChannels(connection)
    output = KernelOutput(channels: channels)
    assistant = InputAssistant(session: session)
    history = StoreHistory(store: try session.store())
    control = KernelControl(channels: channels)
    output.attach(to: session)
    session.isInterrupted = { TerminalSignals.takeInterrupt() }
  }

  /// Answers until a client asks it to shut down.
  func run() {
    TerminalSignals.install()
    channels.publish("status", ["execution_state": .text("starting")], parent: nil)
    control.start()
    while !control.isShutDown {
      guard channels.shell.wait(milliseconds: 100) else { continue }
      if let message = channels.receive(from: channels.shell) { answer(message) }
    }
  }

  /// Every request is answered between `busy` and `idle`; clients wait for the latter.
  private func answer(_ message: JupyterMessage, isAborted: Bool = false) {
    channels.publish("status", ["execution_state": .text("busy")], parent: message)
    defer { channels.publish("status", ["execution_state": .text("idle")], parent: message) }
    switch message.type {
    case "execute_request" where isAborted:
      reply("execute_reply", ["status": .text("aborted")], message)
    case "execute_request": execute(message)
    case "kernel_info_request": reply("kernel_info_reply", KernelControl.information, message)
    case "complete_request": reply("complete_reply", complete(message.content), message)
    case "inspect_request": reply("inspect_reply", inspect(message.content), message)
    case "is_complete_request": reply("is_complete_reply", isComplete(message.content), message)
    case "history_request": reply("history_reply", past(message.content), message)
    case "comm_info_request":
      reply("comm_info_reply", ["status": .text("ok"), "comms": .record([:])], message)
    case "shutdown_request":
      reply("shutdown_reply", KernelControl.shutdownReply(message), message)
      control.shutDown()
    default: break
    }
  }

  private func reply(_ type: String, _ content: [String: SpecValue], _ message: JupyterMessage) {
    channels.reply(type, content, to: message, on: channels.shell)
  }

  // MARK: Execution

  private func execute(_ message: JupyterMessage) {
    let code = message.content["code"]?.textValue ?? ""
    let isSilent = message.content["silent"]?.booleanValue ?? false
    if !isSilent {
      executionCount += 1
      if message.content["store_history"]?.booleanValue ?? true { history.append(code) }
      channels.publish(
        "execute_input", ["code": .text(code), "execution_count": .integer(executionCount)],
        parent: message)
    }
    _ = TerminalSignals.takeInterrupts()
    output.parent = isSilent ? nil : message
    defer { output.parent = nil }
    do {
      try session.run(SourceText(name: "In[\(executionCount)]", text: code))
      reply(
        "execute_reply",
        [
          "status": .text("ok"), "execution_count": .integer(executionCount),
          "payload": .list([]), "user_expressions": .record([:]),
        ], message)
    } catch {
      fail(Session.shellError(error), message, isSilent: isSilent)
    }
    if session.isOver { control.shutDown() }
  }

  private func fail(_ error: ShellError, _ message: JupyterMessage, isSilent: Bool) {
    let lines = DiagnosticRenderer(isStyled: true).render(error).split(separator: "\n")
    let description: [String: SpecValue] = [
      "ename": .text(error.code.rawValue), "evalue": .text(error.message),
      "traceback": .list(lines.map { .text(String($0)) }),
    ]
    if !isSilent { channels.publish("error", description, parent: message) }
    reply(
      "execute_reply",
      description.merging(
        ["status": .text("error"), "execution_count": .integer(executionCount)]
      ) { $1 }, message)
    guard message.content["stop_on_error"]?.booleanValue ?? true else { return }
    // Cells that were sent behind the failing one must not run; they may still be on their way.
    while channels.shell.wait(milliseconds: 50) {
      if let next = channels.receive(from: channels.shell) { answer(next, isAborted: true) }
    }
  }
}

// MARK: - Questions about the language

extension Kernel {
  /// Positions are in Unicode code points on the wire, in UTF-8 bytes here.
  private func complete(_ content: [String: SpecValue]) -> [String: SpecValue] {
    let code = content["code"]?.textValue ?? ""
    let cursor = content["cursor_pos"]?.integerValue ?? code.unicodeScalars.count
    let found = assistant.complete(code, at: CodePoints.byte(of: cursor, in: code))
    let start = found.first?.range.lowerBound ?? CodePoints.byte(of: cursor, in: code)
    return [
      "status": .text("ok"), "metadata": .record([:]),
      "matches": .list(
        found.filter { $0.range.lowerBound == start }.map { .text($0.replacement) }),
      "cursor_start": .integer(CodePoints.position(ofByte: start, in: code)),
      "cursor_end": .integer(cursor),
    ]
  }

  private func inspect(_ content: [String: SpecValue]) -> [String: SpecValue] {
    let code = content["code"]?.textValue ?? ""
    let cursor = content["cursor_pos"]?.integerValue ?? code.unicodeScalars.count
    let text = assistant.explanation(code, at: CodePoints.byte(of: cursor, in: code))
    return [
      "status": .text("ok"), "found": .boolean(text != nil), "metadata": .record([:]),
      "data": .record(text.map { ["text/plain": .text($0)] } ?? [:]),
    ]
  }

  private func isComplete(_ content: [String: SpecValue]) -> [String: SpecValue] {
    let code = content["code"]?.textValue ?? ""
    let functions = session.functionNames
    guard InputAssistant.isComplete(code, functions: functions) else {
      return ["status": .text("incomplete"), "indent": .text("  ")]
    }
    return [
      "status": .text(InputAssistant.isValid(code, functions: functions) ? "complete" : "invalid")
    ]
  }

  /// The newest entries; of a search those that match its pattern.
  private func past(_ content: [String: SpecValue]) -> [String: SpecValue] {
    let count = content["n"]?.integerValue ?? 100
    var entries = Array(history.entries().enumerated())
    if content["hist_access_type"]?.textValue == "search" {
      let pattern = content["pattern"]?.textValue ?? "*"
      let like = pattern.replacing("*", with: "%").replacing("?", with: "_")
      entries = entries.filter { Arithmetic.like($0.element, like) }
    }
    let list = entries.suffix(max(count, 0)).map { number, text in
      SpecValue.list([.integer(0), .integer(number + 1), .text(text)])
    }
    return ["status": .text("ok"), "history": .list(list)]
  }
}

/// Jupyter counts code points, facet counts bytes.
enum CodePoints {
  static func byte(of position: Int, in text: String) -> Int {
    text.unicodeScalars.prefix(max(position, 0)).reduce(0) { $0 + $1.utf8.count }
  }

  static func position(ofByte byte: Int, in text: String) -> Int {
    String(decoding: text.utf8.prefix(byte), as: UTF8.self).unicodeScalars.count
  }
}
