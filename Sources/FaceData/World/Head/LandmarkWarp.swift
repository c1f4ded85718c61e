import Foundation

/// A smooth map of space that takes given points to given others: an affine map plus a sum of
/// distances to the points, which bends least.
///
/// f(p) = A·p + t + Σ wᵢ |p − pᵢ|
/// - Source: Duchon 1977, the biharmonic spline in three dimensions. Checked by: ICTFaceModelTests.
struct LandmarkWarp {
  private let centres: [SIMD3<Float>]
  /// A row for each centre, then for 1, x, y and z.
  private let weights: [SIMD3<Float>]

  /// - Returns: nil where the points lie in a plane or coincide, so that there is no such map.
  init?(from source: [SIMD3<Float>], to target: [SIMD3<Float>]) {
    guard source.count == target.count, source.count >= 4 else { return nil }
    let size = source.count + 4
    var rows = [[Double]](repeating: [Double](repeating: 0, count: size + 3), count: size)
    for (i, p) in source.enumerated() {
      for (j, q) in source.enumerated() { rows[i][j] = Double(length(p - q)) }
      let affine = [1, Double(p.x), Double(p.y), Double(p.z)]
      for (k, value) in affine.enumerated() {
        (rows[i][source.count + k], rows[source.count + k][i]) = (value, value)
      }
      for axis in 0..<3 { rows[i][size + axis] = Double(target[i][axis]) }
    }
    guard Self.eliminate(&rows) else { return nil }
    centres = source
    weights = rows.map { SIMD3(Float($0[size]), Float($0[size + 1]), Float($0[size + 2])) }
  }

  func callAsFunction(_ p: SIMD3<Float>) -> SIMD3<Float> {
    let n = centres.count
    var sum = weights[n]
    for axis in 0..<3 { sum += weights[n + 1 + axis] * p[axis] }
    for k in 0..<n { sum += weights[k] * length(p - centres[k]) }
    return sum
  }

  /// Gauss and Jordan with the largest pivot of each column; false where a pivot is missing.
  private static func eliminate(_ rows: inout [[Double]]) -> Bool {
    for column in rows.indices {
      let pivot =
        (column..<rows.count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      guard abs(rows[pivot][column]) > 1e-9 else { return false }
      rows.swapAt(pivot, column)
      let lead = rows[column][column]
      for k in column..<rows[column].count { rows[column][k] /= lead }
      for row in rows.indices where row != column {
        let factor = rows[row][column]
        guard factor != 0 else { continue }
        for k in column..<rows[row].count { rows[row][k] -= factor * rows[column][k] }
      }
    }
    return true
  }
}
