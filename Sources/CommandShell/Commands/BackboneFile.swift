import Experiments
import Foundation

/// The backbone of a run's safetensors file, without heads and under torchvision's names.
///
/// Only the header is written anew; the weights' bytes stay as they are.
enum BackboneFile {
  private static let prefix = "backbone."

  /// - Throws: `ShellError.missingFile` for a file that holds no backbone.
  static func exported(_ file: URL, run: Run) throws -> Data {
    let data = try Data(contentsOf: file, options: .mappedIfSafe)
    func damaged(_ reason: String) -> ShellError {
      ShellError(.missingFile, "the weights of \(run.name) are damaged: \(reason)")
    }
    guard data.count > 8 else { throw damaged("the file is too short") }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(data.count - 8) else { throw damaged("the header is cut off") }
    let start = data.startIndex + 8 + Int(length)
    guard
      let header = try JSONSerialization.jsonObject(with: data[data.startIndex + 8..<start])
        as? [String: Any]
    else { throw damaged("the header is no record") }
    var entries: [(name: String, fields: [String: Any], range: Range<Int>)] = []
    for (name, value) in header where name.hasPrefix(prefix) {
      guard let fields = value as? [String: Any],
        let offsets = fields["data_offsets"] as? [Int], offsets.count == 2,
        offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= data.endIndex - start
      else { throw damaged("\(name) lies outside the file") }
      entries.append((String(name.dropFirst(prefix.count)), fields, offsets[0]..<offsets[1]))
    }
    guard !entries.isEmpty else { throw damaged("it holds no backbone") }
    entries.sort { ($0.range.lowerBound, $0.name) < ($1.range.lowerBound, $1.name) }
    return try assembled(entries, of: data, from: start, run: run)
  }

  private static func assembled(
    _ entries: [(name: String, fields: [String: Any], range: Range<Int>)], of data: Data,
    from start: Int, run: Run
  ) throws -> Data {
    var header: [String: Any] = [
      "__metadata__": ["format": "pt", "run": run.name, "cache-key": run.cacheKey]
    ]
    var (body, offset) = (Data(), 0)
    for (name, fields, range) in entries {
      var fields = fields
      fields["data_offsets"] = [offset, offset + range.count]
      header[name] = fields
      body += data[start + range.lowerBound..<start + range.upperBound]
      offset += range.count
    }
    var json = try JSONSerialization.data(
      withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    json += Data(repeating: 0x20, count: (8 - json.count % 8) % 8)
    let length = UInt64(json.count)
    let size = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) })
    return size + json + body
  }
}
