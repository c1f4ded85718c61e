import Foundation

/// An affine map of the plane: p ↦ (a·x + b·y + tx, c·x + d·y + ty).
public struct Affine: Sendable, Hashable {
  public var a, b, c, d, tx, ty: Float

  public init(a: Float, b: Float, c: Float, d: Float, tx: Float, ty: Float) {
    (self.a, self.b, self.c, self.d, self.tx, self.ty) = (a, b, c, d, tx, ty)
  }

  public static let identity = Affine(a: 1, b: 0, c: 0, d: 1, tx: 0, ty: 0)

  public static func scale(_ x: Float, _ y: Float) -> Affine {
    Affine(a: x, b: 0, c: 0, d: y, tx: 0, ty: 0)
  }

  public static func translation(_ x: Float, _ y: Float) -> Affine {
    Affine(a: 1, b: 0, c: 0, d: 1, tx: x, ty: y)
  }

  /// Clockwise as seen, because y points down.
  public static func rotation(degrees: Float) -> Affine {
    let angle = degrees * .pi / 180
    return Affine(a: cos(angle), b: -sin(angle), c: sin(angle), d: cos(angle), tx: 0, ty: 0)
  }

  public func callAsFunction(_ p: SIMD2<Float>) -> SIMD2<Float> {
    SIMD2(a * p.x + b * p.y + tx, c * p.x + d * p.y + ty)
  }

  /// First self, then `next`.
  public func then(_ next: Affine) -> Affine {
    Affine(
      a: next.a * a + next.b * c, b: next.a * b + next.b * d,
      c: next.c * a + next.d * c, d: next.c * b + next.d * d,
      tx: next.a * tx + next.b * ty + next.tx, ty: next.c * tx + next.d * ty + next.ty)
  }

  public var determinant: Float { a * d - b * c }

  /// - Edge cases: nil if the map is singular.
  public var inverse: Affine? {
    let determinant = self.determinant
    guard determinant.isFinite, abs(determinant) > 1e-20 else { return nil }
    let (ia, ib, ic, id) = (d / determinant, -b / determinant, -c / determinant, a / determinant)
    return Affine(a: ia, b: ib, c: ic, d: id, tx: -(ia * tx + ib * ty), ty: -(ic * tx + id * ty))
  }
}
