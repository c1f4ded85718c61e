import Foundation
import Testing

@testable import FaceData

/// `Goldens/recordio` is made by make_records.py.
@Suite struct RecordIOTests {
  private static func golden(_ name: String) throws -> [UInt8] {
    let url = try #require(
      Bundle.module.url(
        forResource: name, withExtension: nil, subdirectory: "Goldens/recordio"))
    return Array(try Data(contentsOf: url))
  }

  @Sendable private static func make(_ folder: TemporaryFolder) throws {
    for name in ["train.rec", "train.idx", "property"] {
      try folder.write(try golden(name), name)
    }
  }

  /// The first grey value, which is the picture's key.
  private static func marks(_ dataset: RecordIODataset) throws -> [Int] {
    try (0..<dataset.count).map { Int(try dataset.sample(at: $0).image.pixels[0]) }
  }

  @Test(arguments: [true, false])
  func peopleAreTheRangesOfTheirRecords(hasIndex: Bool) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    if !hasIndex { try FileManager.default.removeItem(atPath: folder.path + "/train.idx") }
    let dataset = try RecordIODataset(path: folder.path)
    #expect((0..<dataset.count).map(dataset.id) == ["1", "2", "3", "4", "5"])
    #expect(dataset.identityNames == ["0", "1"])
    #expect(try (0..<5).map { try dataset.labels(at: $0).identity } == [0, 0, 0, 1, 1])
    #expect(try Self.marks(dataset) == [1, 2, 3, 4, 5])
    #expect(dataset.unusable.isEmpty)
    #expect(try dataset.sample(at: 4).image.width == 7)
  }

  /// The third picture holds the magic word at 16, 24 and 28: the record is in four parts.
  @Test func theMagicWordIsPutBackIntoARecordThatItCuts() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let image = try RecordIODataset(path: folder.path).sample(at: 2).image
    let values = stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
    // The header of the PGM has 11 bytes.
    #expect(Array(values[5..<9]) == [0x0A, 0x23, 0xD7, 0xCE])
    #expect(Array(values[13..<21]) == [0x0A, 0x23, 0xD7, 0xCE, 0x0A, 0x23, 0xD7, 0xCE])
    let words = stride(from: 0, to: values.count - 3, by: 1).count {
      Array(values[$0..<($0 + 4)]) == [0x0A, 0x23, 0xD7, 0xCE]
    }
    #expect(words == 3 && values.count == 36)
  }

  @Test func withoutARecordZeroEachPictureSaysWhoItIs() throws {
    let folder = try TemporaryFolder()
    try folder.write(try Self.golden("plain.rec"), "x.rec")
    try folder.write(try Self.golden("plain.idx"), "x.idx")
    let dataset = try RecordIODataset(path: folder.path + "/x.rec")
    #expect(dataset.identityNames == ["3", "7"])
    #expect(try (0..<3).map { try dataset.labels(at: $0).identity } == [1, 0, 1])
    #expect(try Self.marks(dataset) == [0, 1, 2])
  }

  @Test(arguments: [
    ("train.idx", "0\t0\n1\tx\n", "1\tx"), ("train.idx", "0\t0\n0\t0\n", "there already"),
    ("train.idx", "0\t0\n1\t99999\n", "an offset in the file"),
    ("property", "3,112,112", "3 people"),
  ])
  func brokenListsAreReported(file: String, text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.write(text, file)
    do {
      let dataset = try RecordIODataset(path: folder.path)
      #expect(dataset.unusable.contains { $0.reason.contains(reason) }, "\(dataset.unusable)")
    } catch let error as FaceDataError {
      #expect(error.message.contains(reason), "\(error)")
    }
  }

  @Test func aHeaderThatAnnouncesMillionsIsNotBelieved() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    var bytes = try Self.golden("train.rec")
    // The labels (6, 8) of record 0 become (6, 16,000,000).
    let label = Float(16_000_000).bitPattern
    for byte in 0..<4 { bytes[8 + 24 + 4 + byte] = UInt8(truncatingIfNeeded: label >> (8 * byte)) }
    try folder.write(bytes, "train.rec")
    let dataset = try RecordIODataset(path: folder.path)
    try #require(dataset.count == 5)
    #expect(dataset.unusable.contains { $0.reason.contains("more than records") })
  }

  @Test func aFolderMustSayWhichFileIsMeant() throws {
    let folder = try TemporaryFolder()
    let none = faceDataError { _ = try RecordIODataset(path: folder.path) }
    #expect(none?.message.contains("no .rec file") == true)
    try folder.write([1], "a.rec")
    try folder.write([1], "b.rec")
    let two = faceDataError { _ = try RecordIODataset(path: folder.path) }
    #expect(two?.message.contains("2 .rec files") == true)
  }

  private static let check = DamageCheck(
    make: make, open: { try RecordIODataset(path: $0.path) })

  @Test(arguments: Damage.binary) func brokenRecordsAreNoticed(damage: Damage) throws {
    #expect(try Self.check.complaints(damage, file: "train.rec").isEmpty)
  }

  @Test(arguments: Damage.text) func brokenIndicesAreNoticed(damage: Damage) throws {
    // Without an index the records are walked through: that is no loss.
    if case .remove = damage.change { return }
    if case .folder = damage.change { return }
    #expect(try Self.check.complaints(damage, file: "train.idx").isEmpty)
  }
}

@Suite struct RecordKeysTests {
  @Test func keysAreFoundInAnyOrderWithGapsAndTheFirstOfTwoCounts() {
    var again: [Int] = []
    let keys = RecordKeys(
      [(7, 70), (0, 1), (3, 30), (7, 71), (1, 10)].map { .init(key: $0.0, offset: $0.1) },
      duplicate: { again.append($0) })
    #expect(keys.entries.map(\.key) == [0, 1, 3, 7] && again == [7])
    #expect([0, 1, 2, 3, 4, 7, 8, -1].map { keys[$0] } == [1, 10, nil, 30, nil, 70, nil, nil])
  }
}
