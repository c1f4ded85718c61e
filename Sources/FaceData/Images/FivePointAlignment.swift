/// The crop that recognition networks are trained on: eyes, nose and mouth corners brought to fixed
/// places by a similarity.
///
/// - Source: InsightFace's face_align.py (`arcface_src`, 112×112). Checked by:
///   FivePointAlignmentTests.
public enum FivePointAlignment {
  public static let side = 112

  /// Left eye, right eye, nose, left and right corner of the mouth, as seen; in pixels of the crop.
  public static let template: [SIMD2<Float>] = [
    // Published with the centre of the first pixel at (0, 0).
    SIMD2(38.2946, 51.6963), SIMD2(73.5318, 51.5014), SIMD2(56.0252, 71.7366),
    SIMD2(41.5493, 92.3655), SIMD2(70.7299, 92.2041),
  ].map { $0 + 0.5 }

  /// The similarity q ≈ s·R·p + t with the least squared error.
  ///
  /// With both sets about their means, s·cos = Σ p·q / Σ |p|² and s·sin = Σ p×q / Σ |p|².
  /// - Edge cases: nil for fewer than two points, for points all in one place, for numbers that
  ///   are not finite.
  /// - Source: Umeyama 1991, in the plane, without reflection.
  public static func similarity(from source: [SIMD2<Float>], to target: [SIMD2<Float>]) -> Affine? {
    guard source.count == target.count, source.count > 1 else { return nil }
    let count = Double(source.count)
    let (p, q) = (source.map(SIMD2<Double>.init), target.map(SIMD2<Double>.init))
    let (pMean, qMean) = (p.reduce(.zero, +) / count, q.reduce(.zero, +) / count)
    var (dot, cross, spread) = (0.0, 0.0, 0.0)
    for (p, q) in zip(p, q) {
      let (p, q) = (p - pMean, q - qMean)
      dot += p.x * q.x + p.y * q.y
      cross += p.x * q.y - p.y * q.x
      spread += p.x * p.x + p.y * p.y
    }
    guard spread > 1e-9, spread.isFinite, dot.isFinite, cross.isFinite else { return nil }
    let (a, b) = (dot / spread, cross / spread)
    let (tx, ty) = (qMean.x - a * pMean.x + b * pMean.y, qMean.y - b * pMean.x - a * pMean.y)
    return Affine(a: Float(a), b: Float(-b), c: Float(b), d: Float(a), tx: Float(tx), ty: Float(ty))
  }

  /// The aligned crop.
  ///
  /// A face that is larger than the crop is shrunk with antialiasing first, where InsightFace
  /// samples its pixels singly.
  /// - Parameters: points: in pixels of the picture, in the order of `template`; side: of the crop,
  ///   over which the template is stretched.
  /// - Edge cases: nil if the points give no similarity that can be undone.
  public static func crop(
    _ image: Image, points: [SIMD2<Float>], side: Int = FivePointAlignment.side
  ) -> Image? {
    let stretch = Float(side) / Float(Self.side)
    let target = template.map { $0 * stretch }
    guard let inverse = similarity(from: points, to: target)?.inverse else { return nil }
    return image.warpedSmoothly(inverse, side: side)
  }
}
