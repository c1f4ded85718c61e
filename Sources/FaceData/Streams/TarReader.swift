import CArchive
import Glibc

/// The entries of a tar archive, one after the other, through libarchive: ustar, pax and GNU tar,
/// plain or compressed with gzip, bzip2, xz, zstd or lz4.
///
/// Damage is skipped where libarchive finds the next header; `damage` says how often that happened.
/// Owned by one thread.
final class TarReader {
  struct Entry {
    /// The path in the archive, without a leading `./`.
    let name: String
    /// Bytes of the contents.
    let size: Int
    /// Where the entry's first header begins, and its contents, in the uncompressed archive.
    let headerOffset: Int
    let dataOffset: Int
    /// A file whose contents lie in the archive in one piece.
    let isFile: Bool
  }

  let path: String
  /// Bytes of the file, compressed as it may be.
  let fileSize: Int
  /// Times that headers were broken and passed over.
  private(set) var damage = 0
  /// libarchive's functions.
  private let calls: UnsafePointer<ft_archive>
  private let archive: OpaquePointer
  private let descriptor: Int32
  private var base = 0
  /// Read already and to be given next.
  private var pending: Entry?

  /// - Parameters: offset: a `headerOffset` to go on from.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenArchive` for what is no tar.
  init(_ path: String, from offset: Int = 0) throws {
    let calls = try DataLibraries.archive.get().functions
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileBytes.unreadable(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & Glibc.S_IFMT == Glibc.S_IFREG else {
      let code = status.st_mode & Glibc.S_IFMT == Glibc.S_IFDIR ? EISDIR : EINVAL
      close(descriptor)
      throw FileBytes.unreadable(path, code)
    }
    guard let archive = calls.pointee.archive_read_new() else {
      close(descriptor)
      throw FaceDataError(.unreadable, "libarchive has no memory to start", path: path)
    }
    (self.path, self.descriptor, self.calls, self.archive) = (path, descriptor, calls, archive)
    fileSize = Int(status.st_size)
    // From here on deinit closes both.
    try start(at: offset)
  }

  deinit {
    _ = calls.pointee.archive_read_free(archive)
    close(descriptor)
  }

  private func start(at offset: Int) throws {
    guard fileSize > 0 else {
      throw FaceDataError(
        .brokenArchive, "the archive is empty; fetch it again or remove it", path: path)
    }
    _ = calls.pointee.archive_read_support_format_tar(archive)
    _ = calls.pointee.archive_read_support_format_empty(archive)
    _ = calls.pointee.archive_read_support_filter_gzip(archive)
    _ = calls.pointee.archive_read_support_filter_bzip2(archive)
    _ = calls.pointee.archive_read_support_filter_xz(archive)
    _ = calls.pointee.archive_read_support_filter_zstd(archive)
    _ = calls.pointee.archive_read_support_filter_lz4(archive)
    if offset > 0, try !Self.isCompressed(path) {
      // The rest of a plain tar is a tar.
      guard offset <= fileSize, lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else {
        throw broken("it has \(fileSize) bytes and was to be read from byte \(offset) on")
      }
      base = offset
    }
    let status = calls.pointee.archive_read_open_fd(archive, descriptor, 256 << 10)
    guard status >= ARCHIVE_WARN else { throw broken(reason) }
    guard offset > base else { return }
    // A compressed one has to be read from its start.
    while let entry = try read() {
      if entry.headerOffset == offset {
        pending = entry
        return
      }
      if entry.headerOffset > offset {
        throw broken("the place to go on from, byte \(offset), is not the start of an entry")
      }
    }
  }

  /// The place after an entry's contents and their padding.
  static func end(of entry: Entry) -> Int { (entry.dataOffset + entry.size + 511) & ~511 }

  /// Whether the file begins like gzip, bzip2, xz, zstd or lz4.
  static func isCompressed(_ path: String) throws -> Bool {
    let magics: [[UInt8]] = [
      [0x1F, 0x8B], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x28, 0xB5, 0x2F, 0xFD],
      [0x04, 0x22, 0x4D, 0x18],
    ]
    let start = try FileBytes.read(path, limit: 8)
    return magics.contains { start.starts(with: $0) }
  }

  /// The next entry of whatever kind; nil at the archive's end.
  ///
  /// - Throws: `FaceDataError` `.brokenArchive` where nothing more can be read, `.unreadable` for
  ///   errors of the disk.
  func next() throws -> Entry? {
    defer { pending = nil }
    return try pending ?? read()
  }

  private func read() throws -> Entry? {
    var header: OpaquePointer?
    var isDamaged = false
    while true {
      let status = calls.pointee.archive_read_next_header(archive, &header)
      if status == ARCHIVE_EOF { return nil }
      if status == ARCHIVE_RETRY {
        // A bad header: the next call looks a block further.
        if !isDamaged { damage += 1 }
        isDamaged = true
        continue
      }
      guard status >= ARCHIVE_WARN, let header else { throw broken(reason) }
      if let entry = entry(header) { return entry }
    }
  }

  private func entry(_ header: OpaquePointer) -> Entry? {
    let size = Int(calls.pointee.archive_entry_size(header))
    guard size >= 0, size < .max / 2 else { return nil }
    let isFile =
      calls.pointee.archive_entry_filetype(header) & UInt32(Glibc.S_IFMT) == UInt32(Glibc.S_IFREG)
      && calls.pointee.archive_entry_hardlink(header) == nil
      && calls.pointee.archive_entry_sparse_count(header) == 0
    guard
      let name = calls.pointee.archive_entry_pathname(header)
        ?? calls.pointee.archive_entry_pathname_utf8(header)
    else {
      return nil
    }
    var path = Substring(String(cString: name))
    while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
    return Entry(
      name: String(path), size: size,
      headerOffset: base + Int(calls.pointee.archive_read_header_position(archive)),
      dataOffset: base + Int(calls.pointee.archive_filter_bytes(archive, 0)), isFile: isFile)
  }

  /// The contents of the entry that `next()` gave last.
  ///
  /// - Throws: `FaceDataError` `.tooLarge`, `.brokenArchive` if they are cut off.
  func contents(of entry: Entry) throws -> [UInt8] {
    guard entry.size <= FileBytes.largest else {
      throw FaceDataError(
        .tooLarge,
        "\(entry.name) has \(entry.size >> 20) MiB, more than the \(FileBytes.largest >> 20) MiB "
          + "that facet reads; leave it out", path: path)
    }
    // A size that the file cannot hold is not believed before that many bytes have come.
    var bytes: [UInt8] = []
    while bytes.count < entry.size {
      let wanted = min(entry.size - bytes.count, 4 << 20)
      var got = 0
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        got = calls.pointee.archive_read_data(archive, buffer.baseAddress, wanted)
        filled = max(0, got)
      }
      guard got > 0 else { throw broken(got < 0 ? reason : "\(entry.name) is cut off") }
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
    }
    return bytes
  }

  private var reason: String {
    calls.pointee.archive_error_string(archive).map { String(cString: $0) }
      ?? "libarchive cannot read it"
  }

  private func broken(_ reason: String) -> FaceDataError {
    FaceDataError(
      .brokenArchive, "broken tar archive: \(reason); fetch it again or pack it anew", path: path)
  }
}
