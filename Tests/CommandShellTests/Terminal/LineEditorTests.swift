import Foundation
import Glibc
import Testing

@testable import CommandShell

extension SignalTests {
  /// The driver on a real pseudo-terminal: keys go in at one end, the picture comes out there.
  @Suite struct LineEditorTests {
    /// Both ends of a terminal of 40 columns, and what its screen side has said.
    final class Terminal {
      private(set) var keyboard: Int32
      let editorSide: Int32
      /// What the prompt looked like.
      var seen = ""

      init() throws {
        keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(keyboard >= 0)
        // unlockpt(3) and ptsname(3), which Swift does not import: TIOCSPTLCK and TIOCGPTN.
        var (isLocked, number): (Int32, UInt32) = (0, 0)
        try #require(ioctl(keyboard, 0x4004_5431, &isLocked) == 0)
        try #require(ioctl(keyboard, 0x8004_5430, &number) == 0)
        editorSide = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(editorSide >= 0)
        resize(40)
        _ = fcntl(keyboard, F_SETFL, O_NONBLOCK)
      }

      deinit {
        hangUp()
        close(editorSide)
      }

      func hangUp() {
        if keyboard >= 0 { close(keyboard) }
        keyboard = -1
      }

      func resize(_ columns: UInt16) {
        var size = winsize(ws_row: 10, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(keyboard, UInt(TIOCSWINSZ), &size)
      }

      func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(keyboard, bytes, bytes.count)
      }

      /// Everything that has come out; a read gives no more than one write's worth.
      func output() -> String {
        var (all, bytes) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
        var poll = pollfd(fd: keyboard, events: Int16(POLLIN), revents: 0)
        while Glibc.poll(&poll, 1, 50) > 0 {
          let count = read(keyboard, &bytes, bytes.count)
          guard count > 0 else { break }
          all += bytes[..<count]
        }
        return String(decoding: all, as: UTF8.self)
      }

      /// What has come out once it contains a text, or after ten seconds.
      func output(until text: String) -> String {
        var all = ""
        let deadline = Date().addingTimeInterval(10)
        while !all.contains(text), Date() < deadline { all += output() }
        return all
      }

      /// The flags of the terminal that raw mode changes.
      var flags: tcflag_t {
        var settings = termios()
        tcgetattr(editorSide, &settings)
        return settings.c_lflag
      }
    }

    static func makeEditor(_ terminal: Terminal, _ history: SessionHistory) -> LineEditor {
      LineEditor(
        history: history,
        hooks: EditorHooks(isComplete: { text in
          text.count { $0 == "(" } <= text.count { $0 == ")" }
        }),
        device: TerminalDevice(
          input: terminal.editorSide, output: terminal.editorSide, kind: "xterm"),
        usesColor: false)
    }

    /// Reads a cell while someone acts at the terminal, once the prompt is there: what is typed
    /// before that, the terminal itself may take for orders.
    static func follow(
      _ editor: LineEditor, _ terminal: Terminal, person: @escaping (Terminal) -> Void
    ) throws -> LineEditor.Input {
      nonisolated(unsafe) let (screen, act) = (terminal, person)
      let done = DispatchSemaphore(value: 0)
      let thread = Thread {
        screen.seen = screen.output(until: "\u{1B}[?25h")
        act(screen)
        done.signal()
      }
      thread.start()
      defer { done.wait() }
      return try editor.readCell(prompt: "In[1]: ")
    }

    @Test(
      arguments: [
        ("let ab\u{7F}c\r", .cell("let ac")),
        ("f(\ra,\rb)\r", .cell("f(\n  a,\n  b)")),
        ("\u{1B}[200~a(\r\nb\u{1B}[201~)\r", .cell("a(\nb)")),
        ("漢字\u{1B}[D\u{7F}x\r", .cell("x字")),
        ("\u{1B}[A\r", .cell("older")),
        ("ol\u{6}\r", .cell("older")),
        ("abc\u{3}", .interrupted),
        ("\u{4}", .end),
        ("\r", .cell("")),
      ] as [(String, LineEditor.Input)])
    func readsACell(keys: String, expected: LineEditor.Input) throws {
      let terminal = try Terminal()
      let history = SessionHistory(["older"])
      let editor = Self.makeEditor(terminal, history)
      let flags = terminal.flags
      #expect(try Self.follow(editor, terminal) { $0.type(keys) } == expected)
      #expect(terminal.flags == flags)
      let output = terminal.seen + terminal.output()
      #expect(output.contains("In[1]: "))
      #expect(output.contains("\u{1B}[?2004h"))
      #expect(output.hasSuffix("\u{1B}[?2004l"))
      if case .cell(let text) = expected, !text.isEmpty {
        #expect(history.entries().last == text)
      } else {
        #expect(history.entries() == ["older"])
      }
    }

    /// Keys behind an Enter belong to the next cell.
    @Test func keepsWhatIsTypedAhead() throws {
      let terminal = try Terminal()
      let editor = Self.makeEditor(terminal, SessionHistory())
      let first = try Self.follow(editor, terminal) { $0.type("one\rtwo\r\u{4}") }
      #expect(first == .cell("one"))
      #expect(try editor.readCell(prompt: "> ") == .cell("two"))
      #expect(try editor.readCell(prompt: "> ") == .end)
    }

    @Test func followsTheWindowAndSignals() throws {
      let terminal = try Terminal()
      let editor = Self.makeEditor(terminal, SessionHistory())
      let digits = String(repeating: "0123456789", count: 4)
      nonisolated(unsafe) var after = ""
      let input = try Self.follow(editor, terminal) { screen in
        screen.type(digits)
        _ = screen.output(until: "456789")
        screen.resize(20)
        kill(getpid(), SIGWINCH)
        after = screen.output(until: "56789\u{1B}[K\u{1B}[J")
        kill(getpid(), SIGINT)
      }
      #expect(input == .interrupted)
      // Two rows became three: the picture is wiped from its first row and drawn again.
      #expect(after.contains("\u{1B}[2A\r\u{1B}[J"))
      for row in ["In[1]: \u{1B}[0m0123456789012\u{1B}[K", "\n34567890123456789012\u{1B}[K"] {
        #expect(after.contains(row))
      }
    }

    @Test func endsWhenTheTerminalGoesAway() throws {
      let terminal = try Terminal()
      let editor = Self.makeEditor(terminal, SessionHistory())
      terminal.hangUp()
      #expect(try editor.readCell(prompt: "> ") == .end)
    }

    /// A pipe: whole lines, no prompt, the rest at the end.
    @Test func readsPlainLines() throws {
      var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
      pipe(&input)
      pipe(&output)
      let bytes = Array("one\r\nf(\n漢)\n\ng(".utf8)
      write(input[1], bytes, bytes.count)
      close(input[1])
      let editor = LineEditor(
        history: SessionHistory(),
        hooks: EditorHooks(isComplete: { $0.count { $0 == "(" } <= $0.count { $0 == ")" } }),
        input: input[0], output: output[1])
      let inputs = try (0..<5).map { _ in try editor.readCell(prompt: "> ") }
      #expect(inputs == [.cell("one"), .cell("f(\n漢)"), .cell(""), .cell("g("), .end])
      close(output[1])
      var byte: UInt8 = 0
      #expect(read(output[0], &byte, 1) == 0)
      close(input[0])
      close(output[0])
    }
  }
}
