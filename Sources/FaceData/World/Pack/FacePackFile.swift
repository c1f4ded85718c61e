import Foundation

/// An open, memory-mapped `.faces` file whose header and checksum have been found right.
struct FacePackFile: Sendable {
  private let data: Data
  private let layout: FacePackLayout

  /// Nil where the file is missing, truncated, damaged or of other settings.
  init?(opening url: URL, layout: FacePackLayout) {
    guard let data = try? Data(contentsOf: url, options: .alwaysMapped),
      data.count == layout.fileBytes
    else { return nil }
    (self.data, self.layout) = (data, layout)
    let isWhole = data.withUnsafeBytes { bytes in
      let checksum = Self.checksum(bytes, layout: layout)
      return bytes.prefix(FacePackLayout.headerBytes)
        .elementsEqual(layout.header(checksum: checksum))
    }
    guard isWhole else { return nil }
  }

  func labels(at index: Int) -> FaceLabels { withRecord(index) { layout.labels(in: $0) } }

  func image(at index: Int) -> Image { withRecord(index) { layout.image(in: $0) } }

  private func withRecord<Result>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    data.withUnsafeBytes { bytes in
      let start = FacePackLayout.headerBytes + index * layout.recordBytes
      return body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + layout.recordBytes]))
    }
  }

  private static func checksum(
    _ bytes: UnsafeRawBufferPointer, layout: FacePackLayout
  ) -> UInt64 {
    var checksum = FacePackChecksum()
    for index in 0..<layout.count {
      let start = FacePackLayout.headerBytes + index * layout.recordBytes
      checksum.update(UnsafeRawBufferPointer(rebasing: bytes[start..<start + layout.recordBytes]))
    }
    return checksum.finalize()
  }
}
