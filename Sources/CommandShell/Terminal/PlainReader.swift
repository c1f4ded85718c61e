/// Reads cells by plain lines: from a pipe, or on a terminal that can only print.
final class PlainReader {
  private let device: TerminalDevice
  private let isComplete: (String) -> Bool
  private var pending: [UInt8] = []
  private var isAtEnd = false

  init(device: TerminalDevice, isComplete: @escaping (String) -> Bool) {
    (self.device, self.isComplete) = (device, isComplete)
  }

  /// Collects lines until they are complete. What is incomplete at the end of the input is
  /// handed on as it is, so that its error is shown.
  func readCell(prompt: String) -> LineEditor.Input {
    var lines: [String] = []
    ask(prompt)
    while let line = nextLine() {
      lines.append(line)
      let text = lines.joined(separator: "\n")
      if isComplete(text) { return .cell(text) }
      ask(EditorState.continuation(of: prompt))
    }
    return lines.isEmpty ? .end : .cell(lines.joined(separator: "\n"))
  }

  /// Prompts are for people: a pipe sees none.
  private func ask(_ prompt: String) {
    if device.hasPerson { device.write(prompt) }
  }

  private func nextLine() -> String? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        var line = pending[..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        defer { pending.removeFirst(end + 1) }
        return String(decoding: line, as: UTF8.self)
      }
      if !isAtEnd, let bytes = device.read() {
        pending += bytes
        continue
      }
      isAtEnd = true
      defer { pending = [] }
      return pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self)
    }
  }
}
