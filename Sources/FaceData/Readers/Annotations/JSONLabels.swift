import Foundation

/// JSON label files: one broken entry does not spoil the others.
enum JSONLabels {
  /// An entry of a list, or why it is none.
  struct Lossy<Value: Decodable>: Decodable {
    let value: Value?
    let reason: String

    init(from decoder: any Decoder) throws {
      do {
        (value, reason) = (try Value(from: decoder), "")
      } catch {
        (value, reason) = (nil, JSONLabels.reason(error))
      }
    }
  }

  /// - Throws: `FaceDataError` `.brokenLabels` that says where the JSON is not what it must be.
  static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8], path: String) throws
    -> Value
  {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw FaceDataError(.brokenLabels, reason(error) + "; mend the file", path: path)
    }
  }

  /// "keypoints[3]: a number was expected".
  static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(place(context))“\(key.stringValue)” is missing"
    case .typeMismatch(let type, let context): return "\(place(context))no \(word(type))"
    case .valueNotFound(let type, let context):
      return "\(place(context))nothing where a \(word(type)) must be"
    case .dataCorrupted(let context):
      let cause = context.underlyingError.map { ": \($0)" } ?? ""
      return "\(place(context))no valid JSON (\(context.debugDescription)\(cause))"
    @unknown default: return "no valid JSON"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    guard !context.codingPath.isEmpty else { return "" }
    let path = context.codingPath.map { key in
      key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
    }
    let text = path.joined()
    return (text.hasPrefix(".") ? String(text.dropFirst()) : text) + ": "
  }

  private static func word(_ type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "whole number"
    case is Double.Type: "number"
    case is String.Type: "text"
    default: "\(type)".hasPrefix("Array") ? "list" : "record"
    }
  }
}
