import Foundation
import Testing

@testable import Experiments

@Suite struct LifecycleTests {
  let store: Store
  let run: Run

  init() throws {
    store = try Store(path: ":memory:")
    run = try store.createRun(specification: adaptation(), dataFingerprint: "abc")
  }

  private func status() throws -> RunStatus? { try store.run(id: run.id)?.status }

  /// Pretends that the run was started by another process.
  private func move(host: String, pid: Int, started: String?, silence: Double = 0) throws {
    try store.write { transaction in
      try transaction.execute(
        "UPDATE runs SET host = ?, pid = ?, process_started = ?, heartbeat = ?",
        [
          .text(host), SQLValue(pid), SQLValue(started),
          SQLValue(Date().addingTimeInterval(-silence)),
        ])
    }
  }

  @Test func pausedResumedFinished() throws {
    try store.start(run: run.id, device: "cpu", threads: 2, versions: ["torch": "2.13.0"])
    #expect(try status() == .running)
    try store.heartbeat(run: run.id)
    try store.pause(run: run.id)
    #expect(try status() == .paused)
    #expect(try store.resumableRun(cacheKey: run.cacheKey)?.id == run.id)
    try store.start(run: run.id, device: "cuda", threads: 4, step: 120)
    try store.finish(run: run.id)
    let found = try #require(try store.run(id: run.id))
    #expect(found.status == .finished && found.device == "cuda" && found.threads == 4)
    #expect(found.process == ProcessIdentity.current)
    #expect(found.finished != nil && found.started != nil && found.durationSeconds > 0)
    let segments = try store.query(
      "SELECT ordinal, start_step, device, versions ->> 'torch' FROM run_segments")
    #expect(
      segments.rows == [
        [.integer(1), .integer(0), .text("cpu"), .text("2.13.0")],
        [.integer(2), .integer(120), .text("cuda"), .null],
      ])
    let sum = try store.query("SELECT sum(ended - started) FROM run_segments").rows[0][0].realValue
    #expect(abs(found.durationSeconds - (sum ?? -1)) < 1e-6)
  }

  @Test func aLivingRunCannotBeStartedAgain() throws {
    try store.start(run: run.id, device: "cpu", threads: 2)
    let error = #expect(throws: ExperimentsError.self) {
      try store.start(run: run.id, device: "cpu", threads: 2)
    }
    #expect(error?.code == .wrongState)
    #expect(error?.message.contains("process \(getpid())") == true)
  }

  @Test func aFinishedRunStaysSo() throws {
    try store.start(run: run.id, device: "cpu", threads: 2)
    try store.finish(run: run.id)
    #expect(throws: ExperimentsError.self) { try store.pause(run: run.id) }
    #expect(throws: ExperimentsError.self) { try store.heartbeat(run: run.id) }
    #expect(throws: ExperimentsError.self) { try store.fail(run: run.id, message: "no") }
    #expect(throws: ExperimentsError.self) {
      try store.start(run: run.id, device: "cpu", threads: 2)
    }
    #expect(try status() == .finished)
  }

  @Test func aFailureKeepsItsMessageUntilTheNextStart() throws {
    try store.start(run: run.id, device: "cpu", threads: 2)
    try store.fail(run: run.id, message: "The loss is NaN at step 7.")
    #expect(try store.run(id: run.id)?.error == "The loss is NaN at step 7.")
    #expect(try store.resumableRun(cacheKey: run.cacheKey)?.id == run.id)
    try store.start(run: run.id, device: "cpu", threads: 2)
    #expect(try store.run(id: run.id)?.error == nil)
  }

  @Test func ownProcessIsAlive() throws {
    try store.start(run: run.id, device: "cpu", threads: 2)
    #expect(try store.markInterrupted().isEmpty)
    #expect(try status() == .running)
  }

  @Test func aDeadProcessOnThisHostIsInterrupted() throws {
    let sleeper = Process()
    sleeper.executableURL = URL(fileURLWithPath: "/bin/sleep")
    sleeper.arguments = ["60"]
    try sleeper.run()
    let pid = Int(sleeper.processIdentifier)
    let mark = ProcessIdentity.startMark(pid: pid)
    try store.start(run: run.id, device: "cpu", threads: 2)
    try move(host: ProcessIdentity.current.host, pid: pid, started: mark)
    #expect(try store.markInterrupted().isEmpty)
    kill(sleeper.processIdentifier, SIGKILL)
    sleeper.waitUntilExit()
    #expect(try store.markInterrupted().map(\.id) == [run.id])
    #expect(try status() == .interrupted)
    #expect(try store.run(id: run.id)?.error?.contains("process \(pid)") == true)
    try store.start(run: run.id, device: "cpu", threads: 2)  // and it can go on
    #expect(try status() == .running)
  }

  @Test func aReusedPidDoesNotCountAsAlive() throws {
    try store.start(run: run.id, device: "cpu", threads: 2)
    let mark = try #require(ProcessIdentity.current.started)
    try move(host: ProcessIdentity.current.host, pid: Int(getpid()), started: mark + "9")
    #expect(try store.markInterrupted().map(\.id) == [run.id])
  }

  @Test(arguments: [(59.0, RunStatus.running), (61.0, .interrupted)])
  func elsewhereTheHeartbeatDecides(silence: Double, expected: RunStatus) throws {
    try store.start(run: run.id, device: "cpu", threads: 2)
    try move(host: "elsewhere.invalid", pid: 1, started: nil, silence: silence)
    try store.markInterrupted()
    #expect(try status() == expected)
  }

  @Test func aRunTakenForDeadRevivesWithItsHeartbeat() throws {
    try store.start(run: run.id, device: "cpu", threads: 2)
    try move(host: "elsewhere.invalid", pid: 1, started: nil, silence: 100)
    try store.markInterrupted()
    try store.heartbeat(run: run.id)
    #expect(try status() == .running)
    #expect(try store.run(id: run.id)?.error == nil)
  }
}
