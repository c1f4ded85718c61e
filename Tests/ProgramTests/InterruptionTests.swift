import Experiments
import Foundation
import Testing

/// Killed and resumed through the programs: the same weights as an unbroken run.
@Suite(.serialized)
struct InterruptionTests {
  static let data = "let faces = synthetic studio, identities: 20, images: 160, size: 32, seed: 3\n"
  static func command(epochs: Int) -> String {
    "pretrain supervised, on: faces, width: 8, size: 32, batch: 16, epochs: \(epochs), "
      + "checkpoint-every: 20, device: cpu, as: run"
  }

  /// Final weights without the file's header, which names the run.
  static func weights(_ programs: Programs) throws -> Data {
    let id = try programs.rows("SELECT uuid FROM runs WHERE name = 'run'")
    let uuid = try #require(id.first?[0].textValue)
    let data = try Data(contentsOf: programs.file("runs/\(uuid)/model.safetensors"))
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return data.dropFirst(8 + length)
  }

  static func steps(_ programs: Programs) throws -> Int64 {
    guard FileManager.default.fileExists(atPath: programs.store) else { return 0 }
    let rows = try? programs.rows("SELECT coalesce(max(step), 0) FROM metrics WHERE name = 'loss'")
    return rows?.first?.first?.integerValue ?? 0
  }

  @Test("after kill −9 a run is interrupted, resumes, and ends with an unbroken run's weights")
  func killAndResume() throws {
    let broken = try Programs()
    let started = try broken.start(["-c", Self.data + Self.command(epochs: 24)])
    try broken.wait(seconds: 120) { try Self.steps(broken) > 30 }
    let rows = try broken.rows("SELECT pid FROM runs WHERE status = 'running'")
    let pid = try #require(rows.first?[0].integerValue)
    kill(pid_t(pid), SIGKILL)
    started.process.waitUntilExit()
    #expect(started.process.terminationStatus != 0)
    let shown = try broken.facet("-c", "runs")
    #expect(shown.output.contains("interrupted"), "\(shown)")
    let resumed = try broken.facet("-c", "resume run")
    #expect(resumed.status == 0, "\(resumed)")
    let segments = try broken.rows("SELECT count(*), max(start_step) > 0 FROM run_segments")
    #expect(segments == [[.integer(2), .integer(1)]])

    let unbroken = try Programs()
    let ended = try unbroken.facet("-c", Self.data + Self.command(epochs: 24))
    #expect(ended.status == 0, "\(ended)")
    #expect(try Self.weights(broken) == Self.weights(unbroken))
  }

  @Test("with & a run outlives the shell that started it; stop ends it at once")
  func background() throws {
    let programs = try Programs()
    let started = try programs.facet("-c", Self.data + Self.command(epochs: 400) + " &")
    #expect(started.status == 0 && started.output.contains("process"), "\(started)")
    try programs.wait(seconds: 120) { try Self.steps(programs) > 10 }
    let jobs = try programs.facet("-c", "jobs | select name, status")
    #expect(jobs.output.contains("running"), "\(jobs)")
    let stopped = try programs.facet("-c", "stop run")
    #expect(stopped.status == 0, "\(stopped)")
    #expect(try programs.rows("SELECT status FROM runs") == [[.text("interrupted")]])
  }

  @Test("Ctrl-C pauses with a checkpoint; the same command goes on")
  func pause() throws {
    let programs = try Programs()
    let started = try programs.start(["-c", Self.data + Self.command(epochs: 24)])
    try programs.wait(seconds: 120) { try Self.steps(programs) > 10 }
    kill(started.process.processIdentifier, SIGINT)
    started.process.waitUntilExit()
    #expect(started.process.terminationStatus == 130)
    #expect(try programs.rows("SELECT status FROM runs") == [[.text("paused")]])
    let ended = try programs.facet("-c", Self.data + Self.command(epochs: 24))
    #expect(ended.status == 0, "\(ended)")
    #expect(
      try programs.rows("SELECT status, count(*) FROM runs") == [[.text("finished"), .integer(1)]])
  }
}
