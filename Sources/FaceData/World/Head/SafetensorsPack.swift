import Digests
import Foundation

/// Tensors of a `.safetensors` file, read whole.
///
/// - Source: the format's description by Hugging Face: eight bytes with the header's length, a JSON
///   header, the data.
struct SafetensorsPack {
  let metadata: [String: String]
  let digest: String
  private let path: String
  private let bytes: [UInt8]
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

  /// - Throws: `FaceDataError`: unreadable, or no safetensors file.
  init(path: String) throws {
    bytes = try FileBytes.read(path)
    self.path = path
    func broken(_ message: String) -> FaceDataError {
      FaceDataError(
        .brokenLabels, message + ": give a FaceXModel folder or a safetensors pack of it",
        path: path)
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
    let (kind, data) = try tensor(name)
    switch kind {
    case "F32":
      return stride(from: data.startIndex, to: data.endIndex - 3, by: 4).map {
        Float(bitPattern: word($0))
      }
    case "F16":
      return stride(from: data.startIndex, to: data.endIndex - 1, by: 2).map {
        Float(Float16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8))
      }
    default: throw unexpected(name, kind, "F32 or F16")
    }
  }

  func integers(_ name: String) throws -> [Int32] {
    let (kind, data) = try tensor(name)
    guard kind == "I32" else { throw unexpected(name, kind, "I32") }
    return stride(from: data.startIndex, to: data.endIndex - 3, by: 4).map {
      Int32(bitPattern: word($0))
    }
  }

  private func word(_ at: Int) -> UInt32 {
    UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
      | UInt32(bytes[at + 3]) << 24
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
