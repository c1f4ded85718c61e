public import Experiments

/// What a session tells of a job as it goes on.
public struct JobReport: Sendable {
  public enum Stage: Sendable {
    case started
    case event(EngineEvent)
    case ended(JobOutcome)
    /// It goes on, and nobody here looks any more.
    case left
  }

  public let run: Run
  public let stage: Stage
  /// Position in a sweep, from 1, and its length; 1 and 1 for a single run.
  public let position: Int
  public let total: Int
  /// Whether another process carries it out, which an interrupt here does not reach.
  public var isWatched = false
}
