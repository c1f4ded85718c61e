import Experiments
import Foundation
import Glibc
import Statistics

/// Commands on runs that other processes carry out.
enum JobCommands {
  static let all: [CommandDefinition] = [
    CommandDefinition(
      "jobs", .experiments, "runs that are under way or wait to go on", usage: "jobs", run: jobs),
    CommandDefinition(
      "watch", .experiments, "follows a run to its end; Ctrl-C stops looking, not the run",
      usage: "watch RUN", arguments: ["a run"], effect: .writes, run: watch),
    CommandDefinition(
      "pause", .experiments, "asks a run to stop with a checkpoint; `resume` goes on",
      usage: "pause RUN", arguments: ["a run"], effect: .writes, run: pause),
    CommandDefinition(
      "stop", .experiments, "ends a run at once; `resume` goes on from its last checkpoint",
      usage: "stop RUN", arguments: ["a run"], effect: .writes, run: stop),
  ]

  @Sendable private static func jobs(_ invocation: Invocation) throws -> Value {
    let columns = [
      "name", "status", "done", "step", "loss", "duration", "left", "process", "run",
    ]
    guard let store = try invocation.session.storeIfAny() else {
      return .table(Table(DataFrame(columns: columns, rows: [])))
    }
    _ = try store.markInterrupted()
    let open: Set<RunStatus> = [.queued, .running, .paused, .interrupted]
    let rows = try store.runs(status: open).map { run in
      let last = try progress(of: run, in: store)
      let isRunning = run.status == .running
      let seconds = Date().timeIntervalSince(run.started ?? Date())
      let left = isRunning ? last?.etaSeconds : nil
      return [
        .text(run.name), .text(run.status.rawValue),
        last?.fraction.map { .text("\(Int(100 * $0))%") } ?? .missing,
        last?.step.map { .integer($0) } ?? .missing, last?.loss.map { .number($0) } ?? .missing,
        .text(Session.duration(isRunning ? seconds : run.durationSeconds)),
        left.map { .text(Session.duration($0)) } ?? .missing,
        isRunning ? run.process.map { .integer($0.pid) } ?? .missing : .missing,
        .text(run.id),
      ] as [Statistics.Cell]
    }
    return .table(Table(DataFrame(columns: columns, rows: rows)))
  }

  /// What the run's folder tells; its loss alone where it tells nothing, as in a store that was
  /// copied without its folders.
  private static func progress(of run: Run, in store: Store) throws -> EngineProgress? {
    if let told = EngineProgress(folder: store.folder.appending(path: "runs/\(run.id)")) {
      return told
    }
    let rows = try store.query(
      """
      SELECT step, value FROM metrics WHERE run = ? AND name = 'loss' AND superseded = 0
      ORDER BY step DESC LIMIT 1
      """, [.text(run.id)]
    ).rows
    guard let row = rows.first, let step = row[0].integerValue else { return nil }
    return EngineProgress(phase: "train", step: Int(step), loss: row[1].realValue)
  }

  // MARK: Following

  @Sendable private static func watch(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let store = try session.store()
    var run = try invocation.run(invocation.positional[0])
    func tell(_ stage: JobReport.Stage) {
      session.onJob(JobReport(run: run, stage: stage, position: 1, total: 1, isWatched: true))
    }
    tell(.started)
    while let now = try store.run(id: run.id) {
      run = now
      let status = store.effectiveStatus(of: run)
      guard status == .running || status == .queued else {
        if status == .interrupted { _ = try store.markInterrupted() }
        tell(.ended(outcome(run, status)))
        return .runs([run])
      }
      if let last = try progress(of: run, in: store) { tell(.event(.progress(last))) }
      usleep(300_000)
      if session.isInterrupted() {
        tell(.left)
        session.emit(.note("\(run.name) goes on without being watched"))
        return .nothing
      }
    }
    return .nothing
  }

  private static func outcome(_ run: Run, _ status: RunStatus) -> JobOutcome {
    switch status {
    case .paused: .paused
    case .failed: .failed(run.error ?? "")
    case .interrupted: .interrupted(run.error ?? "its process is gone")
    default: .finished
    }
  }

  // MARK: Ending

  @Sendable private static func pause(_ invocation: Invocation) throws -> Value {
    let run = try signal(invocation, SIGINT)
    invocation.session.emit(.note("\(run.name) · asked to pause at its next step"))
    return .nothing
  }

  @Sendable private static func stop(_ invocation: Invocation) throws -> Value {
    let run = try signal(invocation, SIGKILL)
    let store = try invocation.session.store()
    // The system takes a moment to end a process.
    for _ in 0..<50 where store.effectiveStatus(of: run) == .running { usleep(20_000) }
    _ = try store.markInterrupted()
    invocation.session.emit(.note("\(run.name) · stopped; `resume` goes on from its checkpoint"))
    return .nothing
  }

  private static func signal(_ invocation: Invocation, _ signal: Int32) throws -> Run {
    let expression = invocation.positional[0]
    let run = try invocation.run(expression)
    let status = try invocation.session.store().effectiveStatus(of: run)
    guard status == .running, let process = run.process else {
      throw ShellError(
        .unknownRun, "\(run.name) is \(status.rawValue), not running", at: expression.range,
        notes: ["`jobs` lists what is under way"])
    }
    guard process.isAlive == true, let pid = pid_t(exactly: process.pid) else {
      throw ShellError(
        .unknownRun, "\(run.name) runs on \(process.host), out of reach from here",
        at: expression.range, notes: ["give the command on that machine"])
    }
    guard kill(pid, signal) == 0 else {
      throw ShellError(
        .jobFailed, "process \(pid) cannot be signalled: \(String(cString: strerror(errno)))",
        at: expression.range)
    }
    return run
  }
}
