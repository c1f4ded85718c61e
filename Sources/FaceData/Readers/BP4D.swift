/// BP4D-Spontaneous: action units of 41 people in eight tasks.
///
/// `AUCoding/AU_OCC/F001_T1.csv` has a header of unit numbers, then a frame a line with 0, 1 or 9
/// (unknown); `AU Intensity Codes3.0/AU06/F001_T1.csv` has lines `frame,intensity` with 0–5 or 9
/// (invalid) and no header. Either or both may be there. The pictures are `F001/T1/0001.jpg` or
/// `F001_T1/1.jpg` in any folder; their numbers are the labels' frames. Identity is the person.
/// - Source: Zhang et al. 2014, Image and Vision Computing 32(10); intensities: FERA 2015.
///   Checked by: BP4DTests.
public enum BP4D {
  /// Units with intensities.
  public static let intensityUnits = [6, 10, 12, 14, 17]
  /// Units that published detection work evaluates.
  public static let detectionUnits = [1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24]
  /// "Unknown" and "invalid".
  static let unknown = 9

  /// - Throws: `FaceDataError` `.unreadable` or `.emptyDataset`.
  public static func read(path: String) throws -> LabelledPictures {
    var builder = LabelledPictures.Builder("bp4d", try FolderListing(path))
    var join = CodedVideoJoin(
      video: { Self.video($0) }, person: { String($0.prefix { $0 != "/" }) })
    for file in builder.listing.files where file.fileExtension == "csv" {
      guard let name = file.path.split(separator: "/").last, let video = video(name) else {
        continue
      }
      do {
        try read(file.path, into: &join.videos[video, default: CodedVideo()], &builder)
      } catch let error as FaceDataError {
        builder.problems.add(error, file.path)
      }
    }
    join.join(into: &builder)
    return try builder.finish(
      expected: "AUCoding/AU_OCC/F001_T1.csv or AU Intensity Codes3.0/AU06/F001_T1.csv, and "
        + "pictures F001/T1/0001.jpg")
  }

  private static func read(
    _ file: String, into video: inout CodedVideo, _ builder: inout LabelledPictures.Builder
  ) throws {
    if let unit = intensityUnit(file) {
      let digest = try CodedVideoJoin.readGrades(
        file, unit: unit, into: &video.intensities, &builder, invalid: unknown)
      return builder.digests.append(digest)
    }
    var (problems, columns): (ProblemList, [(column: Int, unit: Int)]) = (builder.problems, [])
    defer { builder.problems = problems }
    let table = try CSVFile(
      builder.listing.absolute(file), required: [],
      header: { columns = try units($0, file) },
      problem: { problems.add(file, line: $0, $1) },
      row: { row, _ in
        if let reason = take(row, columns, into: &video) {
          problems.add(file, line: row.line, reason)
        }
      })
    builder.digests.append(table.digest)
  }

  /// Columns of the units; the first column is the frame.
  private static func units(
    _ header: CSVFile, _ file: String
  ) throws -> [(column: Int, unit: Int)] {
    let numbers = header.names.dropFirst().map { Int($0) }
    guard !numbers.isEmpty, Set(numbers).count == numbers.count,
      numbers.allSatisfy({ (1...99).contains($0 ?? 0) })
    else {
      throw FaceDataError(
        .brokenLabels, "the first line is no list of different action units, “0,1,2,4,5”",
        path: file, line: 1)
    }
    return numbers.enumerated().map { ($0 + 1, $1 ?? 0) }
  }

  /// A row's occurrences; the reason if it cannot be used.
  private static func take(
    _ row: CSVFile.Row, _ columns: [(column: Int, unit: Int)], into video: inout CodedVideo
  ) -> String? {
    guard let frame = row.fields[0].roundNumber, (0...10_000_000).contains(frame) else {
      return "“\(row.fields[0].text.prefix(20))” is no frame number"
    }
    guard video.occurrences[frame] == nil else { return "frame \(frame) has a row already" }
    var values: [Int: Float] = [:]
    for (column, unit) in columns {
      switch row.fields[column].roundNumber {
      case 0: values[unit] = 0
      case 1: values[unit] = 1
      case unknown: continue
      default:
        return "“\(row.fields[column].text.prefix(20))” for AU\(unit) is not 0, 1 or 9 (unknown)"
      }
    }
    guard !values.isEmpty else { return "no unit of frame \(frame) is known" }
    video.occurrences[frame] = values
    return nil
  }

  /// 6 for a file in a folder `AU06`.
  private static func intensityUnit(_ path: String) -> Int? {
    let folders = path.split(separator: "/").dropLast()
    guard let folder = folders.last, folder.lowercased().hasPrefix("au") else { return nil }
    return Int(folder.dropFirst(2)).flatMap { (1...99).contains($0) ? $0 : nil }
  }

  /// `F001/T1` of a path with the components F001 and T1, or with one that begins with F001_T1.
  static func video(_ path: Substring) -> String? {
    var person: Substring?
    for part in path.split(separator: "/") {
      let bytes = Array(part.utf8)
      if let found = Self.person(bytes) {
        person = found
        if bytes.count > 6, bytes[4] == UInt8(ascii: "_"), let task = task(bytes[5...]) {
          return "\(found)/\(task)"
        }
      } else if let person, let task = task(bytes[...]) {
        return "\(person)/\(task)"
      }
    }
    return nil
  }

  /// `F001` at a name's beginning.
  private static func person(_ name: [UInt8]) -> Substring? {
    guard name.count >= 4, name.count == 4 || name[4] == UInt8(ascii: "_"),
      name[0] == UInt8(ascii: "F") || name[0] == UInt8(ascii: "M"),
      name[1...3].allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Substring(decoding: name[..<4], as: UTF8.self)
  }

  /// `T1` at a name's beginning.
  private static func task(_ name: ArraySlice<UInt8>) -> Substring? {
    let start = name.startIndex
    guard name.count >= 2, name[start] == UInt8(ascii: "T"),
      (0x31...0x38).contains(name[start + 1]),
      name.count == 2 || !(0x30...0x39).contains(name[start + 2])
    else { return nil }
    return Substring(decoding: name[start..<(start + 2)], as: UTF8.self)
  }
}
