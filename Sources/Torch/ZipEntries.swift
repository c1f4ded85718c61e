import CArchive
import Foundation

/// The files of a zip archive, whole, through libarchive.
enum ZipEntries {
  /// Contents may not be larger than this times the file: torch.save stores without compressing.
  private static let mostExpansion = 16

  /// - Returns: contents by their path in the archive.
  /// - Throws: `TensorError.file`.
  static func read(_ url: URL) throws -> [String: [UInt8]] {
    guard let archive = archive_read_new() else {
      throw TensorError(.outOfMemory, "libarchive has no memory to start")
    }
    defer { archive_read_free(archive) }
    archive_read_support_format_zip(archive)
    guard archive_read_open_filename(archive, url.path, 1 << 20) == ARCHIVE_OK else {
      throw failure(url, archive)
    }
    let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
    var budget = max(size, 1 << 20).multipliedReportingOverflow(by: mostExpansion).partialValue
    var entries: [String: [UInt8]] = [:]
    var entry: OpaquePointer?
    while true {
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return entries }
      guard status >= ARCHIVE_WARN, let entry, let name = archive_entry_pathname(entry) else {
        throw failure(url, archive)
      }
      entries[String(cString: name)] = try contents(archive, url, budget: &budget)
    }
  }

  private static func contents(
    _ archive: OpaquePointer, _ url: URL, budget: inout Int
  ) throws -> [UInt8] {
    var result: [UInt8] = []
    let piece = 1 << 20
    while true {
      let start = result.count
      var read = 0
      result += [UInt8](unsafeUninitializedCapacity: piece) { buffer, filled in
        read = archive_read_data(archive, buffer.baseAddress, piece)
        filled = max(0, read)
      }
      guard read >= 0 else { throw failure(url, archive) }
      if result.count == start { return result }
      budget -= read
      guard budget >= 0 else {
        throw WeightFile.failure(url, "unpacks to far more than it holds: it is no file of weights")
      }
    }
  }

  private static func failure(_ url: URL, _ archive: OpaquePointer) -> TensorError {
    let reason = archive_error_string(archive).map { String(cString: $0) } ?? "it is damaged"
    return WeightFile.failure(url, "is no intact zip archive: \(reason)")
  }
}
