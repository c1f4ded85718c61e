import Foundation
import Testing

@testable import FaceData

@Suite struct ImageFileTests {
  @Test func everyKindOfPictureIsReadAsPILReadsIt() throws {
    for file in try PILGoldens.load().files {
      let image = try ImageFile.decode(Array(file.file))
      #expect((image.width, image.height) == (file.width, file.height), "\(file.name)")
      // JPEG decoders may differ by a rounding, CMYK by that of the conversion too.
      let tolerance = file.name.hasPrefix("jpeg") ? 2 : 0
      #expect(largestDifference(image.pixels, file.pixels) <= tolerance, "\(file.name)")
      let size = try ImageFile.size(Array(file.file), path: file.name)
      #expect(size == ImageFile.Size(width: file.width, height: file.height), "\(file.name)")
    }
  }

  @Test func pngRoundTripIsExact() throws {
    let image = try PILGoldens.load().source
    #expect(try ImageFile.decode(image.encodedPNG()) == image)
  }

  @Test func jpegRoundTripIsClose() throws {
    let image = MemoryDataset.pictures(1, size: 32).samples[0].image
    let fine = try ImageFile.decode(image.encodedJPEG(quality: 98))
    #expect(largestDifference(fine.pixels, image.pixels) <= 6)
    #expect(try image.encodedJPEG(quality: 20).count < image.encodedJPEG(quality: 95).count)
  }

  @Test func wideGrayMapsAreScaledToEightBits() throws {
    let bytes = Array("P5\n# a comment\n2 1\n1023\n".utf8) + [0x03, 0xFF, 0x02, 0x00]
    #expect(try ImageFile.decode(bytes).pixels == [255, 255, 255, 128, 128, 128])
  }

  private static func jpeg() throws -> [UInt8] {
    try MemoryDataset.pictures(1, size: 48).samples[0].image.encodedJPEG()
  }

  private static func png() throws -> [UInt8] {
    try MemoryDataset.pictures(1, size: 48).samples[0].image.encodedPNG()
  }

  @Test func damageIsAnErrorOfItsKindWithThePath() throws {
    var flipped = try Self.png()
    flipped[flipped.count / 2] ^= 0xFF
    let (jpeg, png) = (try Self.jpeg(), try Self.png())
    let cases: [(String, [UInt8], FaceDataError.Code)] = [
      ("empty", [], .brokenImage),
      ("text", Array("hello, I am no picture".utf8), .unknownFormat),
      ("gif", Array("GIF89a...".utf8), .unknownFormat),
      ("jpeg cut in the middle", Array(jpeg.prefix(jpeg.count / 2)), .brokenImage),
      ("jpeg cut in the header", Array(jpeg.prefix(30)), .brokenImage),
      ("jpeg mark only", [0xFF, 0xD8, 0xFF], .brokenImage),
      ("png cut in the middle", Array(png.prefix(png.count / 2)), .brokenImage),
      ("png mark only", Array(png.prefix(8)), .brokenImage),
      ("png with a flipped byte", flipped, .brokenImage),
      ("pgm cut off", Array("P5 10 10 255\nabc".utf8), .brokenImage),
      ("pgm without size", Array("P5 ten ten 255\n".utf8), .brokenImage),
      ("pgm of no pixels", Array("P5 0 10 255\n ".utf8), .brokenImage),
      ("pgm too large", Array("P6 99999 99999 255\n ".utf8), .tooLarge),
      ("pgm with white 0", Array("P5 1 1 0\n ".utf8), .brokenImage),
    ]
    for (name, bytes, code) in cases {
      let error = faceDataError { _ = try ImageFile.decode(bytes, path: "a/b.jpg") }
      #expect(error?.code == code, "\(name): \(String(describing: error))")
      #expect(error?.context.path == "a/b.jpg", "\(name)")
    }
  }

  @Test func aPNGThatClaimsAHugeSizeIsRefused() throws {
    var png = try Self.png()
    // IHDR's width and height; the checksum is wrong too, but either way nothing is allocated.
    for offset in 16..<24 { png[offset] = 0x7F }
    let error = faceDataError { _ = try ImageFile.decode(png) }
    #expect(error?.code == .tooLarge || error?.code == .brokenImage)
  }

  @Test func anyPrefixOfAPictureIsAnErrorAndNoTrap() throws {
    for bytes in [try Self.jpeg(), try Self.png()] {
      for length in stride(from: 0, to: bytes.count - 12, by: 37) {
        #expect(throws: FaceDataError.self) {
          try ImageFile.decode(Array(bytes.prefix(length)))
        }
      }
    }
  }

  @Test func randomDamageNeverTraps() throws {
    var stream = RandomStream(seed: 1, purpose: "damage")
    for original in [try Self.jpeg(), try Self.png()] {
      for _ in 0..<60 {
        var bytes = original
        for _ in 0..<8 {
          bytes[stream.integer(below: bytes.count)] = UInt8(stream.integer(below: 256))
        }
        // Damage that leaves a valid picture is possible; only a trap would fail here.
        if let image = try? ImageFile.decode(bytes) { #expect(image.width > 0) }
      }
    }
  }

  @Test func filesThatCannotBeReadSayWhy() throws {
    let folder = try TemporaryFolder()
    let missing = faceDataError { _ = try ImageFile.decode(path: folder.path + "/none.jpg") }
    #expect(missing?.code == .unreadable)
    #expect(missing?.message.contains("no such file") == true)
    let isFolder = faceDataError { _ = try ImageFile.decode(path: folder.path) }
    #expect(isFolder?.message.contains("folder") == true)
    #expect("\(try #require(missing))".hasPrefix(folder.path + "/none.jpg: "))
  }

  @Test func contentDecidesNotTheName() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.png(), "really-a.jpg")
    #expect(try ImageFile.decode(contentsOf: URL(fileURLWithPath: path)).width == 48)
    #expect(try ImageFile.size(path: path) == ImageFile.Size(width: 48, height: 48))
  }
}
