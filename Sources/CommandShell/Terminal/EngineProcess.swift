public import Experiments
public import Foundation
import Glibc

/// Carries out a run in a process of its own, `facet-engine`.
///
/// The engine gets a session of its own, so that the terminal's Ctrl-C and hang-up do not reach
/// it: a first Ctrl-C in the shell asks it to pause (SIGINT), a second one kills it and its
/// children. Where the shell itself dies, the engine goes on alone: writing to the pipe that
/// nobody reads any more must not end it (it ignores SIGPIPE), since its results go to the store.
public struct EngineProcess: JobRunner {
  /// The program, or nil to look for it.
  private let executable: URL?
  private let environment: [String: String]?

  /// - Parameters: executable: nil looks beside this program; environment: added to one's own.
  public init(executable: URL? = nil, environment: [String: String]? = nil) {
    (self.executable, self.environment) = (executable, environment)
  }

  public func run(
    _ run: Run, store: Store, limits: RunLimits, report: (EngineEvent) -> Void
  ) throws -> JobOutcome {
    let folder = store.folder.appending(path: "runs/\(run.id)")
    let outcome = try self.run(
      arguments: ["run", "--store", store.path, "--id", run.id] + limits.arguments,
      log: folder.appending(path: "engine.log"), report: report)
    // A dead engine cannot say so itself; its row must not stay `running`.
    if case .interrupted = outcome { _ = try store.markInterrupted() }
    return outcome
  }

  public func start(cell: String, storePath: String, log: URL) throws -> Int {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return Int(
      try ChildProcess.detached(
        program: program, arguments: ["--store", storePath, "-c", cell], log: log.path))
  }

  /// Starts the engine and follows it to its end.
  func run(
    arguments: [String], log: URL, report: (EngineEvent) -> Void
  ) throws -> JobOutcome {
    let program = try executable ?? EngineLocation.find()
    TerminalSignals.install()
    if TerminalSignals.isInterrupted {
      return .interrupted("Ctrl-C was pressed before the job began.")
    }
    let own = environment ?? [:]
    let inherited = ProcessInfo.processInfo.environment.merging(own) { $1 }
    var child = try ChildProcess(
      program: program.path, arguments: arguments,
      environment: Self.threading(inherited).merging(own) { $1 }, log: log.path)
    defer { child.close() }
    var follower = EngineFollower(log: log)
    let (status, interrupts) = follow(&child, &follower, report: report)
    let outcome = follower.outcome(status, isKilled: interrupts > 1)
    if case .interrupted = outcome { child.killSession() }
    // It finished although it was asked to pause: the loop around it still has to hear that.
    if outcome == .finished, interrupts > 0 { TerminalSignals.noteInterrupt() }
    return outcome
  }

  /// What the engine's environment lacks for its compute threads to share a machine well.
  ///
  /// They wait for each other by spinning, by default long enough to stand still whenever another
  /// program holds a core: on two cores with one busy neighbour 590 images/s become 40, with this
  /// 250, and on a quiet machine nothing is lost. What the user has set stays.
  static func threading(_ environment: [String: String]) -> [String: String] {
    let isDecided = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"].contains { environment[$0] != nil }
    return isDecided ? [:] : ["GOMP_SPINCOUNT": "1000"]
  }

  /// Reads until the engine has ended, and passes Ctrl-C on.
  private func follow(
    _ child: inout ChildProcess, _ follower: inout EngineFollower, report: (EngineEvent) -> Void
  ) -> (ExitStatus, interrupts: Int) {
    var interrupts = 0
    while true {
      let isReadable = TerminalSignals.wait(
        for: child.isOutputClosed ? -1 : child.output,
        milliseconds: child.isOutputClosed ? 20 : 200)
      let pressed = TerminalSignals.takeInterrupts()
      if pressed > 0 {
        // Two presses between two looks are a pause and a kill as well.
        interrupts += pressed
        if interrupts > 1 { child.killSession() } else { child.interrupt() }
      }
      if isReadable, let bytes = child.read() {
        follower.take(bytes, report: report)
        continue
      }
      // The end of the output is not the end of the engine, nor the other way round: a child of
      // the engine may hold the pipe.
      if let status = child.exitStatus() {
        while let bytes = child.read() { follower.take(bytes, report: report) }
        follower.end(report: report)
        return (status, interrupts)
      }
    }
  }
}

extension RunLimits {
  /// As the engine's command line has them.
  var arguments: [String] {
    (share.map { ["--until", "\($0)"] } ?? []) + (seconds.map { ["--seconds", "\($0)"] } ?? [])
  }
}

/// Where `facet-engine` is.
enum EngineLocation {
  static let name = "facet-engine"

  /// `FACET_ENGINE`, else beside this program, else in `../libexec/facet` from there.
  static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    program: String? = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  ) throws -> URL {
    if let path = environment["FACET_ENGINE"], !path.isEmpty {
      guard isProgram(path) else {
        throw EngineError(
          .notFound, "FACET_ENGINE is \(path), which is no program. Correct it or unset it.")
      }
      return URL(fileURLWithPath: path)
    }
    let folder = URL(fileURLWithPath: program ?? "/").deletingLastPathComponent()
    let places = [
      folder.appending(path: name),
      folder.appending(path: "../libexec/facet/\(name)").standardizedFileURL,
    ]
    if let found = places.first(where: { isProgram($0.path) }) { return found }
    throw EngineError(
      .notFound,
      "facet-engine is neither at \(places[0].path) nor at \(places[1].path). Build it "
        + "(make), install it (make install), or name it in FACET_ENGINE.")
  }

  private static func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue && access(path, X_OK) == 0
  }
}
