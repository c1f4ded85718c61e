import Digests
import Experiments
import Foundation

/// A message from a Jupyter client.
///
/// - Source: jupyter_client's documentation, “Messaging in Jupyter”: the wire protocol.
struct JupyterMessage: Sendable {
  /// Frames that route a reply back.
  let identities: [[UInt8]]
  /// The header as it came, for replies to quote.
  let headerBytes: [UInt8]
  let type: String
  let session: String
  let content: [String: SpecValue]

  private static let delimiter = Array("<IDS|MSG>".utf8)

  /// Nil for a message that is malformed, or not signed with the key: such are ignored.
  init?(frames: [[UInt8]], signer: MessageSigner) {
    guard let start = frames.firstIndex(of: Self.delimiter), frames.count >= start + 6 else {
      return nil
    }
    let parts = Array(frames[(start + 2)..<(start + 6)])
    guard frames[start + 1] == signer.signature(parts),
      let header = Self.record(parts[0]), let type = header["msg_type"]?.textValue,
      let content = Self.record(parts[3])
    else { return nil }
    identities = Array(frames[..<start])
    (headerBytes, self.type, self.content) = (parts[0], type, content)
    session = header["session"]?.textValue ?? ""
  }

  private static func record(_ bytes: [UInt8]) -> [String: SpecValue]? {
    try? JSONDecoder().decode([String: SpecValue].self, from: Data(bytes))
  }
}

/// Signs messages with the connection's key, and makes their frames.
struct MessageSigner: Sendable {
  let key: [UInt8]
  /// Identifies the kernel in every header.
  let session: String

  init(key: String) {
    self.key = Array(key.utf8)
    session = UUID().uuidString.lowercased()
  }

  /// Empty where there is no key.
  func signature(_ parts: [[UInt8]]) -> [UInt8] {
    key.isEmpty ? [] : Array(MessageAuthentication.hex(key: key, parts: parts).utf8)
  }

  /// - Parameters: identities: of the client a reply goes to, or the topic of a broadcast; parent:
  ///   the header of the message that this one is due to.
  func frames(
    _ type: String, _ content: [String: SpecValue], identities: [[UInt8]], parent: [UInt8]?
  ) -> [[UInt8]] {
    let header: [String: SpecValue] = [
      "msg_id": .text(UUID().uuidString.lowercased()), "session": .text(session),
      "username": .text("facet"), "msg_type": .text(type), "version": .text("5.5"),
      "date": .text(Date().formatted(.iso8601.time(includingFractionalSeconds: true))),
    ]
    let parts = [Self.json(header), parent ?? Self.json([:]), Self.json([:]), Self.json(content)]
    return identities + [Array("<IDS|MSG>".utf8), signature(parts)] + parts
  }

  /// What JSON cannot hold (NaN in a message's numbers) becomes an empty record.
  private static func json(_ fields: [String: SpecValue]) -> [UInt8] {
    Array(((try? CanonicalJSON.encode(fields)) ?? "{}").utf8)
  }
}
