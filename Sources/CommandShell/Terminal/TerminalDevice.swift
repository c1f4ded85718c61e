import Glibc
import Synchronization

/// A terminal: its window, raw reading, writing.
final class TerminalDevice {
  let input: Int32
  let output: Int32
  /// The kind of terminal, as in `TERM`.
  private let kind: String
  private var original: termios?

  init(input: Int32, output: Int32, kind: String? = nil) {
    (self.input, self.output) = (input, output)
    self.kind = kind ?? getenv("TERM").map { String(cString: $0) } ?? ""
  }

  deinit { restore() }

  /// Whether a line editor can work here.
  var isInteractive: Bool { hasPerson && !["", "dumb"].contains(kind) }

  /// Whether someone sees prompts and answers them.
  var hasPerson: Bool { isatty(input) == 1 && isatty(output) == 1 }

  /// Whether `NO_COLOR` is set to anything (no-color.org).
  static var isColorRefused: Bool { getenv("NO_COLOR").map { $0.pointee != 0 } ?? false }

  /// Columns and rows; 80 by 24 where the terminal does not say.
  var size: (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return (80, 24) }
    return (Int(window.ws_col), window.ws_row > 0 ? Int(window.ws_row) : 24)
  }

  /// Takes every key as it comes. Ctrl-C and Ctrl-Z are keys then, not signals.
  ///
  /// A signal that ends the process puts the terminal back first.
  func enterRawMode() throws {
    let isChanged = change { settings in
      settings.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INPCK | ISTRIP | IXON)
      settings.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG)
      withUnsafeMutableBytes(of: &settings.c_cc) { codes in
        codes[Int(VMIN)] = 1
        codes[Int(VTIME)] = 0
      }
    }
    guard isChanged else {
      throw TerminalError(
        "the terminal's settings cannot be changed: \(String(cString: strerror(errno)))")
    }
    write("\u{1B}[?2004h")
  }

  /// Puts the terminal back as it was before raw mode.
  func leaveRawMode() {
    if original != nil { write("\u{1B}[?2004l") }
    restore()
  }

  /// Keeps what is typed off the screen; it still arrives, and Ctrl-C still is a signal. In the
  /// background nothing changes: asking would stop the process.
  func hideTyping() {
    guard isatty(input) == 1, tcgetpgrp(input) == getpgrp() else { return }
    _ = change { $0.c_lflag &= ~tcflag_t(ECHO | ECHONL | ECHOCTL) }
  }

  /// Changes the settings until `restore`; false, with `errno`, where that is impossible.
  private func change(_ body: (inout termios) -> Void) -> Bool {
    guard original == nil else { return true }
    var settings = termios()
    guard tcgetattr(input, &settings) == 0 else { return false }
    original = settings
    settingsToRestore.pointee = settings
    changedDescriptor.store(input, ordering: .sequentiallyConsistent)
    for signal in [SIGTERM, SIGHUP, SIGQUIT] {
      TerminalSignals.handle(signal, with: restoreAndDie, flags: 0)
    }
    body(&settings)
    // Draining, not flushing: what was typed ahead is kept.
    return tcsetattr(input, TCSADRAIN, &settings) == 0
  }

  /// Puts the settings back; nothing to do where they were not changed.
  func restore() {
    guard var settings = original else { return }
    original = nil
    tcsetattr(input, TCSADRAIN, &settings)
    changedDescriptor.store(-1, ordering: .sequentiallyConsistent)
    for signal in [SIGTERM, SIGHUP, SIGQUIT] { Glibc.signal(signal, SIG_DFL) }
  }

  /// Bytes that are there; nil at the end of the input.
  func read() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(input, &bytes, bytes.count)
      if count > 0 { return Array(bytes[..<count]) }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }

  /// Writes everything; a terminal that has gone away is noticed by `read`.
  func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if count < 0 {
        guard errno == EINTR || errno == EAGAIN else { return }
      } else {
        rest = rest.dropFirst(count)
      }
    }
  }
}

/// Why the terminal cannot be used.
public struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, and what to do.
  public let message: String
  public var description: String { message }

  init(_ message: String) { self.message = message }
}

/// The settings that a dying process puts back; used only while `changedDescriptor` is not -1.
nonisolated(unsafe) private let settingsToRestore: UnsafeMutablePointer<termios> = {
  let pointer = UnsafeMutablePointer<termios>.allocate(capacity: 1)
  pointer.initialize(to: termios())
  return pointer
}()
private let changedDescriptor = Atomic<Int32>(-1)

/// Async-signal-safe: tcsetattr(3), write(2), signal(2) and raise(3) only.
private func restoreAndDie(_ signal: Int32) {
  let descriptor = changedDescriptor.load(ordering: .relaxed)
  if descriptor >= 0 {
    tcsetattr(descriptor, TCSANOW, settingsToRestore)
    var line: (UInt8, UInt8) = (13, 10)
    _ = write(descriptor, &line, 2)
  }
  Glibc.signal(signal, SIG_DFL)
  raise(signal)
}
