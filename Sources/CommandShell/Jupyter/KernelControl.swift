import Experiments
import Foundation
import Synchronization

/// Answers the control channel and the heartbeat while cells run.
final class KernelControl: Sendable {
  private let channels: KernelChannels
  private let isOver = Atomic<Bool>(false)

  init(channels: KernelChannels) { self.channels = channels }

  var isShutDown: Bool { isOver.load(ordering: .acquiring) }

  func shutDown() { isOver.store(true, ordering: .releasing) }

  func start() {
    Thread.detachNewThread { [channels] in
      while let frames = channels.heartbeat.receive() { channels.heartbeat.send(frames) }
    }
    Thread.detachNewThread { [self] in
      while !isShutDown {
        channels.welcomeSubscribers()
        guard channels.control.wait(milliseconds: 50) else { continue }
        if let message = channels.receive(from: channels.control) { answer(message) }
      }
    }
  }

  private func answer(_ message: JupyterMessage) {
    channels.publish("status", ["execution_state": .text("busy")], parent: message)
    defer { channels.publish("status", ["execution_state": .text("idle")], parent: message) }
    func reply(_ type: String, _ content: [String: SpecValue]) {
      channels.reply(type, content, to: message, on: channels.control)
    }
    switch message.type {
    case "kernel_info_request": reply("kernel_info_reply", Self.information)
    case "interrupt_request":
      // A job pauses with a checkpoint; between jobs the cell ends.
      TerminalSignals.noteInterrupt()
      reply("interrupt_reply", ["status": .text("ok")])
    case "shutdown_request":
      TerminalSignals.noteInterrupt()
      reply("shutdown_reply", Self.shutdownReply(message))
      shutDown()
    default: break
    }
  }

  static func shutdownReply(_ message: JupyterMessage) -> [String: SpecValue] {
    ["status": .text("ok"), "restart": message.content["restart"] ?? .boolean(false)]
  }

  static let information: [String: SpecValue] = [
    "status": .text("ok"), "protocol_version": .text("5.5"), "implementation": .text("facet"),
    "implementation_version": .text(FacetProgram.version),
    "banner": .text("facet \(FacetProgram.version) · `help` lists commands"),
    "help_links": .list([]), "supported_features": .list([]),
    "language_info": .record([
      "name": .text("facet"), "version": .text(FacetProgram.version),
      "mimetype": .text("text/x-facet"), "file_extension": .text(".facet"),
      "pygments_lexer": .text("swift"), "codemirror_mode": .text("swift"),
    ]),
  ]
}
