import CSpng
import Foundation

/// PNG by libspng.
enum PNGCodec {
  static func size(_ bytes: [UInt8], path: String) throws -> ImageFile.Size {
    try bytes.withUnsafeBytes { buffer in
      try withContext { try header($0, buffer, path: path) }
    }
  }

  static func decode(_ bytes: [UInt8], path: String) throws -> Image {
    try bytes.withUnsafeBytes { buffer in
      try withContext { context in
        let size = try header(context, buffer, path: path)
        return try decode(context, size, path: path)
      }
    }
  }

  private static func decode(
    _ context: OpaquePointer, _ size: ImageFile.Size, path: String
  ) throws -> Image {
    let format = Int32(SPNG_FMT_RGB8.rawValue)
    var length = 0
    try check(spng_decoded_image_size(context, format, &length), path: path)
    guard length == size.width * size.height * 3 else {
      throw ImageFile.broken(.png, "it decodes to \(length) bytes", path: path)
    }
    var pixels = [UInt8](repeating: 0, count: length)
    try check(spng_decode_image(context, &pixels, length, format, 0), path: path)
    return Image(width: size.width, height: size.height, pixels: pixels)
  }

  static func encode(_ image: Image) throws -> [UInt8] {
    try withContext(flags: Int32(SPNG_CTX_ENCODER.rawValue)) { context in
      var header = spng_ihdr()
      (header.width, header.height) = (UInt32(image.width), UInt32(image.height))
      (header.bit_depth, header.color_type) = (8, UInt8(SPNG_COLOR_TYPE_TRUECOLOR.rawValue))
      try checkEncode(spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1), image)
      try checkEncode(spng_set_ihdr(context, &header), image)
      let status = spng_encode_image(
        context, image.pixels, image.pixels.count, Int32(SPNG_FMT_PNG.rawValue),
        Int32(SPNG_ENCODE_FINALIZE.rawValue))
      try checkEncode(status, image)
      var (length, error) = (0, Int32(0))
      let buffer = spng_get_png_buffer(context, &length, &error)
      defer { free(buffer) }
      try checkEncode(error, image)
      return Array(UnsafeRawBufferPointer(start: buffer, count: length))
    }
  }

  private static func header(
    _ context: OpaquePointer, _ buffer: UnsafeRawBufferPointer, path: String
  ) throws -> ImageFile.Size {
    var header = spng_ihdr()
    // A text or profile chunk that unpacks to gigabytes is refused.
    try check(spng_set_chunk_limits(context, 64 << 20, 64 << 20), path: path)
    try check(spng_set_png_buffer(context, buffer.baseAddress, buffer.count), path: path)
    try check(spng_get_ihdr(context, &header), path: path)
    return try ImageFile.checked(
      width: Int(header.width), height: Int(header.height), path: path)
  }

  /// Gives `body` a context that is freed afterwards, whatever happens.
  private static func withContext<Result>(
    flags: Int32 = 0, _ body: (OpaquePointer) throws -> Result
  ) throws -> Result {
    guard let context = spng_ctx_new(flags) else {
      throw FaceDataError(.brokenImage, "libspng has no memory to start")
    }
    defer { spng_ctx_free(context) }
    return try body(context)
  }

  private static func check(_ status: Int32, path: String) throws {
    guard status != 0 else { return }
    throw ImageFile.broken(.png, String(cString: spng_strerror(status)), path: path)
  }

  private static func checkEncode(_ status: Int32, _ image: Image) throws {
    guard status != 0 else { return }
    throw FaceDataError(
      .writeFailed,
      "cannot encode a \(image.width)×\(image.height) picture as PNG: "
        + String(cString: spng_strerror(status)))
  }
}
