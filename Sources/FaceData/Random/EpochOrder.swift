/// The order in which an epoch visits a data set.
public enum EpochOrder {
  /// A permutation of `0..<count` that depends on (seed, epoch) alone, so a resumed epoch goes on
  /// where it stopped.
  public static func indices(seed: UInt64, epoch: Int, count: Int) -> [Int] {
    var stream = RandomStream(seed: seed, purpose: "epoch-order", epoch: epoch)
    return stream.shuffled(0..<max(0, count))
  }
}
