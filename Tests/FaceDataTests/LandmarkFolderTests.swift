import Foundation
import Testing

@testable import FaceData

@Suite struct LandmarkFolderTests {
  /// 68 points on a grid within a picture of 100 pixels.
  private static let grid = (0..<68).map { "\(11 + $0 % 10 * 8).5 \(12 + $0 / 10 * 9)" }
  private static let body = grid.joined(separator: "\n")
  private static let good = "version: 1\nn_points: 68\n{\n\(body)\n}\n"

  private static func parse(_ text: String) throws -> [SIMD2<Float>] {
    try PointsFile.points(in: Array(text.utf8), path: "a.pts")
  }

  private static let wellFormed: [String] = [
    good, body, body + "\n", good.replacingOccurrences(of: "\n", with: "\r\n"),
    good.replacingOccurrences(of: "\n", with: "  \n"), "\u{FEFF}" + good,
    good.replacingOccurrences(of: "n_points: 68", with: "n_points:  68\n"),
    "version: 1\n" + body, good.replacingOccurrences(of: " ", with: "\t"),
    good.replacingOccurrences(of: "\n}", with: "\n\n}"), "n_points: 68\n" + body,
  ]

  @Test(arguments: wellFormed)
  func everyFormOfThePointsIsRead(text: String) throws {
    let points = try Self.parse(text)
    #expect(points.count == 68)
    // 1-based, with the centre of the first pixel at (1, 1): half a pixel less.
    #expect(points[0] == SIMD2(11, 11.5))
    #expect(points[67] == SIMD2(67, 65.5))
  }

  private static let broken: [(text: String, reason: String, line: Int)] = [
    ("", "0 points", 0),
    ("version: 1\nn_points: 68\n{\n}\n", "the header says 68 points and 0 follow", 4),
    (grid.dropLast().joined(separator: "\n"), "67 points", 67),
    (body + "\n5 5", "69 points", 69),
    (good.replacingOccurrences(of: "68", with: "67"), "says 67 points and 68 follow", 72),
    (good.replacingOccurrences(of: "n_points: 68", with: "n_points: many"), "gives no number", 2),
    (good.replacingOccurrences(of: "11.5 12\n", with: "11.5\n"), "no point", 4),
    (good.replacingOccurrences(of: "11.5 12\n", with: "11.5 12 13\n"), "no point", 4),
    (good.replacingOccurrences(of: "11.5 12\n", with: "nan 12\n"), "no point", 4),
    (good.replacingOccurrences(of: "11.5 12\n", with: "inf 12\n"), "no point", 4),
    (good.replacingOccurrences(of: "11.5 12\n", with: "eleven 12\n"), "no point", 4),
    (good + "1 2\n", "after the closing brace", 73),
    ("\u{0}\u{1}\u{2}", "no point", 1),
  ]

  @Test(arguments: broken)
  func brokenPointsSayWhatAndWhere(text: String, reason: String, line: Int) throws {
    let error = try #require(faceDataError { _ = try Self.parse(text) })
    #expect(error.code == .brokenLabels)
    #expect(error.message.contains(reason), "\(error.message)")
    #expect(error.context == FaceDataError.Context(path: "a.pts", line: line))
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.writePicture("b/one.jpg")
    try folder.write(Self.good, "b/one.pts")
    try folder.write(Image.gray(100).encodedPNG(), "a_two.PNG")
    try folder.write(Self.body, "a_two.pts")
    return folder
  }

  @Test func picturesAndPointsArePairedInOrder() throws {
    let folder = try folder()
    let dataset = try LandmarkFolder(path: folder.path)
    #expect((0..<dataset.count).map(dataset.id) == ["a_two.PNG", "b/one.jpg"])
    #expect(dataset.unusable.isEmpty)
    let sample = try dataset.sample(at: 1)
    #expect(sample.image.width == 100)
    #expect(sample.labels.landmarks?.first == SIMD2(11, 11.5))
    #expect(try dataset.labels(at: 1) == sample.labels)
  }

  @Test func whatCannotBeUsedIsListedWithTheReason() throws {
    let folder = try folder()
    try folder.writePicture("c67.jpg")
    try folder.write(Self.grid.dropLast().joined(separator: "\n"), "c67.pts")
    try folder.writePicture("d_without.jpg")
    try folder.write(Self.good, "e_lonely.pts")
    try folder.write([1, 2, 3], "f_broken.jpg")
    try folder.write(Self.good, "f_broken.pts")
    try folder.writePicture("g_far.jpg", size: 20)
    try folder.write(Self.good, "g_far.pts")
    try folder.write([], "h_empty.png")
    try folder.write(Self.good, "h_empty.pts")
    try folder.writePicture("i_flat.jpg")
    try folder.write(Array(repeating: "5 5", count: 68).joined(separator: "\n"), "i_flat.pts")
    try folder.writePicture("b/one.jpeg")
    let dataset = try LandmarkFolder(path: folder.path)
    #expect(dataset.count == 2)
    let reasons = Dictionary(uniqueKeysWithValues: dataset.unusable.map { ($0.path, $0.reason) })
    let expected = [
      "c67.pts:67": "67 points", "d_without.jpg": "no .pts file", "e_lonely.pts": "no picture",
      "f_broken.jpg": "no JPEG", "g_far.jpg": "far outside", "h_empty.png": "empty",
      "i_flat.jpg": "one line", "b/one.jpg": "another picture",
    ]
    #expect(Set(reasons.keys) == Set(expected.keys))
    for (path, reason) in expected { #expect(reasons[path]?.contains(reason) == true, "\(path)") }
  }

  @Test func aPictureThatIsCutOffFailsWhenItIsRead() throws {
    let folder = try folder()
    let whole = try MemoryDataset.pictures(1, size: 100).samples[0].image.encodedJPEG()
    try folder.write(Array(whole.prefix(whole.count * 2 / 3)), "b/one.jpg")
    let dataset = try LandmarkFolder(path: folder.path)
    let error = faceDataError { _ = try dataset.sample(at: 1) }
    #expect(error?.code == .brokenImage)
    #expect(error?.context.path?.hasSuffix("b/one.jpg") == true)
  }

  @Test func aFolderWithoutPointsSaysWhatIsExpected() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("one.jpg")
    let error = try #require(faceDataError { _ = try LandmarkFolder(path: folder.path) })
    #expect(error.code == .emptyDataset)
    #expect(error.message.contains("(1 pictures)") && error.message.contains(".pts"))
    try folder.write("x", "one.pts")
    let useless = try #require(faceDataError { _ = try LandmarkFolder(path: folder.path) })
    #expect(useless.message.contains("one.pts:1"))
    let missing = faceDataError { _ = try LandmarkFolder(path: folder.path + "/none") }
    #expect(missing?.code == .unreadable)
    let isFile = faceDataError { _ = try LandmarkFolder(path: folder.path + "/one.jpg") }
    #expect(isFile?.message.contains("this is a file") == true)
  }

  @Test func theFaceCropIsASquareAboutThePointsWithTheLabelsInIt() throws {
    let folder = try TemporaryFolder()
    // A white pixel on the first landmark's place.
    let image = Image(width: 100, height: 100) { x, y in
      x == 11 && y == 11 ? [255, 255, 255] : [0, 0, 0]
    }
    try folder.write(image.encodedPNG(), "one.png")
    try folder.write(Self.good, "one.pts")
    let dataset = try LandmarkFolder(path: folder.path, crop: .face)
    let sample = try dataset.sample(at: 0)
    // The box is 72 wide: 72 · 1.3 = 93.6.
    #expect(sample.image.width == 94 && sample.image.height == 94)
    let first = try #require(sample.labels.landmarks?.first)
    let (x, y) = (Int(first.x), Int(first.y))
    #expect(sample.image.pixels[(y * 94 + x) * 3] == 255)
    #expect(try LandmarkFolder(path: folder.path).fingerprint != dataset.fingerprint)
  }

  @Test func cuttingBeyondTheEdgeRepeatsIt() {
    let image = Image(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])
    let cut = image.cut(PixelRectangle(x: -1, y: -1, width: 4, height: 2))
    #expect(cut.pixels == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
  }

  @Test func theFingerprintFollowsNamesSizesAndLabels() throws {
    let folder = try folder()
    let first = try LandmarkFolder(path: folder.path).fingerprint
    #expect(try LandmarkFolder(path: folder.path).fingerprint == first)
    try folder.write(Self.good.replacingOccurrences(of: "11.5 12", with: "11.6 12"), "b/one.pts")
    let second = try LandmarkFolder(path: folder.path).fingerprint
    #expect(second != first)
    try folder.writePicture("b/one.jpg", size: 200)
    #expect(try LandmarkFolder(path: folder.path).fingerprint != second)
  }
}
