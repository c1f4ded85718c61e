import Synchronization

/// Reads pieces of many files and keeps a few of them open. Safe to use from many threads.
final class SampleFiles: Sendable {
  /// Far below the thousand files that a process may usually have open.
  private static let largestOpenCount = 128

  private let paths: [String]
  private let open = Mutex<[Int32: RandomAccessFile]>([:])

  init(_ paths: [String]) { self.paths = paths }

  func path(_ piece: SampleIndex.Piece) -> String { paths[Int(piece.file)] }

  /// - Throws: `FaceDataError` `.unreadable`; `.brokenArchive` if the file has shrunk.
  func read(_ piece: SampleIndex.Piece) throws -> [UInt8] {
    let bytes = try file(piece.file).read(at: piece.offset, upTo: Int(piece.size))
    guard bytes.count == Int(piece.size) else {
      throw FaceDataError(
        .brokenArchive,
        "the file is shorter than when it was opened: \(piece.size) bytes from \(piece.offset) on "
          + "were expected; open the data set again", path: path(piece))
    }
    return bytes
  }

  private func file(_ number: Int32) throws -> RandomAccessFile {
    if let file = open.withLock({ $0[number] }) { return file }
    let file = try RandomAccessFile(paths[Int(number)])
    open.withLock { files in
      // A reader that holds the file keeps it open until it is done.
      if files.count >= Self.largestOpenCount, let other = files.keys.first { files[other] = nil }
      files[number] = file
    }
    return file
  }
}
