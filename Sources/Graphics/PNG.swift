import CSpng
import Glibc

/// PNG files by libspng: unlike Cairo's own, without the time of day in them.
enum PNG {
  static func encode(_ image: PixelBuffer, dotsPerInch: Double) throws(GraphicsError) -> [UInt8] {
    guard let encoder = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else {
      throw GraphicsError(.drawing, "no memory for a PNG of \(image.width) × \(image.height).")
    }
    defer { spng_ctx_free(encoder) }
    var header = spng_ihdr()
    header.width = UInt32(image.width)
    header.height = UInt32(image.height)
    header.bit_depth = 8
    header.color_type = UInt8(SPNG_COLOR_TYPE_TRUECOLOR.rawValue)
    let perMetre = UInt32((dotsPerInch / 0.0254).rounded())
    var density = spng_phys(ppu_x: perMetre, ppu_y: perMetre, unit_specifier: 1)
    try check(spng_set_option(encoder, SPNG_ENCODE_TO_BUFFER, 1))
    try check(spng_set_option(encoder, SPNG_IMG_COMPRESSION_LEVEL, 6))
    try check(spng_set_ihdr(encoder, &header))
    try check(spng_set_phys(encoder, &density))
    try check(
      spng_encode_image(
        encoder, image.pixels, image.pixels.count, Int32(SPNG_FMT_PNG.rawValue),
        Int32(SPNG_ENCODE_FINALIZE.rawValue)))
    var (length, status) = (0, Int32(0))
    guard let bytes = spng_get_png_buffer(encoder, &length, &status) else {
      throw GraphicsError(.drawing, "PNG encoding failed: error \(status).")
    }
    defer { free(bytes) }
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: length))
  }

  private static func check(_ status: Int32) throws(GraphicsError) {
    guard status != 0 else { return }
    let reason = spng_strerror(status).map { String(cString: $0) } ?? "error \(status)"
    throw GraphicsError(.drawing, "PNG encoding failed: \(reason).")
  }
}
