import Foundation
import Testing

@testable import FaceData

@Suite struct DISFATests {
  /// Two people with three frames each; units 1 and 12.
  @Sendable private static func makeLabels(_ folder: TemporaryFolder) throws {
    let grades = [
      ("SN001", 1, "1,0\n2,3\n3,5\n"), ("SN001", 12, "1,2\n2,0\n3,1\n"),
      ("SN010", 1, "1,1\n2,1\n3,0\n"), ("SN010", 12, "1,4\n2,4\n3,4\n"),
    ]
    for (person, unit, text) in grades {
      try folder.write(text, "ActionUnit_Labels/\(person)/\(person)_au\(unit).txt")
    }
  }

  private static func makePictures(
    _ folder: TemporaryFolder, _ names: [String], people: [String] = ["SN001", "SN010"]
  ) throws {
    for person in people {
      for name in names {
        try folder.writePicture(name.replacing("SN", with: person), size: 8)
      }
    }
  }

  @Test(arguments: [
    ["img/SN/0.png", "img/SN/1.png", "img/SN/2.png"],
    ["Images/SN/00001.jpg", "Images/SN/00002.jpg", "Images/SN/00003.jpg"],
    ["LeftVideoSN_comp/f_1.jpg", "LeftVideoSN_comp/f_2.jpg", "LeftVideoSN_comp/f_3.jpg"],
    ["SN_01.jpg", "SN_02.jpg", "SN_03.jpg"],
  ])
  func framesAreFoundHoweverTheyAreNumbered(names: [String]) throws {
    let folder = try TemporaryFolder()
    try Self.makeLabels(folder)
    try Self.makePictures(folder, names)
    let dataset = try DISFA.read(path: folder.path)
    try #require(dataset.count == 6 && dataset.unusable.isEmpty)
    #expect(dataset.identityNames == ["SN001", "SN010"])
    let labels = try (0..<6).map { try dataset.labels(at: $0) }
    #expect(labels.map(\.identity) == [0, 0, 0, 1, 1, 1])
    #expect(labels.map { $0.frame?.number } == [1, 2, 3, 1, 2, 3])
    #expect(labels.map { $0.unitIntensities?[1] } == [0, 3, 5, 1, 1, 0])
    #expect(labels.map { $0.unitIntensities?[12] } == [2, 0, 1, 4, 4, 4])
    #expect(labels[4].frame == VideoFrame(video: "SN010", number: 2))
    #expect(dataset.labelledUnits == LabelledUnits(intensities: [1, 12]))
    #expect(labels[0].intensity(ofUnit: 12) == 2 && labels[0].intensity(ofUnit: 4) == nil)
    let guess = try DatasetFormat.guess(path: folder.path)
    #expect(guess.format.kind == "disfa")
    let line = DatasetSpecification(guess.source).summaryLine(of: dataset)
    #expect(line.hasSuffix(" · 6 faces · 2 identities · 8×8 · 2 AUs"), "\(line)")
  }

  @Test func bothCamerasAreTwoVideosOfOnePerson() throws {
    let folder = try TemporaryFolder()
    try Self.makeLabels(folder)
    let names = ["Left/SN/1.jpg", "Right/SN/1.jpg"]
    try Self.makePictures(folder, names)
    let dataset = try DISFA.read(path: folder.path)
    try #require(dataset.count == 4)
    let videos = try (0..<4).map { try dataset.labels(at: $0).frame?.video }
    #expect(videos == ["Left/SN001", "Right/SN001", "Left/SN010", "Right/SN010"])
    #expect(dataset.unusable.count { $0.reason.contains("2 of 3 graded frames lack") } == 4)
  }

  @Test func theFoldsSplitItsPeople() throws {
    let folder = try TemporaryFolder()
    try Self.makeLabels(folder)
    try folder.write("1,0\n", "ActionUnit_Labels/SN003/SN003_au1.txt")
    try Self.makePictures(folder, ["i/SN/1.jpg"], people: ["SN001", "SN003", "SN010"])
    let split = try SubjectFolds.disfa.split(try DISFA.read(path: folder.path), test: 2)
    #expect(split.train == [0, 2] && split.test == [1])
  }

  @Test func whatLacksItsOtherHalfIsToldOnce() throws {
    let folder = try TemporaryFolder()
    try Self.makeLabels(folder)
    try Self.makePictures(folder, ["i/SN/1.jpg", "i/SN/7.jpg", "i/SN/8.jpg"], people: ["SN001"])
    try folder.writePicture("other/1.jpg", size: 8)
    try folder.writePicture("i/SN099/1.jpg", size: 8)
    let dataset = try DISFA.read(path: folder.path)
    try #require(dataset.count == 1)
    let reasons = Dictionary(grouping: dataset.unusable, by: \.path).mapValues { $0.map(\.reason) }
    #expect(reasons["other"] == ["1 pictures of no graded video"])
    #expect(reasons["i/SN099"] == ["1 pictures of no graded video"])
    #expect(reasons["SN010"] == ["no picture of its 3 frames"])
    #expect(
      reasons["i/SN001/7.jpg"] == [
        "no grades for this and 1 more pictures beside it",
        "2 of 3 graded frames lack a picture here, the first is frame 2",
      ])
  }

  @Test(arguments: [
    ("1,6\n", "an intensity 0–5"), ("1,-1\n", "an intensity 0–5"), ("1\n", "frame,intensity"),
    ("1,2,3\n", "frame,intensity"), ("x,2\n", "frame,intensity"), ("1,nan\n", "frame,intensity"),
    ("1,2.5\n", "an intensity 0–5"), ("1,2\n1,3\n", "frame 1 has a grade already"),
    ("99999999999,1\n", "frame,intensity"),
  ])
  func brokenGradesAreReported(text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try Self.makeLabels(folder)
    try Self.makePictures(folder, ["i/SN/1.jpg"])
    let file = "ActionUnit_Labels/SN001/SN001_au1.txt"
    try folder.write(text, file)
    let dataset = try DISFA.read(path: folder.path)
    let found = try #require(dataset.unusable.first)
    #expect(found.path.hasPrefix(file + ":") && found.reason.contains(reason), "\(found)")
  }

  @Test func aUnitThatIsNoneOfTheTwelveIsReported() throws {
    let folder = try TemporaryFolder()
    try Self.makeLabels(folder)
    try Self.makePictures(folder, ["i/SN/1.jpg"])
    try folder.write("1,2\n", "ActionUnit_Labels/SN001/SN001_au7.txt")
    let dataset = try DISFA.read(path: folder.path)
    #expect(dataset.unusable.first?.reason == "AU7 is none of the twelve units of DISFA")
  }

  @Test func withoutGradesTheLayoutIsExplained() throws {
    let folder = try TemporaryFolder()
    try Self.makePictures(folder, ["i/SN/1.jpg"])
    let error = faceDataError { _ = try DISFA.read(path: folder.path) }
    #expect(error?.message.contains("SN001_au1.txt") == true)
  }

  @Test(arguments: [
    ("SN001", "SN001"), ("LeftVideoSN024_comp/1.jpg", "SN024"), ("a/sn003/SN004_1.jpg", "SN004"),
    ("SN1", nil), ("snow/1.jpg", nil), ("", nil),
  ])
  func subjectsAreFoundInPaths(path: String, subject: String?) {
    #expect(DISFA.subject(path[...]) == subject)
  }

  private static let check = DamageCheck(
    make: { folder in
      try makeLabels(folder)
      try makePictures(folder, ["i/SN/1.jpg", "i/SN/2.jpg", "i/SN/3.jpg"])
      // Only this person has AU4: without the file the set loses samples.
      try folder.write("1,0\n2,3\n3,5\n", "ActionUnit_Labels/SN011/SN011_au4.txt")
      try makePictures(folder, ["i/SN/1.jpg"], people: ["SN011"])
    }, open: { try DISFA.read(path: $0.path) })

  @Test(arguments: Damage.text) func brokenFilesAreNoticed(damage: Damage) throws {
    let file = "ActionUnit_Labels/SN011/SN011_au4.txt"
    #expect(try Self.check.complaints(damage, file: file).isEmpty)
  }

  @Test(arguments: Damage.binary) func brokenPicturesAreNoticed(damage: Damage) throws {
    #expect(try Self.check.complaints(damage, file: "i/SN010/2.jpg").isEmpty)
  }
}

@Suite struct BP4DTests {
  private static let occurrence = "AUCoding/AU_OCC/F001_T1.csv"
  private static let intensity = "AU Intensity Codes3.0/AU12/F001_T1.csv"

  @Sendable private static func make(_ folder: TemporaryFolder) throws {
    try folder.write("0,1,2,12,27\n1,0,1,1,9\n2,9,0,1,0\n5,1,1,1,1\n", occurrence)
    try folder.write("0,1,2\n7,1,0\n", "AUCoding/AU_OCC/M002_T8.csv")
    try folder.write("1,3\n2,9\n5,0\n", intensity)
    try folder.write("1,5\n2,1\n", "AU Intensity Codes3.0/AU06/F001_T1.csv")
    for name in ["F001/T1/0001.jpg", "F001/T1/0002.jpg", "F001/T1/0005.jpg", "M002/T8/7.jpg"] {
      try folder.writePicture("Sequences/" + name, size: 8)
    }
  }

  @Test func occurrencesAndIntensitiesAreJoined() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let dataset = try BP4D.read(path: folder.path)
    try #require(dataset.count == 4 && dataset.unusable.isEmpty, "\(dataset.unusable)")
    #expect(dataset.identityNames == ["F001", "M002"])
    let labels = try (0..<4).map { try dataset.labels(at: $0) }
    #expect(labels[0].unitOccurrences == ActionUnitValues([1: 0, 2: 1, 12: 1]))
    #expect(labels[1].unitOccurrences == ActionUnitValues([2: 0, 12: 1, 27: 0]))
    #expect(labels[0].unitIntensities == ActionUnitValues([6: 5, 12: 3]))
    #expect(labels[1].unitIntensities == ActionUnitValues([6: 1]))
    #expect(labels[2].unitIntensities == ActionUnitValues([12: 0]))
    #expect(labels[3].unitIntensities == nil && labels[3].identity == 1)
    #expect(labels[2].frame == VideoFrame(video: "F001/T1", number: 5))
    #expect(
      dataset.labelledUnits
        == LabelledUnits(intensities: [6, 12], occurrences: [1, 2, 12, 27]))
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "bp4d")
  }

  @Test(arguments: [
    ("0,1,2\n1,0,2\n", "is not 0, 1 or 9"), ("0,1,2\n1,0\n", "2 columns"),
    ("0,1,2\n1,9,9\n", "no unit of frame 1 is known"), ("0,1,2\nx,0,0\n", "is no frame number"),
    ("0,1,2\n1,0,0\n1,0,0\n", "frame 1 has a row already"), ("0,1,1\n1,0,0\n", "different action"),
    ("frame,AU1\n1,0\n", "no list of different action units"), ("0\n1\n", "no list of different"),
  ])
  func brokenOccurrencesAreReported(text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.write(text, Self.occurrence)
    let dataset = try BP4D.read(path: folder.path)
    let found = dataset.unusable.filter { $0.path.hasPrefix(Self.occurrence + ":") }
    #expect(found.first?.reason.contains(reason) == true, "\(dataset.unusable)")
  }

  @Test(arguments: ["1,6\n", "1,8\n", "1\n", "a,1\n", "1,1\n1,1\n"])
  func brokenIntensitiesAreReported(text: String) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.write(text, Self.intensity)
    let dataset = try BP4D.read(path: folder.path)
    #expect(dataset.unusable.contains { $0.path.hasPrefix(Self.intensity + ":") })
  }

  @Test(arguments: [
    ("Sequences/F001/T1/0001.jpg", "F001/T1"), ("F001_T1/1.jpg", "F001/T1"),
    ("x/M018_T8_0004.png", "M018/T8"), ("F001/T9/1.jpg", nil), ("F1/T1/1.jpg", nil),
    ("F001/1.jpg", nil), ("F001/T12/1.jpg", nil), ("F0011/T1/1.jpg", nil), ("", nil),
  ])
  func videosAreFoundInPaths(path: String, video: String?) {
    #expect(BP4D.video(path[...]) == video)
  }

  private static let check = DamageCheck(make: make, open: { try BP4D.read(path: $0.path) })

  @Test(arguments: Damage.text) func brokenOccurrenceFilesAreNoticed(damage: Damage) throws {
    let file = "AUCoding/AU_OCC/M002_T8.csv"
    #expect(try Self.check.complaints(damage, file: file).isEmpty)
  }

  @Test(arguments: Damage.text) func brokenIntensityFilesAreSound(damage: Damage) throws {
    // The frames keep their occurrences: a file that is not there is no damage.
    if case .remove = damage.change { return }
    if case .folder = damage.change { return }
    if damage.name == "empty" { return }
    #expect(try Self.check.complaints(damage, file: Self.intensity).isEmpty)
  }
}
