/// Finds for each sample of the picture the triangle that is seen there.
struct Rasterizer {
  let buffers: RenderBuffers
  private(set) var visibleCount = 0

  init(_ buffers: RenderBuffers) { self.buffers = buffers }

  /// Starts a picture.
  mutating func clear() {
    buffers.samples.update(repeating: 0, count: buffers.side * buffers.side)
    visibleCount = 0
  }

  /// Keeps the triangles that face the camera and adds their normals to their corners.
  ///
  /// - Parameters: corners: counter-clockwise seen from outside; material: of all where there are
  ///   no materials; offset: added to every corner;
  ///   twoSided: keeps those that face away as well.
  mutating func add(
    _ corners: UnsafeBufferPointer<SIMD3<Int32>>,
    materials: UnsafeBufferPointer<HeadMaterial>? = nil, material: HeadMaterial = .smooth,
    offset: Int32, isTwoSided: Bool
  ) {
    let (screen, positions, normals) = (buffers.screen, buffers.positions, buffers.normals)
    for index in 0..<corners.count {
      let c = corners[index] &+ offset
      let (i, j, k) = (Int(c.x), Int(c.y), Int(c.z))
      let (p, q, r) = (screen[i], screen[j], screen[k])
      let (a, b) = (q - p, r - p)
      let area = a.y * b.x - a.x * b.y
      // The picture's y runs down, so what is counter-clockwise on the head has this sign.
      guard area > 1e-5 || (isTwoSided && area < -1e-5) else { continue }
      let (u, v) = (positions[j] - positions[i], positions[k] - positions[i])
      var normal = SIMD4(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x, 0)
      if area < 0 { normal = -normal }
      normals[i] += normal
      normals[j] += normal
      normals[k] += normal
      buffers.visible[visibleCount] = VisibleTriangle(
        corners: c, material: materials?[index] ?? material, x: p.x, y: p.y, ax: a.x, ay: a.y,
        bx: b.x, by: b.y, inverseArea: 1 / (a.x * b.y - a.y * b.x))
      visibleCount += 1
    }
  }

  /// Draws the kept triangles into the depth buffer.
  func fill() {
    for index in 0..<visibleCount { fill(index) }
  }

  private func fill(_ index: Int) {
    let t = buffers.visible[index]
    let side = buffers.side
    let limit = Float(side - 1)
    // Samples lie at half-integer coordinates.
    let left = min(t.x, t.x + t.ax, t.x + t.bx) - 0.5
    let right = max(t.x, t.x + t.ax, t.x + t.bx) - 0.5
    let top = min(t.y, t.y + t.ay, t.y + t.by) - 0.5
    let bottom = max(t.y, t.y + t.ay, t.y + t.by) - 0.5
    guard left <= limit, top <= limit, right >= 0, bottom >= 0 else { return }
    let (firstX, lastX) = (Self.ceiling(left), Int(min(right, limit)))
    let (firstY, lastY) = (Self.ceiling(top), Int(min(bottom, limit)))
    guard firstX <= lastX, firstY <= lastY else { return }
    let base = buffers.screen[Int(t.corners.x)].z
    let depthA = buffers.screen[Int(t.corners.y)].z - base
    let depthB = buffers.screen[Int(t.corners.z)].z - base
    let (stepA, stepB) = (t.by * t.inverseArea, -t.ay * t.inverseArea)
    let name = UInt64(UInt32(truncatingIfNeeded: index + 1))
    for y in firstY...lastY {
      let (px, py) = (Float(firstX) + 0.5 - t.x, Float(y) + 0.5 - t.y)
      var a = (px * t.by - t.bx * py) * t.inverseArea
      var b = (t.ax * py - px * t.ay) * t.inverseArea
      let row = buffers.samples + (y * side)
      for x in firstX...lastX {
        let depth = base + a * depthA + b * depthB
        let least = min(a, b, 1 - a - b)
        let key = UInt64(depth.bitPattern) << 32 | name
        // Without branches: which samples a small triangle covers cannot be predicted.
        row[x] = max(row[x], least >= 0 ? key : 0)
        a += stepA
        b += stepB
      }
    }
  }

  /// The least whole number at or above a number; 0 for negative ones.
  @inline(__always)
  private static func ceiling(_ x: Float) -> Int { Int(max(x, 0) + 0.999_99) }
}
