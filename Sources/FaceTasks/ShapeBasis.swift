import FaceData
import Statistics
import Torch

/// A linear model of head shapes: the mean and the principal components of meshes that were brought
/// on one another without scaling, identity and expression together.
///
/// Shape = mean + Σₖ zₖ σₖ bₖ, with bₖ of unit length over all coordinates and z of unit variance over
/// the meshes that made it.
/// - Source: Blanz and Vetter 1999 (3DMM); the Gram matrix's eigenvectors give the components of few
///   meshes of many vertices (Turk and Pentland 1991). Checked by: ShapeBasisTests.
struct ShapeBasis {
  /// `[3V]`, x y z of each vertex, in mm.
  let mean: Tensor
  /// σₖ bₖ: `[K, 3V]`.
  let components: Tensor
  /// The landmarks' rows of mean and components: `[204]`, `[K, 204]`.
  let landmarks: (mean: Tensor, components: Tensor)

  var count: Int { components.shape[0] }
  var vertexCount: Int { mean.shape[0] / 3 }

  /// - Parameters: mean: `[3V]`; components: `[K, 3V]`; points: the 68 landmarks on the mesh.
  init(mean: Tensor, components: Tensor, points: [MeshPoint]) throws {
    (self.mean, self.components) = (mean, components)
    landmarks = try (
      Self.pick(points, mean.reshaped([1, mean.shape[0]])).reshaped([3 * points.count]),
      Self.pick(points, components)
    )
  }

  /// - Parameters: meshes: of one topology, two or more; count: K at most; fewer meshes give fewer.
  init(meshes: [[SIMD3<Float>]], count: Int, points: [MeshPoint]) throws {
    let aligned = try Self.aligned(meshes)
    let rows = try Tensor(
      aligned.flatMap { $0.flatMap { [Double($0.x), Double($0.y), Double($0.z)] } },
      shape: [meshes.count, 3 * (meshes.first?.count ?? 0)])
    let mean = try rows.mean([0])
    let centred = try rows - mean  // X [n, 3V]
    let gram = try centred.matmul(centred.transposed(0, 1))  // [n, n]
    let (_, vectors) = try gram.symmetricEigen()
    let kept = min(count, meshes.count - 1)
    let start = meshes.count - kept
    // For X = U S Vᵀ: σₖ bₖ = Xᵀ uₖ / √n.
    let largest = try vectors.narrow(1, start: start, length: kept).flipped(1)  // [n, K]
    let components =
      try largest.transposed(0, 1).matmul(centred) / Double(meshes.count).squareRoot()
    try self.init(
      mean: mean.to(.float32), components: Self.signed(components).to(.float32), points: points)
  }

  /// Each component with its largest coordinate positive: torch leaves the sign open.
  private static func signed(_ components: Tensor) throws -> Tensor {
    let place = try components.abs().argmax(1, keepDimension: true)
    return try components * components.gather(1, place).sign()
  }

  /// All meshes brought onto the first, then onto their mean.
  private static func aligned(_ meshes: [[SIMD3<Float>]]) throws -> [[SIMD3<Float>]] {
    guard let first = meshes.first, meshes.count > 1 else {
      throw FaceTaskError(
        code: .missingLabels,
        message: "reconstruction needs two labelled meshes or more: raise labels")
    }
    var centre = SIMD3<Float>.zero
    for vertex in first { centre += vertex / Float(first.count) }
    var reference = first.map { $0 - centre }
    var result = meshes
    for _ in 0..<2 {
      result = try meshes.map { mesh in
        let alignment = try RigidAlignment(from: mesh, to: reference)
        return mesh.map { alignment($0) }
      }
      reference = reference.indices.map { vertex in
        result.reduce(SIMD3<Float>.zero) { $0 + $1[vertex] } / Float(result.count)
      }
    }
    return result
  }

  /// The points' coordinates in rows of meshes: `[K, 3V]` → `[K, 3·points]`.
  private static func pick(_ points: [MeshPoint], _ rows: Tensor) throws -> Tensor {
    var sum: Tensor?
    for corner in 0..<(points.first?.vertices.count ?? 0) {
      let columns = points.flatMap { point in
        (0..<3).map { Int64(3 * point.vertices[corner] + $0) }
      }
      let weights = points.flatMap { point in
        [Float](repeating: point.weights[corner], count: 3)
      }
      let vertices = try rows.indexSelect(1, Tensor(columns, shape: [columns.count]))
      let part = try vertices.to(.float32) * Tensor(weights, shape: [weights.count])
      sum = try sum.map { try $0 + part } ?? part
    }
    guard let sum else {
      throw FaceTaskError(
        code: .missingLabels, message: "the data set does not say where landmarks lie on its mesh")
    }
    return sum
  }

  /// Meshes of coefficients z `[N, K]`: `[N, 3V]`.
  func shapes(_ z: Tensor) throws -> Tensor { try z.matmul(components) + mean }

  /// The landmarks of coefficients z `[N, K]`: `[N, 68, 3]`.
  func landmarkShapes(_ z: Tensor) throws -> Tensor {
    let flat = try z.matmul(landmarks.components) + landmarks.mean
    return try flat.reshaped([z.shape[0], flat.shape[1] / 3, 3])
  }

  /// The coefficients of a mesh that lies on the mean: least squares, as components are orthogonal.
  func coefficients(_ mesh: [SIMD3<Float>]) throws -> [Float] {
    let x = try Tensor(mesh.flatMap { [$0.x, $0.y, $0.z] }, shape: [1, 3 * mesh.count])
    let dots = try (x - mean).matmul(components.transposed(0, 1)).select(0, 0)
    return try (dots / (components * components).sum([1]).clamp(low: 1e-12)).floats()
  }

  /// The mean mesh, for alignment.
  func meanMesh() throws -> [SIMD3<Float>] { points(try mean.floats()) }

  func points(_ flat: [Float]) -> [SIMD3<Float>] {
    (0..<flat.count / 3).map { SIMD3(flat[3 * $0], flat[3 * $0 + 1], flat[3 * $0 + 2]) }
  }
}
