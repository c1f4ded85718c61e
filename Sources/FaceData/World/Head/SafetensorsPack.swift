import Digests
import Foundation

/// Tensors of a `.safetensors` file, which is mapped into memory.
///
/// - Source: the format's description by Hugging Face: eight bytes with the header's length, a JSON
///   header, the data.
struct SafetensorsPack {
  let metadata: [String: String]
  let digest: String
  private let path: String
  private let bytes: Data
  private let dataStart: Int
  private let tensors: [String: Tensor]

  private struct Tensor: Decodable {
    let dtype: String
    let offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype
      case offsets = "data_offsets"
    }
  }

  private struct Header: Decodable {
    var metadata: [String: String] = [:]
    var tensors: [String: Tensor] = [:]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: AnyName.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          tensors[key.stringValue] = try container.decode(Tensor.self, forKey: key)
        }
      }
    }
  }

  private struct AnyName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// - Parameters: remedy: what to do about a file that is no safetensors pack.
  /// - Throws: `FaceDataError`: unreadable, or no safetensors file.
  init(
    path: String, remedy: String = "give a FaceXModel folder or a safetensors pack of it"
  ) throws {
    // Says why, where the file cannot be read.
    _ = try FileBytes.read(path, limit: 1)
    bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    self.path = path
    func broken(_ message: String) -> FaceDataError {
      FaceDataError(.brokenLabels, message + ": " + remedy, path: path)
    }
    guard bytes.count > 8 else { throw broken("the file is too short for a safetensors pack") }
    let size = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard size <= UInt64(bytes.count - 8) else {
      throw broken("the header is longer than the file, so this is no whole safetensors pack")
    }
    dataStart = 8 + Int(size)
    let text = Data(bytes[8..<dataStart])
    guard let header = try? JSONDecoder().decode(Header.self, from: text) else {
      throw broken("the header is no safetensors header")
    }
    (metadata, tensors) = (header.metadata, header.tensors)
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    digest = hasher.finalize().hex
  }

  /// - Throws: `FaceDataError` where there is no such tensor, or not of float16 or float32.
  func floats(_ name: String) throws -> [Float] {
    let (kind, range) = try tensor(name)
    switch kind {
    case "F32": return words(range, UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case "F16":
      return words(range, UInt16.self) {
        Float(Float16(bitPattern: UInt16(littleEndian: $0)))
      }
    default: throw unexpected(name, kind, "F32 or F16")
    }
  }

  func integers(_ name: String) throws -> [Int32] {
    let (kind, range) = try tensor(name)
    guard kind == "I32" else { throw unexpected(name, kind, "I32") }
    return words(range, UInt32.self) { Int32(bitPattern: UInt32(littleEndian: $0)) }
  }

  private func words<Word: FixedWidthInteger, Value>(
    _ range: Range<Int>, _ type: Word.Type, _ value: (Word) -> Value
  ) -> [Value] {
    bytes.withUnsafeBytes { bytes in
      (0..<range.count / MemoryLayout<Word>.size).map { place in
        value(
          bytes.loadUnaligned(
            fromByteOffset: range.lowerBound + place * MemoryLayout<Word>.size, as: Word.self))
      }
    }
  }

  private func tensor(_ name: String) throws -> (String, Range<Int>) {
    guard let tensor = tensors[name] else {
      throw FaceDataError(
        .brokenLabels,
        "there is no tensor “\(name)”; the pack has "
          + tensors.keys.sorted().joined(separator: ", "), path: path)
    }
    let limit = bytes.count - dataStart
    guard tensor.offsets.count == 2, let start = tensor.offsets.first,
      let end = tensor.offsets.last, start >= 0, start <= end, end <= limit
    else {
      throw FaceDataError(
        .brokenLabels, "the tensor “\(name)” lies outside the file, which is cut off or damaged",
        path: path)
    }
    return (tensor.dtype, dataStart + start..<dataStart + end)
  }

  private func unexpected(_ name: String, _ kind: String, _ wanted: String) -> FaceDataError {
    FaceDataError(
      .brokenLabels, "the tensor “\(name)” is of \(kind) instead of \(wanted)", path: path)
  }
}
