/// One pass over a data set: every picture is decoded once, and what its worth is judged by is kept,
/// some 500 bytes a picture.
///
/// Statistics, the search for duplicates and the choice of a spread-out subset all start from it.
/// The result does not depend on the number of threads.
/// Checked by: DatasetSurveyTests.
public struct DatasetSurvey: Sendable {
  public struct Picture: Sendable, Hashable {
    public let measures: PictureMeasures
    public let signature: PictureSignature
    public let labels: SurveyedLabels
  }

  /// One an index of the set; nil where the picture could not be read.
  public let pictures: [Picture?]
  /// Samples that could not be read when they were asked for.
  public let unreadable: [Problem]
  /// Samples that can be read and whose labels or pixels cannot be right.
  public let doubtful: [Problem]
  public let identityNames: [String]

  public struct Problem: Sendable, Hashable {
    public let index: Int
    public let reason: String
  }

  /// Samples that a thread takes at a time.
  private static let piece = 32

  /// - Parameters: progress: pictures done and in all; what it throws stops the survey.
  /// - Throws: only what `progress` throws; samples that cannot be read are in `unreadable`.
  public init(
    _ dataset: any FaceDataset, threads: Int,
    progress: (_ done: Int, _ count: Int) throws -> Void = { _, _ in }
  ) throws {
    let (count, piece) = (dataset.count, Self.piece)
    let loader = OrderedPrefetcher(
      steps: 0..<(count + piece - 1) / piece, threads: threads, depth: threads * 4
    ) { step in
      (step * piece..<min(count, (step + 1) * piece)).map { Self.entry(dataset, $0) }
    }
    defer { loader.cancel() }
    var pictures: [Picture?] = []
    var (unreadable, doubtful): ([Problem], [Problem]) = ([], [])
    pictures.reserveCapacity(count)
    while let entries = try loader.next() {
      for entry in entries {
        pictures.append(entry.picture)
        guard let reason = entry.reason else { continue }
        let problem = Problem(index: pictures.count - 1, reason: reason)
        if entry.picture == nil { unreadable.append(problem) } else { doubtful.append(problem) }
      }
      try progress(pictures.count, count)
    }
    (self.pictures, self.unreadable, self.doubtful) = (pictures, unreadable, doubtful)
    identityNames = dataset.identityNames
  }

  private static func entry(
    _ dataset: any FaceDataset, _ index: Int
  ) -> (picture: Picture?, reason: String?) {
    do {
      let sample = try dataset.sample(at: index)
      let image = sample.image
      guard image.width > 0, image.height > 0 else { return (nil, "the picture has no pixels") }
      let gray = image.grayPlane(side: PerceptualHash.side)
      let picture = Picture(
        measures: PictureMeasures(image, gray: gray),
        signature: PictureSignature(image, gray: gray),
        labels: SurveyedLabels(sample.labels, part: dataset.part(at: index)))
      let fault = sample.labels.fault(
        width: image.width, height: image.height, identities: dataset.identityNames.count)
      return (picture, fault ?? plainness(picture.measures))
    } catch let error as FaceDataError {
      return (nil, error.message)
    } catch {
      return (nil, "\(error)")
    }
  }

  private static func plainness(_ measures: PictureMeasures) -> String? {
    guard measures.contrast < 1 else { return nil }
    return "the picture is one plain grey of \(Int(measures.brightness.rounded()))"
  }
}
