import Foundation
import Glibc

enum ExitStatus: Hashable {
  case exited(Int32)
  case signalled(Int32)
}

/// A program in a session of its own: nothing on its standard input, its standard output in a
/// pipe, its standard error at the end of a file.
struct ChildProcess {
  let process: pid_t
  /// The reading end of the pipe.
  let output: Int32
  private(set) var isOutputClosed = false
  private var status: ExitStatus?

  /// - Throws: `EngineError` with the program and the system's reason.
  init(
    program: String, arguments: [String], environment: [String: String]?, log: String
  ) throws {
    let folder = URL(fileURLWithPath: log).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Self.error(program, errno) }
    defer { Glibc.close(ends[1]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let merged = ProcessInfo.processInfo.environment.merging(environment ?? [:]) { $1 }
    do {
      process = try Self.spawn(
        program, arguments, environment: merged.map { "\($0)=\($1)" }, output: ends[1], log: log)
    } catch {
      Glibc.close(ends[0])
      throw error
    }
    output = ends[0]
  }

  /// Starts a program that writes into a file and goes on when this one ends.
  ///
  /// - Returns: its process id.
  static func detached(program: String, arguments: [String], log: String) throws -> pid_t {
    let folder = URL(fileURLWithPath: log).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw error(program, errno) }
    defer { Glibc.close(file) }
    let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
    return try spawn(program, arguments, environment: environment, output: file, log: log)
  }

  private static func spawn(
    _ program: String, _ arguments: [String], environment: [String], output: Int32, log: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    for descriptor in openDescriptors where descriptor > 2 && descriptor != output {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (defaults, mask) = (sigset_t(), sigset_t())
    sigemptyset(&mask)
    sigemptyset(&defaults)
    for signal in [SIGINT, SIGPIPE, SIGTERM, SIGHUP] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setsigmask(&attributes, &mask)
    let setSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which Swift does not import
    let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | setSession
    posix_spawnattr_setflags(&attributes, Int16(flags))
    return try withCStrings([program] + arguments) { words in
      try withCStrings(environment) { environment in
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, &attributes, words, environment)
        guard code == 0 else { throw error(program, code) }
        return process
      }
    }
  }

  /// What a child would inherit. It outlives this program: whoever waits for the end of something
  /// that it still held open, such as a pipe, would wait for the child.
  private static var openDescriptors: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
  ) rethrows -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return try body(copies + [nil])
  }

  private static func error(_ program: String, _ code: Int32) -> EngineError {
    EngineError(
      .cannotStart,
      "cannot start \(program): \(String(cString: strerror(code))). Check that the "
        + "file is a program of this machine and that there is memory for it.")
  }

  /// Asks the program to pause; it knows what to tell its children.
  func interrupt() {
    if status == nil { kill(process, SIGINT) }
  }

  /// Ends the program and whatever it started.
  func killSession() { kill(-process, SIGKILL) }

  /// What the pipe holds; nil when nothing is there or the other end is closed.
  mutating func read() -> [UInt8]? {
    guard !isOutputClosed else { return nil }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(output, &bytes, bytes.count)
    if count == 0 { isOutputClosed = true }
    return count > 0 ? Array(bytes[..<count]) : nil
  }

  /// How the program ended; nil while it runs.
  mutating func exitStatus() -> ExitStatus? {
    if let status { return status }
    var code: Int32 = 0
    var result = waitpid(process, &code, WNOHANG)
    while result < 0, errno == EINTR { result = waitpid(process, &code, WNOHANG) }
    guard result != 0 else { return nil }
    // Bits as in <sys/wait.h>; a child that someone else collected counts as ended.
    let signal = code & 0x7F
    status = signal == 0 ? .exited((code >> 8) & 0xFF) : .signalled(signal)
    return status
  }

  func close() { Glibc.close(output) }
}
