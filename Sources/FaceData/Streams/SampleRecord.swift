import Foundation

/// What is known of a face, as facet writes it beside a picture: `000017.json`.
///
/// `{"identity": "Al", "landmarks": [[12.5, 30], …], "emotion": "happiness", …}`; whatever is not
/// known is not there, and words that facet does not know are passed over. A mesh is too long for
/// text: it lies in `000017.mesh` as 32-bit floats, low byte first, three a vertex.
struct SampleRecord: Codable, Equatable {
  struct Votes: Codable, Equatable {
    var counts: [Int]
    var unknown: Int?
    var notFace: Int?
  }

  struct Frame: Codable, Equatable {
    var video: String
    var number: Int
  }

  struct Fit: Codable, Equatable {
    var shape: [Float]
    var expression: [Float]
    var texture: [Float]
    /// x, y, z.
    var translation: [Float]
    var scale: Float
  }

  /// The sample's id in the set that it comes from, where it is not the key.
  var id: String?
  /// The person's name.
  var identity: Name?
  var part: String?
  var emotion: String?
  var votes: Votes?
  var valence: Float?
  var arousal: Float?
  var frame: Frame?
  /// `LandmarkScheme.name`; by the number of points where it is absent.
  var scheme: String?
  var landmarks: [[Float]]?
  /// `LandmarkVisibility`, one a landmark.
  var visibility: [UInt8]?
  var landmarks3D: [[Float]]?
  var pose: HeadPose?
  var gaze: Gaze?
  var box: FaceBox?
  var attributes: [String]?
  /// In the order of `ActionUnit.allCases`.
  var actionUnits: [Float]?
  /// By the unit's number.
  var intensities: [String: Float]?
  var occurrences: [String: Float]?
  var fit: Fit?

  /// A name, or a number that stands for one.
  struct Name: Codable, Equatable {
    var text: String

    init(_ text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        text = String(number)
      } else {
        text = try container.decode(String.self)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(text)
    }
  }

  init() {}
}

// MARK: Bytes

extension SampleRecord {
  /// - Throws: `FaceDataError` `.brokenLabels`.
  init(_ bytes: [UInt8], path: String) throws {
    do {
      self = try JSONDecoder().decode(SampleRecord.self, from: Data(bytes))
    } catch {
      throw FaceDataError(
        .brokenLabels, "the labels are not facet's JSON: \(Self.reason(error))", path: path)
    }
  }

  /// The same record gives the same bytes.
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` for numbers that are not finite.
  func encoded(path: String) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self))
    } catch {
      throw FaceDataError(
        .brokenLabels,
        "the labels cannot be written: \(Self.reason(error)); leave the sample out", path: path)
    }
  }

  static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
    case EncodingError.invalidValue(let value, let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return "\(place) is \(value)"
    default: return "\(error)"
    }
  }
}
