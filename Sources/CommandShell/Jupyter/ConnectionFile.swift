import Foundation

/// Where a kernel listens and with which key it signs, as Jupyter writes it down.
///
/// - Source: jupyter_client's documentation, “Connection files”.
struct ConnectionFile: Decodable, Sendable {
  let transport: String
  let ip: String
  let shellPort: Int
  let controlPort: Int
  let stdinPort: Int
  let iopubPort: Int
  let heartbeatPort: Int
  let key: String
  let signatureScheme: String

  private enum CodingKeys: String, CodingKey {
    case transport, ip, key
    case shellPort = "shell_port"
    case controlPort = "control_port"
    case stdinPort = "stdin_port"
    case iopubPort = "iopub_port"
    case heartbeatPort = "hb_port"
    case signatureScheme = "signature_scheme"
  }

  /// - Throws: `.missingFile`, `.kernel` for what is no connection file or asks for an unknown
  ///   signature.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ShellError(
        .missingFile, "there is no connection file \(path)",
        notes: ["Jupyter writes one and starts the kernel with it"])
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw ShellError(.kernel, "\(path) is no connection file: \(error)")
    }
    guard key.isEmpty || signatureScheme == "hmac-sha256" else {
      throw ShellError(
        .kernel, "\(path) asks for signatures by \(signatureScheme)",
        notes: ["facet signs by hmac-sha256"])
    }
  }

  func address(port: Int) -> String {
    transport == "ipc" ? "ipc://\(ip)-\(port)" : "\(transport)://\(ip):\(port)"
  }
}
