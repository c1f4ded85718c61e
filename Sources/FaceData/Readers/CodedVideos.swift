/// Grades of a video's frames, gathered from several files.
struct CodedVideo {
  /// By frame, then by unit.
  var intensities: [Int: [Int: Float]] = [:]
  var occurrences: [Int: [Int: Float]] = [:]

  var frames: Set<Int> { Set(intensities.keys).union(occurrences.keys) }

  func labels(frame: Int) -> FaceLabels {
    FaceLabels(
      unitIntensities: intensities[frame].map(ActionUnitValues.init),
      unitOccurrences: occurrences[frame].map(ActionUnitValues.init))
  }
}

/// Joins graded frames with their pictures; DISFA and BP4D differ in names only.
struct CodedVideoJoin {
  /// One a subject or a subject's task: `SN001`, `F001/T1`.
  var videos: [String: CodedVideo] = [:]
  /// Takes pictures numbered from 0 for frames numbered from 1.
  var shiftsFromZero = false
  /// A picture's video by its path, and the person by the video.
  let video: (_ path: Substring) -> String?
  let person: (_ video: String) -> String

  fileprivate struct Folder: Hashable {
    let video: String
    let path: Substring
  }

  /// Fills the builder; what lacks its other half is told once a folder.
  func join(into builder: inout LabelledPictures.Builder) {
    let folders = pictures(&builder)
    let people = IdentityTable(videos.keys.map(person))
    builder.identityNames = people.names
    let several = Dictionary(grouping: folders.keys, by: \.video).filter { $0.value.count > 1 }
    for (folder, numbers) in folders.sorted(by: { $0.key.order < $1.key.order }) {
      guard let coded = videos[folder.video] else { continue }
      let name = several[folder.video] == nil ? folder.video : String(folder.path)
      take(numbers, of: coded, into: &builder) { frame in
        var labels = coded.labels(frame: frame)
        labels.identity = people[person(folder.video)]
        labels.frame = VideoFrame(video: name, number: frame)
        return labels
      }
    }
    let seen = Set(folders.keys.map(\.video))
    for video in videos.keys.sorted() where !seen.contains(video) {
      builder.problems.add(video, "no picture of its \(videos[video]?.frames.count ?? 0) frames")
    }
  }

  /// Pictures by frame number in each folder of a video.
  private func pictures(_ builder: inout LabelledPictures.Builder) -> [Folder: [(Int, String)]] {
    var (folders, strays): ([Folder: [(Int, String)]], [Substring: Int]) = ([:], [:])
    for file in builder.listing.pictures {
      let slash = file.path.lastIndex(of: "/")
      let folder = slash.map { file.path[..<$0] } ?? ""
      guard let video = video(file.path[...]), videos[video] != nil,
        let number = Self.number(file.stem)
      else {
        strays[folder, default: 0] += 1
        continue
      }
      folders[Folder(video: video, path: folder), default: []].append((number, file.path))
    }
    for (folder, count) in strays.sorted(by: { $0.key < $1.key }) {
      builder.problems.add(
        folder.isEmpty ? "." : String(folder), "\(count) pictures of no graded video")
    }
    return folders
  }

  private func take(
    _ numbers: [(Int, String)], of coded: CodedVideo,
    into builder: inout LabelledPictures.Builder, labels: (Int) -> FaceLabels
  ) {
    let frames = coded.frames
    let startsAtZero = numbers.contains { $0.0 == 0 } && !frames.contains(0)
    let shift = shiftsFromZero && startsAtZero ? 1 : 0
    var (seen, ungraded, first): (Set<Int>, Int, String) = ([], 0, numbers.first?.1 ?? "")
    for (number, path) in numbers.sorted(by: { $0.0 < $1.0 }) {
      let frame = number + shift
      guard frames.contains(frame), seen.insert(frame).inserted else {
        if ungraded == 0 { first = path }
        ungraded += 1
        continue
      }
      builder.items.append(.init(file: path, labels: labels(frame)))
    }
    if ungraded > 0 {
      builder.problems.add(first, "no grades for this and \(ungraded - 1) more pictures beside it")
    }
    if seen.count < frames.count {
      let missing = frames.subtracting(seen)
      builder.problems.add(
        first,
        "\(missing.count) of \(frames.count) graded frames lack a picture here, the first is frame "
          + "\(missing.min() ?? 0)")
    }
  }

  /// The number at the end of a name.
  static func number(_ stem: String) -> Int? {
    let bytes = Array(stem.utf8)
    let digits = bytes.reversed().prefix { (0x30...0x39).contains($0) }
    return Array(digits.reversed())[...].wholeNumber
  }

  /// Reads `frame,grade` lines without a header into a video.
  ///
  /// - Parameters: grade: an intensity, or nil for "not graded"; throws for a value that is none.
  /// - Returns: the digest.
  static func readGrades(
    _ file: String, unit: Int, into video: inout [Int: [Int: Float]],
    _ builder: inout LabelledPictures.Builder, invalid: Int? = nil
  ) throws -> String {
    try LabelLines.read(builder.listing.absolute(file)) { line in
      guard !line.bytes.isEmpty else { return }
      let fields = line.fields
      guard fields.count == 2, let frame = fields[0].roundNumber, (0...10_000_000).contains(frame),
        let grade = fields[1].roundNumber, (0...5).contains(grade) || grade == invalid
      else {
        let reason = "“\(line.text.prefix(40))” is not “frame,intensity” with an intensity 0–5"
        return builder.problems.add(file, line: line.number, reason)
      }
      guard grade != invalid else { return }
      guard video[frame]?[unit] == nil else {
        return builder.problems.add(file, line: line.number, "frame \(frame) has a grade already")
      }
      video[frame, default: [:]][unit] = Float(grade)
    }
  }
}

extension CodedVideoJoin.Folder {
  fileprivate var order: String { video + "\n" + path }
}
