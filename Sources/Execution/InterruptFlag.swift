import Foundation
import Synchronization

/// Set by SIGINT and SIGTERM, read between steps. A signal handler can touch nothing but a static
/// atomic, so this is the program's one global.
public enum InterruptFlag {
  private static let isSet = Atomic<Bool>(false)

  public static var isRaised: Bool { isSet.load(ordering: .relaxed) }

  /// Takes over SIGINT and SIGTERM (pause with a checkpoint) and ignores SIGPIPE: a shell that
  /// went away must not end the job.
  public static func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in InterruptFlag.isSet.store(true, ordering: .relaxed) }
    }
    signal(SIGPIPE, SIG_IGN)
    // The starting program's thread may have had them blocked, which is inherited.
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}
