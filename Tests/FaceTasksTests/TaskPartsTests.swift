import FaceData
import Foundation
import Statistics
import Testing
import Torch

@testable import FaceTasks

/// The formulas inside of the tasks, each against another way to compute it.
struct TaskPartsTests {
  @Test("the concordance loss is 1 − CCC over the labels that are there")
  func concordance() throws {
    let (p, t): ([Double], [Double]) = ([0.1, 0.5, -0.3, 0.9], [0.2, 0.1, -0.5, 0.7])
    let outputs = try Tensor(p.map { Float($0) } + [5], shape: [5])
    let loss = try concordanceLoss(outputs, t.map { Float($0) } + [.nan]).item()
    let ccc = try #require(try Agreement(predicted: p, truth: t).concordance)
    #expect(abs(loss - (1 - ccc)) < 1e-4)
    #expect(try concordanceLoss(outputs, [.nan, .nan, 1, .nan, .nan]).item() == 0)
  }

  @Test("masked losses leave out what is missing")
  func masked() throws {
    let outputs = try Tensor([0.2, 3, 1, -2] as [Float], shape: [2, 2])
    // |d| = 0.2 (below β: d² / 2β) and 2 (beyond: |d| − β/2); two are missing.
    let loss = try maskedSmoothL1(outputs, [[0, .nan], [.nan, 0]], beta: 0.5).item()
    #expect(abs(loss - (0.04 / 1 + (2 - 0.25)) / 2) < 1e-6)
    func entropy(_ z: Double, _ q: Double) -> Double {
      let p = 1 / (1 + exp(-z))
      return -(q * log(p) + (1 - q) * log(1 - p))
    }
    let found = try binaryCrossEntropy(
      logits: outputs, shares: [[0.3, .nan], [1, 0]]
    ).item()
    #expect(abs(found - (entropy(0.2, 0.3) + entropy(1, 1) + entropy(-2, 0)) / 3) < 1e-5)
    #expect(try maskedSmoothL1(outputs, [[.nan, .nan], [.nan, .nan]], beta: 0.5).item() == 0)
  }

  @Test("six numbers give the same rotation as a tensor and alone, and any pose comes back")
  func rotationsAgree() throws {
    let pose = HeadPose(pitch: 12, yaw: -40, roll: 7)
    let (x, y, _) = pose.rotation
    // Scaled and sheared: Gram–Schmidt must undo it.
    let sheared = y * 0.5 + x * 0.2
    let row: [Float] = [2 * x.x, 2 * x.y, 2 * x.z, sheared.x, sheared.y, sheared.z]
    let back = HeadPoseTask.pose(row)
    #expect(abs(back.yaw - pose.yaw) < 1e-3 && abs(back.pitch - pose.pitch) < 1e-3)
    #expect(abs(back.roll - pose.roll) < 1e-3)
    #expect(HeadPoseTask.angle(pose, back) < 0.1)
    #expect(abs(HeadPoseTask.angle(pose, HeadPose(pitch: 12, yaw: -40, roll: 37)) - 30) < 0.1)
    let matrix = try rotations(Tensor(row, shape: [1, 6])).floats()
    let alone = rotation(row)
    let flat = [alone.0, alone.1, alone.2].flatMap { [$0.x, $0.y, $0.z] }
    #expect(zip(matrix, flat).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(rotation([0, 0, 0, 0, 0, 0]).0 == SIMD3(1, 0, 0))
  }
}

struct ShapeBasisTests {
  /// Meshes of 40 vertices that are a mean and two known directions, turned and moved.
  private func meshes() -> [[SIMD3<Float>]] {
    var stream = RandomStream(seed: 3, purpose: "meshes")
    func mesh() -> [SIMD3<Float>] {
      (0..<40).map { _ in
        SIMD3(
          stream.uniform(in: -1...1), stream.uniform(in: -1...1), stream.uniform(in: -1...1))
      }
    }
    let (mean, first, second) = (mesh().map { $0 * 80 }, mesh().map { $0 * 4 }, mesh())
    return (0..<30).map { _ in
      let (a, b) = (stream.uniform(in: -1...1), stream.uniform(in: -1...1))
      let pose = HeadPose(
        pitch: stream.uniform(in: -20...20), yaw: stream.uniform(in: -60...60), roll: 5)
      let (x, y, z) = pose.rotation
      return mean.indices.map { k in
        let p = mean[k] + first[k] * a + second[k] * b
        return SIMD3((x * p).sum(), (y * p).sum() + 30, (z * p).sum() + 900)
      }
    }
  }

  private let points = (0..<68).map { MeshPoint(vertices: [$0 % 40, 3], weights: [0.5, 0.5]) }

  @Test("a mesh comes back from its coefficients once it has been brought onto the mean")
  func reconstructs() throws {
    let meshes = meshes()
    let basis = try ShapeBasis(meshes: meshes, count: 10, points: points)
    #expect(basis.count == 10 && basis.vertexCount == 40)
    let mean = try basis.meanMesh()
    for mesh in meshes.prefix(5) {
      let alignment = try RigidAlignment(from: mesh, to: mean)
      let shape = mesh.map { alignment($0) }
      let z = try basis.coefficients(shape)
      let back = basis.points(
        try basis.shapes(Tensor(z, shape: [1, 10])).floats())
      let errors = zip(shape, back).map { a, b in ((a - b) * (a - b)).sum().squareRoot() }
      #expect((errors.max() ?? 9) < 0.2, "\(errors.max() ?? 9)")
      // The landmarks' own rows agree with the mesh.
      let landmarks = try basis.landmarkShapes(Tensor(z, shape: [1, 10])).floats()
      let expected = points[20].position(in: back)
      #expect(abs(landmarks[60] - expected.x) < 1e-2 && abs(landmarks[62] - expected.z) < 1e-2)
    }
    // Components are orthogonal, the largest first.
    let gram = try basis.components.matmul(basis.components.transposed(0, 1)).floats()
    #expect(abs(gram[1]) < 1e-2 * gram[0] && gram[0] > gram[11])
  }

  @Test("one mesh makes no basis")
  func tooFew() {
    #expect(throws: FaceTaskError.self) {
      try ShapeBasis(meshes: Array(meshes().prefix(1)), count: 5, points: points)
    }
  }

  @Test("the face world's camera is found from mesh and landmarks, and the fit follows a crop")
  func perspective() throws {
    let faces = SmallWorld.faces
    let points = faces.meshLandmarks
    let meshes = try (0..<8).map { try #require(try faces.mesh(at: $0)) }
    let basis = try ShapeBasis(meshes: meshes, count: 7, points: points)
    let mean = try basis.meanMesh()
    for index in 0..<4 {
      let landmarks = try requireHeadPoints(try faces.labels(at: index))
      let places = points.map { $0.position(in: meshes[index]) }
      let camera = Perspective(landmarks3D: places, landmarks: landmarks)
      for (place, landmark) in zip(places, landmarks) {
        let p = camera.pixels(place)
        #expect(abs(p.x - landmark.x) < 0.02 && abs(p.y - landmark.y) < 0.02)
      }
      let fit = try MeshFit(
        mesh: meshes[index], landmarks: landmarks, points: points, basis: basis, meanMesh: mean)
      let map = Affine.rotation(degrees: 25).then(.scale(1.5, 1.5)).then(.translation(4, -7))
      let moved = fit.moved(by: map)
      let shape = basis.points(
        try basis.shapes(Tensor(fit.coefficients, shape: [1, basis.count])).floats())
      let errors = zip(points, landmarks).map { point, landmark -> Float in
        let p = point.position(in: shape)
        let place = moved.scale * SIMD2((moved.x * p).sum(), (moved.y * p).sum())
        let d = place + moved.translation - map(landmark)
        return (d * d).sum().squareRoot()
      }
      // Weak perspective, not perspective: within a pixel and a half of 48.
      #expect(errors.reduce(0, +) / 68 < 1.5, "\(errors.reduce(0, +) / 68)")
    }
  }

  @Test("a perfect reconstruction has no error, and a known shift has a known one")
  func judge() throws {
    let faces = SmallWorld.faces
    let points = faces.meshLandmarks
    let mesh = try #require(try faces.mesh(at: 0))
    let labels = try faces.labels(at: 0)
    let landmarks = try #require(labels.landmarks)
    let sample = TaskSample(index: 0, labels: labels, toImage: .identity, size: SmallWorld.size)
    // An orthographic head whose landmarks are exact in 2D is not to be had; the true mesh is, in 3D.
    var judge = ReconstructionJudge(points: points, vertices: mesh.count)
    let size = try LandmarkNormalizer.box.length(of: landmarks)
    let camera = Perspective(
      landmarks3D: points.map { $0.position(in: mesh) }, landmarks: landmarks)
    let head = ReconstructedHead(
      shape: mesh, rotation: (SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)),
      scale: camera.focal / camera.distance,
      translation: camera.centre)
    try judge.add(sample, head, mesh: mesh, id: "0")
    let evaluation = try judge.finished()
    #expect(try #require(evaluation.value(of: "vertex-error[rigid-mm]")) < 1e-3)
    let errors = try #require(evaluation.tables["face-errors"])
    #expect(errors.rows.count == 1 && errors.rows[0][0] == .text("0"))
    #expect(try #require(errors.rows[0][2].numericValue) < 1e-3)
    let nme = try #require(evaluation.value(of: "nme[68-box]"))
    #expect(nme < 10, "weak perspective alone: \(nme)")
    var shifted = ReconstructionJudge(points: points, vertices: mesh.count)
    try shifted.add(
      sample,
      ReconstructedHead(
        shape: mesh, rotation: head.rotation, scale: head.scale,
        translation: head.translation + SIMD2(Float(size), 0)), mesh: mesh, id: "0")
    let far = try #require(try shifted.finished().value(of: "nme[68-box]"))
    #expect(far > 90 && far < 110)
    #expect(throws: FaceTaskError.self) {
      var judge = ReconstructionJudge(points: points, vertices: 3)
      try judge.add(
        sample,
        ReconstructedHead(
          shape: Array(mesh.prefix(3)), rotation: head.rotation, scale: 1, translation: .zero),
        mesh: mesh, id: "0")
    }
  }
}
