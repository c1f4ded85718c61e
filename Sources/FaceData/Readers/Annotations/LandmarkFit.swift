/// Whether points can belong to a picture.
enum LandmarkFit {
  /// Why they cannot, or nil.
  ///
  /// Points may leave the picture a little where a face does; a whole width away they belong to
  /// another picture or another scale.
  static func misfit(_ points: [SIMD2<Float>], _ size: ImageFile.Size) -> String? {
    guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      return "a coordinate is not a number"
    }
    let (low, high) = LandmarkFolder.bounds(points)
    let extent = SIMD2(Float(size.width), Float(size.height))
    if (high - low).min() <= 0 { return "all points lie on one line" }
    guard any(low .< -extent) || any(high .> 2 * extent) else { return nil }
    return "points lie far outside of the \(size.width)×\(size.height) picture (from "
      + "\(describe(low)) to \(describe(high))): they seem to belong to another picture or scale"
  }

  /// Why a box cannot belong to the picture, or nil.
  static func misfit(_ box: FaceBox, _ size: ImageFile.Size) -> String? {
    let values = [box.x, box.y, box.width, box.height]
    guard values.allSatisfy(\.isFinite), box.width > 0, box.height > 0 else {
      return "the face box (\(box.x), \(box.y), \(box.width), \(box.height)) has no area"
    }
    let (width, height) = (Float(size.width), Float(size.height))
    guard
      box.x < -2 * width || box.y < -2 * height || box.x + box.width > 3 * width
        || box.y + box.height > 3 * height
    else { return nil }
    return "the face box lies far outside of the \(size.width)×\(size.height) picture"
  }

  private static func describe(_ point: SIMD2<Float>) -> String {
    func rounded(_ value: Float) -> String {
      abs(value) < 1e9 ? String(Int(value.rounded())) : String(value)
    }
    return "(\(rounded(point.x)), \(rounded(point.y)))"
  }
}
