import Foundation
import Testing

@testable import FaceData

/// `Goldens/pickles` is made by make_records.py with Python's own pickle module.
@Suite struct VerificationBinTests {
  private static func golden(_ name: String) throws -> [UInt8] {
    let url = try #require(
      Bundle.module.url(
        forResource: name, withExtension: "bin", subdirectory: "Goldens/pickles"))
    return Array(try Data(contentsOf: url))
  }

  private static let goldens =
    (0..<6).flatMap { ["bytes-\($0)", "arrays-\($0)"] } + ["truths", "scalars"]

  @Test(arguments: goldens) func everyProtocolGivesTheSamePairs(name: String) throws {
    let folder = try TemporaryFolder()
    let dataset = try VerificationBin(path: try folder.write(try Self.golden(name), "lfw.bin"))
    try #require(dataset.count == 22 && dataset.pairs.count == 11 && dataset.unusable.isEmpty)
    // The first grey value of each picture is its place.
    let marks = try (0..<22).map { Int(try dataset.sample(at: $0).image.pixels[0]) }
    #expect(marks == Array(0..<22))
    #expect(dataset.pairs.map(\.first) == (0..<11).map { 2 * $0 })
    #expect(dataset.pairs.map(\.second) == (0..<11).map { 2 * $0 + 1 })
    #expect(dataset.pairs.map(\.isSame) == (0..<11).map { $0 % 3 != 1 })
    #expect(dataset.pairs.map(\.fold) == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(dataset.pairReport.summary == "11 of 11 pairs usable in 10 of 10 folds")
  }

  @Test(arguments: [(6000, 10, 600), (7000, 10, 700), (3, 3, 1), (25, 10, 3)])
  func foldsAreThoseOfKFold(count: Int, folds: Int, first: Int) {
    let numbers = VerificationBin.folds(count)
    #expect(numbers.count == count && Set(numbers) == Set(0..<folds))
    #expect(numbers == numbers.sorted() && numbers.count { $0 == 0 } == first)
  }

  /// Python 2 writes str as STRING, SHORT_BINSTRING or BINSTRING.
  @Test(arguments: [0, 1, 2]) func pythonTwoIsRead(form: Int) throws {
    let faces = ["P5 1 1 255\n\u{7}", "P5 1 1 255\n'"].map { Array($0.utf8) }
    let strings = faces.map { face -> [UInt8] in
      switch form {
      case 0:
        let text = String(decoding: face, as: UTF8.self).replacing("\n", with: "\\n")
          .replacing("\u{7}", with: "\\x07").replacing("'", with: "\\'")
        return Array("S'\(text)'\n".utf8)
      case 1: return [UInt8(ascii: "U"), UInt8(face.count)] + face
      default: return [UInt8(ascii: "T"), UInt8(face.count), 0, 0, 0] + face
      }
    }
    let head: [UInt8] = form == 0 ? [] : [0x80, 2]
    let pickle =
      head + Array("((l".utf8) + strings.flatMap { $0 + [UInt8(ascii: "a")] }
      + Array("(lI01\nat.".utf8)
    let folder = try TemporaryFolder()
    let dataset = try VerificationBin(path: try folder.write(pickle, "x.bin"))
    #expect(dataset.pairs == [VerificationPair(first: 0, second: 1, isSame: true, fold: 0)])
    #expect(try dataset.sample(at: 0).image.pixels == [7, 7, 7])
    #expect(try dataset.sample(at: 1).image.pixels == [39, 39, 39])
  }

  @Test func aPictureThatIsNoneTakesItsPairAlong() throws {
    var bytes = try Self.golden("bytes-4")
    let start = try #require(bytes.firstRange(of: Array("P5 3 3".utf8))).lowerBound
    bytes[start] = UInt8(ascii: "X")
    let folder = try TemporaryFolder()
    let dataset = try VerificationBin(path: try folder.write(bytes, "x.bin"))
    try #require(dataset.count == 21 && dataset.pairs.count == 10)
    #expect(dataset.unusable.map(\.path) == ["picture 0"])
    #expect(dataset.pairReport.missingImage == 1 && dataset.pairReport.total == 11)
    #expect(dataset.pairs[0].first == 1 && dataset.id(at: 1) == "2")
  }

  @Test(.enabled(if: TestData.has("insightface"), "needs ../shared/data/insightface"))
  func theRealSampleIsRead() throws {
    let dataset = try VerificationBin(path: TestData.path("insightface/small_lfw.bin"))
    try #require(dataset.count == 20 && dataset.pairs.count == 10)
    #expect(dataset.pairs.count(where: \.isSame) == 10)
    for index in 0..<20 {
      let image = try dataset.sample(at: index).image
      #expect(image.width == 112 && image.height == 112)
    }
    let folder = try VerificationBin(path: TestData.path("insightface"))
    #expect(folder.fingerprint == dataset.fingerprint)
    let source = DatasetSource(kind: "verification-bin", path: dataset.path)
    let line = DatasetSpecification(source).summaryLine(of: dataset)
    #expect(line == "small_lfw.bin · 20 faces · 112×112 · 10 of 10 pairs")
  }

  @Test func aFolderMustSayWhichFileIsMeant() throws {
    let folder = try TemporaryFolder()
    let error = faceDataError { _ = try VerificationBin(path: folder.path) }
    #expect(error?.code == .emptyDataset && error?.message.contains("0 .bin files") == true)
  }

  private static func check(_ name: String) -> DamageCheck {
    DamageCheck(
      make: { try $0.write(try golden(name), "lfw.bin") },
      open: { try VerificationBin(path: $0.path + "/lfw.bin") })
  }

  @Test(arguments: Damage.binary, ["bytes-0", "bytes-4", "arrays-2", "arrays-5"])
  func brokenFilesAreNoticed(damage: Damage, name: String) throws {
    #expect(try Self.check(name).complaints(damage, file: "lfw.bin").isEmpty)
  }

  /// Each byte of a pickle set to each of some values: nothing traps.
  @Test func noByteOfAPickleCanTrap() throws {
    for name in ["bytes-1", "arrays-4"] {
      let sound = try Self.golden(name)
      for at in sound.indices {
        for value in [0, 0x28, 0x52, 0x62, 0x65, 0x74, 0x86, 0xFF] as [UInt8] {
          var bytes = sound
          bytes[at] = value
          _ = try? VerificationPickle(bytes, path: "x.bin")
        }
      }
    }
  }
}
