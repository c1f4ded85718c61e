import FaceData
import Statistics

/// How a true mesh appears in a picture: pose and weak perspective, p = s·(R·x).xy + t.
struct MeshFit {
  /// z of `ShapeBasis`.
  let coefficients: [Float]
  /// Rows of R, from the mean shape's frame to the camera's.
  let rotation: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
  /// Pixels a mm, and where the shape's origin falls, in the picture.
  let scale: Float
  let translation: SIMD2<Float>

  /// - Parameters: landmarks: the 68 points in the picture that the mesh belongs to.
  init(
    mesh: [SIMD3<Float>], landmarks: [SIMD2<Float>], points: [MeshPoint], basis: ShapeBasis,
    meanMesh: [SIMD3<Float>]
  ) throws {
    let toShape = try RigidAlignment(from: mesh, to: meanMesh)
    let shape = mesh.map { toShape($0) }
    coefficients = try basis.coefficients(shape)
    // R is the inverse of the rotation onto the mean: its rows are that one's columns.
    let r = toShape.rotation
    func column(_ k: Int) -> SIMD3<Float> { SIMD3<Float>(SIMD3(r[0][k], r[1][k], r[2][k])) }
    rotation = (column(0), column(1), column(2))
    let flat = points.map { point -> SIMD2<Float> in
      let p = point.position(in: shape)
      return SIMD2((column(0) * p).sum(), (column(1) * p).sum())
    }
    (scale, translation) = Self.weakPerspective(from: flat, to: landmarks)
  }

  /// The s and t that minimise Σ ‖s·x + t − p‖².
  private static func weakPerspective(from x: [SIMD2<Float>], to p: [SIMD2<Float>]) -> (
    Float, SIMD2<Float>
  ) {
    let n = Float(max(x.count, 1))
    let (mx, mp) = (x.reduce(.zero, +) / n, p.reduce(.zero, +) / n)
    var (product, square): (Float, Float) = (0, 0)
    for (a, b) in zip(x, p) {
      product += ((a - mx) * (b - mp)).sum()
      square += ((a - mx) * (a - mx)).sum()
    }
    let scale = square > 0 ? product / square : 1
    return (scale, mp - scale * mx)
  }

  /// The fit after a map of the picture that turns, scales and shifts: rows of R, scale and shift.
  func moved(by map: Affine) -> (
    x: SIMD3<Float>, y: SIMD3<Float>, scale: Float, translation: SIMD2<Float>
  ) {
    let size = abs(map.determinant).squareRoot()
    let x = (rotation.0 * map.a + rotation.1 * map.b) / size
    let y = (rotation.0 * map.c + rotation.1 * map.d) / size
    return (x, y, scale * size, map(translation))
  }
}

/// The perspective of a picture with known mesh and landmarks: p = f·(x, y)/z + c, which the face
/// world's camera keeps exactly.
struct Perspective {
  let focal: Float
  let centre: SIMD2<Float>
  /// The mean distance of the landmarks from the camera, in mm.
  let distance: Float

  init(landmarks3D: [SIMD3<Float>], landmarks: [SIMD2<Float>]) {
    let n = Float(max(landmarks.count, 1))
    let rays = landmarks3D.map { SIMD2($0.x, $0.y) / $0.z }
    let (mr, mp) = (rays.reduce(.zero, +) / n, landmarks.reduce(.zero, +) / n)
    var (product, square): (Float, Float) = (0, 0)
    for (a, b) in zip(rays, landmarks) {
      product += ((a - mr) * (b - mp)).sum()
      square += ((a - mr) * (a - mr)).sum()
    }
    focal = square > 0 ? product / square : 1
    centre = mp - focal * mr
    distance = landmarks3D.reduce(0) { $0 + $1.z } / n
  }

  /// A point in pixels, its depth in the same pixels at the landmarks' distance.
  func pixels(_ p: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(
      focal * p.x / p.z + centre.x, focal * p.y / p.z + centre.y, focal * p.z / distance)
  }
}
