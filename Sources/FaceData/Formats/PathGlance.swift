import Glibc

/// What a path looks like at a glance: the names in and below a folder, and the first bytes of the
/// files that a recogniser asks for.
///
/// Listing stops at `largestCount` names and four levels, so that a disk of millions of pictures
/// costs no more than a moment.
struct PathGlance {
  static let largestCount = 50_000
  static let deepest = 4

  let path: String
  let isFolder: Bool
  /// Paths of files relative to the folder, nearer ones first, sorted by bytes within a level; the
  /// file's own name if the path is a file.
  let files: [String]

  /// - Throws: `FaceDataError` `.unreadable`.
  init(_ path: String) throws {
    self.path = path
    isFolder = FolderListing.isFolder(path)
    if isFolder {
      files = Self.list(path)
    } else {
      _ = try FileBytes.read(path, limit: 1)
      files = [path.split(separator: "/").last.map(String.init) ?? path]
    }
  }

  /// "a folder of 12 files (wide.jpg …)".
  var summary: String {
    let some = files.first.map { " (\($0)\(files.count > 1 ? " …" : ""))" } ?? ""
    return isFolder ? "a folder of \(files.count) files\(some)" : "the file\(some)"
  }

  var pictures: [String] {
    files.filter { FolderListing.pictureExtensions.contains(Self.fileExtension($0)) }
  }

  /// A file of that relative path, or in any folder if `name` has no slash.
  func contains(_ name: String) -> Bool { first { $0 == name || $0.hasSuffix("/" + name) } != nil }

  /// The first file that fits, nearest first.
  func first(where fits: (String) -> Bool) -> String? { files.first(where: fits) }

  func first(withExtension ending: String) -> String? {
    first { Self.fileExtension($0) == ending }
  }

  /// The first `count` bytes of one of `files`; empty if it cannot be read.
  func start(of file: String, count: Int = 4096) -> [UInt8] {
    (try? FileBytes.read(isFolder ? path + "/" + file : path, limit: count)) ?? []
  }

  /// The first line that is not blank among the first bytes of one of `files`.
  func firstLine(of file: String, count: Int = 16_384) -> TextLines.Line? {
    TextLines(start(of: file, count: count)).first { !$0.bytes.isEmpty }
  }

  /// Lower-case, without the dot; empty if there is none.
  static func fileExtension(_ file: String) -> String {
    FolderListing.File(path: file, size: 0).fileExtension
  }

  private static func list(_ root: String) -> [String] {
    var (files, level): ([String], [String]) = ([], [""])
    for _ in 0...deepest where files.count < largestCount {
      var next: [String] = []
      var found: [String] = []
      for folder in level where files.count + found.count < largestCount {
        names(in: folder.isEmpty ? root : root + "/" + folder) { name, isFolder in
          let child = folder.isEmpty ? name : folder + "/" + name
          if isFolder { next.append(child) } else { found.append(child) }
        }
      }
      files += found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      level = next.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    return files
  }

  /// Names of files and folders, hidden ones left out; a folder that cannot be read has none.
  private static func names(in folder: String, _ visit: (String, _ isFolder: Bool) -> Void) {
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix(".") else { continue }
      switch Int(entry.pointee.d_type) {
      case Int(DT_REG): visit(name, false)
      case Int(DT_DIR): visit(name, true)
      default:
        let child = folder + "/" + name
        if FolderListing.isFolder(child) { visit(name, true) }
        if FolderListing.isFile(child) { visit(name, false) }
      }
    }
  }
}
