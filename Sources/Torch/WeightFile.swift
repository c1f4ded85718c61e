public import Foundation
import Pickles

/// Tensors from a file of weights: `.safetensors`, or `.pth`, `.pt`, `.bin`, `.tar` as torch.save
/// writes them, in its zip format and in that from before PyTorch 1.6.
///
/// What a `.pth` holds beside tensors (a script's settings, an optimizer's numbers) is passed over;
/// nothing of it is ever run.
/// - Source: PyTorch's torch/serialization.py. Checked by: WeightFileTests.
public enum WeightFile {
  /// - Returns: tensors on the CPU; entries of nested dictionaries are named by their path, as
  ///   `state_dict.module.conv1.weight`.
  /// - Throws: `TensorError.file`, saying what is wrong with the file.
  public static func load(_ url: URL) throws -> [String: Tensor] {
    let start: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      start = try handle.read(upToCount: 15) ?? Data()
    } catch {
      throw failure(url, "cannot be read: \(error.localizedDescription)")
    }
    do {
      if start.starts(with: Array("PK".utf8)) { return try loadZip(url) }
      if start.elementsEqual(LegacyTorchFile.magic) {
        return try LegacyTorchFile(read(url), path: url.path).tensors
      }
    } catch let error as PickleError {
      throw failure(url, "is no intact file of weights: \(error.message)")
    }
    return try Safetensors.load(url).tensors
  }

  private static func loadZip(_ url: URL) throws -> [String: Tensor] {
    let entries = try ZipEntries.read(url)
    guard let pickle = entries.first(where: { $0.key.hasSuffix("/data.pkl") }) else {
      throw failure(url, "is a zip archive without data.pkl, so torch.save has not written it")
    }
    let root = pickle.key.dropLast("data.pkl".count)
    if let order = entries[root + "byteorder"], order.elementsEqual("big".utf8) {
      throw failure(url, "was written on a big-endian machine; save it anew on another")
    }
    var reader = PickleReader(pickle.value, path: url.path, vocabulary: .tensors)
    let value = try reader.read()
    return try TensorTree(reader) { storage in entries[root + "data/" + storage.key].map { $0[...] }
    }
    .tensors(of: value)
  }

  static func read(_ url: URL) throws -> [UInt8] { try [UInt8](Data(contentsOf: url)) }

  static func failure(_ url: URL, _ reason: String) -> TensorError {
    TensorError(.file, "\(url.path) \(reason)", context: ["path": url.path])
  }
}

/// The format from before PyTorch 1.6: pickles one after the other, then the storages.
struct LegacyTorchFile {
  /// The first pickle: protocol 2 and the number 0x1950a86a20f9469cfc6c.
  static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  let tensors: [String: Tensor]

  init(_ bytes: [UInt8], path: String) throws {
    var position = Self.magic.count
    // The protocol's version and the writer's sizes of numbers.
    for _ in 0..<2 {
      var reader = PickleReader(bytes, path: path, vocabulary: .tensors, at: position)
      _ = try reader.read()
      position = reader.position
    }
    var reader = PickleReader(bytes, path: path, vocabulary: .tensors, at: position)
    let value = try reader.read()
    var keys = PickleReader(bytes, path: path, vocabulary: .tensors, at: reader.position)
    guard case .list(let place) = try keys.read() else {
      throw keys.broken("the list of storages is missing")
    }
    position = keys.position
    let sizes = Dictionary(
      reader.storages.map { ($0.key, $0.type.elementSize) }
    ) { first, _ in first }
    var storages: [String: ArraySlice<UInt8>] = [:]
    for key in keys.lists[place].compactMap(PickleReader.text) {
      guard let size = sizes[key], position + 8 <= bytes.count else {
        throw keys.broken("the storage \(key) is missing")
      }
      let length = bytes[position..<position + 8].reversed()
      let count = length.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      position += 8
      guard count <= UInt64((bytes.count - position) / size) else {
        throw keys.broken("the storage \(key) is cut off")
      }
      storages[key] = bytes[position..<position + Int(count) * size]
      position += Int(count) * size
    }
    tensors = try TensorTree(reader) { storages[$0.key] }.tensors(of: value)
  }
}

/// Turns a pickle's dictionaries into tensors by path.
private struct TensorTree {
  private let reader: PickleReader
  private let bytes: (PickleStorage) -> ArraySlice<UInt8>?
  private static let deepest = 16

  init(_ reader: PickleReader, bytes: @escaping (PickleStorage) -> ArraySlice<UInt8>?) {
    (self.reader, self.bytes) = (reader, bytes)
  }

  func tensors(of value: PickleValue) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    try collect(value, at: "", depth: 0, into: &result)
    return result
  }

  private func collect(
    _ value: PickleValue, at path: String, depth: Int, into result: inout [String: Tensor]
  ) throws {
    switch value {
    case .tensor(let place): result[path] = try tensor(reader.tensors[place], name: path)
    case .dictionary(let place) where depth < Self.deepest:
      for (key, value) in reader.dictionaries[place] {
        guard let name = PickleReader.text(key) else { continue }
        try collect(
          value, at: path.isEmpty ? name : "\(path).\(name)", depth: depth + 1, into: &result)
      }
    default: break
    }
  }

  /// - Returns: nil for a type of elements that networks' weights have not (int16).
  private func tensor(_ view: PickleTensor, name: String) throws -> Tensor? {
    let storage = reader.storages[view.storage]
    guard let dtype = storage.type.dtype else { return nil }
    guard let bytes = bytes(storage), view.lies(within: bytes.count / dtype.byteCount) else {
      throw reader.broken("“\(name)” of shape \(view.shape) lies outside its storage")
    }
    let packed = view.packed(bytes, elementSize: dtype.byteCount)
    return try packed.withUnsafeBytes { try Tensor(bytes: $0, shape: view.shape, dtype: dtype) }
  }
}

extension PickleTensor {
  /// Whether the last element that the view reaches is one of `count`.
  fileprivate func lies(within count: Int) -> Bool {
    if shape.contains(0) { return true }
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflow2) = last.addingReportingOverflow(reach)
      guard size > 0, stride >= 0, !overflow, !overflow2 else { return false }
      last = sum
    }
    // Views may repeat elements, but no weight is larger than its storage.
    let elements = shape.reduce((1, false)) { product, size in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: size)
      return (value, product.1 || overflow)
    }
    return last < count && !elements.1 && elements.0 <= count
  }

  /// The view's bytes in row-major order.
  fileprivate func packed(_ bytes: ArraySlice<UInt8>, elementSize: Int) -> [UInt8] {
    let count = shape.reduce(1, *)
    let start = bytes.startIndex + offset * elementSize
    guard count > 0 else { return [] }
    if isRowMajor { return Array(bytes[start..<start + count * elementSize]) }
    var result: [UInt8] = []
    result.reserveCapacity(count * elementSize)
    var index = [Int](repeating: 0, count: shape.count)
    for _ in 0..<count {
      var place = start
      for (position, stride) in zip(index, strides) { place += position * stride * elementSize }
      result += bytes[place..<place + elementSize]
      for dimension in index.indices.reversed() {
        index[dimension] += 1
        if index[dimension] < shape[dimension] { break }
        index[dimension] = 0
      }
    }
    return result
  }

  private var isRowMajor: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size > 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }
}

extension PickleGlobal {
  /// Bytes of an element of a storage.
  fileprivate var elementSize: Int {
    switch self {
    case .int16Storage: 2
    case .int8Storage: 1
    default: dtype?.byteCount ?? 1
    }
  }

  fileprivate var dtype: DType? {
    switch self {
    case .float64Storage: .float64
    case .float32Storage: .float32
    case .float16Storage: .float16
    case .bfloat16Storage: .bfloat16
    case .int64Storage: .int64
    case .int32Storage: .int32
    case .uint8Storage: .uint8
    case .boolStorage: .bool
    default: nil
    }
  }
}
