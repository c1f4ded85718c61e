import Foundation
import Testing

@testable import FaceData

/// Every reader of landmarks on exact files and on broken ones.
@Suite struct LabelReaderTests {
  @Test(arguments: LabelFixture.all)
  func exactFilesAreReadWhole(fixture: LabelFixture) throws {
    let folder = try TemporaryFolder()
    try fixture.write(folder)
    let dataset = try fixture.source(folder).open()
    #expect(dataset.unusable.isEmpty, "\(dataset.unusable.prefix(2))")
    #expect(dataset.count >= 2)
    #expect(Set((0..<dataset.count).map(dataset.id)).count == dataset.count)
    for index in 0..<dataset.count {
      let sample = try dataset.sample(at: index)
      #expect(sample.labels == (try dataset.labels(at: index)))
      if fixture.kind != "aflw2000" { #expect(sample.labels.landmarkScheme == fixture.scheme) }
      #expect(sample.labels.landmarks?.count == fixture.scheme.count)
      guard fixture.isDrawn else { continue }
      for point in try #require(sample.labels.landmarks) {
        let (x, y) = (Int(point.x), Int(point.y))
        #expect(point == SIMD2(Float(x), Float(y)) + 0.5)
        #expect(
          sample.image.pixels[(y * DrawnFace.size + x) * 3] == 255, "\(fixture.kind) \(point)")
      }
    }
    #expect(dataset.fingerprint == (try fixture.source(folder).open().fingerprint))
  }

  @Test(arguments: LabelFixture.all)
  func theFormatIsGuessed(fixture: LabelFixture) throws {
    let folder = try TemporaryFolder()
    try fixture.write(folder)
    let guess = try DatasetFormat.guess(path: folder.path)
    #expect(guess.format.kind == fixture.kind, "\(guess.reason)")
    #expect(try DatasetSpecification(guess.source).open(cacheFolder: nil, threads: 1).count >= 2)
  }

  @Test(arguments: LabelFixture.all)
  func theFingerprintFollowsPartCropAndLabels(fixture: LabelFixture) throws {
    let folder = try TemporaryFolder()
    try fixture.write(folder)
    var source = fixture.source(folder)
    let first = try source.open().fingerprint
    source.crop = .face
    let faces = try source.open()
    #expect(faces.fingerprint != first)
    let points = try #require(try faces.sample(at: 0).labels.landmarks)
    let image = try faces.sample(at: 0).image
    #expect(image.width == image.height)
    #expect(points.allSatisfy { $0.min() > 0 && $0.max() < Float(image.width) })
    if let number = fixture.number {
      let place = LabelDamage.Place(
        folder: folder, labels: fixture.labels, picture: "", number: number)
      try place.replaceNumber("12.0")
      source.crop = .whole
      #expect(try source.open().fingerprint != first)
    }
  }

  @Test(arguments: LabelFixture.all)
  func brokenLabelFilesAreReported(fixture: LabelFixture) throws {
    let check = DamageCheck(make: fixture.write) { try fixture.source($0).open() }
    for damage in fixture.number == nil ? Damage.binary : Damage.text {
      // JSON may be in UTF-16, and numbers in brackets and quotes are LabelDamage's.
      let isTable = !["json", "xml"].contains { fixture.labels.hasSuffix($0) }
      if !isTable, damage.name == "UTF-16" || damage.name.hasSuffix("for numbers") { continue }
      let complaints = try check.complaints(damage, file: fixture.labels)
      let texts = complaints.map { $0.prefix(200) }
      #expect(texts.isEmpty, "\(fixture.kind), \(damage.name)")
    }
  }

  /// An error or an unusable sample that says what is wrong, and never a trap; what is read all the
  /// same is whole and finite.
  @Test(arguments: LabelFixture.all, LabelDamage.all)
  func brokenNumbersAndPicturesAreReported(fixture: LabelFixture, damage: LabelDamage) throws {
    if damage.needsNumber, fixture.number == nil { return }
    if damage.name.contains("picture"), fixture.picture.isEmpty { return }
    let folder = try TemporaryFolder()
    try fixture.write(folder)
    let before = try fixture.source(folder).open().count
    try damage.apply(
      LabelDamage.Place(
        folder: folder, labels: fixture.labels, picture: fixture.picture,
        number: fixture.number ?? ""))
    let (count, complaints) = try reading(fixture.source(folder))
    #expect(complaints.allSatisfy { $0.count >= 10 }, "\(complaints)")
    // A label file a picture: the other faces stay, and a file that is gone is not missed.
    let isGone = damage.name.hasSuffix("of the labels") && count < before
    #expect(isGone || !complaints.isEmpty, "\(fixture.kind): \(damage.name) was not noticed")
  }

  /// Opens and reads all there is.
  private func reading(_ source: DatasetSource) throws -> (count: Int, complaints: [String]) {
    do {
      let dataset = try source.open()
      var complaints = dataset.unusable.map(\.reason)
      for index in 0..<dataset.count {
        do {
          let labels = try dataset.sample(at: index).labels
          let points = labels.annotatedPoints
          #expect(!points.isEmpty && labels.landmarks?.count == labels.landmarkScheme.count)
          #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
        } catch let error as FaceDataError {
          complaints.append(error.message)
        }
      }
      return (dataset.count, complaints)
    } catch let error as FaceDataError {
      #expect(error.context.path != nil, "\(error)")
      return (0, [error.message])
    }
  }
}

@Suite struct LabelReaderValueTests {
  private func open(_ fixture: LabelFixture, part: String? = nil) throws -> (
    TemporaryFolder, any FaceDataset
  ) {
    let folder = try TemporaryFolder()
    try fixture.write(folder)
    var source = fixture.source(folder)
    source.part = part
    return (folder, try source.open())
  }

  /// Point k of an invented face, see make_mat_files.py.
  private func point(_ face: Int, _ k: Int) -> SIMD2<Float> {
    SIMD2(
      10 + 5 * Float(face) + 3 * Float(k % 7) + 0.25 * Float(k),
      12 + 2 * Float(face) + 4 * Float(k / 7) + 0.5)
  }

  @Test func wflwHasBoxAndAttributes() throws {
    let (_, dataset) = try open(.wflw)
    let labels = try dataset.labels(at: 0)
    #expect(dataset.id(at: 0) == "0--Parade/a.png")
    #expect(labels.attributes == [.expression, .occlusion])
    #expect(labels.faceBox == FaceBox(x: 5.5, y: 7.5, width: 85, height: 73))
    #expect(faceDataError { _ = try self.open(.wflw, part: "train") }?.code == .unreadable)
    #expect(try open(.wflw, part: "test").1.count == 2)
  }

  @Test func hrnetBoxesAreTwoHundredTimesTheScale() throws {
    let (_, dataset) = try open(.hrnet)
    #expect(try dataset.labels(at: 0).faceBox == FaceBox(x: 10.5, y: 10.5, width: 80, height: 80))
    let (_, old) = try open(.hrnet68)
    #expect(try old.labels(at: 0).faceBox == FaceBox(x: 8.5, y: 8.5, width: 80, height: 80))
    #expect(dataset.id(at: 0) == "a b.png")
  }

  @Test func cocoVisibilityIsUnknownWhereAllAreOne() throws {
    let (_, dataset) = try open(.coco)
    #expect(
      try dataset.labels(at: 0).landmarkVisibility == Array(repeating: .visible, count: 106))
    #expect(try dataset.labels(at: 1).landmarkVisibility == nil)
  }

  @Test func aflwIsOrderedAndSplitByRA() throws {
    let (_, dataset) = try open(.aflw19)
    #expect(dataset.count == 7 && dataset.id(at: 0) == "3/image00002.jpg")
    let labels = try dataset.labels(at: 0)
    #expect(labels.landmarks == (0..<19).map { point(2, $0) + 0.5 })
    #expect(labels.landmarkVisibility?[5] == .hidden && labels.landmarkVisibility?[4] == .visible)
    #expect(labels.faceBox == FaceBox(x: 18.5, y: 14.5, width: 52, height: 30))
    // 20,000 of 24,386 as five of seven; rows 3, 1, 7, 5, 2 train and 6, 4 test, 4 being hidden.
    #expect(try open(.aflw19, part: "train").1.count == 5)
    let (_, test) = try open(.aflw19, part: "test")
    #expect((0..<test.count).map(test.id) == ["3/image00005.jpg", "0/image00003.jpg"])
    let (_, frontal) = try open(.aflw19, part: "frontal")
    #expect((0..<frontal.count).map(frontal.id) == ["3/image00005.jpg"])
  }

  @Test func cofwPicturesAreMATLABsPlanes() throws {
    let (_, dataset) = try open(.cofw)
    #expect(dataset.count == 5 && dataset.id(at: 1) == "IsT{2}")
    for index in 0..<5 {
      let sample = try dataset.sample(at: index)
      #expect((sample.image.width, sample.image.height) == (80, 64 + index))
      let first = try #require(sample.labels.landmarks?.first)
      let place = (Int(first.y) * 80 + Int(first.x)) * 3
      let expected: [UInt8] = index == 3 ? [250, 250, 250] : [250, 100, 50]
      #expect(Array(sample.image.pixels[place..<(place + 3)]) == expected)
      #expect(sample.labels.landmarkVisibility?[index] == .hidden)
      #expect(sample.labels.landmarkVisibility?.count { $0 == .hidden } == 1)
      #expect(sample.labels.faceBox?.x == 8 + 5 * Float(index))
    }
  }

  @Test func theFaceModelIsRead() throws {
    let (_, dataset) = try open(.aflw2000)
    let labels = try dataset.labels(at: 0)
    #expect(labels.landmarks == (0..<68).map { point(1, $0) - 0.5 })
    #expect(labels.landmarks3D?[40].z == 10)
    #expect(abs((labels.headPose?.yaw ?? 0) - -28.6479) < 1e-3)
    #expect(abs((labels.headPose?.pitch ?? 0) - 5.7296) < 1e-3)
    #expect(labels.morphableFit?.shape[3] == 30 && labels.morphableFit?.expression[8] == 1)
    #expect(labels.morphableFit?.translation == SIMD3(30, 40, -50))
    let (_, large) = try open(.threeHundredWLP)
    #expect(large.count == 2 && large.unusable.isEmpty)
    #expect(try large.labels(at: 0).landmarks?[9] == point(0, 9) - 0.5)
    #expect(try large.labels(at: 0).landmarks3D == nil)
  }

  @Test func repeatedFacesAreListedOnce() throws {
    let folder = try TemporaryFolder()
    try LabelFixture.wflw.write(folder)
    let path = folder.path + "/" + LabelFixture.wflw.labels
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try folder.write(text + text, LabelFixture.wflw.labels)
    let dataset = try LabelFixture.wflw.source(folder).open()
    #expect(dataset.count == 2)
    #expect(
      dataset.unusable.map(\.path) == [
        "\(LabelFixture.wflw.labels):3", "\(LabelFixture.wflw.labels):4",
      ])
    #expect(dataset.unusable.allSatisfy { $0.reason.contains("listed twice") })
  }

  @Test func twoFacesOfAPictureAreTwoSamples() throws {
    let folder = try TemporaryFolder()
    try LabelFixture.coco.write(folder)
    let path = folder.path + "/" + LabelFixture.coco.labels
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try folder.write(
      text.replacingOccurrences(of: "\"image_id\": 8", with: "\"image_id\": 7"),
      LabelFixture.coco.labels)
    let dataset = try LabelFixture.coco.source(folder).open()
    #expect((0..<dataset.count).map(dataset.id) == ["a.png", "a.png#2"])
  }

  @Test func aBoxCropNeedsABox() throws {
    let folder = try TemporaryFolder()
    try LabelFixture.ljson.write(folder)
    var source = LabelFixture.ljson.source(folder)
    source.crop = .box
    let error = faceDataError { _ = try source.open() }
    #expect(error?.code == .emptyDataset && error?.message.contains("no face box") == true)
  }
}
