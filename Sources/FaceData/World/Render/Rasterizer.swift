/// Finds for each sample of the picture the triangle that is seen there.
struct Rasterizer {
  let buffers: RenderBuffers
  private(set) var visibleCount = 0

  init(_ buffers: RenderBuffers) { self.buffers = buffers }

  /// Starts a picture.
  mutating func clear() {
    buffers.isDrawn.update(repeating: false, count: buffers.vertexCapacity)
    let count = buffers.stripCount * buffers.side
    buffers.depths.update(repeating: .zero, count: count)
    buffers.names.update(repeating: SIMD4(repeating: -1), count: count)
    visibleCount = 0
  }

  /// Keeps the triangles that face the camera and may cover a sample, and adds the normals of all
  /// that face it to their corners.
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
    let drawn = buffers.isDrawn
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
      guard let box = box(p, p + a, p + b) else { continue }
      (drawn[i], drawn[j], drawn[k]) = (true, true, true)
      buffers.visible[visibleCount] = VisibleTriangle(
        corners: c, material: materials?[index] ?? material, x: p.x, y: p.y, ax: a.x, ay: a.y,
        bx: b.x, by: b.y, inverseArea: 1 / (a.x * b.y - a.y * b.x), box: box)
      visibleCount += 1
    }
  }

  /// The first column and row of samples in the box around three corners, and the last ones; nil where
  /// there is none.
  @inline(__always)
  private func box(_ p: SIMD4<Float>, _ q: SIMD4<Float>, _ r: SIMD4<Float>) -> SIMD4<Int32>? {
    let limit = Float(buffers.side - 1)
    // Samples lie at half-integer coordinates.
    let left = min(p.x, q.x, r.x) - 0.5
    let right = max(p.x, q.x, r.x) - 0.5
    let top = min(p.y, q.y, r.y) - 0.5
    let bottom = max(p.y, q.y, r.y) - 0.5
    guard left <= limit, top <= limit, right >= 0, bottom >= 0 else { return nil }
    let box = SIMD4(
      Self.ceiling(left), Self.ceiling(top), Int32(min(right, limit)), Int32(min(bottom, limit)))
    return box.x <= box.z && box.y <= box.w ? box : nil
  }

  /// Draws the kept triangles into the depth buffer.
  func fill() {
    for index in 0..<visibleCount { fill(index) }
  }

  private func fill(_ index: Int) {
    let t = buffers.visible[index]
    let (side, depths, names) = (buffers.side, buffers.depths, buffers.names)
    let base = buffers.screen[Int(t.corners.x)].z
    let depthA = buffers.screen[Int(t.corners.y)].z - base
    let depthB = buffers.screen[Int(t.corners.z)].z - base
    let (stepA, stepB) = (t.by * t.inverseArea, -t.ay * t.inverseArea)
    let name = SIMD4(repeating: Int32(truncatingIfNeeded: index))
    let (firstX, firstY) = (Int(t.box.x), Int(t.box.y))
    let (lastX, lastY) = (Int(t.box.z), Int(t.box.w))
    let px = Float(firstX) + 0.5 - t.x
    for strip in firstY / 4...lastY / 4 {
      let y = Float(4 * strip) + SIMD4<Float>(0, 1, 2, 3)
      let py = y + 0.5 - t.y
      var a = (px * t.by - t.bx * py) * t.inverseArea
      var b = (t.ax * py - px * t.ay) * t.inverseArea
      // Rows above and below the triangle stay outside whatever is added.
      a.replace(with: -.infinity, where: (y .< Float(firstY)) .| (y .> Float(lastY)))
      for place in strip * side + firstX...strip * side + lastX {
        let depth = base + a * depthA + b * depthB
        let former = depths[place]
        // Without branches: which samples a small triangle covers cannot be predicted. A sign says
        // that a sample is outside or behind what is there; adding 0 turns −0 into 0.
        let signs =
          (a + 0).bits | (b + 0).bits | (1 - a - b).bits | (depth - former).bits
        let hidden = signs &>> 31
        depths[place] = SIMD4(bits: (former.bits & hidden) | (depth.bits & ~hidden))
        names[place] = (names[place] & hidden) | (name & ~hidden)
        a += stepA
        b += stepB
      }
    }
  }

  /// The least whole number at or above a number; 0 for negative ones.
  @inline(__always)
  private static func ceiling(_ x: Float) -> Int32 { Int32(max(x, 0) + 0.999_99) }
}
