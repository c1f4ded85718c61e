/// In which order a stream gives the samples of its shards, and which of them.
public struct StreamSettings: Sendable, Hashable, Codable {
  /// How samples are shared among the ranks of a distributed run.
  public enum Split: String, Sendable, Hashable, Codable {
    /// Every rank reads shards of its own: nothing is read twice, and ranks get different numbers
    /// of samples if shards differ.
    case shards
    /// Every rank reads all shards and takes every n-th sample: all get equally many, and what does
    /// not go round at an epoch's end is left over. Contents of other ranks' samples are passed
    /// over unread.
    case samples
  }

  public var seed: UInt64
  /// Samples among which the next one is drawn; 1 gives them in the shards' order.
  public var shuffleBuffer: Int
  /// The buffer takes no further sample beyond so many bytes of undecoded files.
  public var bufferBytes: Int
  /// Whether each epoch visits the shards in another order.
  public var shufflesShards: Bool
  public var rank: Int
  public var ranks: Int
  public var split: Split

  public init(
    seed: UInt64, shuffleBuffer: Int = 1_000, bufferBytes: Int = 256 << 20,
    shufflesShards: Bool = true, rank: Int = 0, ranks: Int = 1, split: Split = .shards
  ) {
    (self.seed, self.shuffleBuffer, self.bufferBytes) = (seed, shuffleBuffer, bufferBytes)
    (self.shufflesShards, self.rank, self.ranks) = (shufflesShards, rank, ranks)
    self.split = split
  }

  /// - Throws: `FaceDataError` `.invalidSetting` naming the values.
  func check(shards: Int) throws {
    guard shuffleBuffer >= 1, bufferBytes >= 1, ranks >= 1, (0..<ranks).contains(rank) else {
      throw FaceDataError(
        .invalidSetting,
        "a stream cannot have a buffer of \(shuffleBuffer) samples and \(bufferBytes) bytes on rank "
          + "\(rank) of \(ranks); take 1 or more, and ranks from 0 on")
    }
    guard split == .samples || shards >= ranks else {
      throw FaceDataError(
        .invalidSetting,
        "\(shards) shards cannot be split over \(ranks) ranks; write more and smaller shards, or "
          + "split by samples")
    }
  }

  /// The shards of an epoch in the order in which this rank reads them.
  func order(shards: Int, epoch: Int) -> [Int] {
    var stream = RandomStream(seed: seed, purpose: "shard-order", epoch: epoch)
    let order = shufflesShards ? stream.shuffled(0..<shards) : Array(0..<shards)
    guard split == .shards else { return order }
    return stride(from: rank, to: order.count, by: ranks).map { order[$0] }
  }

  /// The slot that the given sample of an epoch is drawn from.
  func slot(epoch: Int, sample: Int, count: Int) -> Int {
    var stream = RandomStream(seed: seed, purpose: "shuffle-buffer", epoch: epoch, index: sample)
    return stream.integer(below: count)
  }
}

/// Where a stream stands: stored with a checkpoint, it goes on from there with exactly the samples
/// that an unbroken run would have got.
///
/// Its size is that of the shuffle buffer, about 20 bytes a sample as JSON.
public struct StreamPosition: Sendable, Hashable, Codable {
  /// A sample that is in the buffer.
  struct Place: Sendable, Hashable, Codable {
    /// Number of the shard in the stream's list.
    var shard: Int
    /// Where its first header begins.
    var offset: Int

    init(shard: Int, offset: Int) { (self.shard, self.offset) = (shard, offset) }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      shard = try container.decode(Int.self)
      offset = try container.decode(Int.self)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(shard)
      try container.encode(offset)
    }
  }

  /// The shards and settings that it belongs to.
  var stream: String
  public internal(set) var epoch: Int
  /// Samples that the epoch had given when `buffer` was as it is here.
  var drawn = 0
  /// Place of the shard that is being read in the epoch's order.
  var shard = 0
  /// Where the next sample of that shard begins.
  var offset = 0
  /// In the order of the slots.
  var buffer: [Place] = []
  /// Samples to draw and drop from there on.
  var skipped = 0

  /// Samples that the epoch has given, broken ones included.
  public var samplesInEpoch: Int { drawn + skipped }
}
