import Digests
import Foundation

/// The face of ICT-FaceKit as it is given, in mm: vertices 0 to 9,408 of its head with their
/// offsets.
///
/// - Source: Li et al., "Learning formation of physically-based face attributes", CVPR 2020, and
///   the ICT-FaceKit repository (MIT licence). Checked by: ICTFaceModelTests.
struct ICTFaceModel {
  static let vertexCount = 9409
  static let mmPerUnit: Float = 10

  var neutral: [SIMD3<Float>]
  var quads: [SIMD4<Int32>]
  /// Vertex of each of the 68 points.
  var landmarks: [Int32]
  /// One standard deviation of each mode.
  var identities: [[SIMD3<Float>]]
  /// Offsets by the blendshape's name, such as `eyeBlink_L`.
  var expressions: [String: [SIMD3<Float>]]
  /// SHA-256 of what was read.
  var digest: String

  /// - Parameter path: a `FaceXModel` folder with `generic_neutral_mesh.obj` and
  ///   `vertex_indices.json`, or a safetensors pack of them.
  /// - Throws: `FaceDataError` that names the file and what is wrong with it.
  init(path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FaceDataError(
        .unreadable,
        "there is no such head model: give a FaceXModel folder or a safetensors pack of it",
        path: path)
    }
    self = try isFolder.boolValue ? Self(folder: path) : Self(pack: path)
    try check(path)
  }

  init(
    neutral: [SIMD3<Float>], quads: [SIMD4<Int32>], landmarks: [Int32],
    identities: [[SIMD3<Float>]], expressions: [String: [SIMD3<Float>]], digest: String
  ) {
    (self.neutral, self.quads, self.landmarks) = (neutral, quads, landmarks)
    (self.identities, self.expressions, self.digest) = (identities, expressions, digest)
  }

  private func check(_ path: String) throws {
    func require(_ holds: Bool, _ message: String) throws {
      guard holds else { throw FaceDataError(.brokenLabels, message, path: path) }
    }
    let count = Self.vertexCount
    try require(
      neutral.count == count, "the face has \(neutral.count) vertices, ICT-FaceKit's has \(count)")
    try require(
      landmarks.count == 68, "\(landmarks.count) landmark vertices are given instead of 68")
    try require(
      (landmarks + quads.flatMap { [$0.x, $0.y, $0.z, $0.w] })
        .allSatisfy { (0..<Int32(count)).contains($0) },
      "a landmark or polygon names a vertex outside 0 to \(count - 1)")
    try require(!quads.isEmpty, "the face has no polygons")
    let fields = [neutral] + identities + expressions.values
    try require(
      fields.allSatisfy { field in
        field.count == count && field.allSatisfy { ($0 * $0).sum() < 1e8 }
      },
      "a vertex lies further than 10 m away or is no number: the file is damaged")
  }
}

extension FaceKit {
  /// ICT-FaceKit's head with our own hair, glasses and hats on it.
  ///
  /// - Parameter path: see `ICTFaceModel.init(path:)`.
  /// - Throws: `FaceDataError`.
  init(ictFaceKit path: String) throws {
    let model = try ICTFaceModel(path: path)
    guard let builder = ICTHeadBuilder(model) else {
      throw FaceDataError(
        .brokenLabels, "the landmarks coincide: this is no face of ICT-FaceKit", path: path)
    }
    self.init(builder.head(), digest: model.digest)
  }
}
