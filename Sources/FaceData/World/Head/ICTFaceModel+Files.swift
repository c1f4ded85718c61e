import Digests
import Foundation

extension ICTFaceModel {
  /// Reads a folder of OBJ files: the neutral face, as many `identityNNN.obj` as there are, and the
  /// expressions that `vertex_indices.json` lists and that are there. Action units without a file
  /// stay at 0 in all pictures.
  init(folder: String) throws {
    let url = URL(fileURLWithPath: folder)
    var hasher = SHA256Hasher()
    func bytes(_ name: String) throws -> [UInt8] {
      let bytes = try FileBytes.read(url.appendingPathComponent(name).path)
      hasher.update(name)
      hasher.update(bytes)
      return bytes
    }
    let tableName = "vertex_indices.json"
    let tablePath = url.appendingPathComponent(tableName).path
    let table = try? JSONDecoder().decode(
      VertexTable.self, from: Data(try bytes(tableName)))
    guard let table else {
      throw FaceDataError(
        .brokenLabels,
        "the table of vertices is missing or has no idx_to_landmark_verts and expressions",
        path: tablePath)
    }
    let mesh = try OBJMesh(try bytes("generic_neutral_mesh.obj"), path: url.path)
    func offsets(_ name: String) throws -> [SIMD3<Float>]? {
      let path = url.appendingPathComponent(name).path
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      let moved = try OBJMesh(try bytes(name), path: path).face
      guard moved.count == mesh.face.count else {
        throw FaceDataError(
          .brokenLabels,
          "the face has \(moved.count) vertices, the neutral one "
            + "\(mesh.face.count)", path: path)
      }
      return zip(moved, mesh.face).map { ($0 - $1) * Self.mmPerUnit }
    }
    var identities: [[SIMD3<Float>]] = []
    for mode in 0..<200 {
      let digits = String(mode)
      let name = "identity" + String(repeating: "0", count: 3 - digits.count) + digits + ".obj"
      guard let offsets = try offsets(name) else { continue }
      identities.append(offsets)
    }
    var expressions: [String: [SIMD3<Float>]] = [:]
    for name in table.expressions where !name.contains("/") {
      expressions[name] = try offsets(name + ".obj")
    }
    self.init(
      neutral: mesh.face.map { $0 * Self.mmPerUnit }, quads: mesh.quads,
      landmarks: table.landmarks.map { Int32(clamping: $0) },
      identities: identities, expressions: expressions, digest: hasher.finalize().hex)
  }

  private struct VertexTable: Decodable {
    let expressions: [String]
    let landmarks: [Int]

    private enum CodingKeys: String, CodingKey {
      case expressions
      case landmarks = "idx_to_landmark_verts"
    }
  }

  /// Reads a pack: `neutral` [9409, 3], `quads` [Q, 4], `landmarks68` [68], `identity` [M, 9409, 3] and
  /// `expression` [E, 9409, 3], whose names the metadata lists; in cm.
  init(pack path: String) throws {
    let file = try SafetensorsPack(path: path)
    let count = Self.vertexCount
    func fields(_ name: String) throws -> [[SIMD3<Float>]] {
      let values = try file.floats(name)
      guard values.count.isMultiple(of: 3 * count) else {
        throw FaceDataError(
          .brokenLabels, "“\(name)” has \(values.count) numbers, no multiple of \(3 * count)",
          path: path)
      }
      return stride(from: 0, to: values.count, by: 3 * count).map { start in
        (0..<count).map { k in
          let at = start + 3 * k
          return SIMD3(values[at], values[at + 1], values[at + 2]) * Self.mmPerUnit
        }
      }
    }
    let names = (file.metadata["expressions"] ?? "").split(separator: ",").map(String.init)
    let expressions = try fields("expression")
    guard names.count == expressions.count, Set(names).count == names.count else {
      throw FaceDataError(
        .brokenLabels,
        "the metadata names \(names.count) expressions, the pack holds "
          + "\(expressions.count)", path: path)
    }
    let corners = try file.integers("quads")
    self.init(
      neutral: try fields("neutral").first ?? [],
      quads: stride(from: 0, to: corners.count - 3, by: 4).map {
        SIMD4(corners[$0], corners[$0 + 1], corners[$0 + 2], corners[$0 + 3])
      },
      landmarks: try file.integers("landmarks68"), identities: try fields("identity"),
      expressions: Dictionary(uniqueKeysWithValues: zip(names, expressions)), digest: file.digest)
  }
}

/// The face's part of an OBJ file of ICT-FaceKit: the first vertices, and the polygons among them.
struct OBJMesh {
  private(set) var face: [SIMD3<Float>] = []
  private(set) var quads: [SIMD4<Int32>] = []

  /// - Throws: `FaceDataError` `.brokenLabels` with the line that cannot be read.
  init(_ bytes: [UInt8], path: String) throws {
    var line = 0
    for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      guard text.count > 2, text[text.startIndex + 1] == UInt8(ascii: " ") else { continue }
      let isRead: Bool
      switch text[text.startIndex] {
      case UInt8(ascii: "v"): isRead = addVertex(text)
      case UInt8(ascii: "f"): isRead = addPolygon(text)
      default: isRead = true
      }
      guard isRead else {
        throw FaceDataError(
          .brokenLabels,
          "“\(String(decoding: text.prefix(60), as: UTF8.self))” is no vertex and no "
            + "polygon", path: path, line: line)
      }
    }
  }

  private mutating func addVertex(_ text: ArraySlice<UInt8>) -> Bool {
    guard face.count < ICTFaceModel.vertexCount else { return true }
    let values = Self.fields(text).compactMap { Float(String(decoding: $0, as: UTF8.self)) }
    guard values.count >= 3 else { return false }
    face.append(SIMD3(values[0], values[1], values[2]))
    return true
  }

  /// `f 874/1 12/2 871/3 873/4`, counted from 1; polygons of other parts are passed by.
  private mutating func addPolygon(_ text: ArraySlice<UInt8>) -> Bool {
    let corners = Self.fields(text).map { field -> Int32? in
      let digits = field.prefix { $0 != UInt8(ascii: "/") }
      return Int32(String(decoding: digits, as: UTF8.self))
    }
    guard corners.count >= 3, !corners.contains(nil) else { return false }
    let known = corners.compactMap { $0 }
    guard known.allSatisfy({ (1...Int32(ICTFaceModel.vertexCount)).contains($0) }) else {
      return true
    }
    quads.append(SIMD4(known[0], known[1], known[2], known.count > 3 ? known[3] : known[0]) &- 1)
    return true
  }

  private static func fields(_ text: ArraySlice<UInt8>) -> ArraySlice<ArraySlice<UInt8>> {
    text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\t") }
      .dropFirst()
  }
}
