import Torch

/// The processes that carry out one run together; one alone by default.
struct Ranks {
  /// Nil for a single process.
  var group: ProcessGroup?
  /// Place among the processes of this machine.
  var localRank = 0
  /// Processes that share this machine's cores.
  var perMachine = 1

  var rank: Int { group?.rank ?? 0 }
  var size: Int { group?.size ?? 1 }
  /// The one that writes to the store, the log and the disk.
  var isFirst: Bool { rank == 0 }

  /// Lets the first rank work before the others, such as filling a cache that they then find.
  func firstBefore<Result>(_ body: () throws -> Result) throws -> Result {
    guard let group else { return try body() }
    if !isFirst { try wait(group) }
    let result = try body()
    if isFirst { try wait(group) }
    return result
  }

  private func wait(_ group: ProcessGroup) throws { _ = try group.any(false) }
}
