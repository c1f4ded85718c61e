import FaceData
import Foundation
import Testing

@testable import CommandShell

/// `data crop`, from a folder of photos to a data set.
struct CropCommandTests {
  /// A folder with a photo of one rendered face and a file that is no photo.
  private static func photos(in test: TestSession) throws -> String {
    let folder = test.folder.appendingPathComponent("photos/holiday")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let settings = FaceWorldSettings(profile: .studio, identities: 40, images: 40, size: 256)
    let image = try FaceWorld(settings).sample(at: 6).image
    try Data(image.encodedJPEG()).write(to: folder.appendingPathComponent("me.jpg"))
    try Data("no photo".utf8).write(to: folder.appendingPathComponent("letter.jpg"))
    return test.folder.appendingPathComponent("photos").path
  }

  @Test(.enabled(if: (try? FaceDetector.load()) != nil, "needs libfacedetection: `make setup`"))
  func photosBecomeADataSet() throws {
    let test = try TestSession()
    let photos = try Self.photos(in: test)
    let faces = test.folder.appendingPathComponent("faces").path
    let lines = try test.run(
      "let mine = data crop \"\(photos)\", to: \"\(faces)\", size: 96, align: box, margin: 0.2")
    let text = lines.joined(separator: "\n")
    #expect(text.contains("1 face in 2 photos"), "\(text)")
    #expect(text.contains("1 not usable: holiday/letter.jpg: no JPEG"), "\(text)")
    let crop = try ImageFile.decode(path: faces + "/holiday/me-1.jpg")
    #expect(crop.width == 96 && crop.height == 96)
    let again = test.failure("data crop \"\(photos)\", to: \"\(faces)\"")
    #expect(again.contains("E0508") && again.contains("holds files already"), "\(again)")
    let none = test.failure("data crop \"\(photos)\", to: \"\(faces)-2\", smallest: 5000")
    #expect(none.contains("no face in any of the 2 photos"), "\(none)")
  }

  /// Command, code and a part of the message.
  static let faults: [(String, String, String)] = [
    ("data crop", "E0310", "needs a folder of photos"),
    ("data crop photos", "E0310", "needs `to:`"),
    ("data crop photos, to: faces, align: bix", "E0309", "did you mean `box`?"),
    ("data crop photos, to: faces, margin: 0.2", "E0302", "no meaning with five points"),
    ("data crop photos, to: faces, size: 3", "E0402", "16 to 4096"),
    ("data crop photos, to: faces, faces: some", "E0309", "all, largest"),
    ("data crop /nowhere/photos, to: faces", "E0508", "no such folder"),
  ]

  @Test(arguments: faults)
  func whatIsWrongIsSaid(command: String, code: String, part: String) throws {
    let message = try TestSession().failure(command)
    #expect(message.hasPrefix("error \(code): ") && message.contains(part), "\(message)")
  }
}
