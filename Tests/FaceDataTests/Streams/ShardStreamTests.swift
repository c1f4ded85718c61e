import Foundation
import Synchronization
import Testing

@testable import FaceData

@Suite struct ShardStreamTests {
  /// What a loader gives: the persons' names, batch by batch.
  private struct Pass: Equatable {
    var batches: [[String]] = []
    var epochs: [Int] = []
    var unusable: [UnusableSample] = []
    var all: [String] { batches.flatMap { $0 } }
  }

  private static func loader(
    _ stream: ShardStream, from position: StreamPosition? = nil, epochs: Int = 1, threads: Int = 0,
    keepsRemainder: Bool = true
  ) throws -> StreamLoader<String> {
    try StreamLoader(
      stream, from: position, epochs: epochs, threads: threads, keepsRemainder: keepsRemainder
    ) { sample, _ in
      // The picture belongs to the labels.
      let name = sample.identityName ?? "-"
      let value = Int(name).map { UInt8(truncatingIfNeeded: $0) }
      return sample.image.pixels.first == value ? name : "wrong"
    }
  }

  private static func pass(_ loader: StreamLoader<String>, batch: Int = 7) throws -> Pass {
    var pass = Pass()
    while let next = try loader.next(batch) {
      pass.batches.append(next.outputs)
      pass.epochs.append(next.epoch)
      pass.unusable += next.unusable
    }
    pass.unusable += loader.unusable
    return pass
  }

  private static func numbers(_ range: Range<Int>) -> Set<String> { Set(range.map { "\($0)" }) }

  private let folder: TemporaryFolder

  /// 100 samples in 7 shards of different sizes, one of them empty of pictures.
  init() throws {
    folder = try TemporaryFolder()
    try folder.writeNumberedShards([20, 1, 30, 9, 25, 15])
    try folder.writeTar("n-9.tar", [("notes.txt", [1])])
  }

  private func stream(
    seed: UInt64 = 1, buffer: Int = 12, rank: Int = 0, ranks: Int = 1,
    split: StreamSettings.Split = .shards, shufflesShards: Bool = true
  ) throws -> ShardStream {
    try ShardStream(
      path: folder.path,
      settings: StreamSettings(
        seed: seed, shuffleBuffer: buffer, shufflesShards: shufflesShards, rank: rank, ranks: ranks,
        split: split))
  }

  @Test func anEpochGivesEverySampleOnceInAnOrderOfItsOwn() throws {
    let pass = try Self.pass(Self.loader(stream(), epochs: 2))
    #expect(pass.all.count == 200)
    let first = Array(pass.all.prefix(100))
    let second = Array(pass.all.suffix(100))
    #expect(Set(first) == Self.numbers(0..<100) && Set(second) == Self.numbers(0..<100))
    #expect(first != second)
    #expect(pass.epochs == Array(repeating: 0, count: 15) + Array(repeating: 1, count: 15))
    #expect(pass.unusable.map(\.path) == ["n-9.tar/notes", "n-9.tar/notes"])
    #expect(try Self.pass(Self.loader(stream(seed: 2))).all != first)
    #expect(try Self.pass(Self.loader(stream())).all == first)
  }

  @Test func withoutShufflingTheOrderIsThatOfTheFiles() throws {
    let pass = try Self.pass(Self.loader(stream(buffer: 1, shufflesShards: false)))
    #expect(pass.all == (0..<100).map { "\($0)" })
  }

  @Test func theBufferMixesSamplesOfSeveralShards() throws {
    let stream = try stream(buffer: 40, shufflesShards: false)
    let numbers = try Self.pass(Self.loader(stream)).all.compactMap { Int($0) }
    // The first can come from the first 40 only, and the mean distance from home is large.
    #expect(numbers.prefix(1).allSatisfy { $0 < 40 })
    let moved = zip(numbers, 0...).map { abs($0 - $1) }
    #expect(moved.reduce(0, +) > 100 * 10 && numbers.enumerated().allSatisfy { $1 <= $0 + 39 })
  }

  @Test(arguments: [1, 2, 5])
  func threadsDoNotChangeWhatComesOut(threads: Int) throws {
    let expected = try Self.pass(Self.loader(stream(), epochs: 2))
    #expect(try Self.pass(Self.loader(stream(), epochs: 2, threads: threads)) == expected)
  }

  @Test(arguments: [StreamSettings.Split.shards, .samples])
  func ranksShareAnEpochWithoutRepeats(split: StreamSettings.Split) throws {
    for epoch in 0..<2 {
      let parts = try (0..<3).map { rank in
        let stream = try stream(rank: rank, ranks: 3, split: split)
        return try Self.pass(
          Self.loader(stream, from: stream.start(epoch: epoch), epochs: epoch + 1)
        ).all
      }
      let all = parts.flatMap { $0 }
      #expect(Set(all).count == all.count && Set(all).isSubset(of: Self.numbers(0..<100)))
      switch split {
      case .shards: #expect(all.count == 100)
      case .samples: #expect(parts.map(\.count) == [33, 33, 33])
      }
    }
  }

  @Test func tooManyRanksAndBadSettingsAreErrors() throws {
    #expect(faceDataError { _ = try stream(ranks: 8) }?.code == .invalidSetting)
    #expect(try stream(ranks: 8, split: .samples).shards.count == 7)
    for settings in [
      StreamSettings(seed: 1, shuffleBuffer: 0), .init(seed: 1, bufferBytes: 0),
      .init(seed: 1, rank: 2, ranks: 2), .init(seed: 1, rank: -1), .init(seed: 1, ranks: 0),
    ] {
      let error = faceDataError { _ = try ShardStream(path: folder.path, settings: settings) }
      #expect(error?.code == .invalidSetting)
    }
  }

  /// Stops after each batch, stores the position as JSON and goes on with another loader.
  @Test(arguments: [(0, false), (3, false), (0, true), (2, true)])
  func aResumedStreamIsTheUnbrokenOne(threads: Int, isCompressed: Bool) throws {
    if isCompressed {
      for name in try FolderListing(folder.path).files.map(\.path) {
        try compress(folder.path + "/" + name)
      }
    }
    let stream = try stream(rank: 0, ranks: 2, split: .samples)
    let expected = try Self.pass(Self.loader(stream, epochs: 2, keepsRemainder: false))
    #expect(expected.batches.count == 14)
    var position: StreamPosition?
    for place in expected.batches.indices {
      let loader = try Self.loader(
        stream, from: position, epochs: 2, threads: threads, keepsRemainder: false)
      let batch = try #require(try loader.next(7))
      #expect(batch.outputs == expected.batches[place] && batch.epoch == expected.epochs[place])
      loader.cancel()
      let json = try JSONEncoder().encode(batch.position)
      position = try JSONDecoder().decode(StreamPosition.self, from: json)
    }
    #expect(try Self.loader(stream, from: position, epochs: 2).next(7)?.outputs.count == 1)
  }

  private func compress(_ path: String) throws {
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
    gzip.arguments = [path]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(gzip.terminationStatus == 0)
  }

  @Test func aPositionOfAnotherStreamIsRefused() throws {
    let position = try #require(try Self.loader(stream()).next(40)).position
    try #require(!position.buffer.isEmpty)
    let other = try stream(seed: 2)
    #expect(faceDataError { _ = try Self.loader(other, from: position) }?.code == .invalidSetting)
    var broken = position
    broken.buffer[0].shard = 99
    #expect(faceDataError { _ = try Self.loader(stream(), from: broken) }?.code == .invalidSetting)
    broken = position
    broken.buffer[0].offset += 1
    let moved = faceDataError { _ = try Self.loader(stream(), from: broken) }
    #expect(moved?.code == .brokenArchive)
    try folder.writeTar("n-1.tar", [("s.ppm", pixel(1))])
    #expect(
      faceDataError { _ = try Self.loader(stream(), from: position) }?.code == .invalidSetting)
  }

  @Test func brokenSamplesAreReplacedByTheNextAndReported() throws {
    try folder.writeTar(
      "n-3.tar",
      [("x.ppm", [1, 2]), ("s20.ppm", pixel(20)), ("s20.json", Array("{\"identity\":20}".utf8))])
    try folder.write([UInt8](repeating: 7, count: 5_000), "n-5.tar")
    for threads in [0, 2] {
      let pass = try Self.pass(Self.loader(stream(), threads: threads, keepsRemainder: false))
      #expect(pass.batches.allSatisfy { $0.count == 7 } && pass.batches.count == 77 / 7)
      let paths = Set(pass.unusable.map(\.path))
      #expect(paths == ["n-9.tar/notes", "n-3.tar/x", "n-5.tar"])
    }
  }

  @Test func shardsWithoutASampleAreAnError() throws {
    let folder = try TemporaryFolder()
    try folder.writeTar("a.tar", [("notes.txt", [1])])
    let stream = try ShardStream(path: folder.path, settings: StreamSettings(seed: 1))
    for threads in [0, 2] {
      let loader = try Self.loader(stream, epochs: 3, threads: threads)
      let error = faceDataError { _ = try loader.next(1) }
      #expect(error?.code == .emptyDataset && error?.message.contains("only txt") == true)
    }
  }

  /// Any damage is told, and never stops the other shards.
  @Test(arguments: Damage.binary) func damagedShardsNeverStopTheStream(damage: Damage) throws {
    if case .remove = damage.change { return }
    if case .folder = damage.change { return }
    try damage.apply(to: folder.path + "/n-2.tar")
    let pass = try Self.pass(Self.loader(stream(), threads: 2))
    #expect(Set(pass.all).subtracting(["wrong", "-"]).isSuperset(of: Self.numbers(51..<100)))
    #expect(pass.all.count <= 100)
    if pass.all.count < 100 {
      #expect(pass.unusable.contains { $0.path.hasPrefix("n-2.tar") && $0.reason.count > 8 })
    }
  }

  @Test func errorsThatAreNotTheDatasSurfaceInOrder() throws {
    struct Failure: Error {}
    let stream = try stream(buffer: 1, shufflesShards: false)
    let loader = try StreamLoader(stream, epochs: 1, threads: 3) { sample, _ in
      if sample.identityName == "40" { throw Failure() }
      return sample.identityName ?? ""
    }
    #expect(try loader.next(20)?.outputs.count == 20)
    #expect(throws: Failure.self) { try loader.next(40) }
    #expect(throws: Failure.self) { try loader.next(40) }
  }

  @Test func droppingALoaderEndsItsThreads() throws {
    final class Token: Sendable {}
    weak var watched: Token?
    do {
      let token = Token()
      watched = token
      let loader = try StreamLoader(stream(), epochs: 50, threads: 3) { _, _ in
        withExtendedLifetime(token) { 1 }
      }
      _ = try loader.next(3)
    }
    let deadline = Date(timeIntervalSinceNow: 10)
    while watched != nil, Date() < deadline { usleep(1_000) }
    #expect(watched == nil)
  }

  /// 100,000 entries; the two million of the benchmark package take longer.
  @Test func memoryDoesNotGrowWithTheShards() throws {
    let folder = try TemporaryFolder()
    try folder.writeNumberedShards([1_000])
    for copy in 1..<50 {
      try FileManager.default.linkItem(
        atPath: folder.path + "/n-0.tar", toPath: folder.path + "/copy-\(copy).tar")
    }
    let stream = try ShardStream(
      path: folder.path, settings: StreamSettings(seed: 4, shuffleBuffer: 2_000))
    let loader = try StreamLoader(stream, epochs: 1, threads: 2) { sample, _ in sample.number }
    var (samples, early) = (0, 0)
    while let batch = try loader.next(250) {
      samples += batch.outputs.count
      if samples == 10_000 { early = residentMegabytes() }
    }
    #expect(samples == 50_000 && early > 0)
    #expect(residentMegabytes() - early < 40)
  }

  private func residentMegabytes() -> Int {
    let bytes = try? FileHandle(forReadingAtPath: "/proc/self/statm")?.readToEnd()
    let words = String(decoding: bytes ?? Data(), as: UTF8.self).split(separator: " ")
    let pages = words.dropFirst().first.flatMap { Int($0) } ?? 0
    return (pages * Int(getpagesize())) >> 20
  }

  @Test func peopleAreNumberedByTheManifest() throws {
    let out = folder.path + "/out"
    try ShardWriter(MemoryDataset.people([2, 3])).writeShards(to: out)
    let stream = try ShardStream(path: out, settings: StreamSettings(seed: 1))
    let loader = try StreamLoader(stream, epochs: 1, threads: 0) { sample, _ in
      sample.labels.identity
    }
    #expect(try loader.next(5)?.outputs.compactMap { $0 }.sorted() == [0, 0, 1, 1, 1])
  }
}
