public import Foundation

/// Pictures in files: JPEG, PNG (any depth, alpha dropped) and binary PGM or PPM, told apart by
/// their content, whatever the file is called.
///
/// Grey becomes RGB, CMYK is converted as Adobe writes it, alpha is dropped as PIL's
/// `convert("RGB")` does, a JPEG is turned as its Exif orientation says (as OpenCV and every viewer
/// do), colour profiles are ignored.
public enum ImageFile {
  /// The most pixels that a picture may have.
  public static let largestPixelCount = 100_000_000

  enum Format: String {
    case jpeg = "JPEG"
    case png = "PNG"
    case portableMap = "PGM/PPM"
  }

  public struct Size: Sendable, Hashable {
    public let width: Int
    public let height: Int
  }

  /// - Throws: `FaceDataError` with the path: `.unreadable`, `.unknownFormat`, `.brokenImage` or
  ///   `.tooLarge`.
  public static func decode(contentsOf url: URL) throws -> Image {
    try decode(path: url.path)
  }

  /// As `decode(contentsOf:)`.
  public static func decode(path: String) throws -> Image {
    try decode(FileBytes.read(path), path: path)
  }

  /// - Parameters: bytes: a whole file; path: only for messages.
  public static func decode(_ bytes: [UInt8], path: String = "picture") throws -> Image {
    switch try format(of: bytes, path: path) {
    case .jpeg: try JPEGCodec.decode(bytes, path: path)
    case .png: try PNGCodec.decode(bytes, path: path)
    case .portableMap: try PortableMap.decode(bytes, path: path)
    }
  }

  /// Width and height from the header alone.
  ///
  /// A header that is cut off by the first 64 KiB (a long EXIF block) costs reading the whole file.
  public static func size(path: String) throws -> Size {
    let start = try FileBytes.read(path, limit: 64 << 10)
    if let size = try? size(start, path: path) { return size }
    return try size(FileBytes.read(path), path: path)
  }

  static func size(_ bytes: [UInt8], path: String) throws -> Size {
    switch try format(of: bytes, path: path) {
    case .jpeg: try JPEGCodec.size(bytes, path: path)
    case .png: try PNGCodec.size(bytes, path: path)
    case .portableMap: try PortableMap.size(bytes, path: path)
    }
  }

  static func format(of bytes: [UInt8], path: String) throws -> Format {
    guard !bytes.isEmpty else {
      throw FaceDataError(
        .brokenImage, "the file is empty; fetch it again or remove it", path: path)
    }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return .png }
    if bytes.starts(with: [0x50, 0x35]) || bytes.starts(with: [0x50, 0x36]) {
      return .portableMap
    }
    let start = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
    throw FaceDataError(
      .unknownFormat,
      "no JPEG, PNG or binary PGM/PPM picture (it starts with the bytes \(start)); "
        + "convert it to JPEG or PNG", path: path)
  }

  /// A checked size: positive and not too large to hold.
  static func checked(width: Int, height: Int, path: String) throws -> Size {
    guard width > 0, height > 0 else {
      throw FaceDataError(
        .brokenImage, "the picture is \(width)×\(height) pixels; fetch it again or remove it",
        path: path)
    }
    guard width <= largestPixelCount / height else {
      throw FaceDataError(
        .tooLarge,
        "the picture has \(width)×\(height) pixels, more than \(largestPixelCount); shrink it",
        path: path)
    }
    return Size(width: width, height: height)
  }

  static func broken(_ format: Format, _ reason: String, path: String) -> FaceDataError {
    FaceDataError(
      .brokenImage,
      "broken \(format.rawValue) picture: \(reason); fetch it again or remove it", path: path)
  }
}
