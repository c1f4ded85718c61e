extension Image {
  /// The picture as the bytes of an 8-bit RGB PNG file.
  ///
  /// - Throws: `FaceDataError` with `.writeFailed`, for instance if the picture has no pixels.
  public func encodedPNG() throws -> [UInt8] { try PNGCodec.encode(self) }

  /// The picture as the bytes of a JPEG file without colour subsampling.
  ///
  /// - Parameters: quality: 1–100, clamped.
  public func encodedJPEG(quality: Int = 92) throws -> [UInt8] {
    try JPEGCodec.encode(self, quality: quality)
  }
}
