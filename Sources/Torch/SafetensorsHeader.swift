import Foundation

/// The header of a safetensors file, checked: every entry's bytes lie in the file, no two overlap,
/// and together they are the whole of it.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let dtype: DType
    let shape: [Int]
    /// Bytes, from the end of the header.
    let range: Range<Int>
  }

  let entries: [Entry]
  let metadata: [String: String]
  /// Where the tensors' bytes begin in the file.
  let dataStart: Int

  init(parsing file: Data) throws {
    guard file.count >= 8 else { throw damaged("it has \(file.count) bytes; a header needs 8") }
    let length = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Safetensors.longestHeader) else {
      throw damaged("its header would have \(length) bytes; 100 MB are the most")
    }
    dataStart = 8 + Int(length)
    guard dataStart <= file.count else {
      throw damaged("its header of \(length) bytes is cut off after \(file.count - 8)")
    }
    let start = file.startIndex
    let json = file.subdata(in: start + 8..<start + dataStart)
    let decoded = try Self.decode(json)
    metadata = decoded.metadata
    entries = try decoded.fields.map { try Self.entry($0.key, $0.value) }
      .sorted {
        ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
      }
    try Self.checkCover(entries, dataCount: file.count - dataStart)
  }

  private static func decode(_ json: Data) throws -> RawHeader {
    do {
      return try JSONDecoder().decode(RawHeader.self, from: json)
    } catch DecodingError.keyNotFound(let key, let context) {
      throw damaged("its header lacks “\(key.stringValue)” at \(path(context))")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      throw damaged("its header has a value of the wrong type at \(path(context))")
    } catch {
      throw damaged("its header is not the JSON that it should be")
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty
      ? "its top" : context.codingPath.map(\.stringValue).joined(separator: ".")
  }

  private static func entry(_ name: String, _ raw: RawEntry) throws -> Entry {
    guard let dtype = typeNames.first(where: { $0.name == raw.dtype })?.type else {
      let known = typeNames.map(\.name).joined(separator: ", ")
      throw damaged("“\(name)” has elements of type “\(raw.dtype)”; \(known) are read")
    }
    var bytes = dtype.byteCount
    for size in raw.shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { throw damaged("“\(name)” has the shape \(raw.shape)") }
      bytes = product
    }
    let offsets = raw.dataOffsets
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
      offsets[1] - offsets[0] == bytes
    else {
      throw damaged("“\(name)” of shape \(raw.shape) needs \(bytes) bytes, but lies at \(offsets)")
    }
    return Entry(name: name, dtype: dtype, shape: raw.shape, range: offsets[0]..<offsets[1])
  }

  private static func checkCover(_ entries: [Entry], dataCount: Int) throws {
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        let what = entry.range.lowerBound < end ? "overlaps the tensor before it" : "follows a gap"
        throw damaged("“\(entry.name)” \(what) (byte \(entry.range.lowerBound), expected \(end))")
      }
      end = entry.range.upperBound
    }
    guard end == dataCount else {
      throw damaged("its tensors need \(end) bytes, but \(dataCount) follow the header")
    }
  }

  /// The eight length bytes and the header, padded with spaces to a multiple of 8.
  static func encode(_ items: [(key: String, value: Tensor)], metadata: [String: String]) throws
    -> Data
  {
    var raw = RawHeader(metadata: metadata, fields: [:])
    var offset = 0
    for (name, tensor) in items {
      guard name != "__metadata__" else {
        throw TensorError(.invalidArgument, "a tensor cannot be called “__metadata__”")
      }
      let type = tensor.dtype
      let end = offset + tensor.elementCount * type.byteCount
      raw.fields[name] = RawEntry(
        dtype: typeNames.first { $0.type == type }?.name ?? "F32", shape: tensor.shape,
        dataOffsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(raw)
    json.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8))
    let length = UInt64(json.count)
    return Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }) + json
  }

  private static let typeNames: [(name: String, type: DType)] = [
    ("U8", .uint8), ("I32", .int32), ("I64", .int64), ("F16", .float16), ("BF16", .bfloat16),
    ("F32", .float32), ("F64", .float64), ("BOOL", .bool),
  ]
}

private func damaged(_ message: String) -> TensorError { TensorError(.file, message) }

private struct RawEntry: Codable {
  var dtype: String
  var shape: [Int]
  var dataOffsets: [Int]

  enum CodingKeys: String, CodingKey {
    case dtype, shape
    case dataOffsets = "data_offsets"
  }
}

private struct RawHeader: Codable {
  var metadata: [String: String]
  var fields: [String: RawEntry]

  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
    init(stringValue: String) { self.stringValue = stringValue }
  }

  init(metadata: [String: String], fields: [String: RawEntry]) {
    (self.metadata, self.fields) = (metadata, fields)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    (metadata, fields) = ([:], [:])
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        fields[key.stringValue] = try container.decode(RawEntry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    if !metadata.isEmpty {
      try container.encode(metadata, forKey: Key(stringValue: "__metadata__"))
    }
    for (name, entry) in fields { try container.encode(entry, forKey: Key(stringValue: name)) }
  }
}
