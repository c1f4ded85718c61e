/// Red, green and blue of a picture as three planes of floats, 0–255: the workspace of resampling
/// and augmentation. Owned by one thread and reused from picture to picture.
final class FloatPlanes {
  private(set) var width = 0
  private(set) var height = 0
  /// From plane to plane, a multiple of 8 so that whole vectors can be read.
  private(set) var planeStride = 0
  private(set) var base: UnsafeMutablePointer<Float>
  private var capacity = 8

  init() {
    base = .allocate(capacity: 8)
    base.initialize(repeating: 0, count: 8)
  }

  deinit { base.deallocate() }

  var pixelCount: Int { width * height }
  var red: UnsafeMutablePointer<Float> { base }
  var green: UnsafeMutablePointer<Float> { base + planeStride }
  var blue: UnsafeMutablePointer<Float> { base + 2 * planeStride }

  /// Makes room for a picture; what the planes held is lost.
  func resize(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    planeStride = (width * height + 7) & ~7
    guard planeStride * 3 > capacity else { return }
    base.deallocate()
    capacity = planeStride * 3
    base = .allocate(capacity: capacity)
    base.initialize(repeating: 0, count: capacity)
  }

  /// Rounds to 8 bits into `[height, width, 3]`.
  func pack(into output: UnsafeMutablePointer<UInt8>) {
    let (red, green, blue) = (self.red, self.green, self.blue)
    for index in 0..<pixelCount {
      output[3 * index] = Self.byte(red[index])
      output[3 * index + 1] = Self.byte(green[index])
      output[3 * index + 2] = Self.byte(blue[index])
    }
  }

  /// Adding 2²³ leaves the rounded value in the low bits: much faster than a checked conversion.
  @inline(__always)
  private static func byte(_ value: Float) -> UInt8 {
    let clamped = value > 0 ? (value < 255 ? value : 255) : 0
    return UInt8(truncatingIfNeeded: (clamped + 8_388_608).bitPattern)
  }

  func image() -> Image {
    let pixels = [UInt8](unsafeUninitializedCapacity: pixelCount * 3) { buffer, filled in
      filled = pixelCount * 3
      if let start = buffer.baseAddress, filled > 0 { pack(into: start) }
    }
    return Image(width: width, height: height, pixels: pixels)
  }
}
