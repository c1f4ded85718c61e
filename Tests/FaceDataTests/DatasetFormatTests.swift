import Foundation
import Testing

@testable import FaceData

@Suite struct DatasetFormatTests {
  @Test func eachKindIsThereOnce() {
    let kinds = DatasetFormat.all.map(\.kind)
    #expect(Set(kinds).count == kinds.count)
    #expect(kinds.suffix(3) == ["landmarks", "lfw", "images"])
    #expect(DatasetFormat.all.allSatisfy { !$0.title.isEmpty && !$0.layout.isEmpty })
  }

  @Test(arguments: DatasetFormat.all.map(\.kind))
  func everyKindGoesThroughJSON(kind: String) throws {
    let source = DatasetSource(kind: kind, path: "/data/x")
    let specification = DatasetSpecification(source)
    #expect(specification.kind == kind && specification.name == "x")
    let again = try JSONDecoder().decode(
      DatasetSpecification.self, from: JSONEncoder().encode(specification))
    #expect(again == specification)
    #expect(specification.summaryLine.hasPrefix(kind))
  }

  @Test(arguments: DatasetFormat.all.map(\.kind))
  func whatIsNotThereIsUnreadable(kind: String) {
    let source = DatasetSource(kind: kind, path: "/nowhere/at/all")
    #expect(faceDataError { _ = try source.open() }?.code == .unreadable)
  }

  @Test func unknownKindsAndPartsAreErrorsThatListTheKnownOnes() throws {
    let kind = faceDataError { _ = try DatasetSource(kind: "vidoe", path: "/x").open() }
    #expect(kind?.code == .invalidSetting)
    #expect(kind?.message.contains("“vidoe”") == true && kind?.message.contains("lfw") == true)
    let part = faceDataError {
      _ = try DatasetSource(kind: "images", path: "/x", part: "test").open()
    }
    #expect(part?.code == .invalidSetting && part?.message.contains("it has none") == true)
  }

  @Test(arguments: [
    (["a.jpg"], "images", "a.jpg"), (["a/b/c.PNG"], "images", "a/b/c.PNG"),
    (["Al/Al_0001.jpg"], "lfw", "Al/Al_0001.jpg"), (["Al/1.jpg", "pairs.txt"], "lfw", "pairs.txt"),
    (["x/a.jpg", "x/a.pts"], "landmarks", "x/a.pts"),
  ])
  func aFolderIsWhatItsNamesSay(files: [String], kind: String, reason: String) throws {
    let folder = try TemporaryFolder()
    for file in files { try folder.write("", file) }
    let guess = try DatasetFormat.guess(path: folder.path)
    #expect(guess.format.kind == kind)
    #expect(guess.reason.contains(reason), "\(guess.reason)")
    #expect(guess.source == DatasetSource(kind: kind, path: folder.path))
  }

  @Test func whatNothingFitsIsAnErrorThatSaysWhatIsThere() throws {
    let folder = try TemporaryFolder()
    try folder.write("hello", "notes.md")
    let error = faceDataError { _ = try DatasetFormat.guess(path: folder.path) }
    #expect(error?.code == .unknownFormat && error?.message.contains("notes.md") == true)
    let file = faceDataError { _ = try DatasetFormat.guess(path: folder.path + "/notes.md") }
    #expect(file?.code == .unknownFormat && file?.message.contains("the file") == true)
    let missing = faceDataError { _ = try DatasetFormat.guess(path: folder.path + "/none") }
    #expect(missing?.code == .unreadable)
  }

  @Test func aGlanceListsNearerFilesFirstAndStopsAtItsDepth() throws {
    let folder = try TemporaryFolder()
    for file in ["b/x.txt", "z.txt", "a/b/c/d/in.txt", "a/b/c/d/e/out.txt", ".git/no.txt"] {
      try folder.write("1\n", file)
    }
    let glance = try PathGlance(folder.path)
    #expect(glance.files == ["z.txt", "b/x.txt", "a/b/c/d/in.txt"])
    #expect(glance.contains("x.txt") && !glance.contains(".txt"))
    #expect(glance.firstLine(of: "z.txt")?.text == "1" && glance.firstLine(of: "none") == nil)
  }
}
