import Foundation

/// The head with what it wears and what covers it as one run of vertices: the head's first, then
/// hair, glasses, hat and occluder.
struct FaceParts {
  private let scene: FaceScene
  private let kit: FaceKit
  private let head: HeadModel
  private let buffers: RenderBuffers
  private let hair: HairShell?
  private let glasses: GlassesFrame?
  private let hat: HatShell?
  private let hairRange: Range<Int>
  private let glassesRange: Range<Int>
  private let hatRange: Range<Int>
  private let coverRange: Range<Int>
  private var vertexCount: Int { coverRange.upperBound }

  /// Places everything on the posed head that `buffers.positions` holds.
  init(_ scene: FaceScene, kit: FaceKit, buffers: RenderBuffers) {
    (self.scene, self.kit, self.buffers) = (scene, kit, buffers)
    head = kit.head
    hair = kit.hair[scene.identity.hair.style.rawValue]
    switch scene.identity.glasses {
    case .none: glasses = nil
    case .thin: glasses = kit.thinGlasses
    case .thick, .sun: glasses = kit.thickGlasses
    }
    hat = scene.hat.map { kit.hats[$0.kind.rawValue] }
    func range(_ start: Int, _ count: Int?) -> Range<Int> { start..<start + (count ?? 0) }
    hairRange = range(head.vertexCount, hair?.positions.count)
    glassesRange = range(hairRange.upperBound, glasses?.positions.count)
    hatRange = range(glassesRange.upperBound, hat?.positions.count)
    coverRange = range(hatRange.upperBound, scene.occluder?.solid.positions.count)
    placeHair()
    if let glasses { place(glasses.positions, glasses.carriers, at: glassesRange.lowerBound) }
    if let hat { place(hat.positions, hat.carriers, at: hatRange.lowerBound) }
    for (k, position) in (scene.occluder?.solid.positions ?? []).enumerated() {
      buffers.positions[coverRange.lowerBound + k] = SIMD4(position, 0)
    }
  }

  private func placeHair() {
    guard let hair else { return }
    place(hair.positions, hair.carriers, at: hairRange.lowerBound)
    // A hat presses the hair flat.
    let volume = scene.hat == nil ? scene.identity.hair.volume : 0.25
    for k in 0..<hair.positions.count {
      buffers.positions[hairRange.lowerBound + k] += hair.lift[k] * volume
      let (column, row) = k.quotientAndRemainder(dividingBy: HairShell.rows)
      buffers.details[hairRange.lowerBound + k] = SIMD2(
        Float(column), Float(row) / Float(HairShell.rows - 1))
    }
  }

  /// Moves points as far as the vertices that carry them have moved.
  private func place(_ points: [SIMD4<Float>], _ carriers: [Int32], at start: Int) {
    for k in 0..<points.count {
      let carrier = Int(carriers[k])
      buffers.positions[start + k] =
        points[k] + buffers.positions[carrier] - head.reference[carrier]
    }
  }

  func project(_ view: FaceView) {
    for index in head.vertexCount..<vertexCount {
      buffers.camera[index] = view.camera(buffers.positions[index])
    }
    buffers.project(view, count: vertexCount)
  }

  func addTriangles(to rasterizer: inout Rasterizer) {
    head.corners.withUnsafeBufferPointer { corners in
      head.materials.withUnsafeBufferPointer { materials in
        rasterizer.add(corners, materials: materials, offset: 0, isTwoSided: false)
      }
    }
    func add(_ corners: ArraySlice<SIMD3<Int32>>, _ range: Range<Int>, _ material: HeadMaterial) {
      corners.withUnsafeBufferPointer {
        rasterizer.add(
          $0, material: material, offset: Int32(range.lowerBound), isTwoSided: true)
      }
    }
    if let hair { add(hair.corners[...], hairRange, .hair) }
    if let glasses {
      let shown = scene.identity.glasses == .sun ? glasses.corners.count : glasses.firstLens
      add(glasses.corners[..<shown], glassesRange, .smooth)
    }
    if let hat { add(hat.corners[...], hatRange, .smooth) }
    if let solid = scene.occluder?.solid { add(solid.corners[...], coverRange, .smooth) }
  }

  /// Lights every vertex of a triangle that may be seen.
  func paint(palette: FacePalette, lighting: FaceLighting) {
    paintHead(palette, lighting)
    for index in hairRange where buffers.isDrawn[index] { paintHair(index, palette, lighting) }
    let frame =
      scene.identity.glasses == .thin
      ? SIMD4<Float>(0.16, 0.15, 0.14, 0) : SIMD4(0.015, 0.014, 0.014, 0)
    for index in glassesRange {
      buffers.colours[index] = lighting.shade(
        frame, normal: buffers.unitNormal(index), ambientVisibility: 1, keyVisibility: 0.9,
        gloss: 0.6)
    }
    paintHat(lighting)
    guard let occluder = scene.occluder else { return }
    for (k, index) in coverRange.enumerated() {
      buffers.colours[index] = lighting.shade(
        SIMD4(occluder.solid.colours[k], 0), normal: buffers.unitNormal(index),
        ambientVisibility: 0.9, keyVisibility: 0.9, gloss: occluder.gloss)
    }
  }

  private func paintHead(_ palette: FacePalette, _ lighting: FaceLighting) {
    let painter = SkinPainter(scene.identity, palette)
    let visibility = head.visibility
    // Under a hat's brim little light of the sky arrives.
    let shaded: Float = scene.hat == nil ? 0 : scene.hat?.kind == .beanie ? 0.15 : 0.45
    for index in 0..<head.vertexCount where buffers.isDrawn[index] {
      let normal = buffers.unitNormal(index)
      guard normal != .zero else { continue }
      let pigment = head.pigments[index]
      let albedo = painter.albedo(head.skin[index], pigment)
      // Visibility is of the closed mouth: inside it light comes through the opening.
      let isInside = pigment.isInMouth
      let key = lighting.keyVisibility(visibility.low[index], visibility.high[index])
      let open =
        shaded > 0 ? 1 - shaded * smoothstep(-30, 45, head.reference[index].y) : 1
      buffers.colours[index] = lighting.shade(
        albedo.colour, normal: normal,
        ambientVisibility: isInside ? 0.6 : visibility.ambient[index] * open,
        keyVisibility: isInside ? 0.5 : key * open, gloss: albedo.gloss)
    }
  }

  private func paintHair(_ index: Int, _ palette: FacePalette, _ lighting: FaceLighting) {
    // The crown is lit, the inside of long hair is not.
    let down = buffers.details[index].y
    buffers.colours[index] = lighting.shade(
      palette.hair, normal: buffers.unitNormal(index), ambientVisibility: 0.95 - 0.35 * down,
      keyVisibility: 0.85, gloss: 0.2)
  }

  private func paintHat(_ lighting: FaceLighting) {
    guard let hat, let look = scene.hat else { return }
    for (k, index) in hatRange.enumerated() {
      // Knitted or woven: every second column is a little darker.
      let weave: Float = k / HatShell.rows % 2 == 0 ? 1 : look.kind == .beanie ? 0.82 : 0.95
      let colour = hat.isBand[k] ? look.band : look.colour
      buffers.colours[index] = lighting.shade(
        SIMD4(colour * weave, 0), normal: buffers.unitNormal(index), ambientVisibility: 0.9,
        keyVisibility: 0.9, gloss: 0.05)
    }
  }
}
