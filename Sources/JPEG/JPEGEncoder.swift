import CTurboJPEG

/// Pictures to JPEG by libjpeg-turbo, colours as finely resolved as brightness (4:4:4).
public enum JPEGEncoder {
  /// The file of a picture; the same picture gives the same bytes.
  ///
  /// - Parameters: pixels: RGB, rows from the top, `[height, width, 3]`; quality: 1…100, others are
  ///   taken as the nearest of these.
  /// - Throws: `JPEGError` with libjpeg-turbo's words, as for a picture without pixels.
  public static func encode(
    pixels: [UInt8], width: Int, height: Int, quality: Int
  ) throws(JPEGError) -> [UInt8] {
    guard width > 0, height > 0, width <= 65_500, height <= 65_500,
      pixels.count == width * height * 3
    else {
      throw JPEGError(
        message: "\(pixels.count) bytes are no picture of \(width) × \(height) pixels for a JPEG.")
    }
    guard let handle = tjInitCompress() else {
      throw JPEGError(message: "libjpeg-turbo has no memory to start.")
    }
    defer { tjDestroy(handle) }
    var buffer: UnsafeMutablePointer<UInt8>?
    defer { tjFree(buffer) }
    var length: UInt = 0
    let status = tjCompress2(
      handle, pixels, Int32(width), 0, Int32(height), Int32(TJPF_RGB.rawValue), &buffer, &length,
      Int32(TJSAMP_444.rawValue), Int32(min(max(quality, 1), 100)), TJFLAG_ACCURATEDCT)
    guard status == 0, let buffer else {
      throw JPEGError(message: String(cString: tjGetErrorStr2(handle)))
    }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(length)))
  }
}

/// Why a picture could not be encoded.
public struct JPEGError: Error, Hashable, Sendable {
  public let message: String
}
