/// A displacement of some of the head's vertices.
struct SparseField: Sendable {
  private(set) var vertices: [Int32] = []
  private(set) var deltas: [SIMD4<Float>] = []

  /// Keeps what moves by more than a hundredth of a millimetre.
  init(_ displacements: some Sequence<SIMD3<Float>>) {
    for (index, delta) in displacements.enumerated() where length(delta) > 0.01 {
      vertices.append(Int32(index))
      deltas.append(SIMD4(delta, 0))
    }
  }
}

/// The head in the form that rendering reads: built once a process and never changed.
struct HeadModel: Sendable {
  static let shared = HeadModel(HeadBuilder.build())

  let vertexCount: Int
  let mean: [SIMD4<Float>]
  let corners: [SIMD3<Int32>]
  let materials: [HeadMaterial]
  let pigments: [HeadPigment]
  /// Position on the face or the eyeball for drawn detail.
  let details: [SIMD2<Float>]
  let skin: [SkinMask]
  /// In order of `ShapeParameter.allCases`.
  let shapes: [SparseField]
  /// In order of `ActionUnit.allCases`.
  let actions: [SparseField]
  /// Vertices that follow the jaw, with their weights.
  let jawVertices: [Int32]
  let jawWeights: [Float]
  let landmarks: [SurfacePoint]
  let foreheadPoints: [SurfacePoint]
  let lids: [LidRings]
  let visibility: HeadVisibility

  init(_ mesh: HeadMesh) {
    let vertices = mesh.vertices
    vertexCount = vertices.count
    mean = vertices.map { SIMD4($0.position, 0) }
    corners = mesh.triangles.map(\.corners)
    materials = mesh.triangles.map(\.material)
    pigments = vertices.map(\.pigment)
    details = vertices.map(\.detail)
    skin = vertices.map(SkinMask.init)
    shapes = ShapeParameter.allCases.map { shape in
      SparseField(vertices.map { shape.displacement(of: $0) })
    }
    actions = ActionUnit.allCases.map { unit in
      SparseField(vertices.map { unit.displacement(of: $0) })
    }
    let moved = vertices.indices.filter { vertices[$0].jaw > 0.001 }
    jawVertices = moved.map { Int32($0) }
    jawWeights = moved.map { vertices[$0].jaw }
    (landmarks, foreheadPoints, lids) = (mesh.landmarks, mesh.foreheadPoints, mesh.lids)
    visibility = HeadVisibility(mesh)
  }
}
