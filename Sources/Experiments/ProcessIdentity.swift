import Foundation

/// Tells a process from every other one: on this host, elsewhere, and later with the same pid.
public struct ProcessIdentity: Sendable, Hashable {
  public let host: String
  public let pid: Int
  /// The boot's id and the process's start time in clock ticks since that boot, where known.
  public let started: String?

  public init(host: String, pid: Int, started: String?) {
    (self.host, self.pid, self.started) = (host, pid, started)
  }

  /// This process.
  public static let current = ProcessIdentity(
    host: hostName(), pid: Int(getpid()), started: startMark(pid: Int(getpid())))

  /// Whether the process runs, or nil where only its own host can tell.
  ///
  /// A pid that another process has got meanwhile does not count: its start time differs.
  public var isAlive: Bool? {
    guard host == ProcessIdentity.current.host else { return nil }
    guard let process = pid_t(exactly: pid), process > 0 else { return false }
    // EPERM: it exists, but belongs to somebody else.
    guard kill(process, 0) == 0 || errno == EPERM else { return false }
    guard let started, let now = ProcessIdentity.startMark(pid: pid) else { return true }
    return started == now
  }

  private static func hostName() -> String {
    let name = ProcessInfo.processInfo.hostName
    return name.isEmpty ? "unknown" : name
  }

  /// "<boot id>:<start time>"; nil where /proc does not tell. A zombie, which does nothing any
  /// more, has another mark than the process that it was.
  static func startMark(pid: Int) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      // Field 2 is the command in parentheses and may hold anything; field 3 follows it.
      let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 19 else { return nil }
    let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    let state = fields[0] == "Z" ? ":zombie" : ""
    return (boot?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "") + ":" + fields[19] + state
  }
}
