import CTurboJPEG
import JPEG

/// JPEG by libjpeg-turbo.
enum JPEGCodec {
  static func size(_ bytes: [UInt8], path: String) throws -> ImageFile.Size {
    let size = try withHandle(tjInitDecompress()) { try header($0, bytes, path: path).size }
    let isSideways = PictureOrientation(ofJPEG: bytes).isSideways
    return isSideways ? ImageFile.Size(width: size.height, height: size.width) : size
  }

  static func decode(_ bytes: [UInt8], path: String) throws -> Image {
    try withHandle(tjInitDecompress()) { handle in
      let (size, isCMYK) = try header(handle, bytes, path: path)
      let format = isCMYK ? TJPF_CMYK : TJPF_RGB
      var pixels = [UInt8](repeating: 0, count: size.width * size.height * (isCMYK ? 4 : 3))
      let status = tjDecompress2(
        handle, bytes, UInt(bytes.count), &pixels, Int32(size.width), 0, Int32(size.height),
        Int32(format.rawValue), TJFLAG_ACCURATEDCT)
      if status != 0, !isHarmless(handle) { throw broken(handle, path) }
      let stored = Image(
        width: size.width, height: size.height, pixels: isCMYK ? convertedToRGB(pixels) : pixels)
      return stored.shown(PictureOrientation(ofJPEG: bytes))
    }
  }

  static func encode(_ image: Image, quality: Int) throws -> [UInt8] {
    do {
      return try JPEGEncoder.encode(
        pixels: image.pixels, width: image.width, height: image.height, quality: quality)
    } catch {
      throw FaceDataError(
        .writeFailed,
        "cannot encode a \(image.width)×\(image.height) picture as JPEG: \(error.message)")
    }
  }

  private static func header(
    _ handle: tjhandle, _ bytes: [UInt8], path: String
  ) throws -> (size: ImageFile.Size, isCMYK: Bool) {
    var (width, height, subsampling, colorSpace) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let status = tjDecompressHeader3(
      handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colorSpace)
    if status != 0, !isHarmless(handle) { throw broken(handle, path) }
    let size = try ImageFile.checked(width: Int(width), height: Int(height), path: path)
    let isCMYK =
      colorSpace == Int32(TJCS_CMYK.rawValue) || colorSpace == Int32(TJCS_YCCK.rawValue)
    return (size, isCMYK)
  }

  /// Adobe, and so practically everybody, stores CMYK inverted: 255 is no ink.
  private static func convertedToRGB(_ cmyk: [UInt8]) -> [UInt8] {
    var rgb = [UInt8]()
    rgb.reserveCapacity(cmyk.count / 4 * 3)
    for start in stride(from: 0, to: cmyk.count, by: 4) {
      let black = Int(cmyk[start + 3])
      for ink in 0..<3 { rgb.append(UInt8((Int(cmyk[start + ink]) * black + 127) / 255)) }
    }
    return rgb
  }

  /// Gives `body` a TurboJPEG instance that is freed afterwards, whatever happens.
  private static func withHandle<Result>(
    _ handle: tjhandle?, _ body: (tjhandle) throws -> Result
  ) throws -> Result {
    guard let handle else {
      throw FaceDataError(.brokenImage, "libjpeg-turbo has no memory to start")
    }
    defer { tjDestroy(handle) }
    return try body(handle)
  }

  private static func message(_ handle: tjhandle) -> String {
    String(cString: tjGetErrorStr2(handle))
  }

  /// Stray bytes between segments are common in photos and lose nothing; every other warning means
  /// that part of the picture is missing.
  private static func isHarmless(_ handle: tjhandle) -> Bool {
    tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue)
      && message(handle).contains("extraneous bytes before marker")
  }

  private static func broken(_ handle: tjhandle, _ path: String) -> FaceDataError {
    ImageFile.broken(.jpeg, message(handle), path: path)
  }
}
