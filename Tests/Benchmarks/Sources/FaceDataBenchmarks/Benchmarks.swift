import CDecodeLoop
import FaceData
import Foundation

enum Benchmarks {
  /// Seconds of processor time that a measurement takes.
  static let duration = 4.0

  /// Seconds that this process has computed, on all its threads.
  static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func jpegs(_ folder: String) throws -> [[UInt8]] {
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".jpg") }.prefix(300)
    return try files.map { Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
  }

  /// Pictures a second of processor time, going round the files after a first round to warm up.
  static func rate(_ files: [[UInt8]], _ body: ([UInt8], Int) throws -> Void) throws {
    for (number, file) in files.prefix(50).enumerated() { try body(file, number) }
    let start = processorSeconds()
    var count = 0
    while processorSeconds() - start < duration {
      for (number, file) in files.enumerated() { try body(file, number) }
      count += files.count
    }
    print(Double(count) / (processorSeconds() - start))
  }

  static func decode(folder: String) throws {
    try rate(jpegs(folder)) { file, _ in _ = try ImageFile.decode(file) }
  }

  static func turbo(folder: String) throws {
    struct Broken: Error {}
    try rate(jpegs(folder)) { file, _ in
      guard ft_decode_loop(file, file.count, 1) > 0 else { throw Broken() }
    }
  }

  static func multiCrop(folder: String, settings name: String) throws {
    let paper = MultiCropSettings(
      globalCrops: CropGroup(count: 2, size: 224, scale: 0.14...1),
      localCrops: CropGroup(count: 6, size: 96, scale: 0.05...0.14))
    let maker = try MultiCropMaker(name == "paper" ? paper : MultiCropSettings(), seed: 1)
    try rate(jpegs(folder)) { file, number in
      _ = maker.views(of: try ImageFile.decode(file), number: number, epoch: 0)
    }
  }

  /// Writes shards of 5,000 entries, reads them all and prints the most memory it took.
  static func stream(entries: Int) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("facet-benchmark-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let faces = try FaceWorld(
      FaceWorldSettings(profile: .wild, identities: 500, images: 2_500, size: 64, seed: 1))
    try ShardWriter(faces, settings: ShardWriterSettings(samplesPerShard: 2_500))
      .writeShards(to: folder + "/one")
    try FileManager.default.createDirectory(
      atPath: folder + "/all", withIntermediateDirectories: true)
    // The same bytes under many names: the reader cannot know.
    for shard in 0..<(entries / 5_000) {
      try FileManager.default.linkItem(
        atPath: folder + "/one/faces-000000.tar", toPath: folder + "/all/faces-\(shard).tar")
    }
    let stream = try ShardStream(
      path: folder + "/all", settings: StreamSettings(seed: 1, shuffleBuffer: 10_000))
    let loader = try StreamLoader(stream, epochs: 1, threads: 2) { sample, _ in
      sample.image.pixels.count
    }
    var samples = 0
    while let batch = try loader.next(250) {
      samples += batch.outputs.count
      if samples == 5_000 { print("after 10,000 entries: \(peakMegabytes()) MB") }
    }
    print(
      "after \(samples * 2) entries: \(peakMegabytes()) MB at most, "
        + "\(Int(processorSeconds())) s of processor time")
  }

  /// The most memory that this process has had.
  static func peakMegabytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1_000
  }
}
