import Foundation
import Testing

@testable import FaceData

/// A data set in memory.
struct MemoryDataset: FaceDataset {
  var samples: [FaceSample]
  var identityNames: [String] = []

  var count: Int { samples.count }
  var fingerprint: String { "memory" }
  var pairs: [VerificationPair] { [] }
  var unusable: [UnusableSample] { [] }
  func id(at index: Int) -> String { samples[index].id }
  func labels(at index: Int) throws -> FaceLabels { samples[index].labels }
  func sample(at index: Int) throws -> FaceSample { samples[index] }

  /// People with the given numbers of samples, in order.
  static func people(_ counts: [Int]) -> MemoryDataset {
    let owners = counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
    let samples = owners.enumerated().map { index, owner in
      FaceSample(id: "\(index)", image: .gray(4), labels: FaceLabels(identity: owner))
    }
    return MemoryDataset(samples: samples, identityNames: counts.indices.map { "person \($0)" })
  }

  /// Pictures of smooth random colours.
  static func pictures(_ count: Int, size: Int) -> MemoryDataset {
    var stream = RandomStream(seed: 11, purpose: "test pictures")
    return MemoryDataset(
      samples: (0..<count).map { index in
        let pixels = (0..<48).map { _ in UInt8(stream.integer(below: 256)) }
        let image = Image(width: 4, height: 4, pixels: pixels).resized(to: size)
        return FaceSample(id: "\(index)", image: image, labels: FaceLabels())
      })
  }
}

extension Image {
  static func gray(_ size: Int, _ value: UInt8 = 128) -> Image {
    Image(width: size, height: size, pixels: Array(repeating: value, count: size * size * 3))
  }

  /// A picture by a function of the pixel's place.
  init(width: Int, height: Int, color: (_ x: Int, _ y: Int) -> [UInt8]) {
    var pixels: [UInt8] = []
    for y in 0..<height { for x in 0..<width { pixels += color(x, y) } }
    self.init(width: width, height: height, pixels: pixels)
  }
}

/// Largest difference between two pictures' values.
func largestDifference(_ first: [UInt8], _ second: [UInt8]) -> Int {
  guard first.count == second.count else { return .max }
  return zip(first, second).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

/// A folder that vanishes with its owner.
final class TemporaryFolder {
  let url: URL
  var path: String { url.path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "facet-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  @discardableResult
  func write(_ text: String, _ name: String) throws -> String {
    try write(Array(text.utf8), name)
  }

  /// A small valid picture.
  func writePicture(_ name: String, size: Int = 100) throws {
    try write(Image.gray(size).encodedJPEG(), name)
  }
}

/// The error that a piece of code throws.
func faceDataError(_ body: () throws -> Void) -> FaceDataError? {
  do {
    try body()
    return nil
  } catch {
    return error as? FaceDataError
  }
}

/// Real data for tests that need it, see FACET_TEST_DATA.
enum TestData {
  static let folder =
    ProcessInfo.processInfo.environment["FACET_TEST_DATA"]
    ?? URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../shared/data")
    .standardized.path

  static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/" + name)
  }

  static func path(_ name: String) -> String { folder + "/" + name }
}

/// What PIL made of a small picture, see Goldens/make_goldens.py.
struct PILGoldens: Decodable {
  struct Resized: Decodable {
    /// Left, top, right, bottom.
    let box: [Int]
    let width: Int
    let height: Int
    let pixels: [UInt8]
  }

  struct File: Decodable {
    let name: String
    let file: Data
    let width: Int
    let height: Int
    let pixels: [UInt8]
  }

  let files: [File]
  let width: Int
  let height: Int
  let pixels: [UInt8]
  let resized: [Resized]
  let brightness: [UInt8]
  let contrast: [UInt8]
  let saturation: [UInt8]
  let gray: [UInt8]
  let hues: [Hue]

  struct Hue: Decodable {
    let turns: Float
    let pixels: [UInt8]

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      turns = try container.decode(Float.self)
      pixels = try container.decode([UInt8].self)
    }
  }

  var source: Image { Image(width: width, height: height, pixels: pixels) }

  static func load() throws -> PILGoldens {
    let url = try #require(
      Bundle.module.url(forResource: "pil", withExtension: "json", subdirectory: "Goldens"))
    return try JSONDecoder().decode(PILGoldens.self, from: Data(contentsOf: url))
  }
}
