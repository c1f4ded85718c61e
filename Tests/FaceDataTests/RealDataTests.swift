import Foundation
import Testing

@testable import FaceData

/// The readers on real sets, where they are there.
@Suite struct RealDataTests {
  @Test(.enabled(if: TestData.has("lfw/images"), "needs ../shared/data/lfw"))
  func lfwHasItsPicturesAndPairs() throws {
    let dataset = try LFWDataset(path: TestData.path("lfw"))
    #expect(dataset.count == 10_209)
    #expect(dataset.pairReport.total == 6_000)
    #expect(dataset.pairReport.usable == 4_480)
    #expect(dataset.pairReport.usableByFold.suffix(2) == [0, 0])
    #expect(dataset.pairReport.usableByFold.prefix(8).allSatisfy { $0 > 500 })
    #expect(dataset.pairReport.problems.isEmpty)
    #expect(dataset.pairs.count(where: \.isSame) > 2_000)
    for pair in dataset.pairs.prefix(500) {
      let first = try dataset.labels(at: pair.first).identity
      #expect((first == (try dataset.labels(at: pair.second).identity)) == pair.isSame)
    }
    #expect(try dataset.sample(at: 77).image.width == 128)
    let folder = try LFWDataset(path: TestData.path("lfw/images"))
    #expect(folder.pairs == dataset.pairs && folder.fingerprint == dataset.fingerprint)
  }

  @Test(.enabled(if: TestData.has("helen/trainset"), "needs ../shared/data/helen"))
  func helenCropsHaveTheirPoints() throws {
    let dataset = try LandmarkFolder(path: TestData.path("helen/trainset"))
    #expect(dataset.count == 870 && dataset.unusable.isEmpty)
    #expect(dataset.id(at: 0) == "100032540_1.jpg")
    let points = try #require(try dataset.sample(at: 0).labels.landmarks)
    #expect(points[0] == SIMD2<Float>(48.606, 96.408) - 0.5)
    #expect(points[8] == SIMD2<Float>(116.677, 204.633) - 0.5)
  }

  @Test(.enabled(if: TestData.has("helen/originals"), "needs ../shared/data/helen"))
  func helenOriginalsWithoutHeaderAreRead() throws {
    let path = TestData.path("helen/originals")
    let dataset = try LandmarkFolder(path: path)
    #expect(dataset.count == 10 && dataset.unusable.isEmpty)
    let points = try #require(try dataset.labels(at: 0).landmarks)
    #expect(dataset.id(at: 0) == "1004467229_1.jpg")
    #expect(points[0] == SIMD2<Float>(212.041509, 113.718439) - 0.5)
    let faces = try LandmarkFolder(path: path, crop: .face)
    for index in 0..<faces.count {
      let (image, labels) = (try faces.sample(at: index).image, try faces.labels(at: index))
      let points = try #require(labels.landmarks)
      let (low, high) = LandmarkFolder.bounds(points)
      let side = Float(image.width)
      #expect(image.width == image.height && image.width < 2_000)
      #expect(low.min() > 0 && high.max() < side)
      #expect(abs((high - low).max() * 1.3 - side) <= 1)
    }
  }

  @Test(.enabled(if: TestData.has("orl"), "needs ../shared/data/orl"))
  func portableGrayMapsAreRead() throws {
    let dataset = try LFWDataset(path: TestData.path("orl"))
    #expect(dataset.identityNames.count == 39 && dataset.count == 390)
    let image = try dataset.sample(at: 0).image
    #expect((image.width, image.height) == (92, 112))
    #expect(Set(image.pixels).count > 30)
  }
}
