/// Errors by how far the head is turned: |yaw| of 0–30°, 30–60° and 60–90°.
///
/// The summary is the mean of the bins' means, so that the many frontal faces do not hide the few
/// profiles.
/// - Source: 3DDFA, `benchmark_aflw2000.py`: yaw ≤ 30, 30 < yaw ≤ 60, yaw > 60. Checked by:
///   YawBinTests.
public struct YawBins: Sendable, Hashable {
  public struct Bin: Sendable, Hashable {
    /// `0-30`, in degrees.
    public let name: String
    public let count: Int
    public let mean: Double
  }

  /// The bins that have faces.
  public let bins: [Bin]
  /// The mean of their means.
  public let mean: Double

  private static let names = ["0-30", "30-60", "60-90"]

  /// - Parameters: errors: one for each face; yaws: in degrees, of either sign.
  /// - Throws: `.wrongCount` for lists of unequal lengths or without values.
  public init(errors: [Double], yaws: [Double]) throws {
    guard errors.count == yaws.count, !errors.isEmpty else {
      throw StatisticsError(
        .wrongCount,
        "There are \(errors.count) errors and \(yaws.count) yaw angles; the counts must be equal "
          + "and above 0.")
    }
    var parts = [[Double]](repeating: [], count: Self.names.count)
    for (error, yaw) in zip(errors, yaws) {
      parts[abs(yaw) <= 30 ? 0 : abs(yaw) <= 60 ? 1 : 2].append(error)
    }
    bins = zip(Self.names, parts).filter { !$1.isEmpty }.map { name, part in
      Bin(name: name, count: part.count, mean: part.reduce(0, +) / Double(part.count))
    }
    mean = bins.reduce(0) { $0 + $1.mean } / Double(bins.count)
  }
}
