import Testing

@testable import FaceData

/// Where faces stand in a set, and the parts of photos in which they stand alike.
@Suite struct FacePlacementTests {
  private static let points: [SIMD2<Float>] = [
    SIMD2(0.3, 0.4), SIMD2(0.7, 0.4), SIMD2(0.5, 0.6), SIMD2(0.35, 0.8), SIMD2(0.65, 0.8),
  ]

  private static func placement(turned: Bool = false, aspect: Float = 1) throws -> FacePlacement {
    let faces = [Float(-8), 8].map { degrees -> FacePlacement.Face in
      let turn = Affine.translation(-0.5, -0.6).then(.rotation(degrees: turned ? degrees : 0))
        .then(.translation(0.5, 0.6))
      return FacePlacement.Face(points: points.map { turn($0) }, aspect: aspect)
    }
    return try #require(FacePlacement(faces, source: .landmarks))
  }

  private func near(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ tolerance: Float = 1e-3) -> Bool {
    (a - b).max() < tolerance && (b - a).max() < tolerance
  }

  /// A face of 200 px at (30, 50): the part's middle is its own.
  @Test(arguments: [false, true])
  func aFaceStandsAsInTheSet(turned: Bool) throws {
    let placement = try Self.placement(turned: turned)
    #expect(placement.isUpright == !turned && placement.count == 2)
    let shown = Self.points.map { $0 * 200 + SIMD2(30, 50) }
    let part = try #require(placement.part(around: shown))
    for (own, found) in zip(placement.points, shown) { #expect(near(part(own), found, 3)) }
    #expect(
      near(part(SIMD2(0, 0)), SIMD2(30, 50), 4) && near(part(SIMD2(1, 1)), SIMD2(230, 250), 4))
  }

  /// Only where the set was aligned the part turns with the face.
  @Test func thePartTurnsWhereTheSetWasAligned() throws {
    let turn = Affine.rotation(degrees: 20)
    let shown = Self.points.map { turn($0 * 100) }
    let aligned = try #require(try Self.placement().part(around: shown))
    for (own, found) in zip(Self.points, shown) { #expect(near(aligned(own), found, 0.1)) }
    let upright = try #require(try Self.placement(turned: true).part(around: shown))
    #expect(upright.b == 0 && upright.c == 0 && abs(upright.a - 100) < 3)
  }

  /// Pictures twice as high as wide give parts twice as high as wide.
  @Test func partsHaveTheShapeOfTheSetsPictures() throws {
    let placement = try Self.placement(aspect: 2)
    let part = try #require(placement.part(around: Self.points.map { $0 * 50 }))
    #expect(near(part(SIMD2(1, 1)), SIMD2(50, 100)))
  }

  @Test func pointsInOnePlaceHaveNoPart() throws {
    for turned in [false, true] {
      let placement = try Self.placement(turned: turned)
      #expect(placement.part(around: Array(repeating: SIMD2(3, 3), count: 5)) == nil)
      #expect(placement.part(around: [SIMD2(3, 3)]) == nil)
    }
  }

  @Test func aSetWithLandmarksIsMeasuredByThem() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 10, images: 30, size: 48))
    let placement = try #require(try FacePlacement(of: Array(0..<30), in: world))
    #expect(placement.source == .landmarks && placement.count == 30 && placement.aspect == 1)
    let (left, right, mouth) = (placement.points[0], placement.points[1], placement.points[3])
    #expect(left.x < right.x && mouth.y > left.y && left.min() > 0 && right.max() < 1)
    let plain = MemoryDataset.pictures(3, size: 40)
    #expect(try FacePlacement(of: [0, 1, 2], in: plain) == nil)
  }
}

@Suite(.enabled(if: FaceDetector.isInstalled, "needs libfacedetection: `make setup`"))
struct CutFacesTests {
  /// A group of three, a wall without a face and a file that is no picture.
  private static func photos() throws -> (TemporaryFolder, StagedPhoto) {
    let folder = try TemporaryFolder()
    let group = try StagedPhoto.group()
    try folder.write(group.image.encodedJPEG(quality: 95), "group.jpg")
    try folder.write("no picture", "letter.jpg")
    try folder.write(StagedPhoto(width: 300, height: 200).image.encodedJPEG(), "wall.jpg")
    return (folder, group)
  }

  private static func placement() throws -> FacePlacement {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 20, images: 40, size: 64, seed: 3))
    return try #require(try FacePlacement(of: Array(0..<40), in: world))
  }

  @Test func facesAreCutAsTheSetShowsThemAndTheRestIsListed() throws {
    let (folder, group) = try Self.photos()
    let placement = try Self.placement()
    let cut = CutFaces.Cut.found(placement, leastScore: 0.7, onlyLargest: false)
    let photos = try ImageFolder(path: folder.path)
    let faces = try CutFaces(photos, cut: cut, side: 96, threads: 2)
    #expect(faces.count == 3 && faces.empty == ["wall.jpg"])
    #expect(faces.unusable.map(\.path) == ["letter.jpg"])
    for index in 0..<3 {
      let sample = try faces.sample(at: index)
      #expect(sample.image.width == 96 && sample.image.height == 96 && sample.id == "group.jpg")
      // The true points of the nearest staged face, where the placement wants them.
      let back = try #require(faces.faces[index].part.inverse)
      let errors = group.faces.map { StagedPhoto.error($0.map { back($0) }, placement.points) }
      #expect((errors.min() ?? 1) < 0.3, "\(errors)")
      let corner = faces.toPhoto(index)(SIMD2(96, 96))
      let expected = faces.faces[index].part(SIMD2(1, 1))
      #expect(abs(corner.x - expected.x) < 0.01 && abs(corner.y - expected.y) < 0.01)
    }
    let largest = try CutFaces(
      photos, cut: .found(placement, leastScore: 0.7, onlyLargest: true), side: 96, threads: 1)
    #expect(largest.count == 1)
    #expect(try faces.faces == CutFaces(photos, cut: cut, side: 96, threads: 1).faces)
  }

  @Test func aSinglePictureIsAFolderOfOne() throws {
    let (folder, _) = try Self.photos()
    let photo = try ImageFolder(path: folder.path + "/group.jpg")
    #expect(photo.count == 1 && photo.id(at: 0) == "group.jpg")
    let whole = try CutFaces(photo, cut: .whole, side: 96, threads: 1)
    #expect(whole.count == 1 && whole.faces[0].detection == nil)
    #expect(try whole.sample(at: 0).image == photo.sample(at: 0).image)
    let error = faceDataError { _ = try ImageFolder(path: folder.path + "/none.jpg") }
    #expect(error?.code == .unreadable)
  }
}

@Suite struct LandmarkSubsetTests {
  @Test(arguments: [
    ("ibug/image_003_1.jpg", ["challenge"]), ("300w/IBUG/x.jpg", ["challenge"]),
    ("helen/testset/1.jpg", ["common"]), ("lfpw/testset/image_0001.png", ["common"]),
    ("helen/trainset/1.jpg", []), ("01_Indoor/indoor_001.png", []), ("ibug.jpg", []),
  ])
  func of300W(id: String, subsets: [String]) {
    let labels = FaceLabels(landmarks: [.zero])
    #expect(labels.landmarkSubsets(id: id) == subsets)
  }

  @Test func ofWFLWAndAFLW() {
    var labels = FaceLabels(landmarks: [.zero])
    labels.landmarkScheme = .wflw98
    labels.attributes = [.blur, .pose]
    #expect(labels.landmarkSubsets(id: "ibug/x.jpg") == ["pose", "blur"])
    labels.landmarkScheme = .aflw19
    labels.landmarkVisibility = Array(repeating: .visible, count: 19)
    #expect(labels.landmarkSubsets(id: "x") == ["frontal"])
    labels.landmarkVisibility?[3] = .hidden
    #expect(labels.landmarkSubsets(id: "x").isEmpty)
  }
}
