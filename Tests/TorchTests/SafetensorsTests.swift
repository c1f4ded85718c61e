import Foundation
import Testing

@testable import Torch

func withTemporaryFile(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.appendingPathComponent("x.safetensors"))
}

struct SafetensorsTests {
  @Test func readsAFileOfTheReferenceWriter() throws {
    let (tensors, metadata) = try Safetensors.load(
      Goldens.folder().appendingPathComponent("python.safetensors"))
    #expect(metadata == ["format": "pt", "note": "ä\n\"quoted\""])
    #expect(tensors.count == 10)
    func check(_ name: String, _ type: DType, _ shape: [Int], _ values: [Double]) throws {
      let tensor = try #require(tensors[name])
      #expect(tensor.dtype == type && tensor.shape == shape)
      #expect(try tensor.doubles() == values)
    }
    try check("weight", .float32, [2, 3], wave([2, 3], 40).to(.float32).doubles())
    try check("half", .float16, [2], [0.5, -2])
    try check("brain", .bfloat16, [2, 1], [1.5, -3])
    try check("double", .float64, [1], [1.0 / 3])
    try check("count", .int64, [], [12_345_678_901])
    try check("small", .int32, [2], [-7, 7])
    try check("pixels", .uint8, [3], [0, 128, 255])
    try check("mask", .bool, [3], [1, 0, 1])
    try check("empty", .float32, [0, 4], [])
    try check("Größe \"x\"", .float32, [1], [1])
  }

  @Test func roundTripsAndWritesTheSameBytes() throws {
    let source = try Safetensors.load(
      Goldens.folder().appendingPathComponent("python.safetensors"))
    try withTemporaryFile { url in
      try Safetensors.save(source.tensors, metadata: source.metadata, to: url)
      let first = try Data(contentsOf: url)
      let copy = try Safetensors.load(url)
      #expect(copy.metadata == source.metadata)
      #expect(Set(copy.tensors.keys) == Set(source.tensors.keys))
      for (name, tensor) in source.tensors {
        let other = try #require(copy.tensors[name])
        #expect(other.shape == tensor.shape && other.dtype == tensor.dtype)
        #expect(try other.doubles() == tensor.doubles())
      }
      try Safetensors.save(copy.tensors, metadata: copy.metadata, to: url)
      #expect(try Data(contentsOf: url) == first)
      let folder = url.deletingLastPathComponent().path
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.safetensors"])
    }
  }

  @Test func writesChannelsLastRowMajor() throws {
    try withTemporaryFile { url in
      let x = try wave([2, 3, 4, 5], 1)
      try Safetensors.save(["x": x.contiguous(.channelsLast)], to: url)
      #expect(try Safetensors.load(url).tensors["x"]?.doubles() == x.doubles())
    }
  }

  static let damages: [(header: String, data: Int, reason: String)] = [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "4 follow the header"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 12, "12 follow the header"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "needs 12 bytes"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "lies at [8, 0]"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8, "lies at [-8, 0]"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8, "lies at [0]"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "the shape [-2]"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8, "the shape"
    ),
    (#"{"a":{"dtype":"F32","shape":[0,4611686018427387904],"data_offsets":[0,0]}}"#, 0, "shape"),
    (#"{"a":{"dtype":"F32","shape":[1e30],"data_offsets":[0,8]}}"#, 8, "header"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, 8, "header"),
    (#"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#, 8, "type “C64”"),
    (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4, "lacks “dtype”"),
    (#"{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}"#, 4, "wrong type at a.dtype"),
    (#"{"a":5}"#, 4, "wrong type"),
    (#"{"__metadata__":{"a":5}}"#, 0, "wrong type"),
    (#"["a"]"#, 0, "wrong type"),
    ("{", 0, "JSON"),
    ("", 0, "JSON"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      6, "“b” overlaps"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      12, "“b” follows a gap"
    ),
  ]

  @Test(arguments: damages.indices)
  func refusesDamage(_ index: Int) throws {
    let (header, data, reason) = Self.damages[index]
    try expectRefusal(length(header.utf8.count) + Data(header.utf8) + Data(count: data), reason)
  }

  @Test func refusesBrokenLengths() throws {
    try expectRefusal(Data(), "0 bytes")
    try expectRefusal(Data([1, 2, 3]), "3 bytes")
    try expectRefusal(length(10) + Data("{}".utf8), "cut off after 2")
    try expectRefusal(length(200_000_000) + Data("{}".utf8), "100 MB")
    try expectRefusal(Data([UInt8](repeating: 255, count: 16)), "100 MB")
    try expectRefusal(
      length(100_000) + Data([UInt8](repeating: UInt8(ascii: "["), count: 100_000)), "JSON")
  }

  @Test func namesFilesThatCannotBe() throws {
    let missing = URL(fileURLWithPath: "/nowhere/x.safetensors")
    let reading = try thrownError { _ = try Safetensors.load(missing) }
    #expect(reading.code == .file && reading.message.contains("/nowhere/x.safetensors"))
    let writing = try thrownError { try Safetensors.save(["a": .ones([1])], to: missing) }
    #expect(writing.code == .file && writing.message.contains("/nowhere/x.safetensors"))
    try withTemporaryFile { url in
      #expect(throws: TensorError.self) {
        try Safetensors.save(["__metadata__": .ones([1])], to: url)
      }
      #expect(!FileManager.default.fileExists(atPath: url.path))
    }
  }

  private func length(_ count: Int) -> Data {
    Data((0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
  }

  private func expectRefusal(
    _ content: Data, _ reason: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    try withTemporaryFile { url in
      try content.write(to: url)
      let error = try thrownError(location) { _ = try Safetensors.load(url) }
      #expect(error.code == .file, sourceLocation: location)
      #expect(error.message.contains(url.path), sourceLocation: location)
      #expect(error.message.contains(reason), "\(error.message)", sourceLocation: location)
    }
  }
}
