import Foundation
import Testing

@testable import FaceData

/// The points of all schemes on the head, and the gaze.
@Suite struct HeadLandmarkTests {
  private static func world(
    _ scheme: LandmarkScheme, knobs: [FaceWorldSettings.Knob: Double] = [:]
  ) throws -> FaceWorld {
    var settings = FaceWorldSettings(
      profile: .wild, identities: 3, images: 12, size: 64, seed: 4)
    settings.landmarks = scheme
    settings[.nonFaces] = 0
    for (knob, value) in knobs { settings[knob] = value }
    return try FaceWorld(settings)
  }

  private static func meanFace(_ scheme: LandmarkScheme, gaze: SIMD2<Float> = .zero) throws
    -> [SIMD2<Float>]
  {
    var scene = try meanScene()
    scene.gaze = gaze
    let labels = FaceRenderer(size: 256, scheme: scheme).labels(of: scene)
    return try #require(labels.landmarks)
  }

  @Test("points that two schemes share lie in one place", arguments: LandmarkScheme.named)
  func schemesAgree(scheme: LandmarkScheme) throws {
    let (dense, other) = (try Self.world(.lapa106), try Self.world(scheme))
    for index in 0..<dense.count {
      let (a, b) = (try dense.sample(at: index), try other.sample(at: index))
      #expect(a.image == b.image)
      let points = try #require(a.labels.landmarks)
      let expected = try LandmarkScheme.lapa106.converted(points, to: scheme)
      let found = try #require(b.labels.landmarks)
      #expect(b.labels.landmarkScheme == scheme && found.count == scheme.count)
      for (place, (p, q)) in zip(expected, found).enumerated() {
        // The mean of points at several depths is taken before the camera.
        #expect((p - q).max() < 0.6 && (q - p).max() < 0.6, "\(scheme.name) \(place): \(p) \(q)")
      }
      #expect(b.labels.landmarkVisibility?.count == scheme.count)
      #expect(b.labels.landmarks3D?.count == scheme.count)
    }
  }

  @Test("a face from in front is its own mirror image", arguments: LandmarkScheme.named)
  func symmetry(scheme: LandmarkScheme) throws {
    let points = try Self.meanFace(scheme)
    let middle = try Self.meanFace(.ibug68)[30].x
    let mirrored = try #require(
      scheme.mirrored(points.map { SIMD2(2 * middle - $0.x, $0.y) }))
    for (place, (p, q)) in zip(points, mirrored).enumerated() {
      #expect(abs(p.x - q.x) < 0.8 && abs(p.y - q.y) < 0.8, "\(scheme.name) \(place)")
    }
  }

  @Test("WFLW's further points lie between those of 300-W")
  func dense() throws {
    let points = try Self.meanFace(.wflw98)
    for k in stride(from: 1, to: 33, by: 2) {
      let middle = (points[k - 1] + points[k + 1]) / 2
      let (gap, step) = (points[k] - middle, points[k + 1] - points[k - 1])
      #expect((gap * gap).sum() < 0.1 * (step * step).sum(), "jaw \(k)")
    }
    // The lower edge of a brow is below the upper one and above the eye.
    for (upper, lower) in [(37, 38), (36, 39), (35, 40), (34, 41), (42, 50), (43, 49), (44, 48)] {
      #expect(points[lower].y > points[upper].y + 2 && points[lower].y < points[62].y, "\(lower)")
    }
    #expect(points[61].y < points[60].y && points[66].y > points[64].y)
    let wing = try LandmarkScheme.lapa106.converted(Self.meanFace(.lapa106), to: .cofw29)
    #expect(wing[18].x < points[55].x && wing[19].x > points[59].x)
  }

  @Test("pupils follow the gaze, which is a label")
  func gaze() throws {
    let straight = try Self.meanFace(.wflw98)
    let aside = try Self.meanFace(.wflw98, gaze: SIMD2(0.4, 0.2))
    for pupil in [96, 97] {
      #expect(aside[pupil].x > straight[pupil].x + 2 && aside[pupil].y < straight[pupil].y - 1)
    }
    let world = try Self.world(.ibug68)
    let gazes = try (0..<world.count).map { try #require(try world.labels(at: $0).gaze) }
    #expect(Set(gazes).count == world.count && gazes.allSatisfy { abs($0.right) < 29 })
    let labels = try world.labels(at: 0)
    let flip = Affine(a: -1, b: 0, c: 0, d: 1, tx: 64, ty: 0)
    let mirrored = labels.moved(by: flip, isFlipped: true, isPlain: true)
    #expect(mirrored.gaze == Gaze(right: -gazes[0].right, up: gazes[0].up))
  }

  @Test(
    "a pack and a record keep the scheme and the gaze", arguments: [LandmarkScheme.wflw98, .five])
  func stored(scheme: LandmarkScheme) throws {
    let world = try Self.world(scheme)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let pack = try world.packed(at: folder)
    for index in [0, 7] {
      var expected = try world.sample(at: index).labels
      expected.mesh = nil
      #expect(try pack.sample(at: index).labels == expected)
      let record = SampleRecord(
        expected, identityNames: world.identityNames, sampleID: nil, part: nil)
      let read = try record.labels(identity: { world.identityNames.firstIndex(of: $0) }, path: "")
      #expect(read == expected)
    }
  }

  @Test("settings with a scheme travel through JSON and name another set")
  func settings() throws {
    let world = try Self.world(.cofw29)
    let text = try JSONEncoder().encode(world.settings)
    #expect(try JSONDecoder().decode(FaceWorldSettings.self, from: text) == world.settings)
    #expect(try Self.world(.ibug68).fingerprint != world.fingerprint)
    let error = faceDataError { _ = try Self.world(.other(194)) }
    #expect(error?.code == .invalidSetting && error?.message.contains("other194") == true)
  }

  @Test("noise on landmarks is in proportion to the eyes in any scheme")
  func noise() throws {
    let (plain, noisy) = (
      try Self.world(.aflw19), try Self.world(.aflw19, knobs: [.landmarkNoise: 0.1])
    )
    let (a, b) = (try plain.labels(at: 1), try noisy.labels(at: 1))
    let points = try #require(a.landmarks)
    let eyes = try #require(LandmarkScheme.aflw19.interOcular?.length(of: points))
    let errors = zip(points, b.landmarks ?? []).map { ($0 - $1) / eyes }
    let deviation = (errors.map { ($0 * $0).sum() / 2 }.reduce(0, +) / 19).squareRoot()
    #expect((0.05...0.16).contains(deviation))
  }
}
