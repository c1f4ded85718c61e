import Foundation
import Testing

@testable import FaceData

@Suite struct ShardDatasetTests {
  @Test(arguments: ["ustar.tar", "gnu.tar", "pax.tar"])
  func archivesOfOthersAreRead(name: String) throws {
    let dataset = try ShardDataset(path: goldenShard(name))
    try #require(dataset.count == 3)
    #expect(dataset.id(at: 0) == "a/000" && dataset.id(at: 1) == "a/001")
    let long = "ä" + String(repeating: "ä", count: 7) + "/n"
    #expect(dataset.id(at: 2).hasPrefix(long) && !dataset.id(at: 2).contains("."))
    #expect(
      try (0..<3).map { try dataset.sample(at: $0).image } == [10, 20, 30].map { .gray(3, $0) })
    #expect(dataset.identityNames == ["7", "Al"])
    #expect(try (0..<3).map { try dataset.labels(at: $0).identity } == [1, 0, nil])
    #expect(try dataset.labels(at: 2).emotion == .happiness)
    #expect((0..<3).map(dataset.part) == [.test, nil, nil])
    #expect(dataset.unusable.map(\.reason) == ["no picture, only txt"])
    #expect(dataset.unusable.map(\.path) == ["\(name)/b/002"])
    #expect(try dataset.encodedPicture(at: 0)?.starts(with: Array("P5".utf8)) == true)
  }

  @Test func aCompressedShardIsAnErrorThatSaysWhatToDo() throws {
    let error = faceDataError { _ = try ShardDataset(path: try goldenShard("zipped.tar.gz")) }
    #expect(error?.code == .brokenArchive && error?.message.contains("gunzip") == true)
  }

  @Test func onlyFilesThatFollowEachOtherAreOneSample() throws {
    let folder = try TemporaryFolder()
    try folder.writeTar(
      "a.tar",
      [
        ("1.ppm", pixel(1)), ("2.ppm", pixel(2)), ("1.json", Array("{}".utf8)), ("3.ppm", pixel(3)),
        ("3.ppm", pixel(3)), ("2.ppm", pixel(4)),
      ])
    let dataset = try ShardDataset(path: folder.path)
    #expect((0..<dataset.count).map(dataset.id) == ["1", "2"])
    let reasons = dataset.unusable.map { "\($0.path): \($0.reason)" }
    #expect(reasons.contains("a.tar/1: no picture, only json"))
    #expect(reasons.contains("a.tar/3: the file .ppm is there twice"))
    #expect(reasons.contains("a.tar/2: the shard has this sample already"))
    #expect(reasons.count == 3)
  }

  @Test func shardsThatNumberAnewAreToldApart() throws {
    let folder = try TemporaryFolder()
    for shard in ["a", "b"] { try folder.writeTar("\(shard).tar", [("0.ppm", pixel(1))]) }
    let dataset = try ShardDataset(path: folder.path)
    #expect((0..<dataset.count).map(dataset.id) == ["0", "b/0"])
  }

  @Test(arguments: [
    ("{\"emotion\": \"hungry\"}", "“hungry” is no emotion"),
    ("{\"landmarks\": [[1, 2]], \"scheme\": \"five\"}", "five has 5"),
    ("{\"landmarks\": [[1, 2, 3]]}", "the point [1.0, 2.0, 3.0]"),
    ("{\"landmarks\": 4}", "landmarks: "), ("{\"valence\": 2}", "valence or arousal of 2.0"),
    ("{\"intensities\": {\"12\": 6}}", "AU12 of 6.0"), ("{", "not facet's JSON"),
    ("{\"actionUnits\": [1]}", "the action units [1.0]"),
    ("{\"part\": \"dev\"}", "“dev” is no part"),
    ("{\"visibility\": [3, 0, 0, 0, 0]}", "“3” is no visibility"),
  ])
  func labelsThatCannotBeAreReported(json: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try folder.writeTar(
      "a.tar",
      [("1.ppm", pixel(1)), ("1.json", Array(json.utf8)), ("2.ppm", pixel(2))])
    let dataset = try ShardDataset(path: folder.path)
    #expect(dataset.count == 1 && dataset.unusable.count == 1)
    #expect(dataset.unusable.first?.reason.contains(reason) == true, "\(dataset.unusable)")
  }

  @Test func aPatternMeansItsFiles() throws {
    #expect(
      try ShardPaths.expanded("a-{08..11}.tar") == ["08", "09", "10", "11"].map { "a-\($0).tar" })
    #expect(try ShardPaths.expanded("{x,y}/{1..2}") == ["x/1", "x/2", "y/1", "y/2"])
    #expect(try ShardPaths.expanded("plain") == ["plain"])
    for broken in ["a{", "{1..x}", "{3..1}", "{1..99999999999999999999}", "{1..}", "{a}", "{}"] {
      #expect(faceDataError { _ = try ShardPaths.expanded(broken) }?.code == .invalidSetting)
    }
  }

  @Test func aPatternIsOpenedAndGuessed() throws {
    let folder = try TemporaryFolder()
    try folder.writeNumberedShards([2, 3, 1])
    let some = folder.path + "/n-{1..2}.tar"
    #expect(try ShardDataset(path: some).count == 4)
    let guess = try DatasetFormat.guess(path: some)
    #expect(guess.format.kind == "shards" && guess.path == some)
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "shards")
    let missing = faceDataError { _ = try ShardDataset(path: folder.path + "/n-{1..4}.tar") }
    #expect(missing?.code == .unreadable && missing?.message.contains("2 of the 4") == true)
    #expect(missing?.message.contains("n-3.tar") == true)
  }

  @Test func anotherLabelIsAnotherFingerprint() throws {
    let prints = try ["1", "2", "1"].map { identity in
      let folder = try TemporaryFolder()
      try folder.writeTar(
        "a.tar", [("1.ppm", pixel(1)), ("1.json", Array("{\"identity\":\"\(identity)\"}".utf8))])
      return try ShardDataset(path: folder.path).fingerprint
    }
    #expect(prints[0] != prints[1] && prints[0] == prints[2])
  }

  private static let check = DamageCheck(
    make: { folder in
      for shard in 0..<2 {
        try folder.writeTar(
          "f-\(shard).tar",
          (0..<3).flatMap { n in
            [
              ("\(shard)\(n).ppm", pixel(UInt8(n))),
              ("\(shard)\(n).json", Array("{\"identity\":\"p\(n)\",\"valence\":0.5}".utf8)),
            ]
          })
      }
    }, open: { try ShardDataset(path: $0.path) })

  @Test(arguments: Damage.binary) func damagedShardsAreNoticed(damage: Damage) throws {
    #expect(try Self.check.complaints(damage, file: "f-1.tar").isEmpty)
  }

  private static let written = DamageCheck(
    make: { folder in
      try FileManager.default.removeItem(atPath: folder.path)
      let source = MemoryDataset.people([3, 2])
      try ShardWriter(source, settings: .init(samplesPerShard: 3)).writeShards(to: folder.path)
    }, open: { try ShardDataset(path: $0.path) })

  @Test(arguments: Damage.binary) func damagedShardsOfFacetAreNoticed(damage: Damage) throws {
    #expect(try Self.written.complaints(damage, file: "faces-000000.tar").isEmpty)
  }

  @Test(arguments: Damage.binary) func aDamagedManifestNeverTraps(damage: Damage) throws {
    // Without it, or with one that is somebody else's, the labels are looked through instead.
    let complaints = try Self.written.complaints(damage, file: ShardManifest.fileName)
    #expect(complaints.allSatisfy { $0.contains("was not noticed") }, "\(complaints)")
  }
}
