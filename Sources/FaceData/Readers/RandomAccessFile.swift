import Glibc

/// An open file that is read at any place, for files larger than memory. Safe to use from many
/// threads.
final class RandomAccessFile: Sendable {
  let path: String
  /// Bytes, when it was opened.
  let size: Int
  private let descriptor: Int32

  /// - Throws: `FaceDataError` `.unreadable` for whatever is no plain file.
  init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileBytes.unreadable(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
      close(descriptor)
      throw FileBytes.unreadable(path, code)
    }
    (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// Bytes from `offset` on, fewer at the file's end.
  ///
  /// - Throws: `FaceDataError` `.unreadable`.
  func read(at offset: Int, upTo count: Int) throws -> [UInt8] {
    guard offset >= 0, offset < size, count > 0 else { return [] }
    var failure: Int32 = 0
    let wanted = min(count, size - offset)
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted, let base = buffer.baseAddress {
        let got = pread(descriptor, base + filled, wanted - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { return }
        filled += got
      }
    }
    if failure != 0 { throw FileBytes.unreadable(path, failure) }
    return bytes
  }
}
