import Foundation
import Testing

@testable import FaceData

@Suite struct ShardWriterTests {
  private static func bytes(_ folder: String) throws -> [String: [UInt8]] {
    let files = try FolderListing(folder).files
    return try Dictionary(
      uniqueKeysWithValues: files.map { ($0.path, try FileBytes.read(folder + "/" + $0.path)) })
  }

  @Test(arguments: [true, false])
  func everyLabelAndPixelComesBack(isFolder: Bool) throws {
    let folder = try TemporaryFolder()
    let source = fullyLabelledDataset()
    let path = folder.path + "/out"
    let writer = try ShardWriter(source, settings: .init(samplesPerShard: 3), threads: 2)
    let report = try isFolder ? writer.writeFolder(to: path) : writer.writeShards(to: path)
    #expect(report.samples == 4 && report.unusable.isEmpty)
    #expect(report.shards == (isFolder ? [] : ["faces-000000.tar", "faces-000001.tar"]))
    #expect(try DatasetFormat.guess(path: path).format.kind == (isFolder ? "records" : "shards"))
    let dataset = try DatasetFormat.guess(path: path).source.open()
    #expect(dataset.unusable.isEmpty && dataset.identityNames == source.identityNames)
    let ids = ["x/full_tar", "x/bare", "_./y/ä", "x/bare~2"]
    #expect(Set((0..<4).map(dataset.id)) == Set(ids))
    for (place, id) in ids.enumerated() {
      let index = try #require((0..<4).first { dataset.id(at: $0) == id })
      let sample = try dataset.sample(at: index)
      #expect(sample.image == source.samples[place].image)
      #expect(sample.labels == source.samples[place].labels)
    }
  }

  @Test func partsPairsAndUnitsComeBack() throws {
    struct Parted: FaceDataset {
      var base = MemoryDataset.people([2, 2])
      var count: Int { base.count }
      var fingerprint: String { "parted" }
      var identityNames: [String] { base.identityNames }
      var unusable: [UnusableSample] { [] }
      var pairs: [VerificationPair] {
        [
          .init(first: 0, second: 1, isSame: true, fold: 0),
          .init(first: 3, second: 0, isSame: false, fold: 4),
        ]
      }
      var labelledUnits: LabelledUnits { LabelledUnits(intensities: [12], occurrences: [1, 2]) }
      func id(at index: Int) -> String { base.id(at: index) }
      func labels(at index: Int) throws -> FaceLabels { try base.labels(at: index) }
      func sample(at index: Int) throws -> FaceSample { try base.sample(at: index) }
      func part(at index: Int) -> DatasetPart? { index == 2 ? .validation : .train }
    }
    let folder = try TemporaryFolder()
    let source = Parted()
    try ShardWriter(source).writeShards(to: folder.path + "/all")
    let dataset = try ShardDataset(path: folder.path + "/all")
    #expect(dataset.pairs == source.pairs && dataset.labelledUnits == source.labelledUnits)
    #expect((0..<4).map(dataset.part) == [.train, .train, .validation, .train])
    // A subset brings its own people only, and the pairs that it still has.
    try ShardWriter(source, indices: [3, 0]).writeShards(to: folder.path + "/some")
    let some = try ShardDataset(path: folder.path + "/some")
    #expect((0..<some.count).map(some.id) == ["3", "0"])
    #expect(some.pairs == [.init(first: 0, second: 1, isSame: false, fold: 4)])
    try ShardWriter(source, indices: [2, 3]).writeShards(to: folder.path + "/one")
    #expect(try ShardDataset(path: folder.path + "/one").identityNames == ["person 1"])
    // Half of the shards.
    try ShardWriter(source, settings: .init(samplesPerShard: 2)).writeShards(
      to: folder.path + "/two")
    let half = try ShardDataset(path: folder.path + "/two/faces-000000.tar")
    #expect(half.count == 2 && half.pairs == [source.pairs[0]])
    #expect(half.unusable.map(\.reason) == ["1 of 2 pairs are of samples that are not here"])
  }

  @Test func theSameSetGivesTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let source = fullyLabelledDataset()
    for (name, threads) in [("a", 0), ("b", 3)] {
      try ShardWriter(source, settings: .init(samplesPerShard: 2), threads: threads)
        .writeShards(to: folder.path + "/" + name)
    }
    let first = try Self.bytes(folder.path + "/a")
    #expect(try first.count == 3 && first == Self.bytes(folder.path + "/b"))
    // Nothing of the moment or the machine: the first header's owner, group and time are zero.
    let header = try #require(first["faces-000000.tar"]?.prefix(512))
    #expect(String(decoding: header[108..<124], as: UTF8.self).allSatisfy { "0 \0".contains($0) })
    #expect(String(decoding: header[136..<148], as: UTF8.self).allSatisfy { "0 \0".contains($0) })
  }

  @Test func originalFilesAreCopied() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("in/a.jpg", size: 9)
    let source = try ImageFolder(path: folder.path + "/in")
    try ShardWriter(source).writeFolder(to: folder.path + "/out")
    let files = try Self.bytes(folder.path + "/out")
    #expect(try files["a.jpg"] == FileBytes.read(folder.path + "/in/a.jpg"))
    try ShardWriter(source, settings: .init(pictures: .png)).writeFolder(to: folder.path + "/png")
    let copy = try ShardDataset(folder: folder.path + "/png")
    #expect(try copy.sample(at: 0).image == source.sample(at: 0).image)
    #expect(try Self.bytes(folder.path + "/png")["a.png"] != nil)
  }

  @Test func aShardIsClosedWhenItIsFull() throws {
    let folder = try TemporaryFolder()
    let source = MemoryDataset.pictures(5, size: 40)
    let report = try ShardWriter(source, settings: .init(name: "x", bytesPerShard: 9_000))
      .writeShards(to: folder.path + "/out")
    #expect(report.shards.count > 1 && report.shards[1] == "x-000001.tar")
    #expect(try ShardDataset(path: folder.path + "/out").count == 5)
  }

  @Test func samplesThatCannotBeReadAreReported() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("in/a.jpg", size: 9)
    try folder.write([1, 2, 3], "in/b.jpg")
    let report = try ShardWriter(ImageFolder(path: folder.path + "/in"), threads: 1)
      .writeShards(to: folder.path + "/out")
    #expect(report.samples == 1 && report.unusable.count == 1)
    #expect(report.unusable[0].path.hasSuffix("b.jpg"))
    #expect(try ShardDataset(path: folder.path + "/out").unusable.isEmpty)
  }

  @Test func badSettingsAndPlacesAreErrors() throws {
    let folder = try TemporaryFolder()
    let source = MemoryDataset.people([2])
    for settings in [
      ShardWriterSettings(name: "a/b"), .init(name: ""), .init(samplesPerShard: 0),
      .init(bytesPerShard: -1),
    ] {
      #expect(
        faceDataError { _ = try ShardWriter(source, settings: settings) }?.code == .invalidSetting)
    }
    #expect(faceDataError { _ = try ShardWriter(source, indices: [2]) }?.code == .invalidSetting)
    #expect(faceDataError { _ = try ShardWriter(source, indices: []) }?.code == .invalidSetting)
    try folder.write("x", "full/file")
    let full = faceDataError { try ShardWriter(source).writeShards(to: folder.path + "/full") }
    #expect(full?.code == .writeFailed && full?.message.contains("1 files") == true)
    let closed = faceDataError { try ShardWriter(source).writeShards(to: "/proc/none") }
    #expect(closed?.code == .writeFailed)
  }
}
