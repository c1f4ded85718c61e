import CTurboJPEG
import Foundation
import Testing

@testable import FaceData

/// Photos made of rendered faces, whose places are known.
struct StagedPhoto {
  var image: Image
  /// Eyes, nose and corners of the mouth of each face.
  var faces: [[SIMD2<Float>]] = []

  /// A photo of a smooth background.
  init(width: Int, height: Int) {
    image = Image(width: width, height: height) { x, y in
      [UInt8(90 + 60 * x / width), UInt8(110 + 50 * y / height), 140]
    }
  }

  /// Puts in face `index` of a studio, without its background's edge being hidden.
  mutating func add(_ index: Int, size: Int, at x: Int, _ y: Int) throws {
    var settings = FaceWorldSettings(profile: .studio, identities: 40, images: 40, size: size)
    settings.seed = 4
    let sample = try FaceWorld(settings).sample(at: index)
    for row in 0..<size {
      let target = ((y + row) * image.width + x) * 3
      image.pixels.replaceSubrange(
        target..<target + size * 3,
        with: sample.image.pixels[row * size * 3..<(row + 1) * size * 3])
    }
    let points = try #require(sample.labels.landmarks)
    faces.append(Self.five(points).map { $0 + SIMD2(Float(x), Float(y)) })
  }

  /// Three faces of several sizes.
  static func group() throws -> StagedPhoto {
    var photo = StagedPhoto(width: 640, height: 420)
    try photo.add(3, size: 180, at: 20, 30)
    try photo.add(6, size: 120, at: 250, 180)
    try photo.add(9, size: 90, at: 480, 60)
    return photo
  }

  /// The five points of iBUG's 68.
  static func five(_ p: [SIMD2<Float>]) -> [SIMD2<Float>] {
    func mean(_ range: Range<Int>) -> SIMD2<Float> {
      p[range].reduce(.zero, +) / Float(range.count)
    }
    return [mean(36..<42), mean(42..<48), p[30], p[48], p[54]]
  }

  /// Mean distance of five points over that of the eyes.
  static func error(_ found: [SIMD2<Float>], _ truth: [SIMD2<Float>]) -> Float {
    func length(_ d: SIMD2<Float>) -> Float { (d * d).sum().squareRoot() }
    let sum = zip(found, truth).reduce(Float(0)) { $0 + length($1.0 - $1.1) }
    return sum / Float(truth.count) / length(truth[1] - truth[0])
  }
}

extension Image {
  /// As a printer's JPEG of four inks.
  func encodedCMYK() -> [UInt8] {
    var inks: [UInt8] = []
    for pixel in 0..<width * height { inks += pixels[pixel * 3..<pixel * 3 + 3] + [255] }
    guard let handle = tjInitCompress() else { return [] }
    defer { tjDestroy(handle) }
    var buffer: UnsafeMutablePointer<UInt8>?
    defer { tjFree(buffer) }
    var length: UInt = 0
    _ = tjCompress2(
      handle, inks, Int32(width), 0, Int32(height), Int32(TJPF_CMYK.rawValue), &buffer, &length,
      Int32(TJSAMP_444.rawValue), 95, 0)
    guard let buffer else { return [] }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(length)))
  }

  var gray: Image {
    Image(width: width, height: height) { x, y in
      let at = (y * width + x) * 3
      let light = pixels[at..<at + 3].reduce(0) { $0 + Int($1) } / 3
      return [UInt8](repeating: UInt8(light), count: 3)
    }
  }
}

/// A JPEG with an Exif segment that names an orientation.
func withExif(_ jpeg: [UInt8], orientation: Int, isLittle: Bool = true, count: Int = 1) -> [UInt8] {
  func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    let digits = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isLittle ? digits : digits.reversed()
  }
  let tiff: [UInt8] =
    Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(count, 2)
    + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + number(0, 2)
    + number(0, 4)
  let body = Array("Exif\0\0".utf8) + tiff
  let length = body.count + 2
  return jpeg.prefix(2) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body
    + jpeg.dropFirst(2)
}

extension FaceDetector {
  static var isInstalled: Bool { (try? load()) != nil }
}
