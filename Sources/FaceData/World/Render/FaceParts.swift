import Foundation

/// The head with its hair and glasses as one run of vertices: the head's first, then the hair's,
/// then the glasses'.
struct FaceParts {
  private let scene: FaceScene
  private let head: HeadModel
  private let buffers: RenderBuffers
  private let hair: HairShell?
  private let glasses: GlassesFrame?
  private let hairStart: Int
  private let glassesStart: Int
  private let vertexCount: Int

  /// Places hair and glasses on the posed head that `buffers.positions` holds.
  init(_ scene: FaceScene, head: HeadModel, buffers: RenderBuffers) {
    (self.scene, self.head, self.buffers) = (scene, head, buffers)
    hair = HairShell.all[scene.identity.hair.style.rawValue]
    switch scene.identity.glasses {
    case .none: glasses = nil
    case .thin: glasses = .thin
    case .thick, .sun: glasses = .thick
    }
    hairStart = head.vertexCount
    glassesStart = hairStart + (hair?.positions.count ?? 0)
    vertexCount = glassesStart + (glasses?.positions.count ?? 0)
    placeHair()
    placeGlasses()
  }

  private func placeHair() {
    guard let hair else { return }
    let volume = scene.identity.hair.volume
    for k in 0..<hair.positions.count {
      let carrier = Int(hair.carriers[k])
      let displacement = buffers.positions[carrier] - head.mean[carrier]
      buffers.positions[hairStart + k] = hair.positions[k] + displacement + hair.lift[k] * volume
    }
  }

  private func placeGlasses() {
    guard let glasses else { return }
    for k in 0..<glasses.positions.count {
      let carrier = Int(glasses.carriers[k])
      let displacement = buffers.positions[carrier] - head.mean[carrier]
      buffers.positions[glassesStart + k] = glasses.positions[k] + displacement
    }
  }

  func project(_ view: FaceView) {
    for index in head.vertexCount..<vertexCount {
      buffers.camera[index] = view.camera(buffers.positions[index])
    }
    for index in 0..<vertexCount {
      let q = buffers.camera[index]
      let p = view.project(q) * 2
      buffers.screen[index] = SIMD4(p.x, p.y, 1 / q.z, 0)
      buffers.normals[index] = .zero
    }
  }

  func addTriangles(to rasterizer: inout Rasterizer) {
    head.corners.withUnsafeBufferPointer { corners in
      head.materials.withUnsafeBufferPointer { materials in
        rasterizer.add(corners, materials: materials, offset: 0, isTwoSided: false)
      }
    }
    if let hair {
      hair.corners.withUnsafeBufferPointer {
        rasterizer.add($0, materials: nil, offset: Int32(hairStart), isTwoSided: true)
      }
    }
    if let glasses {
      let shown = scene.identity.glasses == .sun ? glasses.corners.count : glasses.firstLens
      glasses.corners.withUnsafeBufferPointer {
        rasterizer.add(
          UnsafeBufferPointer(rebasing: $0[0..<shown]), materials: nil,
          offset: Int32(glassesStart), isTwoSided: true)
      }
    }
  }

  /// Lights every vertex of a triangle that is seen.
  func paint(palette: FacePalette, lighting: FaceLighting) {
    paintHead(palette, lighting)
    for index in hairStart..<glassesStart { paintHair(index, palette, lighting) }
    let frame =
      scene.identity.glasses == .thin
      ? SIMD4<Float>(0.16, 0.15, 0.14, 0) : SIMD4(0.015, 0.014, 0.014, 0)
    for index in glassesStart..<vertexCount {
      let normal = unitNormal(index)
      buffers.colours[index] = lighting.shade(
        frame, normal: normal, ambientVisibility: 1, keyVisibility: 0.9, gloss: 0.6)
    }
  }

  private func paintHead(_ palette: FacePalette, _ lighting: FaceLighting) {
    let identity = scene.identity
    let painter = SkinPainter(identity, palette)
    let visibility = head.visibility
    for index in 0..<head.vertexCount {
      let normal = unitNormal(index)
      guard normal != .zero else { continue }
      let pigment = head.pigments[index]
      let albedo = painter.albedo(head.skin[index], pigment)
      // Visibility is of the closed mouth: inside it light comes through the opening.
      let isInside = pigment == .mouth || pigment == .teeth
      let key = lighting.keyVisibility(visibility.low[index], visibility.high[index])
      buffers.colours[index] = lighting.shade(
        albedo.colour, normal: normal,
        ambientVisibility: isInside ? 0.6 : visibility.ambient[index],
        keyVisibility: isInside ? 0.5 : key, gloss: albedo.gloss)
    }
  }

  private func paintHair(_ index: Int, _ palette: FacePalette, _ lighting: FaceLighting) {
    let normal = unitNormal(index)
    let (column, row) = ((index - hairStart) / HairShell.rows, (index - hairStart) % HairShell.rows)
    // Strands catch the light differently; the crown is lit, the inside of long hair is not.
    let strand = 0.8 + 0.4 * Float((column &* 7919) % 13) / 13
    let down = Float(row) / Float(HairShell.rows - 1)
    buffers.colours[index] = lighting.shade(
      palette.hair * strand, normal: normal, ambientVisibility: 0.95 - 0.35 * down,
      keyVisibility: 0.85, gloss: 0.35)
  }

  @inline(__always)
  private func unitNormal(_ index: Int) -> SIMD4<Float> {
    let n = buffers.normals[index]
    let square = (n * n).sum()
    return square > 0 ? n / square.squareRoot() : .zero
  }
}
