import Foundation
import Synchronization
import Testing

@testable import FaceData

@Suite struct FolderTests {
  @Test func picturesAreFoundAtAnyDepthInOrder() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("b/c/two.JPEG", size: 8)
    try folder.writePicture("a.jpg", size: 8)
    try folder.writePicture(".hidden/no.jpg", size: 8)
    try folder.write("text", "notes.txt")
    try folder.write("text", "b.jpg/readme")
    let dataset = try ImageFolder(path: folder.path)
    #expect((0..<dataset.count).map(dataset.id) == ["a.jpg", "b/c/two.JPEG"])
    #expect(try dataset.sample(at: 1).image.width == 8)
    #expect(try dataset.labels(at: 0) == FaceLabels())
  }

  @Test func aLinkToTheFolderItselfDoesNotLoop() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("inner/a.jpg", size: 8)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/inner/again", withDestinationPath: folder.path + "/inner")
    #expect(try ImageFolder(path: folder.path).count >= 1)
  }

  @Test func anEmptyFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    let error = faceDataError { _ = try ImageFolder(path: folder.path) }
    #expect(error?.code == .emptyDataset && error?.context.path == folder.path)
    let missing = faceDataError { _ = try ImageFolder(path: folder.path + "/none") }
    #expect(missing?.code == .unreadable)
  }

  /// Counts how often a picture is decoded.
  private final class Counting: FaceDataset {
    let base = MemoryDataset.people([3, 3])
    let decoded = Mutex(0)
    var count: Int { base.count }
    var fingerprint: String { base.fingerprint }
    var identityNames: [String] { base.identityNames }
    var pairs: [VerificationPair] { [] }
    var unusable: [UnusableSample] { [] }
    func id(at index: Int) -> String { base.id(at: index) }
    func labels(at index: Int) throws -> FaceLabels { try base.labels(at: index) }
    func sample(at index: Int) throws -> FaceSample {
      decoded.withLock { $0 += 1 }
      return try base.sample(at: index)
    }
  }

  @Test func theCacheDecodesOnceUpToItsLimit() throws {
    let counting = Counting()
    // Pictures of 4×4×3 = 48 bytes: room for two.
    let cache = DecodedCache(counting, byteLimit: 100)
    for _ in 0..<3 {
      for index in 0..<6 { #expect(try cache.sample(at: index).id == "\(index)") }
    }
    #expect(cache.cachedBytes == 96)
    let decoded = counting.decoded.withLock { $0 }
    #expect(decoded == 2 + 3 * 4)
    #expect(cache.count == 6 && cache.identityNames == counting.identityNames)
  }

  @Test func theCacheMayBeUsedFromManyThreads() {
    let cache = DecodedCache(Counting())
    DispatchQueue.concurrentPerform(iterations: 200) { number in
      let sample = try? cache.sample(at: number % 6)
      #expect(sample?.id == "\(number % 6)")
    }
    #expect(cache.cachedBytes == 6 * 48)
  }

  @Test(arguments: [
    #"{"identities":5,"images":20,"kind":"synthetic","profile":"wild","seed":1,"size":32}"#,
    #"{"kind":"lfw","path":"/data/lfw"}"#, #"{"kind":"images","path":"/data/x"}"#,
    #"{"crop":"face","kind":"landmarks","path":"/data/helen"}"#,
  ])
  func aSpecificationIsWhatItsJSONSays(text: String) throws {
    let specification = try JSONDecoder().decode(
      DatasetSpecification.self, from: Data(text.utf8))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(String(decoding: try encoder.encode(specification), as: UTF8.self) == text)
  }

  @Test func aSpecificationOfUnknownKindIsAnError() {
    let text = #"{"kind":"vidoe","path":"/x"}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(DatasetSpecification.self, from: Data(text.utf8))
    }
    let plain = #"{"kind":"landmarks","path":"/x"}"#
    #expect(
      (try? JSONDecoder().decode(DatasetSpecification.self, from: Data(plain.utf8)))
        == .landmarks(path: "/x", crop: .whole))
  }

  @Test func openingGivesTheReaderOfTheKind() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("Al/Al_0001.jpg", size: 8)
    try folder.writePicture("Bea/Bea_0001.jpg", size: 8)
    try folder.write("1 1\nAl 1 2\nAl 1 Bea 1\n", "pairs.txt")
    let lfw = DatasetSpecification.lfw(path: folder.path)
    let people = try lfw.open(cacheFolder: nil, threads: 1)
    #expect(people is LFWDataset)
    #expect(
      lfw.summaryLine(of: people)
        == "\(folder.url.lastPathComponent) · 2 faces · 2 identities · 8×8 · 1 of 2 pairs")
    let images = try DatasetSpecification.images(path: folder.path)
      .open(cacheFolder: nil, threads: 1)
    #expect(images is ImageFolder && images.identityNames.isEmpty)
    let landmarks = DatasetSpecification.landmarks(path: folder.path)
    #expect(faceDataError { _ = try landmarks.open(cacheFolder: nil, threads: 1) } != nil)
  }

  @Test func aSyntheticSetIsRenderedOnceIntoTheCache() throws {
    let folder = try TemporaryFolder()
    let settings = FaceWorldSettings(profile: .wild, identities: 2, images: 4, size: 32, seed: 1)
    let specification = DatasetSpecification.synthetic(settings)
    #expect(
      specification.summaryLine
        == "wild · 4 faces · 2 identities · 32×32 · 68 landmarks, \(ActionUnit.allCases.count) AUs, "
        + "emotion, mesh")
    let packed = try specification.open(cacheFolder: folder.url, threads: 2)
    let live = try specification.open(cacheFolder: nil, threads: 1)
    #expect(packed is PackedFaceDataset && live is FaceWorld)
    #expect(packed.fingerprint == live.fingerprint)
    #expect(try packed.sample(at: 3).image == live.sample(at: 3).image)
  }

  @Test func largeNumbersAreGrouped() {
    let settings = FaceWorldSettings(profile: .studio, identities: 400, images: 20_000)
    #expect(
      DatasetSpecification.synthetic(settings).summaryLine
        .hasPrefix("studio · 20,000 faces · 400 identities · 64×64"))
  }
}
