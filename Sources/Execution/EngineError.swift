/// Why a job could not be carried out, in words for the person who asked for it.
public struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// The specification lacks an option or has one of another type.
    case badOption
    /// The run whose weights are wanted is not there, or not finished.
    case missingParent
    /// The data are too few for what is asked.
    case tooFewSamples
    /// A checkpoint cannot be read or belongs to another run.
    case badCheckpoint
    case badDevice
    /// What the environment says of this process's rank makes no sense, or the ranks cannot share a batch.
    case badRank
    /// Another process of the same run is gone.
    case lostRank
    case outOfMemory
  }
  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

  public var description: String { message }
}
