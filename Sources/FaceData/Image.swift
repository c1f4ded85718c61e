/// An 8-bit RGB image, rows from the top, pixels interleaved.
public struct Image: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// `[height, width, 3]`.
  public var pixels: [UInt8]

  /// - Precondition: `pixels` holds `width * height * 3` bytes.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height * 3, "pixels do not fill the image")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }
}
