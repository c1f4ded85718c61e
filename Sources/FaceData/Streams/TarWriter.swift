import CArchive
import Foundation
import Glibc

/// Writes a tar archive through libarchive: ustar, with pax headers only for long names. Times,
/// owners and modes are fixed, so that the same files give the same bytes.
///
/// The archive appears under its name when `close()` has returned. Owned by one thread.
final class TarWriter {
  let path: String
  /// Bytes of contents and headers so far, without the padding of the end.
  private(set) var size = 0
  /// libarchive's functions.
  private let calls: UnsafePointer<ft_archive>
  private let archive: OpaquePointer
  private let partial: String
  private var isClosed = false

  /// - Throws: `FaceDataError` `.writeFailed`.
  init(_ path: String) throws {
    let calls = try DataLibraries.archive.get().functions
    guard let archive = calls.pointee.archive_write_new() else {
      throw FaceDataError(.writeFailed, "libarchive has no memory to start", path: path)
    }
    (self.path, self.calls, self.archive, partial) = (path, calls, archive, path + ".partial")
    _ = calls.pointee.archive_write_set_format_pax_restricted(archive)
    _ = calls.pointee.archive_write_add_filter_none(archive)
    // Names are bytes, whatever the locale.
    _ = calls.pointee.archive_write_set_options(archive, "hdrcharset=BINARY")
    try check(calls.pointee.archive_write_open_filename(archive, partial))
  }

  deinit {
    _ = calls.pointee.archive_write_free(archive)
    if !isClosed { unlink(partial) }
  }

  /// - Throws: `FaceDataError` `.writeFailed`.
  func add(_ name: String, _ bytes: [UInt8]) throws {
    guard let entry = calls.pointee.archive_entry_new() else {
      throw FaceDataError(.writeFailed, "libarchive has no memory for an entry", path: path)
    }
    defer { calls.pointee.archive_entry_free(entry) }
    calls.pointee.archive_entry_set_pathname(entry, name)
    calls.pointee.archive_entry_set_size(entry, la_int64_t(bytes.count))
    calls.pointee.archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
    calls.pointee.archive_entry_set_perm(entry, 0o644)
    calls.pointee.archive_entry_set_mtime(entry, 0, 0)
    try check(calls.pointee.archive_write_header(archive, entry))
    let written = bytes.withUnsafeBytes {
      calls.pointee.archive_write_data(archive, $0.baseAddress, $0.count)
    }
    guard written == bytes.count else { throw failed() }
    try check(calls.pointee.archive_write_finish_entry(archive))
    size += 512 + (bytes.count + 511) & ~511
  }

  /// Writes the end and gives the archive its name.
  ///
  /// - Throws: `FaceDataError` `.writeFailed`, for instance if the disk is full.
  func close() throws {
    try check(calls.pointee.archive_write_close(archive))
    guard rename(partial, path) == 0 else {
      throw FaceDataError(
        .writeFailed, "cannot be given its name: \(String(cString: strerror(errno)))", path: path)
    }
    isClosed = true
  }

  private func check(_ status: Int32) throws {
    guard status >= ARCHIVE_WARN else { throw failed() }
  }

  private func failed() -> FaceDataError {
    let reason =
      calls.pointee.archive_error_string(archive).map { String(cString: $0) } ?? "libarchive failed"
    return FaceDataError(
      .writeFailed, "cannot write the archive: \(reason); check the disk and the permissions",
      path: path)
  }
}
