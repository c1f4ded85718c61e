import Foundation
import Testing

@testable import FaceData

/// A way in which a file may be broken, and what a reader must make of it.
///
/// One list for all readers: `Damage.text` for tables and lists, `Damage.binary` for the rest.
struct Damage: Sendable, CustomTestStringConvertible {
  enum Expectation: Sendable {
    /// The damage is none: the same samples with the same labels.
    case same
    /// An error, or fewer samples, or something in `unusable`.
    case noticed
    /// Whatever comes out is sound (`DamageCheck.findings`).
    case sound
  }

  enum Change: Sendable {
    case bytes(@Sendable ([UInt8]) -> [UInt8])
    case remove
    case folder
  }

  let name: String
  let expectation: Expectation
  let change: Change

  var testDescription: String { name }

  init(_ name: String, _ expectation: Expectation, _ change: Change) {
    (self.name, self.expectation, self.change) = (name, expectation, change)
  }

  private init(
    _ name: String, _ expectation: Expectation, _ edit: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    self.init(name, expectation, .bytes(edit))
  }

  /// - Throws: what the file system throws.
  func apply(to path: String) throws {
    switch change {
    case .bytes(let edit):
      let bytes = try FileBytes.read(path)
      try Data(edit(bytes)).write(to: URL(fileURLWithPath: path))
    case .remove: try FileManager.default.removeItem(atPath: path)
    case .folder:
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }
}

// MARK: The lists

extension Damage {
  /// For any kind of file.
  private static let anyFile: [Damage] = [
    Damage("empty", .noticed) { _ in [] },
    Damage("one byte", .noticed) { Array($0.prefix(1)) },
    Damage("missing", .noticed, .remove),
    Damage("a folder in its place", .noticed, .folder),
    Damage("zeros", .noticed) { $0.map { _ in 0 } },
    Damage("0xFF", .noticed) { $0.map { _ in 0xFF } },
    Damage("half", .sound) { Array($0.prefix($0.count / 2)) },
    Damage("a quarter", .sound) { Array($0.prefix($0.count / 4)) },
    Damage("without the last byte", .sound) { Array($0.dropLast()) },
    Damage("without the first half", .sound) { Array($0.suffix($0.count / 2)) },
    Damage("twice", .sound) { $0 + $0 },
    Damage("followed by noise", .sound) { $0 + noise(200, seed: 1) },
    Damage("noise", .noticed) { noise($0.count, seed: 2) },
  ]

  /// One bit in a hundred, by several seeds.
  private static let flipped: [Damage] = (0..<6).map { seed in
    Damage("bits flipped, seed \(seed)", .sound) { bytes in
      var (bytes, stream) = (bytes, RandomStream(seed: UInt64(seed), purpose: "damage"))
      for _ in 0..<max(1, bytes.count / 100) where !bytes.isEmpty {
        bytes[stream.integer(below: bytes.count)] ^= UInt8(1 << stream.integer(below: 8))
      }
      return bytes
    }
  }

  static let text: [Damage] =
    anyFile + flipped + [
      Damage("CRLF", .same) { edit($0) { $0.replacing("\n", with: "\r\n") } },
      Damage("CR", .same) { edit($0) { $0.replacing("\n", with: "\r") } },
      Damage("byte-order mark", .same) { [0xEF, 0xBB, 0xBF] + $0 },
      Damage("blank lines at the end", .same) { $0 + Array("\n\n \n".utf8) },
      Damage("trailing spaces", .same) { edit($0) { $0.replacing("\n", with: "  \n") } },
      Damage("UTF-16", .noticed) { [0xFF, 0xFE] + $0.flatMap { [$0, 0] } },
      Damage("a zero byte", .noticed) { Array($0.prefix($0.count / 2)) + [0] + $0.suffix(9) },
      Damage("not UTF-8", .sound) { $0.map { $0 == UInt8(ascii: "1") ? 0xE9 : $0 } },
      numbers("NaN", "nan"), numbers("infinity", "inf"), numbers("huge", "1e39"),
      numbers("beyond Int", "99999999999999999999"), numbers("words", "many"),
      Damage("negative", .sound) { edit($0) { everyNumber($0) { "-\($0)" } } },
      Damage("large", .sound) { edit($0) { everyNumber($0) { "\($0)000000000000" } } },
      Damage("duplicate lines", .sound) { bytes in
        edit(bytes) { $0.split(separator: "\n").flatMap { [$0, $0] }.joined(separator: "\n") }
      },
      Damage("without first line", .sound) { bytes in
        edit(bytes) { $0.split(separator: "\n").dropFirst().joined(separator: "\n") }
      },
      Damage("lines in reverse", .sound) { bytes in
        edit(bytes) { $0.split(separator: "\n").reversed().joined(separator: "\n") }
      },
      Damage("a column more", .sound) { edit($0) { $0.replacing("\n", with: ",7 7\n") } },
      Damage("a column less", .sound) { bytes in
        edit(bytes) { text in
          text.split(separator: "\n").map { line in
            line.lastIndex { $0 == "," || $0 == " " }.map { String(line[..<$0]) } ?? ""
          }.joined(separator: "\n")
        }
      },
      Damage("one endless line", .sound) { Array(repeating: UInt8(ascii: "7"), count: $0.count) },
      Damage("open quotes", .sound) { [UInt8(ascii: "\"")] + $0 },
    ]

  static let binary: [Damage] =
    anyFile + flipped
    + [4, 8, 12, 24, 32, 40, 64].map { count in
      Damage("\(count) bytes", .noticed) { Array($0.prefix(count)) }
    }
    + (0..<8).map { part in
      Damage("cut after \(part) ninths", .sound) { Array($0.prefix($0.count * (part + 1) / 9)) }
    }
    + (0..<6).map { seed in
      Damage("a word of 0xFF, seed \(seed)", .sound) { bytes in
        var (bytes, stream) = (bytes, RandomStream(seed: UInt64(seed), purpose: "damage word"))
        guard bytes.count > 4 else { return bytes }
        let at = stream.integer(below: min(bytes.count - 4, 400))
        for offset in 0..<4 { bytes[at + offset] = 0xFF }
        return bytes
      }
    }

  private static func numbers(_ name: String, _ word: String) -> Damage {
    Damage("\(name) for numbers", .noticed) { edit($0) { everyNumber($0) { _ in word } } }
  }

  // MARK: Edits

  private static func edit(_ bytes: [UInt8], _ change: (String) -> String) -> [UInt8] {
    Array(change(String(decoding: bytes, as: UTF8.self)).utf8)
  }

  /// Replaces whole words that are numbers below the first line.
  private static func everyNumber(_ text: String, _ change: (String) -> String) -> String {
    var (result, word): (String, String) = ("", "")
    func flush() {
      result += Double(word) == nil ? word : change(word)
      word = ""
    }
    for character in text {
      if character == "," || character.isWhitespace {
        flush()
        result.append(character)
      } else {
        word.append(character)
      }
    }
    flush()
    return result
  }

  private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var stream = RandomStream(seed: seed, purpose: "damage noise")
    return (0..<count).map { _ in UInt8(stream.integer(below: 256)) }
  }
}

/// Damages a file of a sound set and looks at what the reader makes of it.
struct DamageCheck: Sendable {
  /// What a set says of itself and of its samples.
  struct Reading: Equatable {
    var ids: [String] = []
    var labels: [FaceLabels] = []
    var unusable: [UnusableSample] = []
    /// Errors of samples that could not be read.
    var errors: [FaceDataError] = []
    /// What no reader may hand out.
    var findings: [String] = []
  }

  /// Writes the sound set into a folder.
  let make: @Sendable (TemporaryFolder) throws -> Void
  let open: @Sendable (TemporaryFolder) throws -> any FaceDataset

  /// - Returns: what is wrong with the reader, empty if nothing is.
  func complaints(_ damage: Damage, file: String) throws -> [String] {
    let folder = try TemporaryFolder()
    try make(folder)
    let sound = try read(folder)
    guard sound.findings.isEmpty, sound.errors.isEmpty else {
      return ["the undamaged set: \(sound.findings) \(sound.errors)"]
    }
    try damage.apply(to: folder.path + "/" + file)
    do {
      let reading = try read(folder)
      return reading.findings + judge(damage.expectation, sound, reading)
    } catch let error as FaceDataError {
      let isUseful = error.message.count > 20 && error.context.path != nil
      if case .same = damage.expectation { return ["an error for what is no damage: \(error)"] }
      return isUseful ? [] : ["the error says too little: \(error)"]
    }
  }

  private func judge(
    _ expectation: Damage.Expectation, _ sound: Reading, _ reading: Reading
  ) -> [String] {
    switch expectation {
    case .same where reading != sound: return ["the labels differ: \(reading)"]
    case .noticed:
      let isNoticed =
        reading.ids.count < sound.ids.count || !Set(reading.unusable).isSubset(of: sound.unusable)
        || !reading.errors.isEmpty
      return isNoticed ? [] : ["the damage was not noticed: \(reading)"]
    default: return []
    }
  }

  private func read(_ folder: TemporaryFolder) throws -> Reading {
    let dataset = try open(folder)
    var reading = Reading()
    reading.unusable = dataset.unusable
    for sample in dataset.unusable where sample.reason.count < 8 || sample.path.isEmpty {
      reading.findings.append("a reason says too little: \(sample)")
    }
    if dataset.count == 0 { reading.findings.append("a set without samples was opened") }
    if dataset.fingerprint.count < 64 { reading.findings.append("no fingerprint") }
    for index in 0..<dataset.count {
      reading.ids.append(dataset.id(at: index))
      let labels = try dataset.labels(at: index)
      reading.labels.append(labels)
      reading.findings += Self.findings(labels, dataset)
      do {
        let sample = try dataset.sample(at: index)
        if sample.labels != labels { reading.findings.append("labels of \(sample.id) differ") }
      } catch let error as FaceDataError { reading.errors.append(error) }
    }
    if Set(reading.ids).count != reading.ids.count { reading.findings.append("an id occurs twice") }
    for pair in dataset.pairs {
      let isSound = pair.first < dataset.count && pair.second < dataset.count && pair.first >= 0
      if !isSound || pair.second < 0 { reading.findings.append("a pair points nowhere") }
    }
    return reading
  }

  /// Labels that no reader may give.
  private static func findings(_ labels: FaceLabels, _ dataset: any FaceDataset) -> [String] {
    var findings: [String] = []
    func check(_ isSound: Bool, _ name: String) { if !isSound { findings.append(name) } }
    if let identity = labels.identity {
      check(dataset.identityNames.indices.contains(identity), "identity \(identity)")
    }
    for value in [labels.valence, labels.arousal].compactMap({ $0 }) {
      check((-1...1).contains(value), "valence or arousal \(value)")
    }
    for (unit, value) in zip(labels.unitIntensities) {
      check((0...5).contains(value) && (1...99).contains(unit), "AU\(unit) of \(value)")
      check(dataset.labelledUnits.intensities.contains(unit), "AU\(unit) is not announced")
    }
    for (unit, value) in zip(labels.unitOccurrences) {
      check((0...1).contains(value) && (1...99).contains(unit), "AU\(unit) of \(value)")
      check(dataset.labelledUnits.occurrences.contains(unit), "AU\(unit) is not announced")
    }
    if let shares = labels.emotionVotes?.distribution {
      check(abs(shares.reduce(0, +) - 1) < 1e-5, "votes sum to \(shares)")
    }
    for point in labels.landmarks ?? [] {
      check(point.x.isFinite && point.y.isFinite, "the landmark \(point)")
    }
    check((labels.frame?.number ?? 0) >= 0, "frame \(labels.frame?.number ?? 0)")
    return findings
  }

  private static func zip(_ values: ActionUnitValues?) -> [(Int, Float)] {
    guard let values else { return [] }
    return Array(Swift.zip(values.units, values.values))
  }
}
