import Experiments
import FaceData
import Foundation
import Torch

/// The engine's whole command line; see `usage`.
public enum EngineCommand {
  public static let usage = """
    usage: facet-engine run --store PATH --id UUID [--until SHARE] [--seconds SECONDS]
       or: facet-engine describe

      --until SHARE      pauses after this share of the steps, such as 0.25
      --seconds SECONDS  pauses after so many seconds

    As one of several processes (torchrun, srun) it takes its rank from the environment.
    """

  /// No option here may begin one of torchrun's (`--run-path`): it would take it for its own.
  private struct Arguments {
    var store = ""
    var run = ""
    var limits = JobLimits()

    /// Nil for arguments that are not as the usage says.
    init?(_ words: [String]) {
      guard words.first == "run", words.count % 2 == 1 else { return nil }
      for place in stride(from: 1, to: words.count, by: 2) {
        let value = words[place + 1]
        switch words[place] {
        case "--store": store = value
        case "--id": run = value
        case "--until":
          guard let share = Double(value), share > 0 else { return nil }
          limits.share = share
        case "--seconds":
          guard let seconds = Double(value), seconds.isFinite else { return nil }
          limits.deadline = Date().addingTimeInterval(seconds)
        default: return nil
        }
      }
      if store.isEmpty || run.isEmpty { return nil }
    }
  }

  /// - Returns: the exit status: 0 finished, 1 failed, 2 usage, 130 paused.
  public static func run(arguments words: [String]) -> Int32 {
    if words == ["describe"] {
      FileHandle.standardOutput.write(Data(EngineDescription.text.utf8))
      return 0
    }
    guard let arguments = Arguments(words) else {
      FileHandle.standardError.write(Data((usage + "\n").utf8))
      return 2
    }
    InterruptFlag.install()
    keepFreedMemory()
    let events = EventStream()
    var rank = 0
    do {
      let environment = ProcessInfo.processInfo.environment
      guard let place = try RankPlace(environment: environment) else {
        return try start(arguments, words: words, events: events).exitStatus
      }
      rank = place.rank
      let engine = try engine(arguments, place: place) { event in
        if place.rank == 0 { events.send(event) }
      }
      return try engine.execute(run: arguments.run).exitStatus
    } catch {
      // Standard output belongs to the first rank; what others say goes to the log.
      if rank == 0 {
        events.send(.failed("\(error)"))
      } else {
        FileHandle.standardError.write(Data("rank \(rank): \(error)\n".utf8))
      }
      return 1
    }
  }

  /// Carries the run out, with the other ranks that it asks for.
  private static func start(
    _ arguments: Arguments, words: [String], events: EventStream
  ) throws -> JobEnd {
    var engine = try engine(arguments, place: nil, events: events.send)
    let ranks = try engine.ranks(ofRun: arguments.run)
    guard ranks > 1 else { return try engine.execute(run: arguments.run) }
    let launcher = try RankLauncher(size: ranks, arguments: words)
    defer { launcher.finish() }
    engine.ranks = Ranks(group: launcher.group, localRank: 0, perMachine: ranks)
    return try engine.execute(run: arguments.run)
  }

  private static func engine(
    _ arguments: Arguments, place: RankPlace?, events: @escaping (EngineEvent) -> Void
  ) throws -> Engine {
    var engine = Engine(
      store: try Store(path: arguments.store, mode: .readWrite),
      folder: URL(filePath: arguments.store).absoluteURL.deletingLastPathComponent(),
      limits: arguments.limits, events: events)
    if let place {
      let environment = ProcessInfo.processInfo.environment
      let names = ["LOCAL_WORLD_SIZE", "SLURM_NTASKS_PER_NODE"]
      let perMachine = names.compactMap { environment[$0].flatMap { Int($0) } }.first
      engine.ranks = Ranks(
        group: try place.join(), localRank: place.localRank, perMachine: perMachine ?? place.size)
    }
    return engine
  }
}

extension JobEnd {
  var exitStatus: Int32 {
    switch self {
    case .finished: 0
    case .paused: 130
    }
  }
}

/// Events as JSON lines on standard output. A reader that went away is no error: the store has all.
struct EventStream {
  func send(_ event: EngineEvent) {
    guard let line = try? CanonicalJSON.encode(event) else { return }
    try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
  }
}
