import Foundation
import Testing

@testable import FaceData

@Suite struct LandmarkSchemeTests {
  private static let all = LandmarkScheme.named + [.other(194)]

  @Test(arguments: all)
  func aMirrorIsItsOwnInverseAndKeepsLines(scheme: LandmarkScheme) throws {
    #expect(scheme.contours.flatMap { $0 }.allSatisfy { (0..<scheme.count).contains($0) })
    guard let mirror = scheme.mirror else {
      #expect(scheme == .other(194))
      #expect(scheme.mirrored(Array(0..<194)) == nil)
      return
    }
    #expect(mirror.count == scheme.count)
    #expect(mirror.map { mirror[$0] } == Array(0..<scheme.count))
    // Each line's image is a line, or the line itself turned round.
    let edges = Set(scheme.contours.flatMap { line in zip(line, line.dropFirst()).map(Edge.init) })
    #expect(edges.allSatisfy { edges.contains(Edge(mirror[$0.low], mirror[$0.high])) })
    #expect(scheme.mirrored([0]) == nil)
  }

  private struct Edge: Hashable {
    let low, high: Int
    init(_ first: Int, _ second: Int) {
      (low, high) = (min(first, second), max(first, second))
    }
  }

  @Test(arguments: all)
  func everyPointIsDrawn(scheme: LandmarkScheme) {
    #expect(Set(scheme.contours.flatMap { $0 }).count == scheme.count)
  }

  @Test func aSchemeIsItsNameInJSON() throws {
    for scheme in Self.all {
      let text = try JSONEncoder().encode([scheme])
      #expect(String(decoding: text, as: UTF8.self) == "[\"\(scheme.name)\"]")
      #expect(try JSONDecoder().decode([LandmarkScheme].self, from: text) == [scheme])
      #expect(LandmarkScheme(benchmarkCount: scheme.count) == scheme)
    }
    for name in ["", "other", "other0", "other-3", "ibug69"] {
      #expect(LandmarkScheme(name: name) == nil, "\(name)")
    }
  }

  /// 98 points by number, so that a converted point names its source.
  private static func numbered(_ scheme: LandmarkScheme) -> [SIMD2<Float>] {
    (0..<scheme.count).map { SIMD2(Float($0), 0) }
  }

  @Test func wflwBecomesIBUGByTheSharedPoints() throws {
    let points = try LandmarkScheme.wflw98.converted(Self.numbered(.wflw98), to: .ibug68)
    let sources = points.map { Int($0.x) }
    #expect(sources.count == 68 && Set(sources).count == 68)
    #expect(sources[8] == 16 && sources[16] == 32 && sources[17] == 33 && sources[26] == 46)
    #expect(Array(sources[36..<48]) == [60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75])
    #expect(sources[30] == 54 && sources[48] == 76 && sources[67] == 95)
  }

  /// A conversion and both schemes' mirrors commute; the normalisers' points are converted.
  @Test(arguments: all, LandmarkScheme.named)
  func conversionsKeepLeftAndRight(source: LandmarkScheme, target: LandmarkScheme) throws {
    guard let table = try? source.conversion(to: target) else { return }
    #expect(table.count == target.count)
    let mirror = try #require(source.mirror)
    let other = try #require(target.mirror)
    for point in 0..<target.count {
      #expect(Set(table[point].map { mirror[$0] }) == Set(table[other[point]]), "\(point)")
    }
  }

  @Test func undefinedConversionsSaySo() {
    let error = faceDataError {
      _ = try LandmarkScheme.ibug68.converted(Self.numbered(.ibug68), to: .wflw98)
    }
    #expect(error?.code == .invalidSetting)
    #expect(error?.message.contains("from ibug68 to wflw98") == true)
    #expect(error?.message.contains("it can become five") == true)
    let unknown = faceDataError {
      _ = try LandmarkScheme.other(194).converted(Self.numbered(.other(194)), to: .ibug68)
    }
    #expect(unknown?.message.contains("cannot be converted at all") == true)
    let count = faceDataError { _ = try LandmarkScheme.wflw98.converted([], to: .ibug68) }
    #expect(count?.code == .brokenLabels)
  }

  @Test func normalisersMeasureBetweenTheEyes() throws {
    var points = Self.numbered(.ibug68)
    (points[36], points[45]) = (SIMD2(0, 0), SIMD2(3, 4))
    #expect(LandmarkScheme.ibug68.interOcular?.length(of: points) == 5)
    #expect(LandmarkScheme.ibug68.interOcular?.length(of: []) == nil)
    let numbered = Self.numbered(.ibug68)
    #expect(LandmarkScheme.ibug68.interPupil?.length(of: numbered) == 6)
    #expect(LandmarkScheme.wflw98.interPupil?.length(of: Self.numbered(.wflw98)) == 1)
    #expect(LandmarkScheme.aflw19.interOcular == .init(left: [6], right: [11]))
    #expect(LandmarkScheme.five.interOcular == nil)
  }

  @Test func aFlipOfPointsWithoutMirrorIsNotDone() throws {
    var samples = MemoryDataset.pictures(1, size: 40).samples
    var labels = FaceLabels(landmarks: [SIMD2(10, 20), SIMD2(30, 20)])
    labels.landmarkScheme = .other(2)
    samples[0] = FaceSample(id: "0", image: samples[0].image, labels: labels)
    var settings = LabelledCropSettings.evaluation(size: 40)
    settings.flipProbability = 1
    let dataset = MemoryDataset(samples: samples)
    let batch = try LabelledCrop.batch(
      dataset, indices: [0], settings: settings, seed: 1, epoch: 0)
    #expect(batch.labels[0].landmarks == labels.landmarks)
  }

  @Test func allLabelsFollowAFlip() throws {
    var labels = FaceLabels(landmarks: (0..<5).map { SIMD2(Float($0) * 4, 8) })
    labels.landmarkScheme = .five
    labels.landmarkVisibility = [.hidden, .visible, .visible, .visible, .absent]
    labels.landmarks3D = labels.landmarks?.map { SIMD3($0.x, $0.y, 6) }
    labels.headPose = HeadPose(pitch: 5, yaw: 20, roll: -3)
    labels.faceBox = FaceBox(x: 0, y: 2, width: 10, height: 20)
    // Mirrored about x = 20 and halved.
    let flip = Affine(a: -0.5, b: 0, c: 0, d: 0.5, tx: 20, ty: 0)
    let moved = labels.moved(by: flip, isFlipped: true, isPlain: false)
    #expect(moved.landmarks?[0] == SIMD2(18, 4) && moved.landmarks?[3] == SIMD2(12, 4))
    #expect(moved.landmarkVisibility == [.visible, .hidden, .visible, .absent, .visible])
    #expect(moved.landmarks3D?[0] == SIMD3(18, 4, 3))
    #expect(moved.headPose == HeadPose(pitch: 5, yaw: -20, roll: 3))
    #expect(moved.faceBox == FaceBox(x: 15, y: 1, width: 5, height: 10))
    let turned = labels.moved(by: .rotation(degrees: 10), isFlipped: false, isPlain: false)
    #expect(turned.headPose == nil && turned.faceBox != nil)
  }
}

@Suite struct HeadPoseTests {
  @Test(arguments: [(0, 0, 0), (10, -20, 30), (-35, 65, 20), (40, -89, -70), (0, 90, 0)])
  func aRotationIsItsAngles(pitch: Float, yaw: Float, roll: Float) {
    let pose = HeadPose(pitch: pitch, yaw: yaw, roll: roll)
    let again = HeadPose(rotation: pose.rotation)
    for (first, second) in [(pose.pitch, again.pitch), (pose.yaw, again.yaw)] {
      #expect(abs(first - second) < 0.05, "\(again)")
    }
    #expect(abs(pose.roll - again.roll) < 0.05)
  }

  @Test func positiveAnglesTurnLeftUpAndClockwise() {
    let nose = SIMD3<Float>(0, 0, 1)
    func turned(_ pose: HeadPose, _ p: SIMD3<Float>) -> SIMD3<Float> {
      let (x, y, z) = pose.rotation
      return SIMD3((x * p).sum(), (y * p).sum(), (z * p).sum())
    }
    #expect(turned(HeadPose(pitch: 0, yaw: 30, roll: 0), nose).x < -0.4)
    #expect(turned(HeadPose(pitch: 30, yaw: 0, roll: 0), nose).y > 0.4)
    // y is up: clockwise takes the right side down.
    #expect(turned(HeadPose(pitch: 0, yaw: 0, roll: 30), SIMD3(1, 0, 0)).y < -0.4)
  }
}
