import Experiments
import Foundation
import Glibc
import Reporting

/// Makes sense of what the engine says and of how it ends.
struct EngineFollower {
  private let log: URL
  private var pending: [UInt8] = []
  private var last: JobOutcome?
  private var isSkipping = false
  /// A line that grows beyond this is no event.
  private static let longestLine = 1 << 20

  init(log: URL) { self.log = log }

  /// Takes bytes as they come and reports each event as soon as its line is whole.
  mutating func take(_ bytes: [UInt8], report: (EngineEvent) -> Void) {
    pending += bytes
    while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
      if !isSkipping { takeLine(Array(pending[..<end]), report: report) }
      isSkipping = false
      pending.removeFirst(end + 1)
    }
    if pending.count > Self.longestLine { (pending, isSkipping) = ([], true) }
  }

  /// Takes the rest, a line that was not ended.
  mutating func end(report: (EngineEvent) -> Void) {
    if !isSkipping { takeLine(pending, report: report) }
    pending = []
  }

  private mutating func takeLine(_ line: [UInt8], report: (EngineEvent) -> Void) {
    guard line.contains(where: { $0 != 0x20 && $0 != 0x0D }) else { return }
    guard let event = try? JSONDecoder().decode(EngineEvent.self, from: Data(line)) else {
      // A library that prints, or a newer engine's event: no reason to stop, but kept.
      keep(line)
      return
    }
    switch event {
    case .finished: last = .finished
    case .paused: last = .paused
    case .failed(let message): last = .failed(message)
    case .progress, .message: break
    }
    report(event)
  }

  private func keep(_ line: [UInt8]) {
    let descriptor = open(log.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    let text = Array("stdout: ".utf8) + line + [10]
    _ = write(descriptor, text, text.count)
    close(descriptor)
  }

  /// What the job came to. Its last word counts before its exit: by then the store has the
  /// results, and a library may still crash while the process unloads it.
  func outcome(_ status: ExitStatus, isKilled: Bool) -> JobOutcome {
    if let last { return last }
    switch status {
    case .exited(0): return .finished
    case .exited(130): return .paused
    case .exited(let code): return .interrupted(death("ended with exit code \(code)"))
    case .signalled(SIGKILL) where isKilled: return .interrupted("The job was killed by Ctrl-C.")
    case .signalled(SIGINT): return .interrupted("The job was stopped before it began to work.")
    case .signalled(let signal):
      let advice = Self.advice(on: signal, memoryLimit: Self.memoryLimit)
      return .interrupted(
        death("was ended by \(Self.name(of: signal))") + (advice.map { " \($0)" } ?? ""))
    }
  }

  /// What to do where memory may have run short: the system then kills the engine, and under a limit of
  /// their own libraries crash instead of saying so.
  ///
  /// - Parameter memoryLimit: bytes of address space that a process may have; nil without a limit.
  static func advice(on signal: Int32, memoryLimit: UInt64?) -> String? {
    let smaller =
      "a smaller `batch:` needs less, and pre-training takes the same one in parts (`accumulate:`)."
    switch signal {
    case SIGKILL: return "If the machine was short of memory, \(smaller)"
    case SIGSEGV, SIGABRT, SIGBUS:
      return memoryLimit.map {
        "Memory is limited to \($0 >> 20) MB here (`ulimit -v`), and it may have run out: \(smaller)"
      }
    default: return nil
    }
  }

  private static var memoryLimit: UInt64? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    // RLIM_INFINITY is all ones.
    return limit.rlim_cur == .max ? nil : UInt64(limit.rlim_cur)
  }

  private func death(_ how: String) -> String {
    let lines = Self.lastLines(of: log, count: 8)
    let quoted = lines.isEmpty ? "" : " Its last words:\n" + lines.map { "  \($0)\n" }.joined()
    return "The engine \(how) without saying why.\(quoted)"
      + "\(lines.isEmpty ? " " : "")The log is \(log.path)."
  }

  /// The last lines of a file, control characters spelt out; none if there is no such file.
  static func lastLines(of file: URL, count: Int) -> [String] {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return [] }
    defer { try? handle.close() }
    let size = (try? handle.seekToEnd()) ?? 0
    try? handle.seek(toOffset: size > 8192 ? size - 8192 : 0)
    let data = (try? handle.readToEnd()) ?? Data()
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(count)
      .map { TerminalText.escaped(String($0)) }
  }

  private static func name(of signal: Int32) -> String {
    let names: [Int32: String] = [
      SIGKILL: "SIGKILL (out of memory, or killed)", SIGSEGV: "SIGSEGV (a crash)",
      SIGABRT: "SIGABRT (a crash)", SIGBUS: "SIGBUS (a crash)", SIGILL: "SIGILL (a crash)",
      SIGTRAP: "SIGTRAP (a crash)", SIGTERM: "SIGTERM", SIGFPE: "SIGFPE (a crash)",
    ]
    return names[signal] ?? "signal \(signal)"
  }
}
