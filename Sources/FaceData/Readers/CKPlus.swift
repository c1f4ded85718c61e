/// CK+ (Extended Cohn-Kanade): sequences from a neutral face to an expression's peak.
///
/// As published: `Emotion/S005/001/S005_001_00000011_emotion.txt` holds one number 0–7,
/// `FACS/S005/001/S005_001_00000011_facs.txt` a line `unit intensity` for each unit that is
/// present (intensity 1–5, or 0 where none was given), and the peak's picture is
/// `cohn-kanade-images/S005/001/S005_001_00000011.png`. A unit that the file does not list is
/// absent. Or class folders with names such as `anger/S010_004_00000017.png`. A sample is a peak
/// frame that has a label; identity is the subject, `S005`.
/// - Source: Lucey et al., CVPR workshops 2010. Differs: the neutral first frames are no samples.
///   Checked by: CKPlusTests.
public enum CKPlus {
  /// Emotions in the order of the files' numbers.
  static let emotions: [Emotion] = [
    .neutral, .anger, .contempt, .disgust, .fear, .happiness, .sadness, .surprise,
  ]

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  public static func read(path: String) throws -> LabelledPictures {
    let listing = try FolderListing(path)
    let labels = listing.files.filter {
      $0.path.hasSuffix("_emotion.txt") || $0.path.hasSuffix("_facs.txt")
    }
    let expected =
      "Emotion/S005/001/S005_001_00000011_emotion.txt, FACS/… and cohn-kanade-images/…, or class "
      + "folders anger to surprise"
    guard !labels.isEmpty else {
      return try ClassFolders.emotions(
        listing, kind: "ck-plus", expected: expected, emotion: { Emotion(word: $0) },
        person: { subject($0) })
    }
    var scan = Scan(listing)
    for file in labels { scan.take(file.path) }
    scan.finish()
    return try scan.builder.finish(expected: expected)
  }

  /// `S005` of `S005_001_00000011`.
  static func subject(_ name: Substring) -> String? {
    let digits = name.dropFirst().prefix { $0 != "_" }
    guard name.first == "S", digits.count == 3, digits.allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    return "S" + digits
  }

  private struct Frame {
    var emotion: Emotion?
    /// By unit; nil where the unit is present at a grade that is not given.
    var units: [Int: Float?]?
  }

  private struct Scan {
    var builder: LabelledPictures.Builder
    /// By name, `S005_001_00000011`.
    private var frames: [String: Frame] = [:]

    init(_ listing: FolderListing) { builder = LabelledPictures.Builder("ck-plus", listing) }

    mutating func take(_ file: String) {
      let name = file.split(separator: "/").last ?? ""
      let isEmotion = name.hasSuffix("_emotion.txt")
      let key = String(name.dropLast(isEmotion ? "_emotion.txt".count : "_facs.txt".count))
      guard subject(key[...]) != nil else {
        return builder.problems.add(file, "the name does not begin with a subject, S005_001_…")
      }
      do {
        if isEmotion {
          guard let emotion = try emotion(file) else { return }
          frames[key, default: Frame()].emotion = emotion
        } else {
          guard let units = try units(file) else { return }
          frames[key, default: Frame()].units = units
        }
      } catch let error as FaceDataError {
        builder.problems.add(error, file)
      } catch {
        builder.problems.add(file, "\(error)")
      }
    }

    private mutating func lines(_ file: String) throws -> [LabelLine] {
      var lines: [LabelLine] = []
      let digest = try LabelLines.read(builder.listing.absolute(file)) { line in
        if !line.bytes.isEmpty { lines.append(line) }
      }
      builder.digests.append(digest)
      return lines
    }

    private mutating func emotion(_ file: String) throws -> Emotion? {
      let lines = try lines(file)
      guard lines.count == 1, let number = lines[0].bytes.roundNumber,
        emotions.indices.contains(number)
      else {
        builder.problems.add(file, "the file holds no single number 0–7")
        return nil
      }
      return emotions[number]
    }

    /// Nil if the file cannot be used. An empty file is a face without any unit.
    private mutating func units(_ file: String) throws -> [Int: Float?]? {
      var units: [Int: Float?] = [:]
      for line in try lines(file) {
        let numbers = line.words.compactMap(\.roundNumber)
        guard numbers.count == 2, line.words.count == 2, (1...99).contains(numbers[0]),
          (0...5).contains(numbers[1]), units[numbers[0]] == nil
        else {
          builder.problems.add(
            file, line: line.number,
            "“\(line.text.prefix(40))” is not “unit intensity” with an intensity 0–5, each unit once"
          )
          return nil
        }
        units.updateValue(numbers[1] == 0 ? nil : Float(numbers[1]), forKey: numbers[0])
      }
      return units
    }

    mutating func finish() {
      let people = IdentityTable(frames.keys.compactMap { subject($0[...]) })
      builder.identityNames = people.names
      let graded = Set(frames.values.flatMap { $0.units.map { Array($0.keys) } ?? [] }).sorted()
      let pictures = Dictionary(
        builder.listing.pictures.map { (String($0.stem.split(separator: "/").last ?? ""), $0.path) }
      ) { first, _ in first }
      for (name, frame) in frames.sorted(by: { $0.key < $1.key }) {
        guard let file = pictures[name] else {
          builder.problems.add(name, "no picture of this name")
          continue
        }
        var labels = FaceLabels(
          identity: subject(name[...]).flatMap { people[$0] }, emotion: frame.emotion)
        if let units = frame.units { grade(&labels, units, graded) }
        labels.frame = Self.place(name)
        builder.items.append(.init(file: file, labels: labels))
      }
    }

    private func grade(_ labels: inout FaceLabels, _ units: [Int: Float?], _ graded: [Int]) {
      labels.unitOccurrences = ActionUnitValues(
        sortedUnits: graded, values: graded.map { units.keys.contains($0) ? 1 : 0 })
      // An absent unit has intensity 0; a present one without a grade has none.
      let known = graded.compactMap { unit -> (Int, Float)? in
        guard let grade = units[unit] else { return (unit, 0) }
        return grade.map { (unit, $0) }
      }
      labels.unitIntensities = ActionUnitValues(
        sortedUnits: known.map(\.0), values: known.map(\.1))
    }

    /// `S005_001_00000011` is frame 11 of `S005/001`.
    private static func place(_ name: String) -> VideoFrame? {
      let parts = name.split(separator: "_")
      guard parts.count == 3, let number = Int(parts[2]) else { return nil }
      return VideoFrame(video: "\(parts[0])/\(parts[1])", number: number)
    }
  }
}
