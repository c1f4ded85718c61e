import Digests
import Foundation

/// Some samples of another data set, as a specification names them.
///
/// As JSON: `{"kind": "subset", "of": {…}, "origin": …, "rule": "thin 10% by pixels", "samples": …}`,
/// where `origin` is the fingerprint of the other set and `samples` the chosen indices, their gaps in
/// base64. So the choice travels with a run's specification, a byte or two a sample, and never
/// changes silently: a set that is no longer the same is refused.
public struct DatasetSubset: Sendable, Hashable {
  public let base: DatasetSpecification
  /// Fingerprint of the base when the samples were chosen.
  public let origin: String
  /// How they were chosen, for a person.
  public let rule: String
  /// Ascending, each once.
  public let indices: [Int]

  /// - Throws: `FaceDataError` `.invalidSetting` for indices that the set does not have,
  ///   `.notEnoughData` for none.
  public init(
    of base: DatasetSpecification, _ dataset: any FaceDataset, rule: String, indices: [Int]
  ) throws {
    let sorted = Set(indices).sorted()
    guard let first = sorted.first, let last = sorted.last else {
      throw FaceDataError(.notEnoughData, "“\(rule)” leaves none of the \(dataset.count) samples")
    }
    guard first >= 0, last < dataset.count else {
      throw FaceDataError(
        .invalidSetting, "the samples \(first) to \(last) are not all among \(dataset.count)")
    }
    (self.base, self.rule, self.indices) = (base, rule, sorted)
    origin = dataset.fingerprint
  }

  /// SHA-256 over the base's fingerprint and the samples.
  public var fingerprint: String {
    SHA256Digest.of("subset \(origin) \(SampleGaps.encode(indices))").hex
  }

  /// - Throws: `FaceDataError` `.brokenLabels` where the base has changed since.
  func open(_ base: any FaceDataset) throws -> any FaceDataset {
    guard base.fingerprint == origin, let last = indices.last, last < base.count else {
      throw FaceDataError(
        .brokenLabels,
        "the set that these \(indices.count) samples were chosen from (“\(rule)”) has changed since: "
          + "choose them anew, or restore its files")
    }
    return DatasetSubsetView(base, indices: indices, fingerprint: fingerprint)
  }
}

extension DatasetSubset: Codable {
  private enum CodingKeys: String, CodingKey { case kind, of, origin, rule, samples }

  static let kind = "subset"

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    base = try values.decode(DatasetSpecification.self, forKey: .of)
    origin = try values.decode(String.self, forKey: .origin)
    rule = try values.decode(String.self, forKey: .rule)
    guard let indices = SampleGaps.decode(try values.decode(String.self, forKey: .samples)),
      !indices.isEmpty
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .samples, in: values, debugDescription: "the samples are damaged")
    }
    self.indices = indices
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.kind, forKey: .kind)
    try values.encode(base, forKey: .of)
    try values.encode(origin, forKey: .origin)
    try values.encode(rule, forKey: .rule)
    try values.encode(SampleGaps.encode(indices), forKey: .samples)
  }
}

/// Ascending indices as text: the gap to the one before, less one, in groups of seven bits, low ones
/// first, the high bit set where another follows (LEB128); all of it in base64.
enum SampleGaps {
  static func encode(_ indices: [Int]) -> String {
    var bytes: [UInt8] = []
    var next = 0
    for index in indices {
      var gap = UInt64(index - next)
      next = index + 1
      while gap > 127 {
        bytes.append(UInt8(gap & 127) | 128)
        gap >>= 7
      }
      bytes.append(UInt8(gap))
    }
    return Data(bytes).base64EncodedString()
  }

  /// - Edge cases: nil for what `encode` cannot have written.
  static func decode(_ text: String) -> [Int]? {
    guard let bytes = Data(base64Encoded: text) else { return nil }
    var (indices, next): ([Int], Int) = ([], 0)
    var (gap, shift): (UInt64, UInt64) = (0, 0)
    for byte in bytes {
      guard shift < 35 else { return nil }
      gap |= UInt64(byte & 127) << shift
      shift += 7
      guard byte & 128 == 0 else { continue }
      indices.append(next + Int(gap))
      next += Int(gap) + 1
      (gap, shift) = (0, 0)
    }
    return shift == 0 ? indices : nil
  }
}
