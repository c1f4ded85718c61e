import Digests

/// Samples in tar shards of WebDataset's layout, with random access: the offsets of all samples are
/// found when the set is opened.
///
/// A sample is a picture and the files of the same stem that follow it: `000017.jpg` and
/// `000017.json` as facet writes it, `.cls` (a person or an emotion) or `.txt`. Beside shards that
/// facet wrote, `dataset.json` brings the names of the people and the pairs; else all labels are
/// looked through. Its sibling `init(folder:)` reads the same files from a plain folder.
/// - Source: WebDataset's README and tariterators.py. Checked by: ShardDatasetTests.
public struct ShardDataset: FaceDataset {
  public let path: String
  public let fingerprint: String
  public let identityNames: [String]
  public let pairs: [VerificationPair]
  public let unusable: [UnusableSample]
  public let labelledUnits: LabelledUnits
  private let items: [SampleIndex.Item]
  private let files: SampleFiles
  private let identityPlaces: [String: Int]

  /// - Parameters: path: a tar file, a folder of them, or `faces-{000000..000099}.tar`.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenArchive` or `.emptyDataset`.
  public init(path: String) throws {
    let shards = try ShardPaths(path)
    let manifest = try ShardManifest.read(folder: shards.folder)
    var index = try SampleIndex.shards(shards.files, readsLabels: manifest == nil)
    if let manifest { index.compare(with: manifest.manifest.shards) }
    try self.init(path: path, kind: "shards", index: index, manifest: manifest)
  }

  /// Pictures with facet's labels beside them: `Al/1.png` and `Al/1.json`.
  ///
  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  public init(folder: String) throws {
    let manifest = try ShardManifest.read(folder: folder)
    let index = try SampleIndex.folder(folder, readsLabels: manifest == nil)
    try self.init(path: folder, kind: "records", index: index, manifest: manifest)
  }

  private init(
    path: String, kind: String, index: SampleIndex,
    manifest: (manifest: ShardManifest, bytes: [UInt8])?
  ) throws {
    var problems = index.problems
    guard !index.items.isEmpty else {
      let first = problems.samples.first.map { " The first problem: \($0.path): \($0.reason)." }
      throw FaceDataError(
        .emptyDataset,
        "no sample with a picture in the \(index.files.count) files.\(first ?? "")", path: path)
    }
    self.path = path
    items = index.items
    files = SampleFiles(index.files)
    let names = manifest?.manifest.identities ?? Self.sorted(index.identities)
    identityNames = names
    identityPlaces = Dictionary(zip(names, names.indices)) { first, _ in first }
    labelledUnits = LabelledUnits(
      intensities: manifest?.manifest.intensities ?? index.intensities.sorted(),
      occurrences: manifest?.manifest.occurrences ?? index.occurrences.sorted())
    pairs = Self.pairs(manifest?.manifest.pairs ?? [], items: items, problems: &problems)
    if let count = manifest?.manifest.count, count > items.count, problems.isEmpty {
      problems.add(
        ShardManifest.fileName, "it lists \(count) samples, and \(items.count) are there")
    }
    unusable = problems.finished
    fingerprint = Self.fingerprint(kind, index, manifest?.bytes)
  }

  /// Numbers by their value, other names by their bytes.
  private static func sorted(_ names: Set<String>) -> [String] {
    let numbers = names.compactMap { Int($0) }
    if numbers.count == names.count { return numbers.sorted().map { String($0) } }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func pairs(
    _ listed: [ShardManifest.Pair], items: [SampleIndex.Item], problems: inout ProblemList
  ) -> [VerificationPair] {
    guard !listed.isEmpty else { return [] }
    let places = Dictionary(zip(items.map(\.id), items.indices)) { first, _ in first }
    let pairs = listed.compactMap { pair -> VerificationPair? in
      guard let first = places[pair.first], let second = places[pair.second] else { return nil }
      return VerificationPair(first: first, second: second, isSame: pair.isSame, fold: pair.fold)
    }
    if pairs.count < listed.count {
      let lost = listed.count - pairs.count
      problems.add(
        ShardManifest.fileName, "\(lost) of \(listed.count) pairs are of samples that are not here")
    }
    return pairs
  }

  private static func fingerprint(
    _ kind: String, _ index: SampleIndex, _ manifest: [UInt8]?
  ) -> String {
    // The places of all samples stand for sizes and names of files that are not read.
    let files = index.items.lazy.map {
      FolderListing.File(path: $0.id, size: Int($0.picture.size))
    }
    let labels = manifest ?? Array(index.digest.finalize().hex.utf8)
    return FolderListing.fingerprint(kind: kind, files: files, labels: [labels])
  }

  public var count: Int { items.count }
  /// The files' stem.
  public func id(at index: Int) -> String { items[index].id }

  public func labels(at index: Int) throws -> FaceLabels {
    let item = items[index]
    let path = place(item)
    return try record(item).labels(
      identity: { name in
        guard let place = identityPlaces[name] else {
          throw FaceDataError(
            .brokenLabels, "“\(name.prefix(40))” is none of the set's people", path: path)
        }
        return place
      }, path: path)
  }

  public func sample(at index: Int) throws -> FaceSample {
    let item = items[index]
    var labels = try labels(at: index)
    if let mesh = item.mesh {
      labels.mesh = try MeshBytes.decode(files.read(mesh), path: place(item))
    }
    let image = try ImageFile.decode(files.read(item.picture), path: place(item))
    return FaceSample(id: item.id, image: image, labels: labels)
  }

  public func part(at index: Int) -> DatasetPart? {
    try? record(items[index]).datasetPart(path: path)
  }

  public func encodedPicture(at index: Int) throws -> [UInt8]? {
    try files.read(items[index].picture)
  }

  private func place(_ item: SampleIndex.Item) -> String {
    files.path(item.picture) + "/" + item.id
  }

  private func record(_ item: SampleIndex.Item) throws -> SampleRecord {
    guard let piece = item.labels else { return SampleRecord() }
    let bytes = try files.read(piece)
    return try SampleRecord(
      bytes: { $0 == item.labelKind.rawValue ? bytes : nil }, path: place(item))
  }
}

extension SampleIndex {
  /// Notes shards whose size is another one than when they were written, and those that are missing.
  fileprivate mutating func compare(with shards: [ShardManifest.Shard]) {
    let known = Dictionary(shards.map { ($0.name, $0) }) { first, _ in first }
    for path in files {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      guard let shard = known[name], let file = try? RandomAccessFile(path),
        file.size != shard.bytes
      else { continue }
      problems.add(name, "\(file.size) bytes where \(shard.bytes) were written; fetch it again")
    }
  }
}
