/// Where in a video a sample comes from.
public struct VideoFrame: Sendable, Hashable {
  /// The video's name in its set: "SN001", "F001/T1".
  public let video: String
  /// The frame's number as the labels count it.
  public let number: Int

  public init(video: String, number: Int) { (self.video, self.number) = (video, number) }
}

/// The part of a data set that its makers put a sample into.
public enum DatasetPart: String, Sendable, Hashable, CaseIterable {
  case train, validation, test
}
