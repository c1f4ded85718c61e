/// How a face is cut out of a photo.
public struct FaceCrop: Sendable, Hashable {
  public enum Alignment: String, Sendable, CaseIterable {
    /// Eyes, nose and mouth at fixed places, see `FivePointAlignment`.
    case fivePoints = "five-points"
    /// A square about the box of the face, as the photo shows it.
    case box
  }

  public var alignment = Alignment.fivePoints
  /// Side of the crop in pixels.
  public var size = FivePointAlignment.side
  /// With `.box`: what is added on each side, as a share of the box's longer side.
  public var margin: Float = 0.3
  /// Fainter faces are left out.
  public var leastScore: Float = 0.7
  /// Faces whose box is narrower or lower than so many pixels of the photo are left out.
  public var smallest = 20
  /// Takes the largest face of a photo and no other.
  public var onlyLargest = false

  public init() {}

  /// - Throws: `FaceDataError` `.invalidSetting`.
  func validate() throws {
    func check(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw FaceDataError(.invalidSetting, message) }
    }
    try check((16...4096).contains(size), "crops have 16 to 4096 pixels a side, not \(size)")
    try check((0...3).contains(margin), "the margin is 0 to 3 times the box, not \(margin)")
    try check((0...1).contains(leastScore), "a score is 0 to 1, not \(leastScore)")
    try check(smallest >= 1, "the smallest face has 1 pixel or more, not \(smallest)")
  }

  /// The faces of a photo that are wanted, the surest first.
  func faces(in image: Image, _ detector: FaceDetector) -> [DetectedFace] {
    let found = detector.faces(in: image, leastScore: leastScore).filter {
      min($0.box.width, $0.box.height) >= Float(smallest)
    }
    guard onlyLargest else { return found }
    return found.max { $0.box.width * $0.box.height < $1.box.width * $1.box.height }.map { [$0] }
      ?? []
  }

  /// - Edge cases: nil where five points lie in one place.
  func crop(_ face: DetectedFace, of image: Image) -> Image? {
    switch alignment {
    case .fivePoints: return FivePointAlignment.crop(image, points: face.points, side: size)
    case .box:
      let side = max(face.box.width, face.box.height) * (1 + 2 * margin)
      guard side >= 1 else { return nil }
      let corner = face.box.center - side / 2
      let toSource = Affine.scale(side / Float(size), side / Float(size))
        .then(.translation(corner.x, corner.y))
      return image.warpedSmoothly(toSource, side: size)
    }
  }
}
