import Foundation

/// Builds the mean head: the lattice, and into its gaps the eyes and the mouth; then the ears.
struct HeadBuilder {
  let surface = HeadSurface()
  let grid: HeadGrid
  var mesh = HeadMesh()
  /// Vertex of each (row, slot); −1 inside the blocks.
  private(set) var lattice: [[Int32]] = []
  /// The mouth's rings that carry landmarks, filled by `addMouth`.
  var mouthBorder: [Int32] = []
  var mouthSeam: [Int32] = []

  static func build() -> HeadMesh {
    var builder = HeadBuilder()
    builder.addLattice()
    builder.addEyes()
    builder.addMouth()
    builder.addEars()
    builder.addTeeth()
    builder.addTongue()
    builder.addLandmarks()
    return builder.mesh
  }

  private init() { grid = HeadGrid(surface: surface) }

  func vertex(row: Int, column: Int) -> Int32 { lattice[row][grid.slot(column)] }

  private mutating func addLattice() {
    let crown = mesh.add(HeadVertex(SIMD3(0, 115.5, -8)))
    for row in grid.sections.indices { lattice.append(addRow(row)) }
    for slot in 0..<HeadGrid.columns {
      let next = (slot + 1) % HeadGrid.columns
      mesh.addTriangle(crown, lattice[0][slot], lattice[0][next])
    }
    for row in 0..<grid.sections.count - 1 { joinRows(row) }
  }

  private mutating func addRow(_ row: Int) -> [Int32] {
    var vertices = [Int32](repeating: -1, count: HeadGrid.columns)
    let last = HeadGrid.columns / 2
    for column in -last + 1...last
    where !grid.blocks.contains(where: { grid.isInside(row: row, column: column, $0) }) {
      var vertex = HeadVertex(grid.point(row: row, column: column))
      vertex.jaw = Self.jawWeight(vertex.position)
      if grid.sections[row] >= HeadSurface.collarSection { vertex.pigment = .cloth }
      vertices[grid.slot(column)] = mesh.add(vertex)
    }
    return vertices
  }

  private mutating func joinRows(_ row: Int) {
    let last = HeadGrid.columns / 2
    for column in -last..<last {
      let corners = [(row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1)]
      let isInBlock = grid.blocks.contains { block in
        corners.allSatisfy { block.rows.contains($0.0) && block.columns.contains($0.1) }
      }
      guard !isInBlock else { continue }
      let v = corners.map { vertex(row: $0.0, column: $0.1) }
      let middle = (mesh.vertices[Int(v[0])].position + mesh.vertices[Int(v[2])].position) / 2
      mesh.addQuad(v[0], v[1], v[2], v[3], Self.isBrow(middle) ? .brow : .smooth)
    }
  }

  /// Whether brow hairs can grow on a triangle with this centre.
  static func isBrow(_ p: SIMD3<Float>) -> Bool {
    p.z > 30 && (6...36).contains(p.y) && (4...68).contains(abs(p.x))
  }

  /// How far skin at a place of the mean head follows the jaw.
  static func jawWeight(_ p: SIMD3<Float>) -> Float {
    let below = smoothstep(-47, -82, p.y)
    let forward = smoothstep(-12, 22, p.z)
    let neck = 1 - smoothstep(-106, -135, p.y)
    return below * forward * neck
  }

  /// A point of the lattice's surface at (section, fraction), as a mean of four vertices.
  ///
  /// Nil inside the gaps.
  func surfacePoint(section: Float, fraction: Float) -> SurfacePoint? {
    guard let below = grid.sections.firstIndex(where: { $0 >= section }), below > 0 else {
      return nil
    }
    let row = below - 1
    let v = (section - grid.sections[row]) / (grid.sections[below] - grid.sections[row])
    let column = grid.column(fraction: fraction, section: section)
    let left = Int(column.rounded(.down))
    let u = column - Float(left)
    let vertices = SIMD4(
      vertex(row: row, column: left), vertex(row: row, column: left + 1),
      vertex(row: below, column: left), vertex(row: below, column: left + 1))
    guard vertices.min() >= 0 else { return nil }
    let weights = SIMD4((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v)
    return SurfacePoint(vertices: vertices, weights: weights)
  }
}
