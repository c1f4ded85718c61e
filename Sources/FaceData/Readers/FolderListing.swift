import Digests
import Glibc

/// The files below a folder, found by readdir and stat: ten thousand in a few hundredths of a
/// second.
struct FolderListing {
  struct File: Hashable {
    /// Relative to the folder, with `/`.
    let path: String
    let size: Int

    /// Lower-case, without the dot; empty if there is none.
    var fileExtension: String {
      guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
      let end = path[path.utf8.index(after: dot)...]
      return end.utf8.contains(UInt8(ascii: "/")) ? "" : end.lowercased()
    }

    /// The path without the extension.
    var stem: String { String(path.dropLast(fileExtension.isEmpty ? 0 : fileExtension.count + 1)) }

    var isPicture: Bool { FolderListing.pictureExtensions.contains(fileExtension) }
  }

  static let pictureExtensions: Set<String> = ["jpg", "jpeg", "png", "pgm", "ppm"]

  let folder: String
  /// Sorted by the bytes of their paths, so that the order is the same on every machine. Hidden
  /// files are left out; links are followed, but no folder is entered twice.
  let files: [File]

  /// - Throws: `FaceDataError` `.unreadable` if the folder is missing or closed.
  init(_ folder: String) throws {
    self.folder = folder
    var walk = Walk(root: folder)
    try walk.enter("", depth: 0)
    files = walk.files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// A single file as a folder of one.
  init(file path: String) {
    folder = Self.parent(path)
    var status = stat()
    let name = path.split(separator: "/").last.map(String.init) ?? path
    files = stat(path, &status) == 0 ? [File(path: name, size: Int(status.st_size))] : []
  }

  func absolute(_ path: String) -> String { folder + "/" + path }

  var pictures: [File] { files.filter(\.isPicture) }

  /// The folder that a file lies in.
  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// SHA-256 over names and sizes of files and over whatever else decides the samples.
  static func fingerprint(
    kind: String, files: some Sequence<File>, labels: [[UInt8]] = []
  ) -> String {
    var hasher = SHA256Hasher()
    hasher.update(kind)
    for file in files { hasher.update("\n\(file.path)\t\(file.size)") }
    for bytes in labels {
      hasher.update("\n#\(bytes.count)\n")
      hasher.update(bytes)
    }
    return hasher.finalize().hex
  }

  /// The folders that are being entered.
  private struct Walk {
    private struct Identity: Hashable { let device, inode: UInt }

    let root: String
    var files: [File] = []
    private var seen: Set<Identity> = []

    init(root: String) { self.root = root }

    mutating func enter(_ relative: String, depth: Int) throws {
      let path = relative.isEmpty ? root : root + "/" + relative
      guard let directory = opendir(path) else { throw missing(path, errno) }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard !name.hasPrefix(".") else { continue }
        var status = stat()
        guard stat(path + "/" + name, &status) == 0 else { continue }
        let child = relative.isEmpty ? name : relative + "/" + name
        switch status.st_mode & S_IFMT {
        case S_IFREG: files.append(File(path: child, size: Int(status.st_size)))
        case S_IFDIR where depth < 32:
          let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
          if seen.insert(identity).inserted { try enter(child, depth: depth + 1) }
        default: continue
        }
      }
    }

    private func missing(_ path: String, _ code: Int32) -> FaceDataError {
      let reason =
        switch code {
        case ENOENT: "there is no such folder; check the path"
        case ENOTDIR: "this is a file, and a folder of pictures was expected"
        case EACCES, EPERM: "the folder may not be read; check its permissions"
        default: "the folder cannot be read: " + String(cString: strerror(code))
        }
      return FaceDataError(.unreadable, reason, path: path)
    }
  }
}
