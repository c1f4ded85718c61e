import Testing

@testable import FaceData

@Suite struct PictureOrientationTests {
  /// Where Exif says that the stored first row and first column are seen, by orientation.
  static let sides: [(orientation: Int, row: String, column: String)] = [
    (1, "top", "left"), (2, "top", "right"), (3, "bottom", "right"), (4, "bottom", "left"),
    (5, "left", "top"), (6, "right", "top"), (7, "right", "bottom"), (8, "left", "bottom"),
  ]

  /// Red in the stored first row's first corner, blue in its second, else white.
  private static let stored = Image(width: 48, height: 32) { x, y in
    guard y < 16, x < 16 || x >= 32 else { return [255, 255, 255] }
    return x < 16 ? [255, 0, 0] : [0, 0, 255]
  }

  /// The colour in a corner: "red", "blue" or "white".
  private static func colour(_ image: Image, _ first: String, _ second: String) -> String {
    let sides = [first, second]
    let x = sides.contains("right") ? image.width - 5 : 4
    let y = sides.contains("bottom") ? image.height - 5 : 4
    let at = (y * image.width + x) * 3
    let isRed = image.pixels[at] > 128
    return image.pixels[at + 1] > 128 ? "white" : isRed ? "red" : "blue"
  }

  private static let opposite = [
    "top": "bottom", "bottom": "top", "left": "right", "right": "left",
  ]

  @Test(arguments: sides)
  func aPhotoIsTurnedAsItsCameraSays(side: (orientation: Int, row: String, column: String)) throws {
    for isLittle in [true, false] {
      let jpeg = withExif(
        try Self.stored.encodedJPEG(), orientation: side.orientation, isLittle: isLittle)
      let image = try ImageFile.decode(jpeg)
      let size = try ImageFile.size(jpeg, path: "photo")
      #expect((image.width, image.height) == (size.width, size.height))
      #expect((image.width > image.height) == (side.orientation < 5))
      #expect(Self.colour(image, side.row, side.column) == "red")
      let far = try #require(Self.opposite[side.column])
      #expect(Self.colour(image, side.row, far) == "blue")
      let below = try #require(Self.opposite[side.row])
      #expect(Self.colour(image, below, side.column) == "white")
    }
  }

  @Test func whatMakesNoSenseLeavesThePhotoUpright() throws {
    let jpeg = try Self.stored.encodedJPEG()
    let upright = try ImageFile.decode(jpeg)
    let turned = withExif(jpeg, orientation: 6)
    for orientation in [0, 9, 65_535] {
      #expect(try ImageFile.decode(withExif(jpeg, orientation: orientation)) == upright)
    }
    // A directory that says it goes on beyond the segment, whose wanted entry was overwritten.
    var overlong = withExif(jpeg, orientation: 6, count: 60_000)
    overlong[22] = 0x13
    #expect(PictureOrientation(ofJPEG: overlong) == .upright)
    // Every cut of the headers, and nothing at all.
    for length in 0..<60 {
      let cut = PictureOrientation(ofJPEG: Array(turned.prefix(length)))
      #expect(cut == .upright || length >= 38)
    }
    #expect(PictureOrientation(ofJPEG: turned) == .turnedClockwise)
  }
}
