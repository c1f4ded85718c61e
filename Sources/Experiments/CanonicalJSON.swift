import Digests
import Foundation

/// The one JSON text of a value: keys sorted, no white space, slashes as they are. Equal values
/// give equal texts, so a digest of the text identifies the value.
public enum CanonicalJSON {
  /// - Throws: `ExperimentsError` with `.encoding` for NaN and ±infinity, which JSON lacks.
  /// - Edge cases: a real without a fraction is written as an integer (`1.0` as `1`): a cache key
  ///   does not depend on which of them a user typed.
  public static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch EncodingError.invalidValue(let wrong, let context) {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw ExperimentsError(
        .encoding,
        "\(path.isEmpty ? "The value" : path) is \(wrong), which JSON cannot hold. "
          + "Give a finite number.",
        context: ["path": path])
    }
  }

  /// - Throws: `ExperimentsError` with `.encoding` where the text does not describe the type.
  public static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value
  {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw ExperimentsError(
        .encoding, "Cannot read \(type) from JSON: \(error).", context: ["json": text])
    }
  }
}

/// The identity of a run's outcome: two runs with the same key measure the same.
public enum CacheKey {
  private struct Content: Encodable {
    let data: String
    let specification: RunSpecification
  }

  /// SHA-256, as 64 hexadecimal digits, of the canonical JSON of the specification and of its
  /// data's fingerprint. The parent's key is part of the specification (`initialization`); options
  /// that do not change the outcome (`MethodCatalog.incidentalOptions`) are left out.
  public static func of(
    _ specification: RunSpecification, dataFingerprint: String
  ) throws -> String {
    let content = Content(data: dataFingerprint, specification: specification.decisive)
    return SHA256Digest.of(try CanonicalJSON.encode(content)).hex
  }
}

extension RunSpecification {
  /// The specification without what does not change the outcome.
  var decisive: RunSpecification {
    var decisive = self
    decisive.options = options.filter { !MethodCatalog.incidentalOptions.contains($0.key) }
    return decisive
  }
}
