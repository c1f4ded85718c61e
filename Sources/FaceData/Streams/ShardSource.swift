/// A sample as a stream reads it, not decoded.
struct RawSample: Sendable {
  let key: String
  /// "faces-000001.tar/Al/1", for messages.
  let name: String
  let place: StreamPosition.Place
  /// By suffix.
  let parts: [(suffix: String, bytes: [UInt8])]

  func bytes(_ suffix: String) -> [UInt8]? { parts.first { $0.suffix == suffix }?.bytes }
  var picture: [UInt8]? { parts.first { ShardGroup.isPicture($0.suffix) }?.bytes }
  var size: Int { parts.reduce(0) { $0 + $1.bytes.count } }
}

/// Reads an epoch's shards in order and draws samples from the shuffle buffer. Owned by one thread
/// at a time.
final class ShardSource {
  private let paths: [String]
  private let settings: StreamSettings
  /// Where the source stands now.
  private(set) var position: StreamPosition
  /// What was left out since the last `takeProblems()`.
  private var problems = ProblemList()
  private var order: [Int]
  private var reader: ShardReader?
  private var buffer: [RawSample] = []
  private var bufferedBytes = 0
  private var reported = 0

  /// - Throws: `FaceDataError` if the samples of the position are not where they were.
  init(paths: [String], settings: StreamSettings, position: StreamPosition) throws {
    (self.paths, self.settings, self.position) = (paths, settings, position)
    self.position.skipped = 0
    order = settings.order(shards: paths.count, epoch: position.epoch)
    try refill(position.buffer)
    for _ in 0..<position.skipped { _ = try next() }
  }

  /// Begins another epoch.
  func start(epoch: Int) {
    position = StreamPosition(stream: position.stream, epoch: epoch)
    order = settings.order(shards: paths.count, epoch: epoch)
    (reader, buffer, bufferedBytes, reported) = (nil, [], 0, 0)
  }

  /// The next sample; nil at the epoch's end.
  ///
  /// - Throws: `FaceDataError` for a shard that cannot be opened. Broken samples and archives are
  ///   left out and told in `takeProblems()`.
  func next() throws -> RawSample? {
    while buffer.count < settings.shuffleBuffer,
      buffer.isEmpty || bufferedBytes < settings.bufferBytes
    {
      guard let sample = try read() else { break }
      append(sample)
    }
    guard !buffer.isEmpty else { return nil }
    let slot = settings.slot(epoch: position.epoch, sample: position.drawn, count: buffer.count)
    let last = buffer.count - 1
    // The last takes the drawn one's slot, so that nothing has to move up.
    buffer.swapAt(slot, last)
    position.buffer.swapAt(slot, last)
    position.buffer.removeLast()
    position.drawn += 1
    let sample = buffer.removeLast()
    bufferedBytes -= sample.size
    return sample
  }

  func takeProblems() -> [UnusableSample] {
    noteProblems()
    defer { problems = ProblemList() }
    return problems.finished
  }

  private func append(_ sample: RawSample) {
    buffer.append(sample)
    position.buffer.append(sample.place)
    bufferedBytes += sample.size
  }

  // MARK: Reading in order

  private func read() throws -> RawSample? {
    guard settings.split == .samples, settings.ranks > 1 else { return try readOne(load: true) }
    // A round of one sample a rank; the epoch's last one may be incomplete.
    var mine: RawSample?
    for rank in 0..<settings.ranks {
      guard let sample = try readOne(load: rank == settings.rank) else { return nil }
      if rank == settings.rank { mine = sample }
    }
    return mine
  }

  private func readOne(load: Bool) throws -> RawSample? {
    while position.shard < order.count {
      let shard = order[position.shard]
      guard let reader = try reader ?? open(shard, from: position.offset) else {
        finishShard()
        continue
      }
      self.reader = reader
      if let group = reader.next(load: load) {
        if let next = reader.nextOffset { position.offset = next } else { finishShard() }
        if let sample = sample(group, shard: shard) { return sample }
      } else {
        finishShard()
      }
    }
    return nil
  }

  private func finishShard() {
    noteProblems()
    (reader, reported) = (nil, 0)
    position.shard += 1
    position.offset = 0
  }

  /// - Returns: nil for what is no archive.
  private func open(_ shard: Int, from offset: Int) throws -> ShardReader? {
    do {
      reported = 0
      return try Self.reader(paths[shard], from: offset)
    } catch let error as FaceDataError where error.code == .brokenArchive {
      problems.add(error, String(paths[shard].split(separator: "/").last ?? ""))
      return nil
    }
  }

  private static func reader(_ path: String, from offset: Int) throws -> ShardReader {
    try ShardReader(path, from: offset) {
      ShardGroup.isPicture($0) || SampleRecord.suffixes.contains($0) || $0 == MeshBytes.suffix
    }
  }

  private func sample(_ group: ShardGroup, shard: Int) -> RawSample? {
    let path = paths[shard]
    let name = "\(path.split(separator: "/").last ?? "")/\(group.key)"
    guard group.picture != nil else {
      let suffixes = group.parts.prefix(5).map(\.suffix).joined(separator: ", ")
      problems.add(name, "no picture, only \(suffixes)")
      return nil
    }
    return RawSample(
      key: group.key, name: name, place: .init(shard: shard, offset: group.offset),
      parts: group.parts.compactMap { part in part.bytes.map { (part.suffix, $0) } })
  }

  private func noteProblems() {
    guard let found = reader?.problems.finished, found.count > reported else { return }
    for problem in found[reported...] { problems.add(problem.path, problem.reason) }
    reported = found.count
  }

  // MARK: Going on

  /// Reads the samples of the buffer again.
  private func refill(_ places: [StreamPosition.Place]) throws {
    position.buffer = []
    var samples: [StreamPosition.Place: RawSample] = [:]
    for (shard, group) in Dictionary(grouping: places, by: \.shard) {
      guard paths.indices.contains(shard) else { throw moved(paths.first ?? "") }
      for sample in try read(Set(group.map(\.offset)), of: shard) { samples[sample.place] = sample }
    }
    for place in places {
      guard let sample = samples[place] else { throw moved(paths[place.shard]) }
      append(sample)
    }
  }

  private func read(_ offsets: Set<Int>, of shard: Int) throws -> [RawSample] {
    if try !TarReader.isCompressed(paths[shard]) {
      return try offsets.compactMap { offset in
        try Self.reader(paths[shard], from: offset).next().flatMap { sample($0, shard: shard) }
      }
    }
    let reader = try Self.reader(paths[shard], from: 0)
    var samples: [RawSample] = []
    while let offset = reader.nextOffset, samples.count < offsets.count {
      let isMine = offsets.contains(offset)
      if let group = reader.next(load: isMine), isMine, let sample = sample(group, shard: shard) {
        samples.append(sample)
      }
    }
    return samples
  }

  private func moved(_ path: String) -> FaceDataError {
    FaceDataError(
      .brokenArchive,
      "the samples that the stream stood at are not where they were; the shards have changed since "
        + "the checkpoint: restore them, or begin anew", path: path)
  }
}
