/// A sample of a shard as it lies there: files of one stem that follow each other.
struct ShardGroup {
  struct Part {
    /// What follows the first dot of the file's name, lower-case: "jpg", "json".
    let suffix: String
    let offset: Int
    let size: Int
    /// The contents, where the reader was asked for them.
    let bytes: [UInt8]?
  }

  /// The path up to the first dot of the file's name.
  let key: String
  /// Where its first header begins.
  let offset: Int
  var parts: [Part]

  /// The first part of that suffix.
  func part(_ suffix: String) -> Part? { parts.first { $0.suffix == suffix } }

  /// The first picture: a suffix such as "jpg" or "face.png".
  var picture: Part? { parts.first { Self.isPicture($0.suffix) } }

  static func isPicture(_ suffix: String) -> Bool {
    FolderListing.pictureExtensions.contains(String(suffix.split(separator: ".").last ?? ""))
  }
}

/// Reads a shard from front to back and gathers its files into samples.
///
/// Only files that follow each other make a sample; folders, hidden files and WebDataset's own
/// `__…__` are passed over. A sample next to damage is left out, because what belongs to it may be
/// lost. Owned by one thread.
/// - Source: WebDataset's tariterators.py (`base_plus_ext`, `group_by_keys`). Checked by:
///   ShardReaderTests.
final class ShardReader {
  /// Files of one sample; more are no sample.
  static let largestPartCount = 64

  let path: String
  /// What was left out.
  private(set) var problems = ProblemList()
  /// Where the next sample begins; nil at the end.
  private(set) var nextOffset: Int?
  private let tar: TarReader
  private let isWanted: (_ suffix: String) -> Bool
  private var pending: TarReader.Entry?
  private var damage = 0
  private var end = 0
  private let name: String

  /// - Parameters: offset: where a sample begins; isWanted: the suffixes whose contents are read.
  /// - Throws: `FaceDataError`, see `TarReader`; `.brokenArchive` if it has not one sound header.
  init(_ path: String, from offset: Int = 0, isWanted: @escaping (_ suffix: String) -> Bool) throws
  {
    tar = try TarReader(path, from: offset)
    (self.path, self.isWanted) = (path, isWanted)
    name = path.split(separator: "/").last.map(String.init) ?? path
    pending = try tar.next()
    damage = tar.damage
    if damage > 0 { problems.add(name, "a header is broken; what it belongs to is left out") }
    nextOffset = pending?.headerOffset
    if pending == nil, offset == 0 {
      problems.add(name, "the archive holds no files; fetch it again or remove it")
    }
  }

  /// The next sample; nil at the end, or where nothing more can be read.
  ///
  /// - Parameters: load: false passes over the contents.
  func next(load: Bool = true) -> ShardGroup? {
    while pending != nil {
      if let group = gather(load: load) { return group }
    }
    return nil
  }

  /// The entries of one key; nil if there is nothing to use among them.
  private func gather(load: Bool) -> ShardGroup? {
    var group: ShardGroup?
    var fault: String?
    while let entry = pending {
      let place = Self.split(entry.name)
      if let place, entry.isFile {
        if group == nil {
          group = ShardGroup(key: place.key, offset: entry.headerOffset, parts: [])
        }
        guard place.key == group?.key else { break }
        do {
          try add(entry, place.suffix, to: &group, &fault, load: load && fault == nil)
        } catch {
          fault = (error as? FaceDataError)?.message ?? "\(error)"
        }
      }
      if let reason = advance() { fault = fault ?? reason }
    }
    nextOffset = pending?.headerOffset
    guard let group else { return nil }
    if let fault { problems.add("\(name)/\(group.key)", fault) }
    return fault == nil ? group : nil
  }

  private func add(
    _ entry: TarReader.Entry, _ suffix: String, to group: inout ShardGroup?,
    _ fault: inout String?, load: Bool
  ) throws {
    guard let count = group?.parts.count, count < Self.largestPartCount else {
      fault = "more than \(Self.largestPartCount) files have this stem"
      return
    }
    guard group?.part(suffix) == nil else {
      fault = "the file .\(suffix) is there twice"
      return
    }
    let bytes = load && isWanted(suffix) ? try tar.contents(of: entry) : nil
    group?.parts.append(
      .init(suffix: suffix, offset: entry.dataOffset, size: entry.size, bytes: bytes))
  }

  /// Goes to the next entry. Returns what makes the sample before it doubtful.
  private func advance() -> String? {
    if let pending { end = max(end, pending.isFile ? TarReader.end(of: pending) : 0) }
    do {
      pending = try tar.next()
    } catch {
      pending = nil
      return (error as? FaceDataError)?.message ?? "\(error)"
    }
    if pending == nil, let reason = checkEnd() { return reason }
    guard tar.damage > damage else { return nil }
    damage = tar.damage
    return "a header beside it is broken"
  }

  /// Looks for the mark at the end of a plain archive, and for bytes behind it.
  @discardableResult private func checkEnd() -> String? {
    guard let file = try? RandomAccessFile(path), (try? TarReader.isCompressed(path)) == false
    else { return nil }
    guard end <= file.size else { return "the archive is cut off in the middle of it" }
    let tail = (try? file.read(at: end, upTo: 64 << 10)) ?? []
    if end > 0, tail.count < 512 {
      problems.add(name, "the archive has no end mark and may be cut off; compare its size")
    } else if end > 0, tail.contains(where: { $0 != 0 }) {
      problems.add(name, "what follows the archive's end from byte \(end) on is not read")
    }
    return nil
  }

  /// `a/b.left.JPG` is the key `a/b` and the suffix `left.jpg`.
  static func split(_ name: String) -> (key: String, suffix: String)? {
    let file = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard !file.hasPrefix("."), !file.hasPrefix("__"), let dot = file.firstIndex(of: "."),
      file.index(after: dot) < file.endIndex
    else { return nil }
    return (
      String(name[..<dot]), file[file.index(after: dot)...].lowercased()
    )
  }
}
