import Foundation
import Pickles
import Testing

@testable import Torch

/// Files that torch.save did not write. Those that it did are in FaceModelsTests.
struct WeightFileTests {
  private func load(_ bytes: [UInt8]) throws -> [String: Tensor] {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    return try WeightFile.load(file)
  }

  /// A legacy file: magic, protocol, sizes, the object, the storages' names, the storages.
  private func legacy(_ object: [UInt8], keys: String, storages: [UInt8]) -> [UInt8] {
    LegacyTorchFile.magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E] + [0x80, 2, 0x7D, 0x2E] + object
      + [0x80, 2] + Array(keys.utf8) + storages
  }

  /// {'w': tensor of storage k: `elements` floats at `offset`, `shape` and `strides`}
  private func tensor(_ offset: UInt8, _ shape: [UInt8], _ strides: [UInt8]) -> [UInt8] {
    func tuple(_ values: [UInt8]) -> [UInt8] { [0x28] + values.flatMap { [0x4B, $0] } + [0x74] }
    return [0x80, 2, 0x7D, 0x58, 1, 0, 0, 0] + Array("w".utf8)
      + Array("ctorch._utils\n_rebuild_tensor_v2\n(".utf8)
      + Array("(X\u{7}\0\0\0storagectorch\nFloatStorage\nX\u{1}\0\0\0k".utf8)
      + Array("X\u{3}\0\0\0cpuK\u{4}NtQ".utf8)
      + [0x4B, offset] + tuple(shape) + tuple(strides)
      + [0x89] + Array("ccollections\nOrderedDict\n)RtRs.".utf8)
  }

  private let fourFloats: [UInt8] =
    [4, 0, 0, 0, 0, 0, 0, 0]
    + [1, 2, 3, 4].flatMap { (value: Float) in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
  private let keys = "](X\u{1}\0\0\0ke."

  @Test("views are read with their offset and strides")
  func views() throws {
    let whole = try load(legacy(tensor(0, [2, 2], [1, 2]), keys: keys, storages: fourFloats))
    #expect(try whole["w"]?.floats() == [1, 3, 2, 4])
    let part = try load(legacy(tensor(1, [2], [1]), keys: keys, storages: fourFloats))
    #expect(try part["w"]?.floats() == [2, 3])
  }

  @Test("views that leave their storage are refused", arguments: [(3, 2, 1), (0, 3, 2), (0, 5, 0)])
  func outside(offset: UInt8, size: UInt8, stride: UInt8) {
    #expect {
      try load(legacy(tensor(offset, [size], [stride]), keys: keys, storages: fourFloats))
    } throws: { "\($0)".contains("outside its storage") }
  }

  @Test("a storage that is cut off is refused")
  func cutOff() {
    #expect {
      try load(
        legacy(tensor(0, [4], [1]), keys: keys, storages: Array(fourFloats.dropLast())))
    } throws: { "\($0)".contains("is cut off") }
  }

  @Test("names that no weights need are never called: the object stays unknown")
  func hostile() throws {
    let object = [0x80, 2] + Array("cos\nsystem\n(S'true'\ntR.".utf8)
    #expect(try load(legacy(object, keys: "].", storages: [])).isEmpty)
    var reader = PickleReader(
      Array("cos\nsystem\n(S'true'\ntR.".utf8), path: "x", vocabulary: .tensors)
    guard case .unknown = try reader.read() else {
      Issue.record("os.system is something")
      return
    }
  }

  @Test("a zip that torch.save has not written, and what is no file of weights, are told")
  func others() throws {
    // The smallest zip: no entry.
    let empty: [UInt8] = [0x50, 0x4B, 5, 6] + Array(repeating: 0, count: 18)
    #expect { try load(empty) } throws: { "\($0)".contains("data.pkl") }
    #expect { try load(Array("hello, world".utf8)) } throws: { "\($0)".contains("safetensors") }
    #expect {
      try WeightFile.load(URL(filePath: "/nowhere/x.pth"))
    } throws: { "\($0)".contains("cannot be read") }
  }
}
