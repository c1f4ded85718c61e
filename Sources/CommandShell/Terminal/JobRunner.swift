public import Experiments

/// How a job ended.
public enum JobOutcome: Hashable, Sendable {
  case finished
  /// After Ctrl-C, with a checkpoint to go on from.
  case paused
  /// The engine said why.
  case failed(String)
  /// The engine died without a word, or was killed by a second Ctrl-C: what happened, and where
  /// its log is. The run goes on from its last checkpoint.
  case interrupted(String)
}

/// Carries out a run that the store holds.
public protocol JobRunner {
  /// Runs to the end, or until Ctrl-C.
  /// - Parameters: run: a row of the store with status queued, paused, interrupted or failed;
  ///   store: where it is and where the results go; report: called on this thread with every
  ///   event, in order.
  /// - Throws: `EngineError` when the engine cannot be started at all.
  func run(_ run: Run, store: Store, report: (EngineEvent) -> Void) throws -> JobOutcome
}

/// Why the engine cannot be started.
public struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable { case notFound, cannotStart }

  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String
  public var description: String { message }

  init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}
