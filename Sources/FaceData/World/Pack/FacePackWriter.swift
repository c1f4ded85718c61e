import Foundation
import Synchronization

/// Renders a world into a file beside its final place and moves it there when it is whole.
struct FacePackWriter {
  let world: FaceWorld
  let layout: FacePackLayout
  let threads: Int

  /// Faces rendered between two writes: bounds the memory and paces `progress`.
  private static let pieceCount = 256

  func write(to url: URL, progress: (Int, Int) throws -> Void) throws {
    let partial = url.appendingPathExtension(UUID().uuidString + ".partial")
    do {
      defer { try? FileManager.default.removeItem(at: partial) }
      try makeEmpty(partial)
      let handle = try FileHandle(forWritingTo: partial)
      defer { try? handle.close() }
      try write(to: handle, progress: progress)
      try handle.synchronize()
      try replace(url, by: partial)
    } catch let error as CocoaError {
      throw FaceDataError(
        .writeFailed,
        "Cannot write rendered faces: \(error.localizedDescription) "
          + "\(layout.fileBytes / 1_000_000) MB are needed in a folder that may be written.",
        path: url.path)
    }
  }

  private func makeEmpty(_ url: URL) throws {
    let folder = url.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data().write(to: url)
  }

  private func write(to handle: FileHandle, progress: (Int, Int) throws -> Void) throws {
    var checksum = FacePackChecksum()
    try handle.write(contentsOf: layout.header(checksum: 0))
    for start in stride(from: 0, to: layout.count, by: Self.pieceCount) {
      let piece = start..<min(start + Self.pieceCount, layout.count)
      for record in try records(piece) {
        record.withUnsafeBytes { checksum.update($0) }
        try handle.write(contentsOf: record)
      }
      try progress(piece.upperBound, layout.count)
    }
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: layout.header(checksum: checksum.finalize()))
  }

  /// The records of a piece in order, rendered on all threads.
  private func records(_ piece: Range<Int>) throws -> [[UInt8]] {
    let rendered = Mutex([Int: Result<[UInt8], any Error>]())
    DispatchQueue.concurrentPerform(iterations: min(threads, piece.count)) { thread in
      for index in stride(from: piece.lowerBound + thread, to: piece.upperBound, by: threads) {
        let record = Result { layout.record(try world.sample(at: index)) }
        rendered.withLock { $0[index] = record }
      }
    }
    let records = rendered.withLock { $0 }
    return try piece.compactMap { try records[$0]?.get() }
  }

  /// POSIX rename: readers see the old file or the new one, never a part.
  private func replace(_ url: URL, by partial: URL) throws {
    guard rename(partial.path, url.path) == 0 else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: url.path])
    }
  }
}
