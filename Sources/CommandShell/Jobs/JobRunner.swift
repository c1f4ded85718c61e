public import Experiments
public import Foundation

/// How a job ended.
public enum JobOutcome: Hashable, Sendable {
  case finished
  /// Stopped with a checkpoint, at the user's wish.
  case paused
  /// Died without a word: killed, out of memory.
  case interrupted(String)
  case failed(String)
}

/// Carries out one run that is in the store, and waits for it.
///
/// The shell's own is the engine process; tests put a plain function in its place.
public protocol JobRunner {
  /// - Parameters:
  ///   - run: a run with status `queued`, or one to be resumed.
  ///   - limits: where it is to pause by itself.
  ///   - report: called for every event, on the caller's thread.
  /// - Throws: where the engine cannot be started at all.
  func run(_ run: Run, store: Store, limits: RunLimits, report: (EngineEvent) -> Void) throws
    -> JobOutcome

  /// Runs a cell in a process that outlives this one.
  ///
  /// - Parameter log: the file that takes what the cell shows.
  /// - Returns: the process's id.
  /// - Throws: where it cannot be started.
  func start(cell: String, storePath: String, log: URL) throws -> Int
}
