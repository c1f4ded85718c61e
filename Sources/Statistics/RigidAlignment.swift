/// The rotation, translation and, where asked for, scale that bring points closest to others.
///
/// Minimises Σ ‖s·R·xᵢ + t − yᵢ‖². The rotation comes from the eigenvector of the largest
/// eigenvalue of Horn's 4×4 matrix, so it is never a reflection.
/// - Source: Horn 1987, "Closed-form solution of absolute orientation using unit quaternions".
///   Checked by: RigidAlignmentTests (SciPy's `Rotation.align_vectors`).
public struct RigidAlignment: Sendable, Hashable {
  /// Rows of R.
  public let rotation: [SIMD3<Double>]
  public let translation: SIMD3<Double>
  public let scale: Double

  /// - Parameters: source: x; target: y, as many; withScale: false keeps s at 1.
  /// - Throws: `.wrongCount` for fewer than three points or unequal counts, `.degenerate` where the
  ///   points coincide or are not numbers.
  public init(from source: [SIMD3<Float>], to target: [SIMD3<Float>], withScale: Bool = false)
    throws
  {
    guard source.count == target.count, source.count >= 3 else {
      throw StatisticsError(
        .wrongCount,
        "An alignment needs three points or more, as many on either side, not \(source.count) and "
          + "\(target.count).")
    }
    let (x, y) = (Self.mean(source), Self.mean(target))
    let moments = Self.moments(source, target, x, y)
    guard moments.sourceSquare > 0, moments.sourceSquare.isFinite,
      moments.product.joined().allSatisfy(\.isFinite)
    else {
      throw StatisticsError(.degenerate, "The points to align coincide or are not numbers.")
    }
    let rows = Self.rotation(moments.product)
    var trace = 0.0
    for i in 0..<3 { for j in 0..<3 { trace += rows[i][j] * moments.product[j][i] } }
    scale = withScale ? trace / moments.sourceSquare : 1
    rotation = rows
    translation = y - scale * Self.apply(rows, x)
  }

  public func callAsFunction(_ point: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3<Float>(scale * Self.apply(rotation, SIMD3<Double>(point)) + translation)
  }

  private static func apply(_ rows: [SIMD3<Double>], _ p: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3((rows[0] * p).sum(), (rows[1] * p).sum(), (rows[2] * p).sum())
  }

  private static func mean(_ points: [SIMD3<Float>]) -> SIMD3<Double> {
    points.reduce(SIMD3<Double>.zero) { $0 + SIMD3<Double>($1) } / Double(points.count)
  }

  /// product[i][j] = Σ x_i·y_j about the means.
  private static func moments(
    _ source: [SIMD3<Float>], _ target: [SIMD3<Float>], _ x: SIMD3<Double>, _ y: SIMD3<Double>
  ) -> (product: [[Double]], sourceSquare: Double) {
    var rows = [SIMD3<Double>](repeating: .zero, count: 3)
    var square = 0.0
    for (p, q) in zip(source, target) {
      let (a, b) = (SIMD3<Double>(p) - x, SIMD3<Double>(q) - y)
      for i in 0..<3 { rows[i] += a[i] * b }
      square += (a * a).sum()
    }
    return (rows.map { [$0.x, $0.y, $0.z] }, square)
  }

  private static func rotation(_ s: [[Double]]) -> [SIMD3<Double>] {
    let n = [
      [
        s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0],
      ],
      [
        s[1][2] - s[2][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2],
      ],
      [
        s[2][0] - s[0][2], s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1],
      ],
      [
        s[0][1] - s[1][0], s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1],
      ],
    ]
    let q = largestEigenvector(n)
    let (w, x, y, z) = (q[0], q[1], q[2], q[3])
    return [
      SIMD3(w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
      SIMD3(2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
      SIMD3(2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z),
    ]
  }

  /// Jacobi's rotations until nothing is left beside the diagonal of a symmetric matrix.
  private static func largestEigenvector(_ matrix: [[Double]]) -> [Double] {
    let size = matrix.count
    var a = matrix
    var vectors = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
    for _ in 0..<50 {
      var rest = 0.0
      for p in 0..<size { for q in p + 1..<size { rest += a[p][q] * a[p][q] } }
      guard rest > 1e-30 * a.joined().reduce(0, { $0 + $1 * $1 }) else { break }
      for p in 0..<size { for q in p + 1..<size { rotate(&a, &vectors, p, q) } }
    }
    let best = (0..<size).max { a[$0][$0] < a[$1][$1] } ?? 0
    return vectors.map { $0[best] }
  }

  private static func rotate(
    _ a: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int
  ) {
    guard a[p][q] != 0 else { return }
    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in a.indices {
      (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
    }
    for k in a.indices {
      (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
    }
    for k in a.indices {
      (vectors[k][p], vectors[k][q]) =
        (c * vectors[k][p] - s * vectors[k][q], s * vectors[k][p] + c * vectors[k][q])
    }
  }
}
