import Experiments
import Foundation
import Testing

/// Several processes that train one network, through the programs.
@Suite(.serialized)
struct RankTests {
  private static let data =
    "let faces = synthetic studio, identities: 20, images: 64, size: 32, seed: 3\n"

  private static func command(_ options: String) -> String {
    data
      + "pretrain swav, on: faces, width: 8, size: 32, local-size: 16, local-crops: 2, batch: 16, "
      + "prototypes: 20, freeze-prototypes: 0, learning-rate: 0.1, threads: 2, device: cpu, "
      + "precision: float32, checkpoint-every: 4, \(options), as: run"
  }

  private static func losses(_ programs: Programs) throws -> [Double] {
    try programs.rows(
      "SELECT value FROM metrics WHERE name = 'loss' AND superseded = 0 ORDER BY step"
    ).compactMap { $0[0].realValue }
  }

  private static func child(of parent: Int64) throws -> pid_t? {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").lazy.compactMap { pid_t($0) }.first
    {
      // After the name in brackets: state, parent.
      let text = try? String(contentsOfFile: "/proc/\($0)/stat", encoding: .utf8)
      let fields = text?.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && Int64(fields[1]) == parent
    }
  }

  /// float32; the first loss to 1e-5, later ones to 1 %: sums in another order, amplified by batch norm.
  @Test("two ranks have the losses of one with the same batch")
  func equality() throws {
    let (one, two) = (try Programs(), try Programs())
    for (programs, ranks) in [(one, 1), (two, 2)] {
      let ended = try programs.facet("-c", Self.command("epochs: 2, ranks: \(ranks)"))
      #expect(ended.status == 0, "\(ended)")
    }
    let (alone, shared) = (try Self.losses(one), try Self.losses(two))
    #expect(alone.count == 8 && shared.count == 8)
    for (step, (a, b)) in zip(alone, shared).enumerated() {
      #expect(abs(a - b) < (step == 0 ? 1e-5 : 1e-2) * a, "step \(step): \(a) alone, \(b)")
    }
  }

  @Test("a rank that dies ends the run with a reason, and it goes on from its checkpoint")
  func lostRank() throws {
    let programs = try Programs()
    let started = try programs.start(["-c", Self.command("epochs: 500, ranks: 2")])
    // Until the store is made there is nothing to read.
    try programs.wait(seconds: 120) { (try? Self.losses(programs).count) ?? 0 > 8 }
    let pid = try #require(
      try programs.rows("SELECT pid FROM runs WHERE status = 'running'").first?[0].integerValue)
    let child = try #require(try Self.child(of: pid))
    kill(child, SIGKILL)
    started.process.waitUntilExit()
    #expect(started.process.terminationStatus == 1)
    let rows = try programs.rows("SELECT status, error FROM runs")
    #expect(rows.first?[0] == .text("failed"))
    #expect(rows.first?[1].textValue?.contains("another rank of this run is gone") == true)
    // On it goes, and a Ctrl-C pauses both.
    let again = try programs.start(["-c", "resume run"])
    let before = try Self.losses(programs).count
    try programs.wait(seconds: 120) { try Self.losses(programs).count > before + 4 }
    kill(again.process.processIdentifier, SIGINT)
    again.process.waitUntilExit()
    #expect(again.process.terminationStatus == 130)
    let segments = try programs.rows("SELECT max(start_step) > 0, count(*) FROM run_segments")
    #expect(segments == [[.integer(1), .integer(2)]])
  }

  @Test("torchrun's and srun's variables are honoured: two engines that find each other")
  func environment() throws {
    let programs = try Programs()
    _ = try programs.facet("-c", Self.command("epochs: 1"))
    let (run, store) = try Self.again(programs)
    #expect(try Self.twoEngines(programs, run, place: 0) == [0, 0])
    #expect(try store.run(id: run.id)?.status == .finished)
    let losses = try programs.rows(
      "SELECT count(*) FROM metrics WHERE run_name = 'shared' AND name = 'loss'")
    #expect(losses == [[.integer(4)]])
  }

  @Test("what is not shared among ranks is done by the first of them alone")
  func adaptation() throws {
    let programs = try Programs()
    let ended = try programs.facet(
      "-c",
      Self.data
        + "adapt head-pose, on: faces, width: 8, size: 32, batch: 16, steps: 4, device: cpu, threads: 1"
    )
    #expect(ended.status == 0, "\(ended)")
    let (run, store) = try Self.again(programs)
    #expect(try Self.twoEngines(programs, run, place: 1) == [0, 0])
    #expect(try store.run(id: run.id)?.status == .finished)
    let results = try programs.rows("SELECT count(DISTINCT run_id) FROM results")
    #expect(results == [[.integer(2)]])
  }

  /// A run that waits, like the one that the store has.
  private static func again(_ programs: Programs) throws -> (Run, Store) {
    let uuid = try #require(try programs.rows("SELECT uuid FROM runs").first?[0].textValue)
    let store = try Store(path: programs.store, mode: .readWrite)
    let old = try #require(try store.run(id: uuid))
    let run = try store.createRun(
      specification: old.specification, name: "shared", dataFingerprint: old.dataFingerprint)
    return (run, store)
  }

  /// - Parameter place: 0 or 1, a port of its own for each test.
  /// - Returns: the exit statuses of two engines that Slurm has started, as it seems to them.
  private static func twoEngines(
    _ programs: Programs, _ run: Run, place: Int
  ) throws -> [Int32] {
    let port = 21_000 + Int(ProcessInfo.processInfo.processIdentifier) % 4000 * 2 + place
    let engines = try (0..<2).map { rank in
      let process = Process()
      process.executableURL = try Programs.program("facet-engine")
      process.arguments = ["run", "--store", programs.store, "--id", run.id]
      process.environment = ProcessInfo.processInfo.environment.merging([
        "SLURM_PROCID": "\(rank)", "SLURM_STEP_NUM_TASKS": "2", "SLURM_LOCALID": "\(rank)",
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
      ]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      return process
    }
    for process in engines { process.waitUntilExit() }
    return engines.map(\.terminationStatus)
  }
}
