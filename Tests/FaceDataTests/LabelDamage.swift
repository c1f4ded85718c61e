import Foundation
import Testing

@testable import FaceData

/// One way in which a label file or its picture can be broken. Any reader's tests may use the list.
struct LabelDamage: Sendable, CustomTestStringConvertible {
  let name: String
  /// Whether a reader must say something: a changed byte may also leave another valid number.
  var isNoticed = true
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

    func change(_ edit: (inout [UInt8]) -> Void) throws {
      var bytes = try bytes(labels)
      edit(&bytes)
      try folder.write(bytes, labels)
    }

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
      LabelDamage(name: "empty") { try $0.change { $0 = [] } },
      LabelDamage(name: "one byte") { try $0.change { $0 = Array($0.prefix(1)) } },
      LabelDamage(name: "cut at a quarter") { try $0.change { $0.removeLast($0.count * 3 / 4) } },
      LabelDamage(name: "cut at the half") { try $0.change { $0.removeLast($0.count / 2 + 3) } },
      LabelDamage(name: "cut at nine tenths") { try $0.change { $0.removeLast($0.count / 10) } },
      LabelDamage(name: "all zeros") { try $0.change { $0 = $0.map { _ in 0 } } },
      LabelDamage(name: "noise") { place in
        var stream = RandomStream(seed: 9, purpose: "noise")
        try place.change { $0 = $0.map { _ in UInt8(stream.integer(below: 256)) } }
      },
      LabelDamage(name: "text of another kind") { place in
        try place.change { $0 = Array("<html><body>404 Not Found</body></html>\n".utf8) }
      },
      // JSON and XML may be in UTF-16.
      LabelDamage(name: "UTF-16", isNoticed: false) { place in
        try place.change { bytes in bytes = [0xFF, 0xFE] + bytes.flatMap { [$0, 0] } }
      },
      LabelDamage(name: "a folder in place of the labels") { place in
        try place.remove(place.labels)
        try place.folder.write("x", place.labels + "/inner.txt")
      },
      LabelDamage(name: "no labels") { try $0.remove($0.labels) },
      LabelDamage(name: "a link to itself in place of the labels") { place in
        try place.remove(place.labels)
        try FileManager.default.createSymbolicLink(
          at: place.url(place.labels), withDestinationURL: place.url(place.labels))
      },
      LabelDamage(name: "ends of line of Windows", isNoticed: false) { place in
        try place.change { bytes in bytes = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }
      },
      LabelDamage(name: "a byte-order mark", isNoticed: false) { place in
        try place.change { $0 = [0xEF, 0xBB, 0xBF] + $0 }
      },
      LabelDamage(name: "twice in a row", isNoticed: false) { try $0.change { $0 += $0 } },
    ] + flips + numbers + pictures

  private static let flips: [LabelDamage] = (1...6).map { seed in
    LabelDamage(name: "flipped bits, seed \(seed)", isNoticed: false) { place in
      var stream = RandomStream(seed: UInt64(seed), purpose: "flipped bits")
      try place.change { bytes in
        for _ in 0..<(seed * 3) {
          bytes[stream.integer(below: bytes.count)] ^= 1 << UInt8(stream.integer(below: 8))
        }
      }
    }
  }

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
