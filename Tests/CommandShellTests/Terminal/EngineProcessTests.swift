import Experiments
import Foundation
import Glibc
import Testing

@testable import CommandShell

/// Tests that raise signals, one after another: a signal reaches the process as a whole.
@Suite(.serialized) struct SignalTests {}

extension SignalTests {
  /// Small shell scripts stand in for the engine.
  @Suite struct EngineProcessTests {
    /// Runs a script as the engine and returns what it came to, what it said, and its log.
    static func run(
      _ script: String, interruptAfter messages: [String: Int] = [:]
    ) throws -> (JobOutcome, [EngineEvent], log: String) {
      let folder = FileManager.default.temporaryDirectory.appending(path: "engine-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let program = folder.appending(path: "engine.sh")
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
      chmod(program.path, 0o755)
      let log = folder.appending(path: "runs/x/engine.log")
      var events: [EngineEvent] = []
      let outcome = try EngineProcess(executable: program, environment: ["MARK": "seen"])
        .run(arguments: ["run", "a b"], log: log) { event in
          events.append(event)
          if case .message(let text) = event {
            for _ in 0..<(messages[text] ?? 0) { kill(getpid(), SIGINT) }
          }
        }
      // What one test leaves must not stop the next one.
      _ = TerminalSignals.takeInterrupts()
      return (outcome, events, (try? String(contentsOf: log, encoding: .utf8)) ?? "")
    }

    static let progress = """
      {"event":"progress","phase":"train","epoch":3,"epochs":20,"step":120,"steps":800,\
      "loss":5.1,"imagesPerSecond":212.0,"etaSeconds":190.0}
      """

    @Test func reportsEventsInOrder() throws {
      let (outcome, events, log) = try Self.run(
        """
        echo '{"event":"message","text":"'"$1 $2 $MARK"'"}'
        printf '%s' '{"event":"progress","phase":"train","epoch":3,"epochs":20,'
        sleep 0.1
        echo '"step":120,"steps":800,"loss":5.1,"imagesPerSecond":212.0,"etaSeconds":190.0}'
        echo 'a library prints'; echo '{"event":"novelty"}'; echo '{"event":'; echo
        echo 'to the log' >&2
        printf '%s' '{"event":"finished"}'
        """)
      let progress = EngineProgress(
        phase: "train", epoch: 3, epochs: 20, step: 120, steps: 800, loss: 5.1,
        imagesPerSecond: 212, etaSeconds: 190)
      #expect(outcome == .finished)
      #expect(events == [.message("run a b seen"), .progress(progress), .finished])
      #expect(
        log.split(separator: "\n").sorted() == [
          "stdout: a library prints", "stdout: {\"event\":", "stdout: {\"event\":\"novelty\"}",
          "to the log",
        ])
    }

    /// Script, outcome or the words of its message.
    @Test(
      arguments: [
        ("exit 0", .finished, []),
        ("exit 130", .paused, []),
        ("echo '{\"event\":\"paused\"}'; exit 130", .paused, []),
        ("echo '{\"event\":\"failed\",\"message\":\"no data\"}'; exit 1", .failed("no data"), []),
        ("echo '{\"event\":\"finished\"}'; kill -SEGV $$", .finished, []),
        ("echo boom >&2; exit 7", nil, ["exit code 7", "  boom", "engine.log"]),
        ("echo 'x\u{1B}[2J' >&2; kill -ABRT $$", nil, ["SIGABRT (a crash)", "  x^[[2J"]),
        ("kill -KILL $$", nil, ["SIGKILL", "The log is", "a smaller `batch:`"]),
      ] as [(String, JobOutcome?, [String])])
    func tellsHowItEnded(script: String, expected: JobOutcome?, words: [String]) throws {
      let (outcome, _, _) = try Self.run(script)
      if let expected {
        #expect(outcome == expected)
      } else {
        guard case .interrupted(let message) = outcome else {
          Issue.record("\(outcome)")
          return
        }
        for word in words { #expect(message.contains(word), "\(message)") }
      }
    }

    @Test func whatToDoWhereMemoryRunsShort() {
      typealias Follower = EngineFollower
      #expect(Follower.advice(on: SIGKILL, memoryLimit: nil)?.contains("`accumulate:`") == true)
      #expect(
        Follower.advice(on: SIGSEGV, memoryLimit: 3 << 30)?.contains("3072 MB here (`ulimit -v`)")
          == true)
      #expect(Follower.advice(on: SIGSEGV, memoryLimit: nil) == nil)
      #expect(Follower.advice(on: SIGTERM, memoryLimit: 3 << 30) == nil)
    }

    static let pausing = """
      trap 'echo "{\\"event\\":\\"message\\",\\"text\\":\\"saving\\"}"; asked=1' INT
      echo '{"event":"message","text":"ready"}'
      while [ -z "$asked" ]; do sleep 0.05; done
      """

    @Test func ctrlCPauses() throws {
      let (outcome, events, _) = try Self.run(
        Self.pausing + "\necho '{\"event\":\"paused\"}'\nexit 130", interruptAfter: ["ready": 1])
      #expect(outcome == .paused)
      #expect(events == [.message("ready"), .message("saving"), .paused])
    }

    @Test func aSecondCtrlCKillsItAndItsChildren() throws {
      let start = Date()
      let (outcome, events, _) = try Self.run(
        Self.pausing + "\nsleep 30", interruptAfter: ["ready": 1, "saving": 1])
      #expect(outcome == .interrupted("The job was killed by Ctrl-C."))
      #expect(events == [.message("ready"), .message("saving")])
      #expect(Date().timeIntervalSince(start) < 10)
    }

    /// A sweep around the job has to hear of a Ctrl-C that came too late for the job.
    @Test func aLateCtrlCIsNotLost() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "late-\(UUID()).sh")
      defer { try? FileManager.default.removeItem(at: folder) }
      try Data("#!/bin/sh\n\(Self.pausing)\necho '{\"event\":\"finished\"}'".utf8).write(to: folder)
      chmod(folder.path, 0o755)
      let engine = EngineProcess(executable: folder)
      let log = folder.appendingPathExtension("d").appending(path: "log")
      defer { try? FileManager.default.removeItem(at: log.deletingLastPathComponent()) }
      let outcome = try engine.run(arguments: [], log: log) { event in
        if event == .message("ready") { kill(getpid(), SIGINT) }
      }
      #expect(outcome == .finished)
      #expect(TerminalSignals.isInterrupted)
      let next = try engine.run(arguments: [], log: log) { _ in Issue.record("it was started") }
      #expect(next == .interrupted("Ctrl-C was pressed before the job began."))
      #expect(TerminalSignals.takeInterrupt())
      #expect(!TerminalSignals.takeInterrupt())
    }

    @Test func aDeadEnginesRunIsShownAsInterrupted() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let store = try Store(path: folder.appending(path: "experiments.sqlite").path)
      let specification = RunSpecification(
        kind: .pretrain, method: "swav", data: .text("x"), options: [:], seed: 1)
      let run = try store.createRun(
        specification: specification, name: "x", dataFingerprint: "f", parents: [])
      let program = folder.appending(path: "engine.sh")
      // The script marks the run as its own, as the engine does, and is then killed.
      let script = """
        #!/bin/sh
        [ "$1 $2 $3 $4 $5" = "run --store \(store.path) --id \(run.id)" ] || exit 9
        echo '{"event":"message","text":"'$$'"}'
        read line < \(folder.path)/go
        kill -KILL $$
        """
      try Data(script.utf8).write(to: program)
      chmod(program.path, 0o755)
      mkfifo(folder.appending(path: "go").path, 0o600)
      let outcome = try EngineProcess(executable: program).run(run, store: store, limits: .none) {
        event in
        guard case .message(let text) = event, let pid = Int64(text) else { return }
        _ = try? store.start(run: run.id, device: "cpu", threads: 1)
        _ = try? store.write { transaction in
          try transaction.execute(
            "UPDATE runs SET pid = ?, process_started = NULL", [.integer(pid)])
        }
        try? Data("go\n".utf8).write(to: folder.appending(path: "go"))
      }
      guard case .interrupted(let message) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(message.contains("SIGKILL"))
      #expect(message.contains("runs/\(run.id)/engine.log"))
      #expect(try store.run(id: run.id)?.status == .interrupted)
    }

    /// The end of the engine counts, not the end of its output: a child may hold the pipe.
    @Test func doesNotWaitForStrayChildren() throws {
      let start = Date()
      let (outcome, _, _) = try Self.run("sleep 20 & echo '{\"event\":\"finished\"}'")
      #expect(outcome == .finished)
      #expect(Date().timeIntervalSince(start) < 5)
      let (closed, _, _) = try Self.run("exec >&-; sleep 0.3; exit 130")
      #expect(closed == .paused)
    }

    @Test("compute threads wait for each other patiently, unless the user decides otherwise")
    func threading() throws {
      #expect(EngineProcess.threading([:]) == ["GOMP_SPINCOUNT": "1000"])
      #expect(EngineProcess.threading(["GOMP_SPINCOUNT": "5"]).isEmpty)
      #expect(EngineProcess.threading(["OMP_WAIT_POLICY": "ACTIVE"]).isEmpty)
      let (_, _, log) = try Self.run(#"echo "spins $GOMP_SPINCOUNT for $MARK" >&2"#)
      let wanted = ProcessInfo.processInfo.environment["GOMP_SPINCOUNT"] ?? "1000"
      #expect(log.contains("spins \(wanted) for seen"))
    }

    @Test func saysWhereTheEngineShouldBe() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "place-\(UUID())")
      defer { try? FileManager.default.removeItem(at: folder) }
      let libexec = folder.appending(path: "libexec/facet")
      try FileManager.default.createDirectory(at: libexec, withIntermediateDirectories: true)
      let program = folder.appending(path: "bin/facet").path
      let missing = #expect(throws: EngineError.self) {
        try EngineLocation.find(environment: [:], program: program)
      }
      #expect(missing?.message.contains("FACET_ENGINE") == true)
      let engine = libexec.appending(path: "facet-engine")
      try Data().write(to: engine)
      chmod(engine.path, 0o755)
      #expect(try EngineLocation.find(environment: [:], program: program).path == engine.path)
      let named = ["FACET_ENGINE": "/bin/sh"]
      #expect(try EngineLocation.find(environment: named, program: program).path == "/bin/sh")
      let wrong = #expect(throws: EngineError.self) {
        try EngineLocation.find(environment: ["FACET_ENGINE": "/nowhere"], program: program)
      }
      #expect(wrong?.message.contains("/nowhere") == true)
      let log = folder.appending(path: "log")
      let broken = EngineProcess(executable: libexec)
      let error = #expect(throws: EngineError.self) {
        try broken.run(arguments: [], log: log) { _ in }
      }
      #expect(error?.code == .cannotStart)
    }
  }
}
