/// How a camera was held: which way a JPEG's stored rows and columns are to be shown.
///
/// - Source: Exif 2.32 (JEITA CP-3451), tag 0x0112 in the first directory of the APP1 segment.
///   Checked by: PictureOrientationTests (PIL's `exif_transpose`).
enum PictureOrientation: Int, CaseIterable {
  case upright = 1
  case mirrored, upsideDown, mirroredUpsideDown
  case transposed, turnedClockwise, transversed, turnedAnticlockwise

  /// Whether width and height change places.
  var isSideways: Bool { rawValue >= Self.transposed.rawValue }

  /// As the JPEG file says; upright where it says nothing that makes sense.
  init(ofJPEG bytes: [UInt8]) {
    self = Self.exif(bytes).flatMap { Self.tag(in: bytes, $0) }.flatMap(Self.init) ?? .upright
  }

  /// The TIFF structure of the Exif segment, which stands before the picture's data.
  private static func exif(_ bytes: [UInt8]) -> Range<Int>? {
    var at = 2
    while at + 4 <= bytes.count, bytes[at] == 0xFF {
      let marker = bytes[at + 1]
      // Padding, and marks without a length; at the start of scan the headers end.
      if marker == 0xFF { at += 1 } else if marker == 0xDA || marker == 0xD9 { return nil }
      guard marker != 0xFF else { continue }
      let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
      let body = at + 4..<at + 2 + length
      guard length >= 2, body.upperBound <= bytes.count else { return nil }
      if marker == 0xE1, bytes[body].starts(with: Array("Exif\0\0".utf8)) {
        return body.dropFirst(6)
      }
      at = body.upperBound
    }
    return nil
  }

  private static func tag(in bytes: [UInt8], _ tiff: Range<Int>) -> Int? {
    let isLittle = bytes[tiff].starts(with: Array("II".utf8))
    func number(_ offset: Int, _ count: Int) -> Int? {
      let start = tiff.lowerBound + offset
      guard offset >= 0, start + count <= tiff.upperBound else { return nil }
      let digits = bytes[start..<start + count]
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2) else {
      return nil
    }
    for entry in 0..<count {
      let at = directory + 2 + 12 * entry
      guard let tag = number(at, 2) else { return nil }
      // The value stands in the entry itself: one SHORT.
      if tag == 0x0112 { return number(at + 8, 2) }
    }
    return nil
  }
}

extension Image {
  /// The picture as it is to be shown.
  func shown(_ orientation: PictureOrientation) -> Image {
    guard orientation != .upright else { return self }
    let (wide, high) = orientation.isSideways ? (height, width) : (width, height)
    let (right, bottom) = (width - 1, height - 1)
    var turned = [UInt8](repeating: 0, count: pixels.count)
    for y in 0..<high {
      for x in 0..<wide {
        let (column, row) =
          switch orientation {
          case .upright: (x, y)
          case .mirrored: (right - x, y)
          case .upsideDown: (right - x, bottom - y)
          case .mirroredUpsideDown: (x, bottom - y)
          case .transposed: (y, x)
          case .turnedClockwise: (y, bottom - x)
          case .transversed: (right - y, bottom - x)
          case .turnedAnticlockwise: (right - y, x)
          }
        let (from, to) = ((row * width + column) * 3, (y * wide + x) * 3)
        for channel in 0..<3 { turned[to + channel] = pixels[from + channel] }
      }
    }
    return Image(width: wide, height: high, pixels: turned)
  }
}
