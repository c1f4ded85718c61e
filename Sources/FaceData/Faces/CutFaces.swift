/// Faces cut out of photos for a network that was trained on another set: a data set without labels.
///
/// Checked by: CutFacesTests.
public struct CutFaces: FaceDataset {
  /// What part of a photo is a face.
  public enum Cut: Sendable, Hashable {
    /// The whole picture, as it is.
    case whole
    /// Every face that is found, or the largest, placed as in the set that the network knows.
    case found(FacePlacement, leastScore: Float, onlyLargest: Bool)
  }

  /// A face in a photo.
  public struct Face: Sendable, Hashable {
    /// Index of the photo.
    public let photo: Int
    /// From 1, the surest first.
    public let number: Int
    /// Nil with `.whole`.
    public let detection: DetectedFace?
    /// From the unit square to the photo's pixels.
    public let part: Affine
  }

  public let faces: [Face]
  /// Photos that could not be read, with the reason.
  public let unusable: [UnusableSample]
  /// Photos without a face.
  public let empty: [String]
  private let photos: any FaceDataset
  private let side: Int

  /// - Parameters: side: of the cut faces in pixels; progress: photos done and in all; what it
  ///   throws stops the search.
  /// - Throws: `FaceDataError` `.unreadable` where the detector is not installed.
  public init(
    _ photos: any FaceDataset, cut: Cut, side: Int, threads: Int,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let detector: FaceDetector? = try cut == .whole ? nil : FaceDetector.load()
    let looks = OrderedPrefetcher(
      steps: 0..<photos.count, threads: threads, depth: 2 * max(threads, 1)
    ) { index -> Result<[Face], any Error> in
      Result { try Self.faces(index, in: photos, cut, detector) }
    }
    defer { looks.cancel() }
    var (faces, unusable, empty): ([Face], [UnusableSample], [String]) = ([], [], [])
    for index in 0..<photos.count {
      switch try looks.next() {
      case .success(let found)?:
        if found.isEmpty { empty.append(photos.id(at: index)) }
        faces += found
      case .failure(let error)?:
        let reason = (error as? FaceDataError)?.message ?? "\(error)"
        unusable.append(UnusableSample(path: photos.id(at: index), reason: reason))
      case nil: break
      }
      try progress(index + 1, photos.count)
    }
    (self.faces, self.unusable, self.empty) = (faces, photos.unusable + unusable, empty)
    (self.photos, self.side) = (photos, side)
  }

  private static func faces(
    _ index: Int, in photos: any FaceDataset, _ cut: Cut, _ detector: FaceDetector?
  ) throws -> [Face] {
    let image = try photos.sample(at: index).image
    switch cut {
    case .whole:
      let whole = Affine.scale(Float(image.width), Float(image.height))
      return [Face(photo: index, number: 1, detection: nil, part: whole)]
    case .found(let placement, let leastScore, let onlyLargest):
      var crop = FaceCrop()
      (crop.leastScore, crop.onlyLargest) = (leastScore, onlyLargest)
      let found = detector.map { crop.faces(in: image, $0) } ?? []
      return found.compactMap { face in placement.part(around: face.points).map { (face, $0) } }
        .enumerated().map {
          Face(photo: index, number: $0 + 1, detection: $1.0, part: $1.1)
        }
    }
  }

  public var count: Int { faces.count }
  public var fingerprint: String { photos.fingerprint }
  public var identityNames: [String] { [] }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { photos.id(at: faces[index].photo) }
  public func labels(at index: Int) throws -> FaceLabels { FaceLabels() }

  /// From a sample's picture to the photo.
  public func toPhoto(_ index: Int) -> Affine {
    let face = faces[index]
    guard face.detection != nil else { return .identity }
    return Affine.scale(1 / Float(side), 1 / Float(side)).then(face.part)
  }

  /// A whole picture as it is; a found face cut to a square.
  public func sample(at index: Int) throws -> FaceSample {
    let face = faces[index]
    let image = try photos.sample(at: face.photo).image
    return FaceSample(
      id: id(at: index),
      image: face.detection == nil ? image : image.part(face.part, side: side),
      labels: FaceLabels())
  }
}

extension Image {
  /// A part of the picture as a square.
  ///
  /// - Parameters: part: from the unit square to pixels; side: of the result.
  public func part(_ part: Affine, side: Int) -> Image {
    warpedSmoothly(Affine.scale(1 / Float(side), 1 / Float(side)).then(part), side: side)
  }
}
