import Foundation

/// Moves the mean head into identity, expression and gaze.
struct FacePoser {
  private let head: HeadModel
  private static let jawJoint = SIMD2<Float>(-12, 8)
  /// Radians that the jaw turns at intensity 5 of AU26.
  private static let jawRange: Float = 0.23

  init(_ head: HeadModel) { self.head = head }

  /// Writes the head's vertices, in mm in the head's frame.
  func pose(_ scene: FaceScene, into positions: UnsafeMutablePointer<SIMD4<Float>>) {
    head.mean.withUnsafeBufferPointer { mean in
      for index in 0..<head.vertexCount { positions[index] = mean[index] }
    }
    let shape =
      head.hasOwnModes ? scene.identity.modes(head.shapes.count) : scene.identity.shape
    for (field, weight) in zip(head.shapes, shape) {
      add(field, weight: weight, to: positions)
    }
    for (field, intensity) in zip(head.actions, scene.actionUnits) where intensity > 0 {
      add(field, weight: intensity / 5, to: positions)
    }
    openJaw(scene.actionUnits[ActionUnit.au26.index] / 5 * Self.jawRange, positions)
    if let gaze = head.gaze { add(gaze, scene.gaze, to: positions) }
    for lids in head.lids { slide(lids, scene, positions) }
    for eye in head.eyes {
      let centre = positions[Int(eye.centre)]
      for vertex in eye.lids { keepOutside(Int(vertex), centre, eye.lidRadius, positions) }
      turn(eye, scene.gaze, positions)
    }
  }

  private func add(
    _ fields: GazeFields, _ gaze: SIMD2<Float>, to positions: UnsafeMutablePointer<SIMD4<Float>>
  ) {
    let side = gaze.x > 0 ? fields.right : fields.left
    add(side, weight: min(abs(gaze.x) / 0.5, 1), to: positions)
    let height = gaze.y > 0 ? fields.up : fields.down
    add(height, weight: min(abs(gaze.y) / (gaze.y > 0 ? 0.5 : 0.3), 1), to: positions)
  }

  private func add(
    _ field: SparseField, weight: Float, to positions: UnsafeMutablePointer<SIMD4<Float>>
  ) {
    field.vertices.withUnsafeBufferPointer { vertices in
      field.deltas.withUnsafeBufferPointer { deltas in
        for k in 0..<vertices.count { positions[Int(vertices[k])] += deltas[k] * weight }
      }
    }
  }

  /// Turns what follows the jaw about the axis through the joints; the series of sine and cosine
  /// are exact to 1e-5 over the range.
  private func openJaw(_ angle: Float, _ positions: UnsafeMutablePointer<SIMD4<Float>>) {
    guard angle > 0 else { return }
    let joint = Self.jawJoint
    head.jawVertices.withUnsafeBufferPointer { vertices in
      head.jawWeights.withUnsafeBufferPointer { weights in
        for k in 0..<vertices.count {
          let turn = angle * weights[k]
          let (s, c) = (turn - turn * turn * turn / 6, 1 - turn * turn / 2)
          let index = Int(vertices[k])
          let (dy, dz) = (positions[index].y - joint.x, positions[index].z - joint.y)
          positions[index].y = joint.x + dy * c - dz * s
          positions[index].z = joint.y + dz * c + dy * s
        }
      }
    }
  }

  /// Closes or widens the lids, keeping them on the eyeball.
  private func slide(
    _ lids: LidRings, _ scene: FaceScene, _ positions: UnsafeMutablePointer<SIMD4<Float>>
  ) {
    let travel = Self.lidTravel(scene)
    let ringWeights: [Float] = [1, 1, 0.9, 0.6, 0.2]
    let centre = positions[Int(lids.centre)]
    let half = LidRings.count / 2
    for k in 1..<half {
      let (upper, lower) = (k, LidRings.count - k)
      let margin = lids.rings[1]
      let gap = positions[Int(margin[lower])] - positions[Int(margin[upper])]
      for ring in 1..<lids.rings.count {
        let weight = ringWeights[ring]
        positions[Int(lids.rings[ring][upper])] += gap * (travel.upper * weight)
        positions[Int(lids.rings[ring][lower])] -= gap * (travel.lower * weight)
      }
    }
    for ring in 1..<lids.rings.count {
      for vertex in lids.rings[ring] {
        keepOutside(Int(vertex), centre, HeadBuilder.lidRadii[ring - 1], positions)
      }
    }
    for (inside, margin) in zip(lids.rings[0], lids.rings[1]) {
      let offset = positions[Int(margin)] - centre
      let distance = max((offset * offset).sum().squareRoot(), 1)
      positions[Int(inside)] = centre + offset * ((HeadBuilder.eyeRadius - 1) / distance)
    }
  }

  /// Shares of the opening by which the upper lid comes down and the lower one up.
  static func lidTravel(_ scene: FaceScene) -> (upper: Float, lower: Float) {
    func level(_ unit: ActionUnit) -> Float { scene.actionUnits[unit.index] / 5 }
    let tight = 0.22 * level(.au7) + 0.22 * level(.au6) + 0.2 * level(.au9)
    let lowered = max(0, -scene.gaze.y) * 1.1 - max(0, scene.gaze.y) * 0.35
    let open = -0.33 * level(.au5) + 0.12 * level(.au7) + 0.1 * level(.au9) + lowered
    let lower = min(tight, 0.5)
    let upper = min(open, 0.9 - lower)
    return (mix(upper, 1 - lower, level(.au45)), lower)
  }

  private func keepOutside(
    _ vertex: Int, _ centre: SIMD4<Float>, _ radius: Float,
    _ positions: UnsafeMutablePointer<SIMD4<Float>>
  ) {
    let offset = positions[vertex] - centre
    let square = (offset * offset).sum()
    guard square < radius * radius else { return }
    positions[vertex] = centre + offset * (radius / max(square.squareRoot(), 1))
  }

  private func turn(
    _ eye: HeadEye, _ gaze: SIMD2<Float>, _ positions: UnsafeMutablePointer<SIMD4<Float>>
  ) {
    let centre = positions[Int(eye.centre)]
    let (sx, cx, sy, cy) = (sin(gaze.x), cos(gaze.x), sin(gaze.y), cos(gaze.y))
    for vertex in eye.eyeball {
      let p = positions[vertex] - centre
      let (y, z) = (p.y * cy + p.z * sy, p.z * cy - p.y * sy)
      positions[vertex] = centre + SIMD4(p.x * cx + z * sx, y, z * cx - p.x * sx, 0)
    }
  }
}
