import Digests

/// What tells whether two pictures are the same: exactly, or nearly.
public struct PictureSignature: Sendable, Hashable {
  /// Sides of the thumbnail.
  static let side = 16

  /// The first 128 bits of SHA-256 over size and pixels: equal for equal pictures, however stored.
  let digest: SIMD2<UInt64>
  /// `PerceptualHash` of the picture and of its mirror image.
  let hash: UInt64
  let mirroredHash: UInt64
  /// Grey, `[16, 16]`.
  let thumbnail: [UInt8]

  /// - Precondition: the picture has pixels.
  init(_ image: Image) {
    self.init(image, gray: image.grayPlane(side: PerceptualHash.side))
  }

  /// - Parameters: gray: the picture's `grayPlane(side: 32)`.
  init(_ image: Image, gray: [Float]) {
    var hasher = SHA256Hasher()
    hasher.update("\(image.width) \(image.height) ")
    hasher.update(image.pixels)
    let bytes = hasher.finalize().bytes
    digest = SIMD2(Self.word(bytes[0..<8]), Self.word(bytes[8..<16]))
    (hash, mirroredHash) = PerceptualHash.hashes(gray)
    let wide = PerceptualHash.side
    thumbnail = (0..<Self.side * Self.side).map { place in
      let at = place / Self.side * 2 * wide + place % Self.side * 2
      return UInt8((gray[at] + gray[at + 1] + gray[at + wide] + gray[at + wide + 1]) / 4)
    }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension PictureSignature {
  /// Below this standard deviation in grey levels a thumbnail shows nothing to compare.
  private static let flat: Float = 1

  /// The thumbnail with mean 0 and length 1, so that the product of two is their correlation: it
  /// does not change with brightness and contrast.
  ///
  /// - Edge cases: a flat picture becomes 1/16 everywhere, which is at right angles to all others.
  var unitThumbnail: [Float] {
    let count = Float(thumbnail.count)
    let mean = thumbnail.reduce(Float(0)) { $0 + Float($1) } / count
    let centred = thumbnail.map { Float($0) - mean }
    let length = centred.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    guard length > Self.flat * count.squareRoot() else {
      return Array(repeating: 1 / count.squareRoot(), count: thumbnail.count)
    }
    return centred.map { $0 / length }
  }

  /// The same with left and right exchanged.
  static func mirrored(_ thumbnail: [Float]) -> [Float] {
    thumbnail.indices.map { place in
      thumbnail[place / side * side + side - 1 - place % side]
    }
  }
}

extension Image {
  /// Luminance (BT.601) of the picture shrunk or stretched to a square, 0–255, rows from the top.
  func grayPlane(side: Int) -> [Float] {
    let small = resized(to: side)
    return (0..<side * side).map { place in
      let at = 3 * place
      let (red, green) = (Float(small.pixels[at]), Float(small.pixels[at + 1]))
      return 0.299 * red + 0.587 * green + 0.114 * Float(small.pixels[at + 2])
    }
  }
}
