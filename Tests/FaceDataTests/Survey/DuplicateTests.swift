import Foundation
import Testing

@testable import FaceData

struct DuplicateTests {
  /// 40 different pictures, then: 3 as a copy of 0, 5 JPEG copies of 10 to 14, 2 mirror images of 20
  /// and 21, 2 darker ones of 30 and 31.
  static func set() throws -> MemoryDataset {
    var set = MemoryDataset.detailed(40, size: 64)
    func add(_ image: Image) {
      set.samples.append(
        FaceSample(id: "\(set.samples.count)", image: image, labels: FaceLabels()))
    }
    for _ in 0..<3 { add(set.samples[0].image) }
    for index in 10..<15 {
      add(try ImageFile.decode(set.samples[index].image.encodedJPEG(quality: 60)))
    }
    for index in 20..<22 { add(mirrored(set.samples[index].image)) }
    for index in 30..<32 {
      let image = set.samples[index].image
      add(Image(width: 64, height: 64, pixels: image.pixels.map { $0 / 2 + 10 }))
    }
    return set
  }

  static func mirrored(_ image: Image) -> Image {
    Image(width: image.width, height: image.height) { x, y in
      let at = (y * image.width + image.width - 1 - x) * 3
      return Array(image.pixels[at..<at + 3])
    }
  }

  @Test("every duplicate that was made is found, of the right kind, and nothing else")
  func within() throws {
    let survey = try DatasetSurvey(Self.set(), threads: 2)
    let found = try DuplicateSearch().duplicates(within: survey)
    #expect(found.map(\.index) == Array(40..<52))
    #expect(found.map(\.original) == [0, 0, 0, 10, 11, 12, 13, 14, 20, 21, 30, 31])
    let kinds = found.map(\.kind)
    try #require(kinds.count == 12)
    #expect(kinds.prefix(3).allSatisfy { $0 == .exact })
    #expect(kinds[3..<8].allSatisfy { $0 == .near })
    #expect(kinds[8..<10].allSatisfy { $0 == .mirrored })
    #expect(kinds[10..<12].allSatisfy { $0 == .near })
    #expect(found.allSatisfy { $0.similarity >= 0.98 })
  }

  @Test("mirror images and bits are settings")
  func settings() throws {
    let survey = try DatasetSurvey(Self.set(), threads: 1)
    var settings = DuplicateSettings()
    settings.findsMirrored = false
    #expect(try DuplicateSearch(settings).duplicates(within: survey).count == 10)
    settings.correlation = 1
    #expect(
      try DuplicateSearch(settings).duplicates(within: survey).filter { $0.kind == .exact }.count
        == 3)
    settings.bits = 16
    #expect(faceDataError { _ = try DuplicateSearch(settings) }?.code == .invalidSetting)
  }

  @Test("a leak is given before a better match that is none")
  func leaks() throws {
    let survey = try DatasetSurvey(Self.set(), threads: 1)
    // 0, 40 and 42 are for training, 41 for the test.
    let isLeak = { (a: Int, b: Int) in (a == 41) != (b == 41) }
    let found = try DuplicateSearch().duplicates(within: survey, isLeak: isLeak)
    #expect(found.first { $0.index == 40 }?.original == 0)
    #expect(found.first { $0.index == 41 }?.original == 0)
    #expect(found.first { $0.index == 42 }?.original == 41)
  }

  @Test("one set in another: all that it holds, and the best match there")
  func across() throws {
    let whole = try Self.set()
    var part = whole
    part.samples = [whole.samples[45], whole.samples[5]]
    part.samples += MemoryDataset.detailed(42, size: 64).samples.suffix(2)
    let (a, b) = (try DatasetSurvey(part, threads: 1), try DatasetSurvey(whole, threads: 1))
    let found = try DuplicateSearch().duplicates(of: a, in: b)
    #expect(found.map(\.index) == [0, 1])
    #expect(found.map(\.original) == [45, 5])
    #expect(found.map(\.kind) == [.exact, .exact])
  }

  @Test("features find what is near in them")
  func features() throws {
    var rows: [Float] = []
    for angle in [0, 90, 2, 180, 91] as [Float] {
      rows += [cos(angle * .pi / 180), sin(angle * .pi / 180)]
    }
    let table = try FeatureTable(rows: rows, dimension: 2)
    let found = DuplicateSearch.duplicates(within: table, similarity: 0.99, threads: 3)
    #expect(found.map(\.index) == [2, 4])
    #expect(found.map(\.original) == [0, 1])
    try #require(found.count == 2)
    #expect(abs(found[0].similarity - cos(2 * .pi / 180)) < 1e-5)
    let other = try FeatureTable(rows: [0, 2, -3, 0], dimension: 2)
    let across = DuplicateSearch.duplicates(of: other, in: table, similarity: 0.999, threads: 2)
    #expect(across.map(\.original) == [1, 3])
  }
}
