/// Where faces stand in the pictures of a set: the mean places of the eyes, the nose and the corners
/// of the mouth. With it a photo is cut so that its faces stand as a network knows them.
public struct FacePlacement: Sendable, Hashable, Codable {
  /// Left eye, right eye, nose, left and right corner of the mouth, as seen: x and y over the
  /// picture's width.
  public let points: [SIMD2<Float>]
  /// Mean height of the pictures over their width.
  public let aspect: Float
  /// Whether the pictures were turned until the eyes lay level.
  public let isUpright: Bool
  /// What found the points.
  public let source: Source
  /// Pictures behind the means.
  public let count: Int

  public enum Source: String, Sendable, Hashable, Codable {
    case landmarks, detector
  }

  /// A picture's five points, over its width, and its height over its width.
  struct Face {
    let points: [SIMD2<Float>]
    let aspect: Float
  }

  /// Faces whose eyes are turned by less than so many degrees, as a standard deviation, were aligned.
  private static let alignedDegrees: Float = 3
  private static let mostPictures = 100

  /// Measures some of a set's pictures: by their landmarks, and where they have none that are known
  /// to facet by the detector, if it is installed.
  ///
  /// - Parameters: indices: of samples, of which up to 100 are looked at, spread evenly.
  /// - Returns: nil where neither finds five points.
  /// - Throws: `FaceDataError` for a picture that cannot be read.
  public init?(of indices: [Int], in dataset: any FaceDataset) throws {
    let few = min(indices.count, Self.mostPictures)
    let chosen = (0..<few).map { indices[$0 * indices.count / few] }
    var (marked, found): ([Face], [Face]) = ([], [])
    let detector = try? FaceDetector.load()
    for index in chosen {
      let sample = try dataset.sample(at: index)
      guard sample.image.width > 0, sample.image.height > 0 else { continue }
      if let points = sample.labels.fivePoints {
        marked.append(Self.face(points, in: sample.image))
      } else if let face = detector?.faces(in: sample.image).first {
        found.append(Self.face(face.points, in: sample.image))
      }
    }
    self.init(
      marked.isEmpty ? found : marked, source: marked.isEmpty ? .detector : .landmarks)
  }

  init?(_ faces: [Face], source: Source) {
    guard !faces.isEmpty else { return nil }
    let count = Float(faces.count)
    points = (0..<5).map { place in faces.reduce(.zero) { $0 + $1.points[place] } / count }
    aspect = faces.reduce(0) { $0 + $1.aspect } / count
    let turns = faces.map { face -> Float in
      let eyes = face.points[1] - face.points[0]
      return eyes.x > 0 ? eyes.y / eyes.x : 1
    }
    let deviation = (turns.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
    isUpright = deviation < Self.alignedDegrees * .pi / 180
    (self.source, self.count) = (source, faces.count)
  }

  private static func face(_ points: [SIMD2<Float>], in image: Image) -> Face {
    let width = Float(image.width)
    return Face(points: points.map { $0 / width }, aspect: Float(image.height) / width)
  }

  /// The part of a photo in which a face stands as in the set: a map from the unit square to the
  /// photo's pixels.
  ///
  /// Size and place follow the five points' spread and mean; the part is turned with the face only
  /// where the set's pictures were.
  /// - Edge cases: nil for points in one place or not five.
  public func part(around points: [SIMD2<Float>]) -> Affine? {
    guard points.count == self.points.count else { return nil }
    let square = Affine.scale(1, aspect)
    if isUpright {
      return FivePointAlignment.similarity(from: self.points, to: points).map { square.then($0) }
    }
    let (own, other) = (Self.spread(self.points), Self.spread(points))
    guard own.size > 1e-6, other.size > 1e-3, other.size.isFinite else { return nil }
    let scale = other.size / own.size
    let shift = other.mean - own.mean * scale
    return square.then(.scale(scale, scale)).then(.translation(shift.x, shift.y))
  }

  private static func spread(_ points: [SIMD2<Float>]) -> (mean: SIMD2<Float>, size: Float) {
    let count = Float(points.count)
    let mean = points.reduce(.zero, +) / count
    let squares = points.reduce(Float(0)) { $0 + (($1 - mean) * ($1 - mean)).sum() }
    return (mean, (squares / count).squareRoot())
  }
}

extension FaceLabels {
  /// Eyes, nose and corners of the mouth, where the landmarks tell them.
  var fivePoints: [SIMD2<Float>]? {
    guard let landmarks, let points = try? landmarkScheme.converted(landmarks, to: .five),
      points.allSatisfy({ $0.x.isFinite && $0.y.isFinite })
    else { return nil }
    return points
  }
}
