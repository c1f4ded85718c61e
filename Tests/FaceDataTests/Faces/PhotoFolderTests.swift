import Foundation
import Testing

@testable import FaceData

@Suite(.enabled(if: FaceDetector.isInstalled, "needs libfacedetection: `make setup`"))
struct PhotoFolderTests {
  /// A folder of photos, good and bad.
  private static func photos() throws -> (TemporaryFolder, StagedPhoto) {
    let folder = try TemporaryFolder()
    let group = try StagedPhoto.group()
    let jpeg = try group.image.encodedJPEG(quality: 95)
    try folder.write(jpeg, "party/group, late.jpg")
    var single = StagedPhoto(width: 260, height: 240)
    try single.add(12, size: 160, at: 40, 40)
    try folder.write(single.image.encodedPNG(), "one.png")
    // The same photo, held sideways: as stored the faces lie on their side.
    let sideways = group.image.shown(.turnedAnticlockwise)
    try folder.write(
      withExif(sideways.encodedJPEG(quality: 95), orientation: 6), "sideways.jpg")
    try folder.write(StagedPhoto(width: 300, height: 200).image.encodedJPEG(), "wall.jpg")
    try folder.write(Array(jpeg.prefix(jpeg.count / 3)), "cut.jpg")
    try folder.write("no picture", "letter.jpg")
    try folder.write("notes", "notes.txt")
    return (folder, group)
  }

  private static func rows(_ path: String) throws -> [[String]] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    // The one quoted field of these tests holds a comma and a space.
    return text.split(separator: "\n").dropFirst().map { line in
      line.replacingOccurrences(of: ", late", with: "; late").split(
        separator: ",", omittingEmptySubsequences: false
      ).map { $0.replacingOccurrences(of: "\"", with: "") }
    }
  }

  @Test func facesBecomeCropsWithAnIndex() throws {
    let (folder, group) = try Self.photos()
    let target = folder.path + "-faces"
    defer { try? FileManager.default.removeItem(atPath: target) }
    let report = try PhotoFolder(path: folder.path).write(to: target)
    #expect(report.photos == 6 && report.faces == 7)
    #expect(report.empty == ["wall.jpg"])
    #expect(report.unusable.map(\.path) == ["cut.jpg", "letter.jpg"])
    #expect(report.unusable[0].reason.contains("broken JPEG picture"))
    #expect(report.unusable[1].reason.contains("no JPEG, PNG or binary PGM/PPM"))
    let index = try Self.rows(target + "/faces.csv")
    #expect(index.count == 7)
    for name in ["party/group; late.jpg", "sideways.jpg"] {
      // Both show the same faces in the same places once they are upright.
      for row in index where row[1] == name {
        let numbers = row.dropFirst(3).compactMap { Float($0) }
        #expect(numbers.count == 15)
        let points = (0..<5).map { SIMD2(numbers[5 + 2 * $0], numbers[6 + 2 * $0]) }
        let nearest = group.faces.map { StagedPhoto.error(points, $0) }.min() ?? 1
        #expect(nearest < 0.25, "\(row)")
        let path = target + "/" + row[0].replacingOccurrences(of: "; late", with: ", late")
        let crop = try ImageFile.decode(path: path)
        #expect(crop.width == 112 && crop.height == 112)
      }
      #expect(index.count { $0[1] == name } == 3)
    }
    let photos = try Self.rows(target + "/photos.csv")
    #expect(photos.map { $0[1] } == ["0", "0", "1", "3", "3", "0"])
    #expect(photos[0][2].contains("broken JPEG") && photos[5][2].isEmpty)
    #expect(try ImageFolder(path: target).count == 7)
  }

  @Test func theResultDoesNotDependOnTheThreads() throws {
    let (folder, _) = try Self.photos()
    let targets = [0, 1, 3].map { (threads: $0, path: folder.path + "-\($0)") }
    defer { for target in targets { try? FileManager.default.removeItem(atPath: target.path) } }
    let results = try targets.map { target -> [String: Data] in
      _ = try PhotoFolder(path: folder.path).write(to: target.path, threads: target.threads)
      let files = try FolderListing(target.path).files
      return try Dictionary(
        uniqueKeysWithValues: files.map {
          ($0.path, try Data(contentsOf: URL(fileURLWithPath: target.path + "/" + $0.path)))
        })
    }
    #expect(results[0].count == 9)
    #expect(results[0] == results[1] && results[1] == results[2])
  }

  /// Eyes, nose and mouth of a crop lie where recognition networks expect them, at any size.
  @Test func fivePointsComeToTheirPlaces() throws {
    let photo = try StagedPhoto.group()
    var settings = FaceCrop()
    settings.size = 224
    let detector = try FaceDetector.load()
    for face in settings.faces(in: photo.image, detector) {
      let crop = try #require(settings.crop(face, of: photo.image))
      let again = try #require(detector.faces(in: crop, leastScore: 0.3).first)
      let places = FivePointAlignment.template.map { $0 * 2 }
      #expect(StagedPhoto.error(again.points, places) < 0.2)
    }
  }

  @Test func aBoxIsCutWithItsMargin() throws {
    let photo = try StagedPhoto.group()
    var settings = FaceCrop()
    (settings.alignment, settings.size, settings.onlyLargest) = (.box, 64, true)
    let faces = settings.faces(in: photo.image, try FaceDetector.load())
    #expect(faces.count == 1)
    let face = try #require(faces.first)
    // The largest is the one of 180 pixels at the left.
    #expect(face.box.width > 80 && face.box.center.x < 220)
    for (margin, share) in [(Float(0), Float(1)), (0.5, 0.5)] {
      settings.margin = margin
      let crop = try #require(settings.crop(face, of: photo.image))
      #expect(crop.width == 64 && crop.height == 64)
      // The middle of the crop is that of the box, in the photo's own colours.
      let side = max(face.box.width, face.box.height) / share
      let wanted = photo.image.warped(
        Affine.scale(side / 64, side / 64).then(
          .translation(face.box.center.x - side / 2, face.box.center.y - side / 2)),
        width: 64, height: 64)
      let difference = zip(crop.pixels, wanted.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(difference / crop.pixels.count < 8)
    }
    settings.smallest = 400
    #expect(settings.faces(in: photo.image, try FaceDetector.load()).isEmpty)
  }

  @Test func foldersOfNoUseAreRefused() throws {
    let (folder, _) = try Self.photos()
    let photos = try PhotoFolder(path: folder.path)
    for target in [folder.path, folder.path + "/faces", folder.path + "/party/../x"] {
      #expect(faceDataError { _ = try photos.write(to: target) }?.code == .invalidSetting)
    }
    let full = try TemporaryFolder()
    try full.write("x", "a.txt")
    let error = faceDataError { _ = try photos.write(to: full.path) }
    #expect(error?.code == .invalidSetting && error?.message.contains("holds files") == true)
    #expect(
      faceDataError { _ = try PhotoFolder(path: full.path) }?.code == .emptyDataset)
    #expect(
      faceDataError { _ = try PhotoFolder(path: "/nowhere/at/all") }?.code == .unreadable)
    var settings = FaceCrop()
    settings.margin = -1
    #expect(
      faceDataError { _ = try PhotoFolder(path: folder.path, crop: settings) }?.code
        == .invalidSetting)
  }

  @Test func stoppingKeepsWhatWasFound() throws {
    let (folder, _) = try Self.photos()
    let target = folder.path + "-stopped"
    defer { try? FileManager.default.removeItem(atPath: target) }
    let report = try PhotoFolder(path: folder.path).write(to: target) { done, _ in done == 3 }
    #expect(report.isStopped && report.photos == 3)
    #expect(try Self.rows(target + "/photos.csv").count == 3)
  }
}
