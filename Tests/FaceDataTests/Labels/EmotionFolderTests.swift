import Foundation
import Testing

@testable import FaceData

/// `ClassFolders`, RAF-DB and CK+.
@Suite struct ClassFoldersTests {
  @Test func peopleAreFoldersBelowTheParts() throws {
    let folder = try TemporaryFolder()
    for name in ["train/b/1.jpg", "train/a/1.jpg", "test/a/2.jpg", "stray.jpg", "test/lone.jpg"] {
      try folder.writePicture(name, size: 8)
    }
    let dataset = try ClassFolders.people(path: folder.path)
    #expect((0..<3).map(dataset.id) == ["test/a/2.jpg", "train/a/1.jpg", "train/b/1.jpg"])
    #expect(dataset.identityNames == ["a", "b"])
    #expect(try (0..<3).map { try dataset.labels(at: $0).identity } == [0, 0, 1])
    #expect((0..<3).map(dataset.part) == [.test, .train, .train])
    #expect(dataset.unusable.map(\.path) == ["stray.jpg", "test/lone.jpg"])
    #expect(try dataset.sample(at: 2).image.width == 8)
  }

  @Test(.enabled(if: TestData.has("orl"), "needs ../shared/data/orl"))
  func orlHasTenPicturesAPerson() throws {
    let dataset = try ClassFolders.people(path: TestData.path("orl"))
    try #require(dataset.count == 390 && dataset.identityNames.count == 39)
    #expect(dataset.unusable.isEmpty && dataset.id(at: 0) == "s10/1.pgm")
    let counts = Dictionary(
      grouping: try (0..<390).map { try dataset.labels(at: $0).identity ?? -1 }, by: { $0 })
    #expect(counts.values.filter { $0.count == 10 }.count == 39)
    let image = try dataset.sample(at: 0).image
    #expect(image.width == 92 && image.height == 112)
    #expect(try DatasetFormat.guess(path: TestData.path("orl")).format.kind == "identities")
  }

  @Test func emotionsAreFolders() throws {
    let folder = try TemporaryFolder()
    for name in ["train/happy/1.jpg", "val/Angry/1.jpg", "train/odd/1.jpg", "1.jpg"] {
      try folder.writePicture(name, size: 8)
    }
    let dataset = try ClassFolders.emotions(path: folder.path)
    #expect((0..<2).map(dataset.id) == ["train/happy/1.jpg", "val/Angry/1.jpg"])
    #expect(try (0..<2).map { try dataset.labels(at: $0).emotion } == [.happiness, .anger])
    #expect((0..<2).map(dataset.part) == [.train, .validation])
    #expect(
      dataset.unusable.map(\.reason) == [
        "a picture outside of any class's folder", "the folder “odd” names no emotion",
      ])
    #expect(dataset.identityNames.isEmpty && dataset.kind == "classes")
  }

  @Test func foldersWithoutEmotionsSayWhatIsExpected() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("x/1.jpg", size: 8)
    let error = faceDataError { _ = try ClassFolders.emotions(path: folder.path) }
    #expect(error?.code == .emptyDataset)
    #expect(error?.message.contains("“x” names no emotion") == true)
    let people = faceDataError { _ = try ClassFolders.people(path: folder.path + "/x") }
    #expect(people?.message.contains("s1/1.pgm") == true)
  }

  @Test func theFingerprintFollowsTheFiles() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("sad/1.jpg", size: 8)
    let first = try ClassFolders.emotions(path: folder.path).fingerprint
    try folder.write("notes", "notes.txt")
    #expect(try ClassFolders.emotions(path: folder.path).fingerprint == first)
    try folder.writePicture("sad/2.jpg", size: 8)
    #expect(try ClassFolders.emotions(path: folder.path).fingerprint != first)
  }

  private static let check = DamageCheck(
    make: { folder in
      try folder.writePicture("happy/1.jpg", size: 16)
      try folder.writePicture("sad/1.jpg", size: 16)
    }, open: { try ClassFolders.emotions(path: $0.path) })

  @Test(arguments: Damage.binary) func brokenPicturesAreNoticed(damage: Damage) throws {
    #expect(try Self.check.complaints(damage, file: "sad/1.jpg").isEmpty)
  }
}

@Suite struct RAFDatabaseTests {
  private static let list = "train_00001.jpg 5\ntrain_00002.jpg 1\ntest_0001.jpg 7\n"

  @Sendable private static func make(_ folder: TemporaryFolder) throws {
    try folder.write(list, "EmoLabel/list_patition_label.txt")
    for name in ["train_00001", "train_00002", "test_0001"] {
      try folder.writePicture("Image/aligned/\(name)_aligned.jpg", size: 8)
      try folder.writePicture("Image/original/\(name).jpg", size: 12)
    }
  }

  @Test func theListJoinsTheAlignedPictures() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let dataset = try RAFDatabase.read(path: folder.path)
    try #require(dataset.count == 3 && dataset.unusable.isEmpty)
    #expect(dataset.id(at: 0) == "Image/aligned/train_00001_aligned.jpg")
    #expect(
      try (0..<3).map { try dataset.labels(at: $0).emotion } == [.sadness, .surprise, .neutral])
    #expect((0..<3).map(dataset.part) == [.train, .train, .test])
    #expect(try dataset.sample(at: 0).image.width == 8)
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "raf-db")
  }

  @Test func foldersAreNumberedFromOne() throws {
    let folder = try TemporaryFolder()
    for (number, part) in [(1, "train"), (4, "train"), (6, "test"), (8, "test")] {
      try folder.writePicture("\(part)/\(number)/\(part)_0000\(number)_aligned.jpg", size: 8)
    }
    let dataset = try RAFDatabase.read(path: folder.path)
    #expect(
      try (0..<3).map { try dataset.labels(at: $0).emotion } == [.anger, .surprise, .happiness])
    #expect(dataset.unusable.map(\.reason) == ["the folder “8” names no emotion"])
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "raf-db")
  }

  @Test(arguments: [
    ("train_00001.jpg 8\n", "a label 1–7"), ("train_00001.jpg five\n", "a label 1–7"),
    ("train_00001.jpg\n", "is not"), ("train_00001.jpg 5 5\n", "is not"),
    ("train_00001.jpg 5\ntrain_00001.jpg 5\n", "has a label already"),
    ("train_99999.jpg 5\n", "1 lines lack their picture"),
  ])
  func brokenLinesAreReported(text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.write("test_0001.jpg 7\n" + text, "EmoLabel/list_patition_label.txt")
    let dataset = try RAFDatabase.read(path: folder.path)
    let path = dataset.unusable.last?.path ?? ""
    #expect(dataset.unusable.last?.reason.contains(reason) == true, "\(dataset.unusable)")
    #expect(path.hasPrefix("EmoLabel/list_patition_label.txt"), "\(path)")
  }

  private static let check = DamageCheck(make: make, open: { try RAFDatabase.read(path: $0.path) })

  @Test(arguments: Damage.text) func brokenListsAreNoticed(damage: Damage) throws {
    #expect(
      try Self.check.complaints(damage, file: "EmoLabel/list_patition_label.txt").isEmpty)
  }
}

@Suite struct CKPlusTests {
  @Sendable private static func make(_ folder: TemporaryFolder) throws {
    for (person, frame) in [("S005/001", "00000011"), ("S010/002", "00000014")] {
      let name = "\(person)/\(person.replacing("/", with: "_"))_\(frame)"
      try folder.writePicture("cohn-kanade-images/\(name).png", size: 8)
      try folder.writePicture(
        "cohn-kanade-images/\(name.replacing(frame, with: "00000001")).png", size: 8)
    }
    try folder.write("   3.0000000e+00\n", "Emotion/S005/001/S005_001_00000011_emotion.txt")
    try folder.write(
      "   9.0000000e+00   3.0000000e+00\n   1.7000000e+01   0.0000000e+00\n",
      "FACS/S005/001/S005_001_00000011_facs.txt")
    try folder.write("4 5\n", "FACS/S010/002/S010_002_00000014_facs.txt")
  }

  @Test func peaksHaveEmotionsAndUnits() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let dataset = try CKPlus.read(path: folder.path)
    try #require(dataset.count == 2 && dataset.unusable.isEmpty)
    #expect(dataset.id(at: 0) == "cohn-kanade-images/S005/001/S005_001_00000011.png")
    let (first, second) = (try dataset.labels(at: 0), try dataset.labels(at: 1))
    #expect(first.emotion == .disgust && second.emotion == nil)
    #expect(dataset.identityNames == ["S005", "S010"])
    #expect(first.identity == 0 && second.identity == 1)
    // AU17 is present without a grade; AU4 is not listed, hence absent.
    #expect(first.unitOccurrences == ActionUnitValues([4: 0, 9: 1, 17: 1]))
    #expect(first.unitIntensities == ActionUnitValues([4: 0, 9: 3]))
    #expect(second.unitIntensities == ActionUnitValues([4: 5, 9: 0, 17: 0]))
    #expect(first.frame == VideoFrame(video: "S005/001", number: 11))
    #expect(
      dataset.labelledUnits == LabelledUnits(intensities: [4, 9, 17], occurrences: [4, 9, 17]))
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "ck-plus")
  }

  @Test func classFoldersNameThePerson() throws {
    let folder = try TemporaryFolder()
    for name in ["anger/S010_004_00000017.png", "contempt/S138_008_00000009.png"] {
      try folder.writePicture(name, size: 8)
    }
    let dataset = try CKPlus.read(path: folder.path)
    #expect(try (0..<2).map { try dataset.labels(at: $0).emotion } == [.anger, .contempt])
    #expect(dataset.identityNames == ["S010", "S138"])
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "ck-plus")
  }

  @Test(arguments: [
    ("Emotion/S005/001/S005_001_00000011_emotion.txt", "8\n", "no single number 0–7"),
    ("Emotion/S005/001/S005_001_00000011_emotion.txt", "", "no single number 0–7"),
    ("Emotion/S005/001/S005_001_00000011_emotion.txt", "1\n2\n", "no single number 0–7"),
    ("Emotion/S011/001/S011_001_00000011_emotion.txt", "1\n", "no picture"),
    ("Emotion/X_emotion.txt", "1\n", "does not begin with a subject"),
    ("FACS/S005/001/S005_001_00000011_facs.txt", "9 6\n", "an intensity 0–5"),
    ("FACS/S005/001/S005_001_00000011_facs.txt", "9 3\n9 3\n", "each unit once"),
    ("FACS/S005/001/S005_001_00000011_facs.txt", "9\n", "unit intensity"),
    ("FACS/S005/001/S005_001_00000011_facs.txt", "nan 3\n", "unit intensity"),
  ])
  func brokenFilesAreReported(file: String, text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.write(text, file)
    let dataset = try CKPlus.read(path: folder.path)
    #expect(dataset.unusable.contains { $0.reason.contains(reason) }, "\(dataset.unusable)")
  }

  private static let check = DamageCheck(make: make, open: { try CKPlus.read(path: $0.path) })

  @Test(arguments: Damage.text) func brokenEmotionsAreSound(damage: Damage) throws {
    let file = "Emotion/S005/001/S005_001_00000011_emotion.txt"
    // The peak keeps its units without the emotion: a missing file is no damage.
    if case .remove = damage.change { return }
    if case .folder = damage.change { return }
    #expect(try Self.check.complaints(damage, file: file).isEmpty)
  }

  @Test(arguments: Damage.text) func brokenUnitsAreSound(damage: Damage) throws {
    let file = "FACS/S010/002/S010_002_00000014_facs.txt"
    // An empty file is a face without any unit.
    if damage.name == "empty" { return }
    #expect(try Self.check.complaints(damage, file: file).isEmpty)
  }
}
