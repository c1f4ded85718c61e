import Foundation

/// How much of the sky each vertex of the mean head sees past the rest of the head: nose, brows,
/// chin and ears shade their surroundings. Kept as spherical harmonics of second order, so that a
/// light from any direction finds its soft shadow with nine products.
///
/// Differs from Sloan et al., Precomputed Radiance Transfer, 2002: the cosine stays outside, so that
/// normals may change with identity and expression.
struct HeadVisibility: Sendable {
  static let directionCount = 48
  private static let resolution = 72

  /// Coefficients 0–7 of every vertex.
  let low: [SIMD8<Float>]
  /// Coefficient 8.
  let high: [Float]
  /// Cosine-weighted mean over the vertex's own hemisphere.
  let ambient: [Float]

  init(_ mesh: HeadMesh) {
    let normals = Self.normals(mesh)
    let directions = Self.directions()
    var hidden = [Float](repeating: 0, count: mesh.vertices.count * directions.count)
    for (d, direction) in directions.enumerated() {
      let depth = DepthMap(mesh, along: direction, resolution: Self.resolution)
      for v in mesh.vertices.indices {
        let p = mesh.vertices[v].position + normals[v] * 2.5
        hidden[v * directions.count + d] = depth.isHidden(p) ? 1 : 0
      }
    }
    let bases = directions.map { Self.harmonics($0) }
    let weight = 4 * Float.pi / Float(directions.count)
    var (low, high, ambient): ([SIMD8<Float>], [Float], [Float]) = ([], [], [])
    for v in mesh.vertices.indices {
      var (lowSum, highSum) = (SIMD8<Float>(), Float(0))
      var (open, total) = (Float(0), Float(0))
      for (d, direction) in directions.enumerated() {
        let cosine = (normals[v] * direction).sum()
        guard cosine > 0 else { continue }
        let blocked = hidden[v * directions.count + d]
        total += cosine
        open += cosine * (1 - blocked)
        lowSum -= bases[d].low * (blocked * weight)
        highSum -= bases[d].high * blocked * weight
      }
      // Visibility is 1 everywhere less what is blocked.
      lowSum[0] += (4 * Float.pi).squareRoot()
      low.append(lowSum)
      high.append(highSum)
      ambient.append(open / max(total, 1e-3))
    }
    let neighbours = Self.edges(mesh)
    self.low = Self.smoothed(low, neighbours)
    self.high = Self.smoothed(high, neighbours)
    self.ambient = Self.smoothed(ambient, neighbours)
  }

  /// The nine real harmonics up to second order.
  static func harmonics(_ d: SIMD3<Float>) -> (low: SIMD8<Float>, high: Float) {
    let low = SIMD8(
      0.282095, 0.488603 * d.y, 0.488603 * d.z, 0.488603 * d.x, 1.092548 * d.x * d.y,
      1.092548 * d.y * d.z, 0.315392 * (3 * d.z * d.z - 1), 1.092548 * d.x * d.z)
    return (low, 0.546274 * (d.x * d.x - d.y * d.y))
  }

  private static func edges(_ mesh: HeadMesh) -> [SIMD2<Int32>] {
    mesh.triangles.flatMap { triangle -> [SIMD2<Int32>] in
      let c = triangle.corners
      return [SIMD2(c.x, c.y), SIMD2(c.y, c.z), SIMD2(c.z, c.x)]
    }
  }

  /// Each value's mean with its neighbours', twice: the depth maps are coarse.
  private static func smoothed<Value: Averageable>(
    _ values: [Value], _ edges: [SIMD2<Int32>]
  ) -> [Value] {
    var values = values
    for _ in 0..<2 {
      var sums = values
      var weights = [Float](repeating: 1, count: values.count)
      for edge in edges {
        let (a, b) = (Int(edge.x), Int(edge.y))
        sums[a] += values[b] * 0.5
        sums[b] += values[a] * 0.5
        weights[a] += 0.5
        weights[b] += 0.5
      }
      values = zip(sums, weights).map { $0 * (1 / $1) }
    }
    return values
  }

  /// Points spread evenly over the sphere along a Fibonacci spiral.
  private static func directions() -> [SIMD3<Float>] {
    (0..<directionCount).map { k in
      let y = 1 - 2 * (Float(k) + 0.5) / Float(directionCount)
      let radius = max(0, 1 - y * y).squareRoot()
      let angle = Float(k) * 2.399963
      return SIMD3(radius * cos(angle), y, radius * sin(angle))
    }
  }

  private static func normals(_ mesh: HeadMesh) -> [SIMD3<Float>] {
    var normals = [SIMD3<Float>](repeating: .zero, count: mesh.vertices.count)
    for triangle in mesh.triangles {
      let c = triangle.corners
      let (a, b, d) = (Int(c.x), Int(c.y), Int(c.z))
      let origin = mesh.vertices[a].position
      let normal = cross(
        mesh.vertices[b].position - origin, mesh.vertices[d].position - origin)
      for corner in [a, b, d] { normals[corner] += normal }
    }
    return normals.map(normalized)
  }
}

/// What can be added and weighed.
private protocol Averageable {
  static func += (sum: inout Self, value: Self)
  static func * (value: Self, weight: Float) -> Self
}

extension Float: Averageable {}
extension SIMD8: Averageable where Scalar == Float {}

/// Heights of the head seen from a direction.
private struct DepthMap {
  private let right: SIMD3<Float>
  private let up: SIMD3<Float>
  private let forward: SIMD3<Float>
  private let resolution: Int
  private var heights: [Float]
  /// Half of the square that is mapped, in mm around `centre`.
  private static let reach: Float = 190
  private static let centre = SIMD3<Float>(0, -40, 0)

  init(_ mesh: HeadMesh, along direction: SIMD3<Float>, resolution: Int) {
    forward = direction
    let helper: SIMD3<Float> = abs(direction.y) < 0.9 ? SIMD3(0, 1, 0) : SIMD3(1, 0, 0)
    right = normalized(cross(helper, direction))
    up = cross(direction, right)
    self.resolution = resolution
    heights = [Float](repeating: -.infinity, count: resolution * resolution)
    let points = mesh.vertices.map { place($0.position) }
    for triangle in mesh.triangles {
      let c = triangle.corners
      fill(points[Int(c.x)], points[Int(c.y)], points[Int(c.z)])
    }
  }

  func isHidden(_ p: SIMD3<Float>) -> Bool {
    let q = place(p)
    let (x, y) = (Int(q.x), Int(q.y))
    guard (0..<resolution).contains(x), (0..<resolution).contains(y) else { return false }
    return heights[y * resolution + x] > q.z + 6
  }

  private func place(_ position: SIMD3<Float>) -> SIMD3<Float> {
    let p = position - Self.centre
    let scale = Float(resolution) / (2 * Self.reach)
    let half = Float(resolution) / 2
    return SIMD3(
      (right * p).sum() * scale + half, (up * p).sum() * scale + half, (forward * p).sum())
  }

  private mutating func fill(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>) {
    let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    guard area > 1e-6 else { return }
    let low = SIMD2(min(a.x, b.x, c.x), min(a.y, b.y, c.y))
    let high = SIMD2(max(a.x, b.x, c.x), max(a.y, b.y, c.y))
    func cell(_ x: Float) -> Int { Int(min(max(x, 0), Float(resolution - 1))) }
    let (columns, rows) = (cell(low.x)...cell(high.x), cell(low.y)...cell(high.y))
    for y in rows {
      for x in columns {
        let (px, py) = (Float(x) + 0.5 - a.x, Float(y) + 0.5 - a.y)
        let u = (px * (c.y - a.y) - (c.x - a.x) * py) / area
        let v = ((b.x - a.x) * py - px * (b.y - a.y)) / area
        guard u >= 0, v >= 0, u + v <= 1 else { continue }
        let height = a.z + u * (b.z - a.z) + v * (c.z - a.z)
        heights[y * resolution + x] = max(heights[y * resolution + x], height)
      }
    }
  }
}
