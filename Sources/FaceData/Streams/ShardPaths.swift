import Glibc

/// Which files a name of shards means: a tar file, a folder of them, or a pattern such as
/// `faces-{000000..000099}.tar`.
struct ShardPaths {
  static let extensions: Set<String> = ["tar", "tgz", "gz", "bz2", "xz", "zst", "lz4"]
  /// More names than this are taken for a slip of the pen.
  static let largestCount = 1_000_000

  /// The folder that the shards lie in, and the manifest if there is one.
  let folder: String
  /// Sorted as a folder lists them, or in the pattern's order.
  let files: [String]

  /// - Throws: `FaceDataError` `.unreadable` for files that are not there, `.emptyDataset` for a
  ///   folder without any, `.invalidSetting` for a pattern that cannot be understood.
  init(_ path: String) throws {
    if Self.isPattern(path) {
      files = try Self.expanded(path)
      try Self.checkPresence(files, pattern: path)
      folder = FolderListing.parent(files.first ?? path)
    } else if FolderListing.isFolder(path) {
      let listing = try FolderListing(path)
      files = listing.files.map(\.path).filter(Self.isShard).map(listing.absolute)
      folder = path
      guard !files.isEmpty else {
        throw FaceDataError(
          .emptyDataset,
          "no .tar file among the \(listing.files.count) files in and below the "
            + "folder; facet expects shards such as faces-000000.tar", path: path)
      }
    } else {
      _ = try FileBytes.read(path, limit: 1)
      (files, folder) = ([path], FolderListing.parent(path))
    }
  }

  /// `a.tar`, `a.tar.gz`, `a.tgz` and so on.
  static func isShard(_ path: String) -> Bool {
    let words = path.split(separator: "/").last?.lowercased().split(separator: ".") ?? []
    guard let last = words.last, words.count > 1 else { return false }
    if last == "tar" || last == "tgz" { return true }
    return words.count > 2 && words[words.count - 2] == "tar" && extensions.contains(String(last))
  }

  /// "a-000.tar.gz" without ".tar.gz".
  static func stem(_ name: String) -> String {
    String(name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)[0])
  }

  static func isPattern(_ path: String) -> Bool { path.contains("{") && path.contains("}") }

  private static func checkPresence(_ files: [String], pattern: String) throws {
    let missing = files.filter { !FolderListing.isFile($0) }
    guard let first = missing.first else { return }
    throw FaceDataError(
      .unreadable,
      "\(missing.count) of the \(files.count) files of the pattern are not there, the first is "
        + "\(first.split(separator: "/").last ?? ""); check the path and the numbers",
      path: pattern)
  }

  /// The names that `{000..012}` and `{a,b}` stand for, the last brace turning fastest.
  ///
  /// - Throws: `FaceDataError` `.invalidSetting`.
  static func expanded(_ pattern: String) throws -> [String] {
    guard let open = pattern.firstIndex(of: "{") else { return [pattern] }
    let rest = pattern[pattern.index(after: open)...]
    guard let close = rest.firstIndex(of: "}") else {
      throw invalid(pattern, "a { is not closed")
    }
    let words = try alternatives(rest[..<close], pattern)
    let tails = try expanded(String(rest[rest.index(after: close)...]))
    guard words.count * tails.count <= largestCount else {
      throw invalid(pattern, "it means \(words.count * tails.count) files")
    }
    return words.flatMap { word in tails.map { pattern[..<open] + word + $0 } }
  }

  private static func alternatives(_ inner: Substring, _ pattern: String) throws -> [String] {
    let ends = inner.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2, !inner.contains(",") else {
      let words = inner.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard words.count > 1 else { throw invalid(pattern, "“{\(inner)}” is no range or list") }
      return words
    }
    guard ends.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy({ (48...57).contains($0) }) }),
      let first = Int(ends[0]), let last = Int(ends[1]), first <= last,
      last - first < largestCount
    else { throw invalid(pattern, "“{\(inner)}” is no range of ascending whole numbers") }
    // As many digits as the first end has: {000..012}.
    let width = ends[0].count
    return (first...last).map { number in
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
  }

  private static func invalid(_ pattern: String, _ reason: String) -> FaceDataError {
    FaceDataError(
      .invalidSetting,
      "the pattern cannot be used: \(reason); write it like faces-{000000..000099}.tar",
      path: pattern)
  }
}
