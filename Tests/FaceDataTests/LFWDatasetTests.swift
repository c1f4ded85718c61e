import Foundation
import Testing

@testable import FaceData

@Suite struct LFWDatasetTests {
  private func parse(_ text: String) -> PairsFile { PairsFile(Array(text.utf8)) }

  @Test func aHeaderGivesTheFoldsByPlace() {
    let file = parse("2\t1\nA\t1\t2\nA\t1\tB\t1\nB\t1\t2\nB\t1\tA\t2\n")
    #expect(file.pairs.map(\.fold) == [0, 0, 1, 1])
    #expect(file.pairs.map(\.isSame) == [true, false, true, false])
    #expect(file.pairs[3].first == PairsFile.Picture(name: "B", number: 1))
    #expect(file.pairs[3].second == PairsFile.Picture(name: "A", number: 2))
    #expect(file.foldCount == 2 && file.problems.isEmpty)
  }

  @Test func aBrokenLineDoesNotShiftTheFolds() {
    let file = parse("2 1\r\nA 1 2\r\nA one B 1\r\nB 1 2\r\nB 1 A 2\r\n")
    #expect(file.pairs.map(\.fold) == [0, 1, 1])
    #expect(file.problems.map(\.line) == [3])
    #expect(file.problems[0].reason.contains("A one B 1"))
  }

  @Test func withoutHeaderEqualRunsAreFolds() {
    let file = parse("A 1 2\nA 2 B 1\nB 1 2\nA 1 B 1\nC 1 2\nC 1 A 1")
    #expect(file.pairs.map(\.fold) == [0, 0, 1, 1, 2, 2])
    #expect(file.foldCount == 3)
    let mixed = (1...20).map { $0 % 3 == 0 ? "A 1 B \($0)" : "A 1 \($0 + 1)" }
    let cut = parse(mixed.joined(separator: "\n"))
    #expect(cut.foldCount == 10 && cut.pairs.map(\.fold) == (0..<20).map { $0 / 2 })
  }

  @Test func oneNumberIsOneFold() {
    let file = parse("2\nA 1 2\nB 1 2\nA 1 B 1\nA 2 B 1\n")
    #expect(file.foldCount == 1 && file.pairs.count == 4 && file.problems.isEmpty)
  }

  @Test(arguments: [
    ("1 1\nA 1 2\nA 1 B\n", [3]), ("1 1\nA 1 2\nA 1 A 2\n", [3]), ("1 1\nA 1 1\nA 1 B 1\n", [2]),
    ("1 1\nA 1 2\nA 1 B 2 C\n", [3]), ("1 1\nA\nA 1 B 2\n", [2]), ("1 2\nA 1 2\nA 1 B 2\n", [1]),
    ("1 1\nA 1 99999999999999999999\nA 1 B 1", [2]),
  ])
  func linesThatAreNoPairAreReported(text: String, lines: [Int]) {
    #expect(parse(text).problems.map(\.line) == lines)
  }

  @Test func emptyAndBinaryFilesAreNoPairs() {
    #expect(parse("").pairs.isEmpty && parse("").foldCount == 0)
    #expect(parse("\u{0}\u{1}\n\u{2}").pairs.isEmpty)
  }

  private func folder(inner: String = "") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["Bea/Bea_0001.jpg", "Al/Al_0001.jpg", "Al/Al_0002.jpg"] {
      try folder.writePicture(inner + name, size: 8)
    }
    return folder
  }

  private let pairs = "2 1\nAl 1 2\nAl 1 Bea 1\nBea 1 2\nBea 1 Al 2\n"

  @Test(arguments: [("", "pairs.txt"), ("images/", "pairs.txt"), ("images/", "images/pairs.txt")])
  func pairsAreFoundBesideOrInsideThePictures(inner: String, pairsPath: String) throws {
    let folder = try folder(inner: inner)
    try folder.write(pairs, pairsPath)
    let dataset = try LFWDataset(path: folder.path)
    #expect(dataset.identityNames == ["Al", "Bea"])
    #expect((0..<3).map(dataset.id) == ["Al/Al_0001.jpg", "Al/Al_0002.jpg", "Bea/Bea_0001.jpg"])
    #expect(try (0..<3).map { try dataset.labels(at: $0).identity } == [0, 0, 1])
    #expect(
      dataset.pairs == [
        VerificationPair(first: 0, second: 1, isSame: true, fold: 0),
        VerificationPair(first: 0, second: 2, isSame: false, fold: 0),
        VerificationPair(first: 2, second: 1, isSame: false, fold: 1),
      ])
    #expect(dataset.pairReport.summary == "3 of 4 pairs usable in 2 of 2 folds (1 lack a picture)")
    #expect(dataset.unusable.map(\.reason) == ["1 of 4 pairs lack a picture"])
    #expect(try dataset.sample(at: 2).image.width == 8)
  }

  @Test func pairsInTheParentFolderAreFound() throws {
    let folder = try folder(inner: "people/")
    try folder.write(pairs, "pairs.txt")
    #expect(try LFWDataset(path: folder.path + "/people").pairs.count == 3)
  }

  @Test func withoutPairsThereAreIdentitiesOnly() throws {
    let folder = try folder()
    try folder.writePicture("stray.jpg", size: 8)
    let dataset = try LFWDataset(path: folder.path)
    #expect(dataset.pairs.isEmpty && dataset.pairsPath == nil && dataset.count == 3)
    #expect(dataset.unusable.map(\.path) == ["stray.jpg"])
  }

  @Test func brokenPairsAreListedWithTheirLine() throws {
    let folder = try folder()
    try folder.write("1 1\nAl 1 2\nnonsense\n", "pairs.txt")
    let dataset = try LFWDataset(path: folder.path)
    #expect(dataset.pairs.count == 1)
    #expect(dataset.unusable.first?.path.hasSuffix("pairs.txt:3") == true)
    #expect(dataset.pairReport.problems.count == 1)
  }

  @Test func theFingerprintFollowsThePairs() throws {
    let folder = try folder()
    let first = try LFWDataset(path: folder.path).fingerprint
    try folder.write(pairs, "pairs.txt")
    #expect(try LFWDataset(path: folder.path).fingerprint != first)
  }

  @Test func aFolderWithoutPeopleSaysWhatIsExpected() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("one.jpg")
    let error = faceDataError { _ = try LFWDataset(path: folder.path) }
    #expect(error?.code == .emptyDataset)
    #expect(error?.message.contains("Name/Name_0001.jpg") == true)
  }
}
