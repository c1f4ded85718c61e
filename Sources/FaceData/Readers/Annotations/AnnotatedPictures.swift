/// Annotated faces in pictures, as the readers of landmark sets make them.
///
/// Opening reads the labels and the pictures' headers; pictures are decoded when they are asked
/// for. A picture with several faces gives several samples. Whatever cannot be used is listed in
/// `unusable` with the reason.
public struct AnnotatedPictures: FaceDataset {
  /// The side of a `.box` crop over the longer side of the set's own box, as HRNet has it.
  public static let boxCropEnlargement: Float = 1.25

  /// The format's word, "wflw".
  public let kind: String
  public let crop: LandmarkCrop
  public let fingerprint: String
  public let unusable: [UnusableSample]
  private let faces: [AnnotatedFace]
  private let decode: @Sendable (AnnotatedFace) throws -> Image

  init(
    kind: String, crop: LandmarkCrop, fingerprint: String, faces: [AnnotatedFace],
    unusable: [UnusableSample], decode: @escaping @Sendable (AnnotatedFace) throws -> Image
  ) {
    (self.kind, self.crop, self.fingerprint) = (kind, crop, fingerprint)
    (self.faces, self.unusable, self.decode) = (faces, unusable, decode)
  }

  public var count: Int { faces.count }
  public var identityNames: [String] { [] }
  public var pairs: [VerificationPair] { [] }
  public func id(at index: Int) -> String { faces[index].id }

  public func labels(at index: Int) throws -> FaceLabels {
    let face = faces[index]
    guard let square = Self.square(of: face.labels, crop) else { return face.labels }
    let map = Affine.translation(-Float(square.x), -Float(square.y))
    return face.labels.moved(by: map, isFlipped: false, isPlain: true)
  }

  public func sample(at index: Int) throws -> FaceSample {
    let face = faces[index]
    var image = try decode(face)
    if let square = Self.square(of: face.labels, crop) { image = image.cut(square) }
    return FaceSample(id: face.id, image: image, labels: try labels(at: index))
  }

  /// The square that is cut, on whole pixels; nil for the whole picture.
  static func square(of labels: FaceLabels, _ crop: LandmarkCrop) -> PixelRectangle? {
    switch crop {
    case .whole: return nil
    case .face:
      let points = labels.annotatedPoints
      return points.isEmpty ? nil : LandmarkFolder.faceSquare(points)
    case .box:
      guard let box = labels.faceBox else { return nil }
      let side = (max(box.width, box.height) * boxCropEnlargement).rounded(.up)
      let corner = (box.center - side / 2).rounded(.down)
      return PixelRectangle(
        x: Int(corner.x), y: Int(corner.y), width: max(1, Int(side)), height: max(1, Int(side)))
    }
  }
}

/// A face of a landmark set, in pixels of its whole picture.
struct AnnotatedFace: Sendable {
  /// The picture's name, with `#2` for the second face in it.
  let id: String
  /// The path below the picture folder, or the place in a container.
  let picture: String
  let labels: FaceLabels
}

extension FaceLabels {
  /// The landmarks without those that are not annotated.
  var annotatedPoints: [SIMD2<Float>] {
    guard let landmarks else { return [] }
    guard let landmarkVisibility, landmarkVisibility.count == landmarks.count else {
      return landmarks
    }
    return zip(landmarks, landmarkVisibility).filter { $1 != .absent }.map(\.0)
  }
}
