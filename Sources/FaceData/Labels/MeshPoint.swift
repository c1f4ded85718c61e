/// A point of a mesh's surface as a weighted mean of vertices.
public struct MeshPoint: Sendable, Hashable {
  public let vertices: [Int]
  /// One for each vertex; they sum to 1.
  public let weights: [Float]

  public init(vertices: [Int], weights: [Float]) {
    (self.vertices, self.weights) = (vertices, weights)
  }

  /// Where the point lies on a mesh.
  /// - Precondition: the mesh has the point's vertices.
  public func position(in mesh: [SIMD3<Float>]) -> SIMD3<Float> {
    zip(vertices, weights).reduce(.zero) { $0 + mesh[$1.0] * $1.1 }
  }
}

extension MeshPoint {
  init(_ point: SurfacePoint) {
    vertices = (0..<4).map { Int(point.vertices[$0]) }
    weights = (0..<4).map { point.weights[$0] }
  }
}

extension PackedFaceDataset {
  public func mesh(at index: Int) throws -> [SIMD3<Float>]? { try world.labels(at: index).mesh }
  public var meshLandmarks: [MeshPoint] { world.meshLandmarks }
  public var meshTriangles: [SIMD3<Int32>] { world.meshTriangles }
}
