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

/// An eyeball and what slides over it.
struct HeadEye: Sendable {
  /// Vertex at the centre of the eyeball; no triangle uses it.
  var centre: Int32
  var eyeball: Range<Int>
  /// Vertices of the lids that stay at least `lidRadius` from the centre; none where `LidRings` do
  /// that.
  var lids: [Int32] = []
  var lidRadius: Float = 0
}

/// Blendshapes that follow the eyes: towards the picture's right, its left, up and down; 1 is half
/// a radian, down 0.3.
struct GazeFields: Sendable {
  var right: SparseField
  var left: SparseField
  var up: SparseField
  var down: SparseField
}

/// The head in the form that rendering reads: built once and never changed.
struct HeadModel: Sendable {
  /// Our own head.
  static let shared = HeadModel(HeadBuilder.build())

  let vertexCount: Int
  let mean: [SIMD4<Float>]
  /// Where each vertex lies on the mean of our own head, which hair, glasses and hats are cut to.
  let reference: [SIMD4<Float>]
  let corners: [SIMD3<Int32>]
  let materials: [HeadMaterial]
  let pigments: [HeadPigment]
  /// Position on the face or the eyeball for drawn detail.
  let details: [SIMD2<Float>]
  let skin: [SkinMask]
  /// In order of `ShapeParameter.allCases`, or modes of variation of another head.
  let shapes: [SparseField]
  /// In order of `ActionUnit.allCases`.
  let actions: [SparseField]
  /// Vertices that follow the jaw, with their weights.
  let jawVertices: [Int32]
  let jawWeights: [Float]
  let landmarks: [SurfacePoint]
  /// The 106 points of `LandmarkScheme.lapa106`.
  let denseLandmarks: [SurfacePoint]
  /// For each of the 33 points of the dense jaw line where it may be seen; the point itself comes
  /// first.
  let denseOutlines: [[SurfacePoint]]
  /// The same for the 17 points of iBUG's jaw line.
  let outlines: [[SurfacePoint]]
  let foreheadPoints: [SurfacePoint]
  /// Empty where the action units close the lids by themselves.
  let lids: [LidRings]
  let eyes: [HeadEye]
  let gaze: GazeFields?
  let visibility: HeadVisibility
  /// Whether identities are modes drawn for this head and not `ShapeParameter`s.
  var hasOwnModes: Bool { gaze != nil }

  /// Whether the head can show an action unit: a model of which files are missing cannot show all.
  func shows(_ unit: ActionUnit) -> Bool {
    !hasOwnModes || !actions[unit.index].vertices.isEmpty
  }

  init(_ mesh: HeadMesh) {
    let vertices = mesh.vertices
    let moved = vertices.indices.filter { vertices[$0].jaw > 0.001 }
    self.init(
      mesh,
      HeadMotion(
        shapes: ShapeParameter.allCases.map { shape in
          SparseField(vertices.map { shape.displacement(of: $0) })
        },
        actions: ActionUnit.allCases.map { unit in
          SparseField(vertices.map { unit.displacement(of: $0) })
        },
        jawVertices: moved.map { Int32($0) }, jawWeights: moved.map { vertices[$0].jaw },
        eyes: mesh.lids.map { HeadEye(centre: $0.centre, eyeball: $0.eyeball) }))
  }

  /// - Parameters: mesh: any head of two eyes and 68 landmarks whose vertices say by `anchor` where
  ///   they lie on the mean of our own; motion: how it moves.
  init(_ mesh: HeadMesh, _ motion: HeadMotion) {
    let vertices = mesh.vertices
    vertexCount = vertices.count
    mean = vertices.map { SIMD4($0.position, 0) }
    reference = vertices.map { SIMD4($0.reference, 0) }
    corners = mesh.triangles.map(\.corners)
    materials = mesh.triangles.map { $0.material == .smooth ? mesh.lined($0) : $0.material }
    pigments = vertices.map(\.pigment)
    details = vertices.map(\.detail)
    skin = vertices.map(SkinMask.init)
    (shapes, actions) = (motion.shapes, motion.actions)
    (jawVertices, jawWeights) = (motion.jawVertices, motion.jawWeights)
    (landmarks, foreheadPoints, lids) = (mesh.landmarks, mesh.foreheadPoints, mesh.lids)
    (denseLandmarks, denseOutlines) = (mesh.denseLandmarks, mesh.denseOutlines)
    outlines = stride(from: 0, to: mesh.denseOutlines.count, by: 2).map { mesh.denseOutlines[$0] }
    (eyes, gaze) = (motion.eyes, motion.gaze)
    visibility = HeadVisibility(mesh)
  }

  /// The vertex that lies nearest to a point of the mean of our own head.
  func nearest(_ p: SIMD4<Float>) -> Int32 {
    var (best, bestDistance) = (0, Float.infinity)
    for index in 0..<vertexCount {
      let d = reference[index] - p
      let distance = (d * d).sum()
      if distance < bestDistance { (best, bestDistance) = (index, distance) }
    }
    return Int32(best)
  }
}

/// How a head's vertices move.
struct HeadMotion {
  var shapes: [SparseField]
  var actions: [SparseField]
  var jawVertices: [Int32] = []
  var jawWeights: [Float] = []
  var eyes: [HeadEye]
  var gaze: GazeFields?
}

/// A head and what is cut to it.
struct FaceKit: Sendable {
  let head: HeadModel
  /// By `HairStyle.rawValue`; nil where no hair stands off the scalp.
  let hair: [HairShell?]
  let thinGlasses: GlassesFrame
  let thickGlasses: GlassesFrame
  /// By `Hat.Kind.rawValue`.
  let hats: [HatShell]
  /// SHA-256 of the files that the head was read from; empty for our own.
  let digest: String

  static let own = FaceKit(.shared, digest: "")

  init(_ head: HeadModel, digest: String) {
    (self.head, self.digest) = (head, digest)
    hair = HairStyle.allCases.map { style in
      style.hasShell ? HairShell(style: style) { head.nearest($0) } : nil
    }
    let nose = head.landmarks[27].vertices[0]
    thinGlasses = GlassesFrame(halfBand: 0.9, nose: nose) { head.nearest($0) }
    thickGlasses = GlassesFrame(halfBand: 1.9, nose: nose) { head.nearest($0) }
    hats = Hat.Kind.allCases.map { kind in HatShell(kind) { head.nearest($0) } }
  }
}
