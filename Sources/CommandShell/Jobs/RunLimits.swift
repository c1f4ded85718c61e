/// Where a run is to pause by itself, with a checkpoint to go on from.
public struct RunLimits: Hashable, Sendable {
  /// Share of its steps, 0…1.
  public var share: Double?
  /// Seconds of work from now.
  public var seconds: Double?

  public static let none = RunLimits()

  public init(share: Double? = nil, seconds: Double? = nil) {
    (self.share, self.seconds) = (share, seconds)
  }
}
