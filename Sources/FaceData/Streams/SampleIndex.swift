import Digests

/// Where the parts of each sample lie: in shards at an offset, or in files of a folder.
struct SampleIndex {
  struct Piece: Sendable, Hashable {
    let file: Int32
    let size: Int32
    let offset: Int
  }

  struct Item: Sendable {
    let id: String
    let picture: Piece
    let labels: Piece?
    let labelKind: LabelKind
    let mesh: Piece?
  }

  enum LabelKind: String, Sendable, CaseIterable {
    case json, cls, txt
  }

  var items: [Item] = []
  /// Absolute paths.
  var files: [String] = []
  var problems = ProblemList()
  /// What the labels say of the set, where no manifest does: names of people and units.
  var identities: Set<String> = []
  var intensities: Set<Int> = []
  var occurrences: Set<Int> = []
  /// Over the labels that were looked through.
  var digest = SHA256Hasher()
  /// Hashes of ids: two million ids would take ten times the room.
  private var seen: Set<Int> = []
  private var seenInShard: Set<Int> = []

  /// Samples of plain tars.
  ///
  /// - Parameters: readsLabels: whether labels are looked through, for sets without a manifest.
  /// - Throws: `FaceDataError` `.unreadable`, or `.brokenArchive` for a compressed shard.
  static func shards(_ paths: [String], readsLabels: Bool) throws -> SampleIndex {
    var index = SampleIndex()
    for path in paths {
      guard try !TarReader.isCompressed(path) else {
        throw FaceDataError(
          .brokenArchive,
          "the shard is compressed, so that no sample can be found without reading all before it; "
            + "decompress it (gunzip, zstd -d, …), or use it as a stream", path: path)
      }
      index.files.append(path)
      index.seenInShard = []
      do {
        let reader = try ShardReader(path) { readsLabels && SampleRecord.suffixes.contains($0) }
        while let group = reader.next() { index.take(group, shard: path) }
        index.problems.append(reader.problems)
      } catch let error as FaceDataError where error.code == .brokenArchive {
        index.problems.add(error, String(path.split(separator: "/").last ?? ""))
      }
    }
    return index
  }

  private mutating func take(_ group: ShardGroup, shard path: String) {
    let file = Int32(files.count - 1)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let place = "\(name)/\(group.key)"
    func piece(_ part: ShardGroup.Part?) -> Piece? {
      part.map { Piece(file: file, size: Int32(clamping: $0.size), offset: $0.offset) }
    }
    guard let picture = group.picture else {
      let suffixes = group.parts.prefix(5).map(\.suffix).joined(separator: ", ")
      return problems.add(place, "no picture, only \(suffixes)")
    }
    guard (1...FileBytes.largest).contains(picture.size) else {
      return problems.add(place, "the picture has \(picture.size) bytes")
    }
    // Some sets number their samples anew in every shard.
    var id = group.key
    guard seenInShard.insert(StableHash.of(id)).inserted else {
      return problems.add(place, "the shard has this sample already")
    }
    if !seen.insert(StableHash.of(id)).inserted {
      id = "\(ShardPaths.stem(name))/\(group.key)"
      guard seen.insert(StableHash.of(id)).inserted else {
        return problems.add(place, "another shard of this name has this sample already")
      }
    }
    do {
      try readLabels(group, place)
    } catch {
      return problems.add(place, (error as? FaceDataError)?.message ?? "\(error)")
    }
    let kind = LabelKind.allCases.first { group.part($0.rawValue) != nil }
    items.append(
      Item(
        id: id, picture: Piece(file: file, size: Int32(picture.size), offset: picture.offset),
        labels: piece(kind.flatMap { group.part($0.rawValue) }), labelKind: kind ?? .json,
        mesh: piece(group.part(MeshBytes.suffix))))
  }

  private mutating func readLabels(_ group: ShardGroup, _ place: String) throws {
    guard group.parts.contains(where: { $0.bytes != nil }) else { return }
    let record = try SampleRecord(bytes: { group.part($0)?.bytes }, path: place)
    try note(record, place)
    for kind in LabelKind.allCases { digest.update(group.part(kind.rawValue)?.bytes ?? []) }
  }

  private mutating func note(_ record: SampleRecord, _ place: String) throws {
    _ = try record.datasetPart(path: place)
    let labels = try record.labels(identity: { _ in nil }, path: place)
    if let name = record.identity?.text { identities.insert(name) }
    intensities.formUnion(labels.unitIntensities?.units ?? [])
    occurrences.formUnion(labels.unitOccurrences?.units ?? [])
    if labels.actionUnits != nil { intensities.formUnion(ActionUnit.allCases.map(\.rawValue)) }
  }
}

extension SampleIndex {
  /// Pictures of a folder with facet's JSON of the same stem beside them.
  ///
  /// - Throws: `FaceDataError` `.unreadable`.
  static func folder(_ path: String, readsLabels: Bool) throws -> SampleIndex {
    var index = SampleIndex()
    let listing = try FolderListing(path)
    let files = Dictionary(listing.files.map { ($0.path, $0) }) { first, _ in first }
    var ids: Set<String> = []
    for picture in listing.pictures {
      guard ids.insert(picture.stem).inserted else {
        index.problems.add(picture.path, "there is another picture of this name")
        continue
      }
      guard (1...FileBytes.largest).contains(picture.size) else {
        index.problems.add(picture.path, "the picture has \(picture.size) bytes")
        continue
      }
      let label = files[picture.stem + ".json"]
      do {
        if readsLabels, let label {
          let bytes = try FileBytes.read(listing.absolute(label.path))
          try index.note(SampleRecord(bytes, path: label.path), label.path)
          index.digest.update(bytes)
        }
        let mesh = files[picture.stem + "." + MeshBytes.suffix]
        index.items.append(
          Item(
            id: picture.stem, picture: index.piece(picture, listing),
            labels: label.map { index.piece($0, listing) }, labelKind: .json,
            mesh: mesh.map { index.piece($0, listing) }))
      } catch let error as FaceDataError { index.problems.add(error, picture.path) }
    }
    return index
  }

  private mutating func piece(_ file: FolderListing.File, _ listing: FolderListing) -> Piece {
    files.append(listing.absolute(file.path))
    return Piece(
      file: Int32(clamping: files.count - 1), size: Int32(clamping: file.size), offset: 0)
  }
}
