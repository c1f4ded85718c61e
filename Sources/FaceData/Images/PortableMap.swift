/// Binary PGM (P5) and PPM (P6), one or two bytes a value.
///
/// - Source: netpbm's pgm(5) and ppm(5).
enum PortableMap {
  static func size(_ bytes: [UInt8], path: String) throws -> ImageFile.Size {
    try Header(bytes, path: path).size
  }

  static func decode(_ bytes: [UInt8], path: String) throws -> Image {
    let header = try Header(bytes, path: path)
    let size = header.size
    let values = size.width * size.height * header.channels
    let width = header.largest > 255 ? 2 : 1
    guard bytes.count - header.length >= values * width else {
      throw ImageFile.broken(
        .portableMap,
        "it ends after \(max(0, bytes.count - header.length)) of \(values * width) bytes",
        path: path)
    }
    var pixels = [UInt8]()
    pixels.reserveCapacity(size.width * size.height * 3)
    for index in 0..<values {
      let at = header.length + index * width
      let value = width == 1 ? Int(bytes[at]) : Int(bytes[at]) << 8 | Int(bytes[at + 1])
      let scaled = UInt8(min(255, (value * 255 + header.largest / 2) / header.largest))
      for _ in 0..<(header.channels == 1 ? 3 : 1) { pixels.append(scaled) }
    }
    return Image(width: size.width, height: size.height, pixels: pixels)
  }

  private struct Header {
    let size: ImageFile.Size
    let channels: Int
    /// The value of white.
    let largest: Int
    /// Bytes before the first value.
    let length: Int

    init(_ bytes: [UInt8], path: String) throws {
      var position = 2
      let fields = (0..<3).compactMap { _ in Self.number(bytes, &position) }
      guard fields.count == 3, position < bytes.count, (1...65_535).contains(fields[2]) else {
        throw ImageFile.broken(
          .portableMap, "the header lacks width, height or the largest value", path: path)
      }
      size = try ImageFile.checked(width: fields[0], height: fields[1], path: path)
      channels = bytes[1] == UInt8(ascii: "6") ? 3 : 1
      (largest, length) = (fields[2], position + 1)
    }

    /// The next decimal number after white space and comments.
    private static func number(_ bytes: [UInt8], _ position: inout Int) -> Int? {
      while position < bytes.count, !isDigit(bytes[position]) {
        if bytes[position] == UInt8(ascii: "#") {
          while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        } else if !isSpace(bytes[position]) {
          return nil
        }
        position += 1
      }
      var (value, digits) = (0, 0)
      while position < bytes.count, isDigit(bytes[position]), digits < 9 {
        value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
        (position, digits) = (position + 1, digits + 1)
      }
      return digits > 0 ? value : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isSpace(_ byte: UInt8) -> Bool {
      byte == 0x20 || (0x09...0x0D).contains(byte)
    }
  }
}
