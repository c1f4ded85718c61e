import Foundation

/// What facet writes beside shards that it made: `dataset.json`. Shards of others come without.
struct ShardManifest: Codable, Equatable {
  static let fileName = "dataset.json"
  static let formatName = "facet"

  struct Shard: Codable, Equatable {
    var name: String
    var samples: Int
    var bytes: Int
    var sha256: String
  }

  /// Ids, and whether they show one person.
  struct Pair: Codable, Equatable {
    var first: String
    var second: String
    var isSame: Bool
    var fold: Int

    init(first: String, second: String, isSame: Bool, fold: Int) {
      (self.first, self.second, self.isSame, self.fold) = (first, second, isSame, fold)
    }

    /// `["Al/1", "Al/2", true, 0]`.
    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      first = try container.decode(String.self)
      second = try container.decode(String.self)
      isSame = try container.decode(Bool.self)
      fold = try container.decode(Int.self)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(first)
      try container.encode(second)
      try container.encode(isSame)
      try container.encode(fold)
    }
  }

  var format = Self.formatName
  var version = 1
  var count: Int
  /// Fingerprint of the set that was written.
  var origin: String
  var identities: [String]
  /// Numbers of the action units that have intensities, and of those known to be there or not.
  var intensities: [Int]
  var occurrences: [Int]
  var pairs: [Pair]
  var shards: [Shard]

  /// The manifest of a folder.
  ///
  /// - Returns: nil if there is none, or the file is somebody else's.
  /// - Throws: `FaceDataError` `.brokenLabels` for one of facet's that cannot be read.
  static func read(folder: String) throws -> (manifest: ShardManifest, bytes: [UInt8])? {
    struct Header: Decodable { let format: String }
    let path = folder + "/" + fileName
    guard FolderListing.isFile(path) else { return nil }
    let bytes = try FileBytes.read(path)
    do {
      let manifest = try JSONDecoder().decode(ShardManifest.self, from: Data(bytes))
      guard manifest.format == formatName else { return nil }
      guard manifest.version == 1 else {
        throw FaceDataError(
          .brokenLabels,
          "the shards were written in version \(manifest.version) of the format and facet knows 1; "
            + "take a newer facet", path: path)
      }
      return (manifest, bytes)
    } catch let error as DecodingError {
      let header = try? JSONDecoder().decode(Header.self, from: Data(bytes))
      let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
      if isJSON, header?.format != formatName { return nil }
      throw FaceDataError(
        .brokenLabels,
        "the shards' description is damaged: \(SampleRecord.reason(error)); restore it, or remove "
          + "it to read the shards without names of people and pairs", path: path)
    }
  }

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}
