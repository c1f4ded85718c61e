/// What is known of a face. A label that a data set lacks is nil.
public struct FaceLabels: Sendable, Hashable {
  /// Index into the data set's `identityNames`.
  public var identity: Int?
  /// Points in pixels of the sample's image: x right, y down, the centre of the top left pixel is
  /// (0.5, 0.5). 68 iBUG points where `landmarkScheme` does not say otherwise.
  public var landmarks: [SIMD2<Float>]?
  /// Intensities 0–5 in the order of `ActionUnit.allCases`.
  public var actionUnits: [Float]?
  public var emotion: Emotion?
  /// Vertices of the head in the camera's frame.
  public var mesh: [SIMD3<Float>]?
  /// Intensities 0–5 of the units that a coded set labels; see `intensity(ofUnit:)`.
  public var unitIntensities: ActionUnitValues?
  /// 0 or 1 for the units that a coded set labels as absent or present.
  public var unitOccurrences: ActionUnitValues?
  /// How several people voted, where a set says so.
  public var emotionVotes: EmotionVotes?
  /// Pleasure, −1…1.
  public var valence: Float?
  /// Excitement, −1…1.
  public var arousal: Float?
  /// The place in a video, where the set consists of videos.
  public var frame: VideoFrame?
  /// What `landmarks`, `landmarkVisibility` and `landmarks3D` number.
  public var landmarkScheme = LandmarkScheme.ibug68
  /// For each landmark; nil where the set does not say.
  public var landmarkVisibility: [LandmarkVisibility]?
  /// x and y as in `landmarks`, z towards the viewer in the same pixels, from an arbitrary zero.
  public var landmarks3D: [SIMD3<Float>]?
  public var headPose: HeadPose?
  /// Against the head, not the camera.
  public var gaze: Gaze?
  /// The set's own box about the face.
  public var faceBox: FaceBox?
  /// What makes the face hard; nil where the set does not say, empty if nothing does.
  public var attributes: Set<FaceAttribute>?
  public var morphableFit: MorphableFit?

  public init(
    identity: Int? = nil, landmarks: [SIMD2<Float>]? = nil, actionUnits: [Float]? = nil,
    emotion: Emotion? = nil, mesh: [SIMD3<Float>]? = nil,
    unitIntensities: ActionUnitValues? = nil, unitOccurrences: ActionUnitValues? = nil,
    emotionVotes: EmotionVotes? = nil, valence: Float? = nil, arousal: Float? = nil,
    frame: VideoFrame? = nil
  ) {
    (self.identity, self.landmarks, self.actionUnits) = (identity, landmarks, actionUnits)
    (self.emotion, self.mesh) = (emotion, mesh)
    (self.unitIntensities, self.unitOccurrences) = (unitIntensities, unitOccurrences)
    (self.emotionVotes, self.valence, self.arousal) = (emotionVotes, valence, arousal)
    self.frame = frame
  }
}

extension FaceLabels {
  /// Whether nothing is known of what the picture shows.
  public var isEmpty: Bool {
    var empty = FaceLabels(frame: frame)
    empty.landmarkScheme = landmarkScheme
    return self == empty
  }
}

/// One face: its picture and what is known of it.
public struct FaceSample: Sendable {
  /// Unique in its data set and stable: a relative path, or a number for synthetic faces.
  public let id: String
  public let image: Image
  public let labels: FaceLabels

  public init(id: String, image: Image, labels: FaceLabels) {
    (self.id, self.image, self.labels) = (id, image, labels)
  }
}

/// A pair of samples of a verification protocol.
public struct VerificationPair: Sendable, Hashable {
  public let first: Int
  public let second: Int
  public let isSame: Bool
  public let fold: Int

  public init(first: Int, second: Int, isSame: Bool, fold: Int) {
    (self.first, self.second, self.isSame, self.fold) = (first, second, isSame, fold)
  }
}

/// A sample that a reader left out, and why.
public struct UnusableSample: Sendable, Hashable, Codable {
  public let path: String
  public let reason: String

  public init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }
}

/// A set of faces with random access. Safe to read from many threads.
public protocol FaceDataset: Sendable {
  /// Usable samples.
  var count: Int { get }
  /// SHA-256 over what decides the samples: the specification of a synthetic set; names, sizes
  /// and times or bytes of a folder's files.
  var fingerprint: String { get }
  /// Empty where identities are unknown.
  var identityNames: [String] { get }
  /// The official pairs of the set, if it has any.
  var pairs: [VerificationPair] { get }
  var unusable: [UnusableSample] { get }
  func id(at index: Int) -> String
  /// Labels without decoding the picture (mesh may be nil here).
  func labels(at index: Int) throws -> FaceLabels
  func sample(at index: Int) throws -> FaceSample
  /// The action units that the set labels; none by default.
  var labelledUnits: LabelledUnits { get }
  /// The part that the set's makers put a sample into; nil, as by default, where they did not.
  func part(at index: Int) -> DatasetPart?
  /// The head's vertices in the camera's frame, in mm, wherever the set keeps them; nil where it has
  /// none.
  func mesh(at index: Int) throws -> [SIMD3<Float>]?
  /// Where the landmarks lie on the mesh; empty, as by default, where that is not known.
  var meshLandmarks: [MeshPoint] { get }
  /// Three vertices of the mesh each; empty, as by default, where its surface is not known.
  var meshTriangles: [SIMD3<Int32>] { get }
  /// The bytes of a picture file (JPEG, PNG, PGM or PPM) that decodes to the sample's image, so that
  /// a copy of the set loses nothing; nil, as by default, where there is no such file.
  func encodedPicture(at index: Int) throws -> [UInt8]?
}

extension FaceDataset {
  public var labelledUnits: LabelledUnits { LabelledUnits() }
  public func part(at index: Int) -> DatasetPart? { nil }
  public func mesh(at index: Int) throws -> [SIMD3<Float>]? {
    try labels(at: index).mesh ?? sample(at: index).labels.mesh
  }
  public var meshLandmarks: [MeshPoint] { [] }
  public var meshTriangles: [SIMD3<Int32>] { [] }
  public func encodedPicture(at index: Int) throws -> [UInt8]? { nil }
}

extension FaceWorld {
  /// All units that the head can move.
  public var labelledUnits: LabelledUnits { LabelledUnits(intensities: ActionUnit.numbers) }
}

extension PackedFaceDataset {
  public var labelledUnits: LabelledUnits { LabelledUnits(intensities: ActionUnit.numbers) }
}

extension ActionUnit {
  /// Numbers in FACS of all units, ascending.
  fileprivate static var numbers: [Int] { allCases.map(\.rawValue).sorted() }
}
