import Digests

/// One sample of a stream.
public struct StreamSample: Sendable {
  /// The files' stem.
  public let id: String
  /// The same for this sample in every run: what its augmentation is keyed by.
  public let number: Int
  public let image: Image
  /// `identity` is set where `dataset.json` names the people.
  public let labels: FaceLabels
  /// The person's name, where the labels say so.
  public let identityName: String?
}

/// Samples from tar shards of any number and size, read from front to back: what a run over more
/// data than fits into memory trains on.
///
/// An epoch is decided by (seed, epoch): the shards in a random order, split over the ranks, and
/// samples drawn from a buffer. Each sample is given once an epoch. Memory holds the buffer and the
/// few samples that threads work on.
/// - Source: the layout and the two kinds of shuffling are WebDataset's. Checked by:
///   ShardStreamTests.
public struct ShardStream: Sendable {
  public let settings: StreamSettings
  /// Absolute paths in the order of the list.
  public let shards: [String]
  /// Of `dataset.json`; empty where there is none.
  public let identityNames: [String]
  private let identityPlaces: [String: Int]
  private let stamp: String

  /// - Parameters: path: a tar file (compressed or not), a folder of them, or
  ///   `faces-{000000..000099}.tar`.
  /// - Throws: `FaceDataError` `.unreadable`, `.emptyDataset` or `.invalidSetting`.
  public init(path: String, settings: StreamSettings) throws {
    let paths = try ShardPaths(path)
    try settings.check(shards: paths.files.count)
    (self.settings, shards) = (settings, paths.files)
    let names = try ShardManifest.read(folder: paths.folder)?.manifest.identities ?? []
    identityNames = names
    identityPlaces = Dictionary(zip(names, names.indices)) { first, _ in first }
    stamp = try Self.stamp(shards, settings)
  }

  private static func stamp(_ shards: [String], _ settings: StreamSettings) throws -> String {
    var hasher = SHA256Hasher()
    hasher.update(
      "\(settings.seed) \(settings.shuffleBuffer) \(settings.bufferBytes) "
        + "\(settings.shufflesShards) \(settings.rank) \(settings.ranks) \(settings.split)")
    for path in shards {
      let name = path.split(separator: "/").last ?? ""
      hasher.update("\n\(name)\t\(try RandomAccessFile(path).size)")
    }
    return hasher.finalize().hex
  }

  /// The start of an epoch.
  public func start(epoch: Int = 0) -> StreamPosition {
    StreamPosition(stream: stamp, epoch: epoch)
  }

  /// - Throws: `FaceDataError` `.invalidSetting` if the position is another stream's.
  func source(at position: StreamPosition) throws -> ShardSource {
    let isSound =
      position.stream == stamp && position.epoch >= 0 && position.drawn >= 0
      && position.shard >= 0 && position.offset >= 0 && position.skipped >= 0
      && position.buffer.allSatisfy { shards.indices.contains($0.shard) && $0.offset >= 0 }
    guard isSound else {
      throw FaceDataError(
        .invalidSetting,
        "the position belongs to other shards or settings (seed, buffer, rank \(settings.rank) of "
          + "\(settings.ranks)); go on with those, or begin an epoch anew")
    }
    return try ShardSource(paths: shards, settings: settings, position: position)
  }

  /// - Throws: `FaceDataError` for a broken picture or labels that cannot be.
  func decoded(_ sample: RawSample) throws -> StreamSample {
    guard let bytes = sample.picture else {
      throw FaceDataError(.brokenImage, "the sample has no picture", path: sample.name)
    }
    let record = try SampleRecord(bytes: sample.bytes, path: sample.name)
    var labels = try record.labels(identity: { identityPlaces[$0] }, path: sample.name)
    if let mesh = sample.bytes(MeshBytes.suffix) {
      labels.mesh = try MeshBytes.decode(mesh, path: sample.name)
    }
    return StreamSample(
      id: sample.key, number: StableHash.of(sample.key),
      image: try ImageFile.decode(bytes, path: sample.name), labels: labels,
      identityName: record.identity?.text)
  }
}
