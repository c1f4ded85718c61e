import Foundation
import Testing

@testable import FaceData

/// One way in which a coordinate or a picture can be broken; `Damage` is the list for whole files.
struct LabelDamage: Sendable, CustomTestStringConvertible {
  let name: String
  /// Whether it needs the text of a number of the fixture.
  var needsNumber = false
  let apply: @Sendable (Place) throws -> Void

  var testDescription: String { name }

  /// What a damage is done to.
  struct Place {
    let folder: TemporaryFolder
    let labels: String
    let picture: String
    let number: String

    func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }

    /// Puts a text in place of the number's first occurrence.
    func replaceNumber(_ text: String) throws {
      let bytes = try bytes(labels)
      let old = Array(number.utf8)
      let last = bytes.count - old.count
      guard let place = (0...last).first(where: { bytes[$0..<($0 + old.count)].elementsEqual(old) })
      else { throw CocoaError(.featureUnsupported) }
      try folder.write(
        Array(bytes[..<place]) + Array(text.utf8) + Array(bytes[(place + old.count)...]), labels)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(at: url(name)) }
  }

  static let all: [LabelDamage] =
    [
      LabelDamage(name: "a link to itself in place of the labels") { place in
        try place.remove(place.labels)
        try FileManager.default.createSymbolicLink(
          at: place.url(place.labels), withDestinationURL: place.url(place.labels))
      },
      LabelDamage(name: "text of another kind") { place in
        try place.folder.write("<html><body>404 Not Found</body></html>\n", place.labels)
      },
    ] + numbers + pictures

  private static let numbers: [LabelDamage] = [
    "nan", "NaN", "inf", "-Infinity", "1e39", "-1e30", "99999999999999999999", "thirteen", "",
    "1 2",
    "-7777", "0x1F", "1,5", "\u{0}",
  ].map { text in
    LabelDamage(name: "“\(text)” in place of a number", needsNumber: true) {
      try $0.replaceNumber(text)
    }
  }

  private static let pictures: [LabelDamage] = [
    LabelDamage(name: "no picture") { try $0.remove($0.picture) },
    LabelDamage(name: "an empty picture") { try $0.folder.write([], $0.picture) },
    LabelDamage(name: "a picture of text") { try $0.folder.write("GIF89a…", $0.picture) },
    LabelDamage(name: "a picture that is cut off") { place in
      let bytes = try place.bytes(place.picture)
      try place.folder.write(Array(bytes.prefix(bytes.count / 2)), place.picture)
    },
    LabelDamage(name: "a folder in place of the picture") { place in
      try place.remove(place.picture)
      try place.folder.write("x", place.picture + "/inner")
    },
    LabelDamage(name: "a far smaller picture") { place in
      try place.folder.write(Image.gray(8).encodedPNG(), place.picture)
    },
  ]
}
