import Glibc
import Synchronization

/// Ctrl-C and window changes, made safe to act upon: the signal handler only counts and wakes
/// whoever polls `wakeDescriptor`; the program asks between its steps.
public enum TerminalSignals {
  /// Takes over SIGINT and SIGWINCH for this process. Calling it again changes nothing.
  public static func install() {
    guard wakeWriteEnd.load(ordering: .relaxed) < 0 else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    // First use initialises the counters here, so that the handler finds them ready.
    interruptCount.store(0, ordering: .relaxed)
    resizeCount.store(0, ordering: .relaxed)
    wakeReadEnd.store(ends[0], ordering: .relaxed)
    wakeWriteEnd.store(ends[1], ordering: .sequentiallyConsistent)
    for signal in [SIGINT, SIGWINCH] { handle(signal, with: noteSignal, flags: SA_RESTART) }
    unblock([SIGINT, SIGWINCH])
  }

  /// Whoever started this program may have blocked signals in the thread that did, and a new
  /// program inherits that.
  private static func unblock(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// Whether Ctrl-C was pressed since the last `takeInterrupt`. Long work asks between its steps.
  public static var isInterrupted: Bool {
    interruptCount.load(ordering: .relaxed) > 0
  }

  /// Whether Ctrl-C was pressed; forgets it.
  public static func takeInterrupt() -> Bool {
    interruptCount.exchange(0, ordering: .relaxed) > 0
  }

  /// How often Ctrl-C was pressed; forgets it.
  static func takeInterrupts() -> Int { interruptCount.exchange(0, ordering: .relaxed) }

  /// As if Ctrl-C had been pressed.
  static func noteInterrupt() { interruptCount.add(1, ordering: .relaxed) }

  static func takeResize() -> Bool { resizeCount.exchange(0, ordering: .relaxed) > 0 }

  /// Readable after a signal; -1 before `install`.
  static var wakeDescriptor: Int32 { wakeReadEnd.load(ordering: .relaxed) }

  /// Waits until a descriptor is readable, a signal arrives or the time is over.
  /// - Parameter milliseconds: -1 waits without end.
  /// - Returns: whether the descriptor is readable, or closed at the other end.
  static func wait(for descriptor: Int32, milliseconds: Int32) -> Bool {
    var polls = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&polls, 2, milliseconds) > 0 else { return false }
    if polls[1].revents != 0 { drain(wakeDescriptor) }
    return polls[0].revents != 0
  }

  private static func drain(_ descriptor: Int32) {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }

  static func handle(
    _ signal: Int32, with handler: @escaping @convention(c) (Int32) -> Void, flags: Int32
  ) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = flags
    sigemptyset(&action.sa_mask)
    sigaction(signal, &action, nil)
  }
}

private let interruptCount = Atomic<Int>(0)
private let resizeCount = Atomic<Int>(0)
private let wakeReadEnd = Atomic<Int32>(-1)
private let wakeWriteEnd = Atomic<Int32>(-1)

/// Async-signal-safe: atomics and write(2) only.
private func noteSignal(_ signal: Int32) {
  let saved = errno
  if signal == SIGINT {
    interruptCount.add(1, ordering: .relaxed)
  } else {
    resizeCount.add(1, ordering: .relaxed)
  }
  var byte: UInt8 = 1
  _ = write(wakeWriteEnd.load(ordering: .relaxed), &byte, 1)
  errno = saved
}
