import Digests
import Foundation

/// How a data set is written out.
public struct ShardWriterSettings: Sendable, Hashable {
  public enum Pictures: Sendable, Hashable {
    /// The file that a sample comes from where there is one, else PNG: nothing is lost.
    case original
    /// PNG: nothing is lost.
    case png
    /// JPEG of a quality 1–100: small, and the pixels change a little.
    case jpeg(quality: Int)
  }

  /// Shards are called `name-000000.tar` and so on.
  public var name: String
  /// A shard is closed when it has so many samples or bytes.
  public var samplesPerShard: Int
  public var bytesPerShard: Int
  public var pictures: Pictures

  public init(
    name: String = "faces", samplesPerShard: Int = 1_000, bytesPerShard: Int = 256 << 20,
    pictures: Pictures = .original
  ) {
    (self.name, self.samplesPerShard) = (name, samplesPerShard)
    (self.bytesPerShard, self.pictures) = (bytesPerShard, pictures)
  }
}

/// Writes a data set as tar shards, or as a plain folder, with its labels as JSON.
///
/// Samples come in the order of `indices`. The same set and settings give the same bytes, whatever
/// the number of threads. Memory holds a few samples at a time.
///
/// Checked by: ShardWriterTests.
public struct ShardWriter: Sendable {
  /// What was written.
  public struct Report: Sendable, Hashable {
    public let samples: Int
    /// Relative to the folder; empty for a plain folder.
    public let shards: [String]
    /// Samples that could not be read.
    public let unusable: [UnusableSample]
  }

  private let dataset: any FaceDataset
  private let indices: [Int]
  private let settings: ShardWriterSettings
  private let threads: Int
  private let isSubset: Bool

  /// - Parameters: indices: of the samples to write; nil is all of them, and with them the names of
  ///   people who have no sample. threads: for reading and
  ///   encoding.
  /// - Throws: `FaceDataError` `.invalidSetting`.
  public init(
    _ dataset: any FaceDataset, indices: [Int]? = nil,
    settings: ShardWriterSettings = ShardWriterSettings(), threads: Int = 1
  ) throws {
    let name = settings.name
    guard settings.samplesPerShard > 0, settings.bytesPerShard > 0, !name.isEmpty,
      !name.contains(where: { "/{}.".contains($0) })
    else {
      throw FaceDataError(
        .invalidSetting,
        "shards of \(settings.samplesPerShard) samples and \(settings.bytesPerShard) bytes called "
          + "“\(name)” cannot be written; take more than 0, and a name without / . { }")
    }
    isSubset = indices != nil
    let indices = indices ?? Array(0..<dataset.count)
    guard indices.allSatisfy((0..<dataset.count).contains), !indices.isEmpty else {
      throw FaceDataError(
        .invalidSetting, "\(indices.count) samples were chosen out of \(dataset.count)")
    }
    (self.dataset, self.indices) = (dataset, indices)
    (self.settings, self.threads) = (settings, threads)
  }

  /// Writes `name-000000.tar`, … and `dataset.json` into a new or empty folder.
  ///
  /// - Parameters: progress: samples done and in all; what it throws stops the writing.
  /// - Throws: `FaceDataError` `.writeFailed`; `.emptyDataset` if no sample could be read.
  @discardableResult
  public func writeShards(
    to folder: String, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> Report {
    try prepare(folder)
    var output = ShardOutput(folder: folder, settings: settings)
    return try write(
      to: folder, progress: progress, add: { try output.add($0) },
      finish: {
        try output.close()
        return output.shards
      })
  }

  /// Writes `key.png`, `key.json` and so on, and `dataset.json`, into a new or empty folder; read
  /// by `ShardDataset(folder:)`.
  ///
  /// - Throws: as `writeShards(to:progress:)`.
  @discardableResult
  public func writeFolder(
    to folder: String, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> Report {
    try prepare(folder)
    func add(_ files: SampleFileSet) throws {
      for (suffix, bytes) in files.parts {
        try Self.write(bytes, to: "\(folder)/\(files.key).\(suffix)")
      }
    }
    return try write(to: folder, progress: progress, add: add, finish: { [] })
  }

  // MARK: Samples

  private func write(
    to folder: String, progress: (Int, Int) throws -> Void,
    add: (SampleFileSet) throws -> Void, finish: () throws -> [ShardManifest.Shard]
  ) throws -> Report {
    let (keys, placeOfIndex) = makeKeys()
    var problems = ProblemList()
    var written = 0
    var people: Set<Int> = []
    let work = self
    let loader = OrderedPrefetcher(steps: 0..<indices.count, threads: threads, depth: threads * 4) {
      place in
      Result { try work.files(of: place, key: keys[place]) }
    }
    defer { loader.cancel() }
    while let result = try loader.next() {
      do {
        let files = try result.get()
        try add(files)
        written += 1
        if let person = files.identity { people.insert(person) }
      } catch let error as FaceDataError where error.code != .writeFailed {
        problems.add(error, error.context.path ?? folder)
      }
      try progress(written + problems.samples.count, indices.count)
    }
    guard written > 0 else {
      let first = problems.samples.first.map { " The first problem: \($0.reason)" } ?? ""
      throw FaceDataError(.emptyDataset, "no sample could be written.\(first)", path: folder)
    }
    let shards = try finish()
    var manifest = manifest(keys, placeOfIndex, shards)
    manifest.count = written
    if isSubset {
      manifest.identities = people.sorted().map { dataset.identityNames[$0] }
    }
    try Self.write(try manifest.encoded(), to: folder + "/" + ShardManifest.fileName)
    return Report(samples: written, shards: shards.map(\.name), unusable: problems.finished)
  }

  private func makeKeys() -> (keys: [String], placeOfIndex: [Int: Int]) {
    var keys = SampleKeys()
    return (
      indices.map { keys.key(for: dataset.id(at: $0)) },
      dataset.pairs.isEmpty
        ? [:] : Dictionary(zip(indices, indices.indices)) { first, _ in first }
    )
  }

  private func files(of place: Int, key: String) throws -> SampleFileSet {
    let index = indices[place]
    let id = dataset.id(at: index)
    let sample = try dataset.sample(at: index)
    let picture = try encoded(sample.image, index)
    let record = SampleRecord(
      sample.labels, identityNames: dataset.identityNames, sampleID: id == key ? nil : id,
      part: dataset.part(at: index))
    var parts = [picture, ("json", try record.encoded(path: id))]
    if let mesh = sample.labels.mesh { parts.append((MeshBytes.suffix, MeshBytes.encode(mesh))) }
    let names = dataset.identityNames.indices
    let identity = sample.labels.identity.flatMap { names.contains($0) ? $0 : nil }
    return SampleFileSet(key: key, parts: parts, identity: identity)
  }

  private func encoded(_ image: Image, _ index: Int) throws -> (suffix: String, bytes: [UInt8]) {
    switch settings.pictures {
    case .jpeg(let quality): return ("jpg", try image.encodedJPEG(quality: quality))
    case .png: return ("png", try image.encodedPNG())
    case .original:
      guard let bytes = try dataset.encodedPicture(at: index) else {
        return ("png", try image.encodedPNG())
      }
      switch try ImageFile.format(of: bytes, path: dataset.id(at: index)) {
      case .jpeg: return ("jpg", bytes)
      case .png: return ("png", bytes)
      case .portableMap: return ("ppm", bytes)
      }
    }
  }

  private func manifest(
    _ keys: [String], _ placeOfIndex: [Int: Int], _ shards: [ShardManifest.Shard]
  ) -> ShardManifest {
    let units = dataset.labelledUnits
    let pairs = dataset.pairs.compactMap { pair -> ShardManifest.Pair? in
      guard let first = placeOfIndex[pair.first], let second = placeOfIndex[pair.second] else {
        return nil
      }
      return ShardManifest.Pair(
        first: keys[first], second: keys[second], isSame: pair.isSame, fold: pair.fold)
    }
    return ShardManifest(
      count: 0, origin: dataset.fingerprint, identities: dataset.identityNames,
      intensities: units.intensities, occurrences: units.occurrences, pairs: pairs, shards: shards)
  }

  // MARK: Files

  private func prepare(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FaceDataError(
        .writeFailed, "the folder cannot be made: \(error.localizedDescription)", path: folder)
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard names.allSatisfy({ $0.hasPrefix(".") }) else {
      throw FaceDataError(
        .writeFailed,
        "the folder holds \(names.count) files already, and old and new samples would mix; name a "
          + "new folder", path: folder)
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    } catch {
      throw FaceDataError(
        .writeFailed, "the file cannot be written: \(error.localizedDescription)", path: path)
    }
  }
}

/// The files of one sample.
private struct SampleFileSet: Sendable {
  let key: String
  let parts: [(suffix: String, bytes: [UInt8])]
  let identity: Int?
}

/// Cuts a stream of samples into shards.
private struct ShardOutput {
  let folder: String
  let settings: ShardWriterSettings
  private(set) var shards: [ShardManifest.Shard] = []
  private var current: TarWriter?
  private var samples = 0

  init(folder: String, settings: ShardWriterSettings) {
    (self.folder, self.settings) = (folder, settings)
  }

  private var name: String {
    let digits = String(shards.count)
    let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
    return "\(settings.name)-\(zeros)\(digits).tar"
  }

  mutating func add(_ files: SampleFileSet) throws {
    let writer = try current ?? TarWriter(folder + "/" + name)
    current = writer
    for (suffix, bytes) in files.parts { try writer.add("\(files.key).\(suffix)", bytes) }
    samples += 1
    if samples >= settings.samplesPerShard || writer.size >= settings.bytesPerShard { try close() }
  }

  mutating func close() throws {
    guard let writer = current else { return }
    try writer.close()
    let url = URL(fileURLWithPath: writer.path)
    var hasher = SHA256Hasher()
    try hasher.update(file: url)
    let size = try RandomAccessFile(writer.path).size
    shards.append(
      .init(name: name, samples: samples, bytes: size, sha256: hasher.finalize().hex))
    (current, samples) = (nil, 0)
  }
}
