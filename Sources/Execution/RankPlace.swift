import Foundation
import Torch

/// This process's place among those that carry out one run, as `torchrun` or Slurm's `srun` tells it in
/// the environment.
struct RankPlace: Hashable {
  let rank: Int
  let size: Int
  /// Among the processes of this machine: which GPU is its own.
  let localRank: Int
  /// Where the ranks meet.
  let address: String
  let port: Int
  /// `torchrun` serves the store itself, under a prefix for each restart.
  var isServed = false
  var prefix = ""

  /// Nil where nobody started this process as one of several.
  ///
  /// - Throws: `EngineError.badRank` for variables that are incomplete or contradict each other.
  init?(environment: [String: String]) throws {
    if environment["RANK"] != nil, environment["WORLD_SIZE"] != nil {
      try self.init(torchrun: environment)
    } else if environment["SLURM_PROCID"] != nil, environment["SLURM_STEP_NUM_TASKS"] != nil {
      // The variables of the step: a batch script has SLURM_NTASKS too, but is one process.
      try self.init(slurm: environment)
    } else {
      return nil
    }
    if size == 1 { return nil }
    guard size > 0, (0..<size).contains(rank), localRank >= 0 else {
      throw EngineError(.badRank, "rank \(rank) of \(size) is none: see RANK and WORLD_SIZE")
    }
  }

  private init(torchrun environment: [String: String]) throws {
    rank = try Self.number("RANK", environment)
    size = try Self.number("WORLD_SIZE", environment)
    localRank = try environment["LOCAL_RANK"] == nil ? 0 : Self.number("LOCAL_RANK", environment)
    address = try Self.text("MASTER_ADDR", environment)
    port = try Self.number("MASTER_PORT", environment)
    isServed = environment["TORCHELASTIC_USE_AGENT_STORE"] == "True"
    if isServed {
      prefix = "/worker/attempt_" + (environment["TORCHELASTIC_RESTART_COUNT"] ?? "0")
    }
  }

  private init(slurm environment: [String: String]) throws {
    rank = try Self.number("SLURM_PROCID", environment)
    size = try Self.number("SLURM_STEP_NUM_TASKS", environment)
    localRank = try Self.number("SLURM_LOCALID", environment)
    let nodes = environment["SLURM_STEP_NODELIST"] ?? environment["SLURM_NODELIST"] ?? ""
    address = environment["MASTER_ADDR"] ?? Self.firstNode(of: nodes)
    // Jobs that share a node must not meet each other.
    let job = Int(environment["SLURM_JOB_ID"] ?? "") ?? 0
    port =
      try environment["MASTER_PORT"] == nil
      ? 20_000 + job % 20_000 : Self.number("MASTER_PORT", environment)
  }

  private static func text(_ name: String, _ environment: [String: String]) throws -> String {
    guard let text = environment[name], !text.isEmpty else {
      throw EngineError(
        .badRank, "RANK and WORLD_SIZE are set, but \(name) is not: start the ranks with torchrun")
    }
    return text
  }

  private static func number(_ name: String, _ environment: [String: String]) throws -> Int {
    let text = try text(name, environment)
    guard let number = Int(text) else {
      throw EngineError(.badRank, "\(name) is “\(text)”, which is no number")
    }
    return number
  }

  /// `node[03-06,9]` → `node03`, `a1,a2` → `a1`.
  static func firstNode(of list: String) -> String {
    let start = list.prefix { $0 != "," && $0 != "[" }
    guard list.dropFirst(start.count).first == "[" else { return String(start) }
    let number = list.dropFirst(start.count + 1).prefix { $0.isNumber }
    return String(start + number)
  }

  /// Waits until all ranks have come.
  func join() throws -> ProcessGroup {
    let store = try TCPStore(
      host: address, port: port, serves: rank == 0 && !isServed, prefix: prefix)
    return try ProcessGroup(
      store: store, rank: rank, size: size, isLocal: ["127.0.0.1", "localhost"].contains(address))
  }
}
