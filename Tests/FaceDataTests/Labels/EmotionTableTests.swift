import Foundation
import Testing

@testable import FaceData

@Suite struct AffectNetTests {
  private static let header = AffectNet.columns.joined(separator: ",")
  private static let rows = [
    "1/a.jpg,10,20,30,40,1.5;2;3,1,0.5,-0.25", "1/b.jpg,0,0,60,60,1;2,7,-1,1",
    "2/a.jpg,0,0,60,60,1;2,8,0.1,0.2",
  ]

  @Sendable private static func make(_ folder: TemporaryFolder) throws {
    let text = ([header] + rows).joined(separator: "\n") + "\n"
    try folder.write(text, "training.csv")
    try folder.write(header + "\n3/c.jpg,,,,,,0,-2,-2\n", "validation.csv")
    // A picture whose corner of the box is marked.
    let image = Image(width: 60, height: 60) { x, y in
      x >= 10 && x < 40 && y >= 20 ? [250, 250, 250] : [0, 0, 0]
    }
    for name in ["1/a.jpg", "1/b.jpg", "2/a.jpg", "3/c.jpg"] {
      try folder.write(image.encodedPNG(), "Manually_Annotated_Images/" + name)
    }
  }

  @Test func tablesGiveEmotionAffectAndBox() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let dataset = try AffectNet.read(path: folder.path)
    try #require(dataset.count == 4 && dataset.unusable.isEmpty)
    let labels = try (0..<4).map { try dataset.labels(at: $0) }
    #expect(labels.map(\.emotion) == [.happiness, .contempt, nil, .neutral])
    #expect(labels.map(\.valence) == [0.5, -1, 0.1, nil])
    #expect(labels.map(\.arousal) == [-0.25, 1, 0.2, nil])
    #expect((0..<4).map(dataset.part) == [.train, .train, .train, .validation])
    #expect(dataset.id(at: 0) == "Manually_Annotated_Images/1/a.jpg")
    let face = try dataset.sample(at: 0).image
    #expect(face.width == 30 && face.height == 40 && face.pixels.allSatisfy { $0 == 250 })
    #expect(try dataset.sample(at: 3).image.width == 60)
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "affectnet")
    let alone = try AffectNet.read(path: folder.path + "/validation.csv")
    #expect(alone.count == 1 && alone.part(at: 0) == .validation)
    let view = try DatasetSource(kind: "affectnet", path: folder.path, part: "validation").open()
    #expect(view.count == 1 && view.id(at: 0) == "Manually_Annotated_Images/3/c.jpg")
  }

  @Test(arguments: [
    ("1/c.jpg,0,0,9,9,,happy,0,0", "is no expression 0–10"),
    ("1/c.jpg,0,0,9,9,,11,0,0", "is no expression 0–10"),
    ("1/c.jpg,0,0,9,9,,9,-2,-2", "neither emotion nor valence"),
    ("1/c.jpg,0,0,9,9,,1,1.5,0", "is no valence or arousal"),
    ("1/c.jpg,0,0,9,9,,1,nan,0", "is no valence or arousal"),
    ("1/c.jpg,0,0,9,9,,1,0,", "is no valence or arousal"),
    ("1/c.jpg,x,0,9,9,,1,0,0", "the face's box"), ("1/c.jpg,0,0,0,9,,1,0,0", "the face's box"),
    ("1/c.jpg,0,0,99999999999999999,9,,1,0,0", "the face's box"),
    ("1/a.jpg,0,0,9,9,,1,0,0", "has a row already"), ("1/c.jpg,0,0,9,9,,1,0", "8 columns"),
    ("9/z.jpg,0,0,9,9,,1,0,0", "1 rows lack their picture"),
  ])
  func brokenRowsAreReported(row: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.writePicture("x/1/c.jpg", size: 20)
    try folder.write("\(Self.header)\n\(Self.rows[0])\n\(row)\n", "training.csv")
    let dataset = try AffectNet.read(path: folder.path)
    try #require(dataset.count == 2)
    let found = try #require(dataset.unusable.first)
    #expect(found.reason.contains(reason), "\(found)")
    #expect(found.path == "training.csv:3" || found.path == "training.csv")
  }

  @Test func aBoxOutsideOfThePictureIsAnErrorOfTheSample() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.write("\(Self.header)\n1/a.jpg,70,0,9,9,,1,0,0\n", "training.csv")
    let error = faceDataError { _ = try AffectNet.read(path: folder.path).sample(at: 0) }
    #expect(error?.code == .brokenLabels && error?.message.contains("60×60 picture") == true)
  }

  @Test func aHundredThousandBrokenRowsAreToldInAFew() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let broken = String(repeating: "1/a.jpg,0,0,9,9,,x,0,0\n", count: 2_000)
    try folder.write("\(Self.header)\n\(Self.rows[0])\n\(broken)", "training.csv")
    let dataset = try AffectNet.read(path: folder.path)
    #expect(dataset.unusable.count == ProblemList.perFile + 1)
    #expect(dataset.unusable.last?.reason == "1950 more lines that cannot be used")
  }

  private static let check = DamageCheck(make: make, open: { try AffectNet.read(path: $0.path) })

  @Test(arguments: Damage.text) func brokenTablesAreNoticed(damage: Damage) throws {
    #expect(try Self.check.complaints(damage, file: "training.csv").isEmpty)
  }
}

@Suite struct FER2013Tests {
  private static func pixels(_ value: Int) -> String {
    Array(repeating: "\(value)", count: 48 * 48).joined(separator: " ")
  }

  /// Training, public and private test, with a grey value of its own each.
  static let table =
    "emotion,pixels,Usage\n3,\(pixels(10)),Training\n0,\(pixels(20)),PublicTest\n"
    + "6,\(pixels(30)),PrivateTest\n"

  @Test(arguments: [table, table.replacingOccurrences(of: "\n", with: "\r\n")])
  func theTableIsRead(text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(text, "fer2013.csv")
    let dataset = try FER2013.read(path: folder.path)
    try #require(dataset.count == 3 && dataset.unusable.isEmpty)
    #expect(
      try (0..<3).map { try dataset.labels(at: $0).emotion } == [.happiness, .anger, .neutral])
    #expect((0..<3).map(dataset.part) == [.train, .validation, .test])
    for (index, value) in [UInt8(10), 20, 30].enumerated() {
      let image = try dataset.sample(at: index).image
      #expect(image.width == 48 && image.height == 48)
      #expect(image.pixels.allSatisfy { $0 == value })
    }
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "fer2013")
  }

  @Test func otherOrdersOfTheColumnsAreRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("emotion, Usage, pixels\n5,Training,\(Self.pixels(1))\n", "icml_face_data.csv")
    let dataset = try FER2013.read(path: folder.path)
    #expect(try dataset.labels(at: 0).emotion == .surprise && dataset.part(at: 0) == .train)
    #expect(try dataset.sample(at: 0).image.pixels.allSatisfy { $0 == 1 })
  }

  @Test(arguments: [
    ("7,\(pixels(1)),Training", "is no emotion 0–6"), ("x,\(pixels(1)),Training", "is no emotion"),
    ("1,\(pixels(256)),Training", "no 48×48"), ("1,1 2 3,Training", "no 48×48"),
    ("1,\(pixels(1)) 1,Training", "no 48×48"), ("1,\(pixels(-1)),Training", "no 48×48"),
    ("1,\(pixels(1))", "2 columns"),
  ])
  func brokenRowsAreReported(row: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.table + row + "\n", "fer2013.csv")
    let dataset = try FER2013.read(path: folder.path + "/fer2013.csv")
    try #require(dataset.count == 3 && dataset.unusable.map(\.path) == ["fer2013.csv:5"])
    #expect(dataset.unusable[0].reason.contains(reason), "\(dataset.unusable)")
  }

  @Test func aTableThatChangesUnderneathIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.table, "fer2013.csv")
    let dataset = try FER2013Table(path: folder.path + "/fer2013.csv")
    let handle = try FileHandle(forWritingTo: folder.url.appendingPathComponent("fer2013.csv"))
    try handle.truncate(atOffset: 3_000)
    let error = faceDataError { _ = try dataset.sample(at: 2) }
    #expect(error?.code == .brokenImage && error?.context.line == 4)
  }

  @Test(.enabled(if: TestData.has("fer2013/train"), "needs ../shared/data/fer2013"))
  func theRealFoldersAreRead() throws {
    let dataset = try FER2013.read(path: TestData.path("fer2013"))
    try #require(dataset.count == 4_036 && dataset.unusable.isEmpty)
    let emotions = try (0..<dataset.count).map { try dataset.labels(at: $0).emotion }
    #expect(Set(emotions) == Set(Emotion.basic.map(Optional.some)))
    #expect(dataset.part(at: 0) == .train)
    #expect(try dataset.sample(at: 100).image.width == 48)
    #expect(try DatasetFormat.guess(path: TestData.path("fer2013")).format.kind == "fer2013")
  }

  private static let check = DamageCheck(
    make: { try $0.write(table, "fer2013.csv") },
    open: { try FER2013.read(path: $0.path + "/fer2013.csv") })

  @Test(arguments: Damage.text) func brokenTablesAreNoticed(damage: Damage) throws {
    #expect(try Self.check.complaints(damage, file: "fer2013.csv").isEmpty)
  }
}

@Suite struct FERPlusTests {
  private static let header =
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
  private static let votes =
    header + "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0\n"
    + "PublicTest,fer0000001.png,0,1,8,0,0,0,0,1,0,0\nPrivateTest,,0,0,0,0,0,0,0,0,0,10\n"

  @Sendable private static func makeTables(_ folder: TemporaryFolder) throws {
    try folder.write(votes, "fer2013new.csv")
    try folder.write(FER2013Tests.table, "fer2013.csv")
  }

  @Sendable private static func makePictures(_ folder: TemporaryFolder) throws {
    try folder.write(votes, "fer2013new.csv")
    try folder.writePicture("FER2013Train/fer0000000.png", size: 48)
    try folder.writePicture("FER2013Valid/fer0000001.png", size: 48)
  }

  @Test(arguments: [true, false]) func votesAreJoined(hasTable: Bool) throws {
    let folder = try TemporaryFolder()
    try hasTable ? Self.makeTables(folder) : Self.makePictures(folder)
    let dataset = try FERPlus.read(path: folder.path)
    try #require(dataset.count == 2)
    let labels = try (0..<2).map { try dataset.labels(at: $0) }
    #expect(labels[0].emotionVotes?.counts == [4, 0, 1, 0, 0, 2, 3, 0])
    // 4 of 9 once the single vote is gone is no majority.
    #expect(labels.map(\.emotion) == [nil, .surprise])
    #expect((0..<2).map(dataset.part) == [.train, .validation])
    #expect(try dataset.sample(at: 1).labels == labels[1])
    if hasTable {
      #expect(try dataset.sample(at: 1).image.pixels[0] == 20)
      #expect(dataset.unusable.map(\.reason) == ["nobody saw an emotion"])
    }
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "ferplus")
  }

  @Test func tablesOfDifferentOrderAreRefused() throws {
    let folder = try TemporaryFolder()
    try Self.makeTables(folder)
    let lines = Self.votes.split(separator: "\n")
    try folder.write(lines.dropLast().joined(separator: "\n"), "fer2013new.csv")
    let short = faceDataError { _ = try FERPlus.read(path: folder.path) }
    #expect(short?.code == .brokenLabels && short?.message.contains("2 rows of votes") == true)
    let swapped = [lines[0], lines[2], lines[1], lines[3]].joined(separator: "\n")
    try folder.write(swapped, "fer2013new.csv")
    let order = faceDataError { _ = try FERPlus.read(path: folder.path) }
    #expect(order?.context.line == 2 && order?.message.contains("differ in their order") == true)
  }

  /// Counts by an independent script; 25,060, 3,199 and 3,153 have a majority.
  @Test(.enabled(if: TestData.has("ferplus"), "needs ../shared/data/ferplus"))
  func theRealVotesAreRead() throws {
    let votes = try FERPlus.Votes(path: TestData.path("ferplus/fer2013new.csv"))
    #expect(votes.rows.count == 35_887 && votes.problems.isEmpty)
    let rows = votes.rows.compactMap { $0 }
    #expect(rows.count { !$0.picture.isEmpty } == 28_561 + 3_579 + 3_574)
    #expect(rows.count { $0.votes.distribution == nil } == 176)
    let decided = Dictionary(grouping: rows.filter { $0.votes.majority != nil }, by: \.usage)
    #expect(decided[.train]?.count == 25_060)
    #expect(decided[.validation]?.count == 3_199 && decided[.test]?.count == 3_153)
    #expect(decided[.train]?.count { $0.votes.majority == .contempt } == 119)
    #expect(decided[.test]?.count { $0.votes.majority == .sadness } == 384)
  }

  private static let tables = DamageCheck(
    make: makeTables, open: { try FERPlus.read(path: $0.path) })
  private static let pictures = DamageCheck(
    make: makePictures, open: { try FERPlus.read(path: $0.path) })

  @Test(arguments: Damage.text) func brokenVotesAreNoticed(damage: Damage) throws {
    #expect(try Self.tables.complaints(damage, file: "fer2013new.csv").isEmpty)
    #expect(try Self.pictures.complaints(damage, file: "fer2013new.csv").isEmpty)
  }
}
