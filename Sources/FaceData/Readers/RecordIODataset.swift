/// InsightFace's training sets: `train.rec` with `train.idx` and `property`.
///
/// The index has a line `key offset` for each record. Record 0 of InsightFace's own files has two
/// labels (a, b) and no picture: keys 1…a-1 are pictures, and the records a…b-1 hold the first and
/// one past the last key of a person each. Files of im2rec have no such record: every record is a
/// picture whose (first) label is the person. Without an index the file is walked through.
/// - Source: InsightFace's dataset.py and rec_builder.py, MXNet's recordio.py. Checked by:
///   RecordIOTests.
public struct RecordIODataset: FaceDataset {
  public let path: String
  public let fingerprint: String
  public let identityNames: [String]
  public let unusable: [UnusableSample]
  private let records: RecordFile
  private let items: [Item]

  struct Item {
    let key: Int
    let offset: Int
    let identity: Int
  }

  /// - Parameters: path: the `.rec` file, or a folder with one.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` or `.emptyDataset`.
  public init(path: String) throws {
    let file = try Self.recordFile(path)
    records = try RecordFile(path: file)
    var scan = RecordScan(records)
    try scan.run()
    guard !scan.items.isEmpty else {
      let first = scan.problems.samples.first.map { " The first problem: \($0.reason)." } ?? ""
      throw FaceDataError(
        .emptyDataset, "the file of \(records.file.size) bytes holds no labelled picture." + first,
        path: file)
    }
    self.path = file
    let labels = Set(scan.items.map(\.identity)).sorted()
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    identityNames = labels.map(String.init)
    items = scan.items.map {
      Item(key: $0.key, offset: $0.offset, identity: places[$0.identity] ?? 0)
    }
    scan.checkProperty(people: labels.count)
    unusable = scan.problems.finished
    fingerprint = FolderListing.fingerprint(
      kind: "recordio", files: [.init(path: "rec", size: records.file.size)],
      labels: [Array(scan.digest.utf8)])
  }

  private static func recordFile(_ path: String) throws -> String {
    guard FolderListing.isFolder(path) else { return path }
    let files = try FolderListing(path).files.filter { $0.fileExtension == "rec" }
    let named = files.first { $0.path == "train.rec" }
    guard let file = named ?? files.first, named != nil || files.count == 1 else {
      throw FaceDataError(
        .emptyDataset,
        files.isEmpty
          ? "no .rec file in the folder; facet expects train.rec with train.idx"
          : "\(files.count) .rec files in the folder; name the one that is meant", path: path)
    }
    return path + "/" + file.path
  }

  public var count: Int { items.count }
  public var pairs: [VerificationPair] { [] }
  /// The record's key.
  public func id(at index: Int) -> String { String(items[index].key) }

  public func labels(at index: Int) throws -> FaceLabels {
    FaceLabels(identity: items[index].identity)
  }

  public func sample(at index: Int) throws -> FaceSample {
    let item = items[index]
    let place = "\(path), record \(item.key)"
    guard let record = ImageRecord(try records.record(at: item.offset).bytes) else {
      throw FaceDataError(.brokenImage, "the record is shorter than its header", path: place)
    }
    let image = try ImageFile.decode(Array(record.picture), path: place)
    return FaceSample(id: id(at: index), image: image, labels: try labels(at: index))
  }
}

/// Finds the pictures of a record file.
struct RecordScan {
  /// Identity is the file's own number here.
  var items: [RecordIODataset.Item] = []
  var problems = ProblemList()
  var digest = ""
  private let records: RecordFile
  private let stem: String
  private var keys = RecordKeys([]) { _ in }

  init(_ records: RecordFile) {
    self.records = records
    let path = records.file.path
    stem = path.lowercased().hasSuffix(".rec") ? String(path.dropLast(4)) : path
  }

  private var indexName: String { String(stem.split(separator: "/").last ?? "train") + ".idx" }

  mutating func run() throws {
    if FolderListing.isFile(stem + ".idx") { try readIndex() } else { walk() }
    guard let range = try header() else { return takeAll(keys.entries[...]) }
    if range.people.upperBound <= ImageRecord.exactWhole { return takePeople(range) }
    // Float32 cannot hold the keys of larger sets (Glint360K): the pictures' own labels count.
    takeAll(keys.entries.filter { range.pictures.contains($0.key) }[...])
  }

  private mutating func readIndex() throws {
    let (name, size) = (indexName, records.file.size)
    var (problems, keys): (ProblemList, [RecordKeys.Entry]) = (problems, [])
    digest = try LabelLines.read(stem + ".idx") { line in
      guard !line.bytes.isEmpty else { return }
      let words = line.words
      guard words.count == 2, let key = words[0].wholeNumber, let offset = words[1].wholeNumber,
        key >= 0, (0..<size).contains(offset)
      else {
        let reason = "“\(line.text.prefix(40))” is not “key offset” with an offset in the file"
        return problems.add(name, line: line.number, reason)
      }
      keys.append(.init(key: key, offset: offset))
    }
    self.keys = RecordKeys(keys) { problems.add(name, "key \($0) is there already") }
    self.problems = problems
  }

  /// Without an index the records are numbered in order.
  private mutating func walk() {
    let (offsets, error) = records.scan()
    keys = RecordKeys(offsets.enumerated().map { .init(key: $0, offset: $1) }) { _ in }
    digest = "\(offsets)"
    if let error { problems.add(error, "after record \(offsets.count)") }
  }

  /// Keys of the pictures and of the people, if record 0 says so.
  private mutating func header() throws -> (pictures: Range<Int>, people: Range<Int>)? {
    guard let first = keys.entries.first, first.key == 0,
      let bytes = try? records.record(at: first.offset, prefix: 4096).bytes,
      bytes.count >= ImageRecord.headerLength, bytes.uint32(0) > 0,
      let record = ImageRecord(bytes), record.picture.isEmpty
    else { return nil }
    let bounds = record.labels.map(ImageRecord.whole)
    guard bounds.count == 2, let start = bounds[0], let end = bounds[1], start >= 1, end >= start
    else {
      throw FaceDataError(
        .brokenLabels,
        "record 0 has the labels \(record.labels.prefix(4)), and the first and last key of the "
          + "people were expected; fetch the file again", path: records.file.path)
    }
    return (1..<start, start..<end)
  }

  private mutating func takePeople(_ range: (pictures: Range<Int>, people: Range<Int>)) {
    // A byte a picture, and float32's whole numbers end at 16 million.
    var isTaken = [Bool](repeating: false, count: range.pictures.upperBound)
    // Ranges that lie apart cannot sum up to more: a broken file must not cost hours.
    var budget = range.pictures.count
    for person in range.people.prefix(keys.entries.count) {
      guard let bounds = bounds(person, range.pictures) else { continue }
      budget -= bounds.count
      guard budget >= 0 else {
        problems.add("record \(person)", "people from here on have more pictures than there are")
        break
      }
      var lost = 0
      for key in bounds {
        guard let offset = keys[key], !isTaken[key] else {
          lost += 1
          continue
        }
        isTaken[key] = true
        items.append(.init(key: key, offset: offset, identity: person - range.people.lowerBound))
      }
      guard lost > 0 else { continue }
      let reason = "\(lost) of \(bounds.count) pictures are not in the index, or somebody else's"
      problems.add("record \(person)", reason)
    }
    let nobodys = keys.entries.count { range.pictures.contains($0.key) && !isTaken[$0.key] }
    if nobodys > 0 { problems.add(indexName, "\(nobodys) pictures belong to nobody") }
    if range.people.count > keys.entries.count {
      problems.add("record 0", "it announces \(range.people.count) people, more than records")
    }
  }

  /// Keys of a person's pictures.
  private mutating func bounds(
    _ person: Int, _ pictures: Range<Int>
  ) -> Range<Int>? {
    let place = "record \(person)"
    guard let offset = keys[person] else {
      problems.add(place, "a person's record is not in the index")
      return nil
    }
    do {
      let record = ImageRecord(try records.record(at: offset, prefix: 4096).bytes)
      let bounds = record?.labels.map(ImageRecord.whole) ?? []
      guard bounds.count == 2, let first = bounds[0], let end = bounds[1], first <= end,
        pictures.lowerBound <= first, end <= pictures.upperBound
      else {
        problems.add(place, "its labels are no range of the pictures \(pictures)")
        return nil
      }
      return first..<end
    } catch {
      problems.add(place, (error as? FaceDataError)?.message ?? "\(error)")
      return nil
    }
  }

  private mutating func takeAll(_ entries: ArraySlice<RecordKeys.Entry>) {
    for entry in entries {
      let (key, offset) = (entry.key, entry.offset)
      do {
        let bytes = try records.record(at: offset, prefix: 4096).bytes
        guard let record = ImageRecord(bytes), !record.picture.isEmpty else {
          problems.add("record \(key)", "no picture after its header")
          continue
        }
        guard let identity = record.number else {
          problems.add("record \(key)", "the label \(record.labels.first ?? .nan) is no person")
          continue
        }
        items.append(.init(key: key, offset: offset, identity: identity))
      } catch {
        problems.add("record \(key)", (error as? FaceDataError)?.message ?? "\(error)")
      }
    }
  }

  /// `property` holds `people,height,width`.
  mutating func checkProperty(people: Int) {
    let file = FolderListing.parent(records.file.path) + "/property"
    guard FolderListing.isFile(file), let bytes = try? FileBytes.read(file, limit: 200) else {
      return
    }
    let announced = bytes.split(separator: UInt8(ascii: ",")).first?.trimmed.wholeNumber
    guard announced != people else { return }
    let reason =
      "it announces \(announced.map(String.init) ?? "no number of") people, and the "
      + "file has \(people)"
    problems.add("property", reason)
  }
}

/// Where each record begins, by key. Six million of them are common: a dictionary would be large.
struct RecordKeys {
  struct Entry {
    let key: Int
    let offset: Int
  }

  /// Ascending by key, each key once.
  let entries: [Entry]

  /// - Parameters: duplicate: is called with a key that occurs again; the first in the file counts.
  init(_ entries: [Entry], duplicate: (Int) -> Void) {
    let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.key < $1.key }
    guard !isSorted else {
      self.entries = entries
      return
    }
    // Swift's sort is stable.
    var unique: [Entry] = []
    for entry in entries.sorted(by: { $0.key < $1.key }) {
      if unique.last?.key == entry.key { duplicate(entry.key) } else { unique.append(entry) }
    }
    self.entries = unique
  }

  /// The offset of a key: at its own place where no key is missing, else by bisection.
  subscript(key: Int) -> Int? {
    if entries.indices.contains(key), entries[key].key == key { return entries[key].offset }
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    guard low < entries.count, entries[low].key == key else { return nil }
    return entries[low].offset
  }
}
