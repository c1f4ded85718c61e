import Experiments
import Synchronization

/// The kernel's way out: replies on the socket that asked, and broadcasts, which two threads send.
final class KernelChannels: Sendable {
  let shell: ZeroMQSocket
  let control: ZeroMQSocket
  /// Bound, since clients connect to it; facet never asks for input.
  private let standardInput: ZeroMQSocket
  let heartbeat: ZeroMQSocket
  private let broadcast: Mutex<ZeroMQSocket>
  let signer: MessageSigner

  init(_ file: ConnectionFile) throws {
    let context = try ZeroMQContext()
    func bind(_ kind: ZeroMQSocket.Kind, _ port: Int) throws -> ZeroMQSocket {
      try ZeroMQSocket(kind, context: context, address: file.address(port: port))
    }
    shell = try bind(.router, file.shellPort)
    control = try bind(.router, file.controlPort)
    standardInput = try bind(.router, file.stdinPort)
    heartbeat = try bind(.reply, file.heartbeatPort)
    broadcast = Mutex(try bind(.publisher, file.iopubPort))
    signer = MessageSigner(key: file.key)
  }

  func receive(from socket: ZeroMQSocket) -> JupyterMessage? {
    socket.receive().flatMap { JupyterMessage(frames: $0, signer: signer) }
  }

  func reply(
    _ type: String, _ content: [String: SpecValue], to message: JupyterMessage,
    on socket: ZeroMQSocket
  ) {
    socket.send(
      signer.frames(
        type, content, identities: message.identities, parent: message.headerBytes))
  }

  /// Tells every client.
  func publish(_ type: String, _ content: [String: SpecValue], parent: JupyterMessage?) {
    let frames = signer.frames(
      type, content, identities: [Array("kernel.\(type)".utf8)], parent: parent?.headerBytes)
    broadcast.withLock { socket in
      welcome(on: socket)
      socket.send(frames)
    }
  }

  /// Greets the clients that subscribed since the last call, so that they know that nothing of
  /// what follows is lost to them (protocol 5.5).
  func welcomeSubscribers() { broadcast.withLock { welcome(on: $0) } }

  private func welcome(on socket: ZeroMQSocket) {
    while socket.wait(milliseconds: 0), let frame = socket.receive()?.first {
      guard frame.first == 1 else { continue }
      let topic = Array(frame.dropFirst())
      let content: [String: SpecValue] = [
        "subscription": .text(String(decoding: topic, as: UTF8.self))
      ]
      socket.send(signer.frames("iopub_welcome", content, identities: [topic], parent: nil))
    }
  }
}
