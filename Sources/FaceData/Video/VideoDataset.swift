import Synchronization

/// Every n-th frame of a video, or of all videos below a folder.
///
/// A sample's id is `clip.mp4#12`: the file and the frame's number, the first being 0. The frames of
/// a person stay together: the person is the folder that the video lies in, or the file itself where
/// it lies at the top. Opening reads through the files without decoding; frames are decoded when
/// they are asked for, cheapest in order.
/// - Source: FFmpeg's libraries; times are presentation times. Checked by: VideoDatasetTests.
public struct VideoDataset: FaceDataset {
  /// Endings of video files, lower-case.
  public static let extensions: Set<String> = [
    "mp4", "m4v", "mov", "avi", "mkv", "webm", "mpg", "mpeg",
  ]

  public let path: String
  /// The distance between two samples in frames.
  public let every: Int
  public let fingerprint: String
  public let identityNames: [String]
  public let unusable: [UnusableSample]
  private let videos: [Video]
  /// Number of the first sample of each video, and the count of all at the end.
  private let starts: [Int]
  private let decoders = VideoDecoders()

  struct Video: Sendable {
    let path: String
    /// Below the folder.
    let name: String
    let identity: Int
    let times: VideoDecoder.Times
    let unitSeconds: Double
  }

  /// - Parameters: path: a video or a folder; every: 1 takes all frames.
  /// - Throws: `FaceDataError` `.invalidSetting`, `.unreadable`, `.brokenArchive` for a single
  ///   broken video, `.emptyDataset`.
  public init(path: String, every: Int = 1) throws {
    guard every >= 1 else {
      throw FaceDataError(
        .invalidSetting, "every \(every)th frame cannot be taken; take 1 or more", path: path)
    }
    let isFolder = FolderListing.isFolder(path)
    let files = try Self.files(path, isFolder: isFolder)
    var problems = ProblemList()
    let people = Array(Set(files.map { Self.person($0.path) }))
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(zip(people, people.indices)) { first, _ in first }
    var videos: [Video] = []
    for file in files {
      let full = isFolder ? path + "/" + file.path : path
      do {
        let place = places[Self.person(file.path)] ?? 0
        videos.append(try Self.scan(full, name: file.path, identity: place, &problems))
      } catch let error as FaceDataError where isFolder { problems.add(error, file.path) }
    }
    guard !videos.isEmpty else {
      let first = problems.samples.first.map { " The first problem: \($0.path): \($0.reason)" }
      throw FaceDataError(
        .emptyDataset, "none of the \(files.count) videos can be used.\(first ?? "")", path: path)
    }
    (self.path, self.every, self.videos) = (path, every, videos)
    (identityNames, unusable) = (people, problems.finished)
    var sum = 0
    starts =
      videos.map { video in
        defer { sum += (video.times.values.count + every - 1) / every }
        return sum
      } + [sum]
    let counts = videos.map { "\($0.times.values.count)" }.joined(separator: " ")
    fingerprint = FolderListing.fingerprint(
      kind: "video every \(every)", files: files, labels: [Array(counts.utf8)])
  }

  private static func files(_ path: String, isFolder: Bool) throws -> [FolderListing.File] {
    guard isFolder else {
      let size = try RandomAccessFile(path).size
      return [.init(path: path.split(separator: "/").last.map(String.init) ?? path, size: size)]
    }
    let listing = try FolderListing(path)
    let files = listing.files.filter { extensions.contains($0.fileExtension) }
    guard !files.isEmpty else {
      throw FaceDataError(
        .emptyDataset,
        "no video (\(extensions.sorted().joined(separator: ", "))) among the "
          + "\(listing.files.count) files in and below the folder", path: path)
    }
    return files
  }

  /// The folder that the video lies in, or its own name without the ending.
  private static func person(_ file: String) -> String {
    let folder = FolderListing.parent(file)
    return folder == "." ? FolderListing.File(path: file, size: 0).stem : folder
  }

  private static func scan(
    _ path: String, name: String, identity: Int, _ problems: inout ProblemList
  ) throws -> Video {
    let decoder = try VideoDecoder(path)
    let times = decoder.times()
    guard !times.values.isEmpty else {
      throw FaceDataError(
        .brokenArchive, "the video has no frame with a time; fetch it again, or leave it out",
        path: path)
    }
    if times.values.count < decoder.promisedCount {
      problems.add(
        name,
        "\(times.values.count) of \(decoder.promisedCount) frames are there; it may be cut off")
    }
    return Video(
      path: path, name: name, identity: identity, times: times, unitSeconds: decoder.unitSeconds)
  }

  public var count: Int { starts.last ?? 0 }
  public var pairs: [VerificationPair] { [] }

  public func id(at index: Int) -> String {
    let (video, frame) = place(index)
    return "\(video.name)#\(frame)"
  }

  public func labels(at index: Int) throws -> FaceLabels {
    let (video, frame) = place(index)
    return FaceLabels(
      identity: video.identity, frame: VideoFrame(video: video.name, number: frame))
  }

  public func sample(at index: Int) throws -> FaceSample {
    let (video, frame) = place(index)
    return FaceSample(
      id: id(at: index), image: try decoders.image(of: video, frame: frame),
      labels: try labels(at: index))
  }

  /// When a sample is shown, in seconds from the first frame of its video.
  public func seconds(at index: Int) -> Double {
    let (video, frame) = place(index)
    let (times, first) = (video.times.values, video.times.values[0])
    return Double(times[frame].subtractingReportingOverflow(first).partialValue) * video.unitSeconds
  }

  private func place(_ index: Int) -> (video: Video, frame: Int) {
    var (low, high) = (0, videos.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= index { low = middle } else { high = middle - 1 }
    }
    return (videos[low], (index - starts[low]) * every)
  }
}

/// Decoders that wait where they stopped, so that frames asked for in order are decoded once. Safe
/// to use from many threads: a decoder in use is not among them.
private final class VideoDecoders: Sendable {
  /// Each holds the memory of a few frames.
  private static let largestIdleCount = 8
  /// Frames that are decoded and dropped rather than sought.
  private static let longestRun = 48

  private struct Idle: @unchecked Sendable {
    let decoder: VideoDecoder
  }

  private let idle = Mutex<[Idle]>([])

  /// - Throws: `FaceDataError` `.brokenImage` for a frame that cannot be decoded.
  func image(of video: VideoDataset.Video, frame: Int) throws -> Image {
    let times = video.times.values
    let decoder = try take(video, frame: frame).decoder
    defer { give(decoder) }
    if !isNear(decoder, times, frame) { decoder.seek(to: times[frame]) }
    if let image = try find(times[frame], video, decoder) { return image }
    // The index of a damaged or odd file may lead past the frame: look from the start.
    decoder.seek(to: times[0])
    if let image = try find(times[frame], video, decoder) { return image }
    throw FaceDataError(
      .brokenImage, "frame \(frame) cannot be decoded; leave the video out or cut it anew",
      path: video.path)
  }

  private func find(
    _ time: Int64, _ video: VideoDataset.Video, _ decoder: VideoDecoder
  ) throws -> Image? {
    while let frame = decoder.next() {
      guard frame.time >= time else { continue }
      guard frame.time == time || !video.times.isExact, !frame.isDamaged else { return nil }
      return try decoder.image()
    }
    return nil
  }

  /// Whether decoding on reaches the frame sooner than seeking would.
  private func isNear(_ decoder: VideoDecoder, _ times: [Int64], _ frame: Int) -> Bool {
    guard let last = decoder.lastTime, last < times[frame] else { return false }
    return times[max(0, frame - Self.longestRun)] <= last
  }

  private func take(_ video: VideoDataset.Video, frame: Int) throws -> Idle {
    let found = idle.withLock { idle -> Idle? in
      let mine = idle.indices.filter { idle[$0].decoder.path == video.path }
      let near = mine.first { isNear(idle[$0].decoder, video.times.values, frame) }
      return (near ?? mine.first).map { idle.remove(at: $0) }
    }
    return try found ?? Idle(decoder: VideoDecoder(video.path))
  }

  private func give(_ decoder: VideoDecoder) {
    let returned = Idle(decoder: decoder)
    idle.withLock { idle in
      idle.append(returned)
      if idle.count > Self.largestIdleCount { idle.removeFirst() }
    }
  }
}
