import Glibc

/// A file that comes into being whole or not at all.
public enum OutputFile {
  /// Throws at once where the file could not be written later.
  static func check(_ path: String) throws(GraphicsError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .cannotWrite(path, errno: EISDIR) }
      if access(path, W_OK) != 0 { throw .cannotWrite(path, errno: errno) }
    }
    guard isReplaceable(path) else { return }
    if access(folder(of: path), W_OK) != 0 { throw .cannotWrite(path, errno: errno) }
  }

  /// Writes beside the file and renames, so that a full disk leaves the old file as it was.
  ///
  /// - Throws: `GraphicsError` with `.cannotWrite`.
  public static func write(_ bytes: [UInt8], to path: String) throws(GraphicsError) {
    guard isReplaceable(path) else { return try fill(path, with: bytes) }
    let partial = path + ".\(getpid()).partial"
    do {
      try fill(partial, with: bytes)
    } catch {
      unlink(partial)
      throw GraphicsError(
        error.code, error.message.replacing(partial, with: path), context: path)
    }
    guard rename(partial, path) == 0 else {
      let number = errno
      unlink(partial)
      throw .cannotWrite(path, errno: number)
    }
  }

  /// Whether the path is free or an ordinary file; a device such as /dev/stdout is written to.
  private static func isReplaceable(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func fill(_ path: String, with bytes: [UInt8]) throws(GraphicsError) {
    guard let file = fopen(path, "wb") else { throw .cannotWrite(path, errno: errno) }
    let written = fwrite(bytes, 1, bytes.count, file)
    let number = errno
    guard fclose(file) == 0 else { throw .cannotWrite(path, errno: errno) }
    guard written == bytes.count else { throw .cannotWrite(path, errno: number) }
  }
}
