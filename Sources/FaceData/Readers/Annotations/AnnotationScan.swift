import Glibc

/// Collects the faces of a label file and sorts out what cannot be used: the part that all readers
/// of landmark sets share.
struct AnnotationScan {
  /// What `FaceDataset.unusable` lists at most; the rest is one entry with the number.
  static let largestList = 10_000

  let source: DatasetSource
  /// Where the pictures' names start from.
  let folder: String
  private(set) var faces: [AnnotatedFace] = []
  private(set) var unusable: [UnusableSample] = []
  /// Bytes that decide the samples, for the fingerprint.
  var labelBytes: [[UInt8]] = []
  private var sizes: [String: Result<ImageFile.Size, FaceDataError>] = [:]
  private var seen: [String: Set<FaceLabels>] = [:]
  private var files: [FolderListing.File] = []

  init(_ source: DatasetSource, folder: String) { (self.source, self.folder) = (source, folder) }

  /// Takes a face if its labels and picture are sound.
  ///
  /// - Parameters: place: where it stands, for messages ("list.txt:12").
  mutating func take(_ picture: String, _ labels: FaceLabels, place: String) {
    if let reason = Self.flaw(labels, crop: source.crop) { return leaveOut(place, reason) }
    switch size(of: picture) {
    case .failure(let error): leaveOut(place, "the picture \(picture): \(error.message)")
    case .success(let size): take(picture, labels, size: size, place: place)
    }
  }

  /// As above, for a picture whose size is known.
  mutating func take(
    _ picture: String, _ labels: FaceLabels, size: ImageFile.Size, place: String
  ) {
    if let reason = Self.flaw(labels, crop: source.crop) ?? Self.misfit(labels, size) {
      return leaveOut(place, reason)
    }
    guard seen[picture, default: []].insert(labels).inserted else {
      return leaveOut(place, "the same face of \(picture) is listed twice")
    }
    let number = seen[picture]?.count ?? 1
    let id = number == 1 ? picture : "\(picture)#\(number)"
    faces.append(AnnotatedFace(id: id, picture: picture, labels: labels))
  }

  mutating func leaveOut(_ place: String, _ reason: String) {
    unusable.append(UnusableSample(path: place, reason: reason))
  }

  /// Leaves a face out if what makes its labels throws.
  mutating func take(_ place: String, _ body: () throws -> (picture: String, labels: FaceLabels)) {
    do {
      let (picture, labels) = try body()
      take(picture, labels, place: place)
    } catch {
      leaveOut(place, (error as? FaceDataError)?.message ?? "\(error)")
    }
  }

  /// The data set of what was taken.
  ///
  /// - Parameters: decode: nil decodes the picture's file below `folder`.
  /// - Throws: `FaceDataError` `.emptyDataset` with the first reason if nothing was taken.
  func dataset(decode: (@Sendable (AnnotatedFace) throws -> Image)? = nil) throws
    -> AnnotatedPictures
  {
    guard !faces.isEmpty else { throw nothing() }
    let folder = folder
    let settings = [source.kind, source.part ?? "", source.crop.rawValue].joined(separator: " ")
    return AnnotatedPictures(
      kind: source.kind, crop: source.crop,
      fingerprint: FolderListing.fingerprint(kind: settings, files: files, labels: labelBytes),
      faces: faces, unusable: shortened,
      decode: decode ?? { try ImageFile.decode(path: folder + "/" + $0.picture) })
  }

  private var shortened: [UnusableSample] {
    guard unusable.count > Self.largestList else { return unusable }
    let rest = unusable.count - Self.largestList
    return unusable.prefix(Self.largestList)
      + [UnusableSample(path: source.path, reason: "\(rest) more samples cannot be used")]
  }

  private func nothing() -> FaceDataError {
    let format = try? DatasetFormat.named(source.kind)
    let first =
      unusable.first.map { " The first of \(unusable.count): \($0.path): \($0.reason)." }
      ?? " It lists no face."
    return FaceDataError(
      .emptyDataset,
      "no face can be used; facet expects \(format?.layout ?? source.kind)." + first,
      path: source.path)
  }

  private mutating func size(of picture: String) -> Result<ImageFile.Size, FaceDataError> {
    if let known = sizes[picture] { return known }
    let path = folder + "/" + picture
    let result: Result<ImageFile.Size, FaceDataError>
    do {
      guard !picture.isEmpty, !picture.utf8.contains(0) else {
        throw FaceDataError(.unreadable, "the name is empty or broken")
      }
      let size = try ImageFile.size(path: path)
      files.append(FolderListing.File(path: picture, size: FolderListing.size(of: path)))
      result = .success(size)
    } catch {
      result = .failure(error as? FaceDataError ?? FaceDataError(.unreadable, "\(error)"))
    }
    sizes[picture] = result
    return result
  }

  /// What is wrong with labels whatever the picture, or nil.
  private static func flaw(_ labels: FaceLabels, crop: LandmarkCrop) -> String? {
    if crop == .box, labels.faceBox == nil { return "no face box to crop by" }
    let scheme = labels.landmarkScheme
    if let points = labels.landmarks, points.count != scheme.count {
      return "\(points.count) points, and \(scheme.name) has \(scheme.count)"
    }
    if let points = labels.landmarks3D {
      guard points.count == scheme.count else {
        return "\(points.count) points in 3D, and \(scheme.name) has \(scheme.count)"
      }
      guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
        return "a coordinate in 3D is not a number"
      }
    }
    if labels.landmarks != nil, labels.annotatedPoints.isEmpty { return "no point is annotated" }
    return nil
  }

  private static func misfit(_ labels: FaceLabels, _ size: ImageFile.Size) -> String? {
    if labels.landmarks != nil, let reason = LandmarkFit.misfit(labels.annotatedPoints, size) {
      return reason
    }
    return labels.faceBox.flatMap { LandmarkFit.misfit($0, size) }
  }
}

extension FolderListing {
  /// A file's length in bytes, 0 if it is not there.
  static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
