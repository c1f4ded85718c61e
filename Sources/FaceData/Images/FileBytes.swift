import Foundation
import Glibc

/// A file's bytes, read in one go. Foundation's `Data` is passed by: ten thousand small label files
/// would spend more time in it than in the disk.
enum FileBytes {
  /// The most that facet reads of one picture or label file.
  static let largest = 256 << 20

  /// - Parameters: limit: reads no more than this many bytes from the start.
  /// - Throws: `FaceDataError` `.unreadable` or `.tooLarge`.
  static func read(_ path: String, limit: Int? = nil) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw unreadable(path, EISDIR) }
    let size = min(Int(status.st_size), limit ?? .max)
    guard size <= largest else {
      throw FaceDataError(
        .tooLarge,
        "the file has \(size >> 20) MiB, more than the \(largest >> 20) MiB that facet reads; "
          + "shrink the picture or leave the file out", path: path)
    }
    return try readAll(descriptor, size: size, path: path)
  }

  private static func readAll(_ descriptor: Int32, size: Int, path: String) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size, let base = buffer.baseAddress {
        let count = Glibc.read(descriptor, base + filled, size - filled)
        if count < 0, errno == EINTR { continue }
        if count < 0 { failure = errno }
        if count <= 0 { return }
        filled += count
      }
    }
    if failure != 0 { throw unreadable(path, failure) }
    return bytes
  }

  static func unreadable(_ path: String, _ code: Int32) -> FaceDataError {
    let reason =
      switch code {
      case ENOENT, ENOTDIR: "there is no such file; check the path"
      case EACCES, EPERM: "the file may not be read; check its permissions"
      case EISDIR: "this is a folder, and a file was expected"
      default: "the file cannot be read: " + String(cString: strerror(code))
      }
    return FaceDataError(.unreadable, reason, path: path)
  }
}
