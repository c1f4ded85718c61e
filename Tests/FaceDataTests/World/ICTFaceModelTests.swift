import Foundation
import Testing

@testable import FaceData

@Suite struct ICTFaceModelTests {
  private static let pack = "ict-facekit/ict-facekit-face.safetensors"
  private static let folder = "ict-facekit/FaceXModel"

  private func world(_ path: String, images: Int = 12) throws -> FaceWorld {
    try FaceWorld(
      FaceWorldSettings(
        profile: .studio, identities: 6, images: images, size: 64, seed: 4, head: path))
  }

  @Test(.enabled(if: TestData.has(pack), "needs ../shared/data/ict-facekit"))
  func packTakesTheHeadsPlace() throws {
    let path = TestData.path(Self.pack)
    let kit = try FaceKit(ictFaceKit: path)
    #expect(kit.head.shapes.count == 100 && kit.head.landmarks.count == 68)
    #expect(ActionUnit.allCases.allSatisfy { kit.head.shows($0) })
    // The warp takes each landmark to that of our own head.
    let own = HeadModel.shared
    for k in 0..<68 {
      let place = kit.head.reference[Int(kit.head.landmarks[k].vertices[0])]
      let mean = (0..<4).reduce(SIMD4<Float>()) {
        $0 + own.mean[Int(own.landmarks[k].vertices[$1])] * own.landmarks[k].weights[$1]
      }
      let d = place - mean
      #expect((d * d).sum() < 0.01, "\(k)")
    }
    let set = try world(path)
    let ours = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 6, images: 12, size: 64, seed: 4))
    #expect(set.fingerprint != ours.fingerprint)
    for index in 0..<6 {
      let (a, b) = (try set.sample(at: index), try ours.sample(at: index))
      #expect(a.labels.actionUnits == b.labels.actionUnits && a.image != b.image)
      let p = try #require(a.labels.landmarks)
      #expect(p[36].x < p[39].x && p[42].x < p[45].x && p[27].y < p[33].y && p[33].y < p[51].y)
      #expect(try set.labels(at: index) == a.labels)
    }
  }

  @Test(
    .enabled(if: TestData.has(pack), "needs ../shared/data/ict-facekit"),
    arguments: [
      (ActionUnit.au26, 62, 66, Float(0.1)), (.au12, 48, 54, 0.04), (.au45, 37, 41, -0.03),
      (.au1, 21, 39, 0.02), (.au4, 19, 37, -0.02), (.au9, 31, 39, -0.02), (.au25, 62, 66, 0.02),
    ])
  func actionMovesItsLandmarks(_ row: (ActionUnit, Int, Int, Float)) throws {
    let renderer = FaceRenderer(
      size: 64, kit: try FaceKit(ictFaceKit: TestData.path(Self.pack)))
    func gap(_ intensity: Float) throws -> Float {
      var scene = try meanScene()
      scene.actionUnits[row.0.index] = intensity
      let p = try #require(renderer.labels(of: scene).landmarks)
      func distance(_ a: Int, _ b: Int) -> Float {
        ((p[a] - p[b]) * (p[a] - p[b])).sum().squareRoot()
      }
      return distance(row.1, row.2) / distance(36, 45)
    }
    let change = try gap(5) - gap(0)
    #expect(row.3 > 0 ? change > row.3 : change < row.3, "\(row.0): \(change)")
  }

  @Test(.enabled(if: TestData.has(folder), "needs ../shared/data/ict-facekit"))
  func folderShowsWhatItHasFilesFor() throws {
    let folder = try ICTFaceModel(path: TestData.path(Self.folder))
    #expect(folder.neutral.count == 9409 && folder.quads.count == 9230)
    #expect(folder.identities.count == 2)
    #expect(folder.expressions.keys.sorted() == ["jawOpen", "mouthSmile_L", "mouthSmile_R"])
    let pack = try ICTFaceModel(path: TestData.path(Self.pack))
    #expect(folder.landmarks == pack.landmarks && folder.quads == pack.quads)
    for k in stride(from: 0, to: 9409, by: 97) {
      #expect((folder.neutral[k] - pack.neutral[k]).max() < 1e-3)
      #expect(abs((folder.identities[1][k] - pack.identities[1][k]).max()) < 0.02)
    }
    let set = try world(TestData.path(Self.folder), images: 40)
    let shown: Set<ActionUnit> = [.au12, .au26]
    let labels = try (0..<40).map { try #require(try set.labels(at: $0).actionUnits) }
    for unit in ActionUnit.allCases {
      #expect(labels.contains { $0[unit.index] > 0 } == shown.contains(unit), "\(unit)")
    }
  }

  @Test func warpMovesItsPointsAndKeepsAffineMaps() throws {
    var stream = RandomStream(seed: 1, purpose: "warp")
    func point() -> SIMD3<Float> {
      SIMD3(stream.normal(), stream.normal(), stream.normal()) * 50
    }
    let (source, target) = ((0..<20).map { _ in point() }, (0..<20).map { _ in point() })
    let warp = try #require(LandmarkWarp(from: source, to: target))
    for (p, q) in zip(source, target) { #expect(length(warp(p) - q) < 0.05) }
    let turned = source.map { SIMD3($0.y * 2 + 3, -$0.x, $0.z + $0.x) }
    let affine = try #require(LandmarkWarp(from: source, to: turned))
    let probe = SIMD3<Float>(200, -30, 7)
    #expect(length(affine(probe) - SIMD3(-57, -200, 207)) < 0.05)
    let flat = source.map { SIMD3($0.x, $0.y, 0) }
    #expect(LandmarkWarp(from: flat, to: target) == nil)
  }

  /// A pack whose header promises what the data does not hold, and the like.
  @Test(arguments: [
    "", "short", #"{}"#, #"{"neutral":{"dtype":"F32","shape":[1,3],"data_offsets":[0,999]}}"#,
    #"{"neutral":{"dtype":"F32","shape":[1,3],"data_offsets":[-4,8]}}"#,
    #"{"neutral":{"dtype":"BF16","shape":[1,3],"data_offsets":[0,8]}}"#,
    #"{"neutral":{"dtype":"F32","shape":[1,3],"data_offsets":[8]}}"#, #"{"neutral":3}"#,
  ])
  func brokenPacksThrow(_ header: String) throws {
    let folder = try TemporaryFolder()
    let size = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    let whole = size + Array(header.utf8) + [UInt8](repeating: 1, count: 12)
    let lies = [UInt8](repeating: 255, count: 8) + Array(header.utf8)
    for bytes in [whole, lies, Array(whole.prefix(5))] {
      let path = try folder.write(bytes, "head.safetensors")
      let error = faceDataError { _ = try world(path) }
      #expect(error?.code == .brokenLabels)
      #expect(error?.context.path == path)
    }
    #expect(faceDataError { _ = try world(folder.path + "/none") }?.code == .unreadable)
    #expect(faceDataError { _ = try world(folder.path) } != nil)
  }

  @Test func brokenOBJNamesTheLine() throws {
    let mesh = try OBJMesh(Array("# x\nv 1 2 3\nvt 0 1\nf 1/1 1/2 1/3\n".utf8), path: "a.obj")
    #expect(mesh.face == [SIMD3(1, 2, 3)] && mesh.quads == [SIMD4(0, 0, 0, 0)])
    for text in ["v 1 2", "v a b c", "f 1 2", "f 1 x 3"] {
      let error = faceDataError {
        _ = try OBJMesh(Array("v 0 0 0\n\(text)\n".utf8), path: "a.obj")
      }
      #expect(error?.context.line == 2 && error?.context.path == "a.obj")
    }
  }
}
