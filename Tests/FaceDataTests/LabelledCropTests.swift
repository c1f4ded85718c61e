import Foundation
import Testing

@testable import FaceData

@Suite struct LabelledCropTests {
  /// A dark picture with a soft bright spot about a point.
  private static func spot(at point: SIMD2<Float>, width: Int, height: Int) -> Image {
    Image(width: width, height: height) { x, y in
      let (dx, dy) = (Float(x) + 0.5 - point.x, Float(y) + 0.5 - point.y)
      let value = UInt8(250 * exp(-(dx * dx + dy * dy) / 18))
      return [value, value, value]
    }
  }

  /// The centre of brightness, in pixels.
  private static func centroid(_ image: Image) -> SIMD2<Float> {
    var (sum, weight) = (SIMD2<Float>(), Float(0))
    for y in 0..<image.height {
      for x in 0..<image.width {
        let value = Float(image.pixels[(y * image.width + x) * 3])
        sum += value * SIMD2(Float(x) + 0.5, Float(y) + 0.5)
        weight += value
      }
    }
    return sum / weight
  }

  /// A set of one picture with all 68 points on the spot.
  private static func dataset(_ point: SIMD2<Float>, width: Int, height: Int) -> MemoryDataset {
    let labels = FaceLabels(
      identity: 0, landmarks: Array(repeating: point, count: 68), actionUnits: [1, 2],
      emotion: .fear, mesh: [SIMD3(1, 2, 3)])
    let image = spot(at: point, width: width, height: height)
    return MemoryDataset(samples: [FaceSample(id: "0", image: image, labels: labels)])
  }

  @Test(arguments: [(48, 48, 48), (96, 96, 40), (40, 40, 64), (120, 80, 64)])
  func aDrawnPointLandsWhereTheLabelSays(width: Int, height: Int, size: Int) throws {
    let point = SIMD2(Float(width) * 0.55, Float(height) * 0.46)
    let dataset = Self.dataset(point, width: width, height: height)
    var settings = LabelledCropSettings(size: size, colorStrength: 0)
    settings.rotationDegrees = 25
    for epoch in 0..<8 {
      let batch = try LabelledCrop.batch(
        dataset, indices: [0], settings: settings, seed: 3, epoch: epoch)
      let label = try #require(batch.labels[0].landmarks?.first)
      let seen = Self.centroid(batch.view.image(at: 0))
      #expect(abs(seen.x - label.x) < 0.3 && abs(seen.y - label.y) < 0.3, "\(seen) \(label)")
      let back = batch.toImage[0](label)
      #expect(abs(back.x - point.x) < 1e-3 && abs(back.y - point.y) < 1e-3)
    }
  }

  @Test func evaluationIsAPlainResizeThatKeepsEveryLabel() throws {
    let dataset = Self.dataset(SIMD2(30, 20), width: 60, height: 40)
    let batch = try LabelledCrop.batch(
      dataset, indices: [0, 0], settings: .evaluation(size: 20), seed: 1, epoch: 0)
    #expect(batch.view.image(at: 1) == dataset.samples[0].image.resized(to: 20))
    let labels = batch.labels[0]
    #expect(labels.landmarks == Array(repeating: SIMD2(10, 10), count: 68))
    #expect(labels.mesh == [SIMD3(1, 2, 3)])
    #expect(labels.identity == 0 && labels.actionUnits == [1, 2] && labels.emotion == .fear)
    #expect(batch.toImage[0](SIMD2(10, 10)) == SIMD2(30, 20))
    let other = try LabelledCrop.batch(
      dataset, indices: [0, 0], settings: .evaluation(size: 20), seed: 2, epoch: 7)
    #expect(other == batch)
  }

  @Test func flippingSwapsLeftAndRight() throws {
    let left = SIMD2<Float>(10, 20)
    var points = Array(repeating: SIMD2<Float>(20, 20), count: 68)
    (points[36], points[45]) = (left, SIMD2(31, 22))
    let sample = FaceSample(
      id: "0", image: .gray(40), labels: FaceLabels(landmarks: points, mesh: [.zero]))
    var settings = LabelledCropSettings.evaluation(size: 40)
    settings.flipProbability = 1
    let batch = try LabelledCrop.batch(
      MemoryDataset(samples: [sample]), indices: [0], settings: settings, seed: 1, epoch: 0)
    let moved = try #require(batch.labels[0].landmarks)
    // The outer corner at the picture's left is again the one with index 36.
    #expect(moved[36] == SIMD2<Float>(40 - 31, 22))
    #expect(moved[45] == SIMD2<Float>(40 - 10, 20))
    #expect(batch.labels[0].mesh == nil)
  }

  @Test func theMirrorTableIsAnInvolutionWithTheMiddleFixed() {
    let mirror = FaceLandmarks.mirror
    #expect(mirror.sorted() == Array(0..<68))
    #expect(mirror.indices.allSatisfy { mirror[mirror[$0]] == $0 })
    let fixed = mirror.indices.filter { mirror[$0] == $0 }
    #expect(fixed == [8, 27, 28, 29, 30, 33, 51, 57, 62, 66])
    #expect(mirror[36] == 45 && mirror[41] == 46 && mirror[48] == 54 && mirror[67] == 65)
    #expect(Set(FaceLandmarks.contours.joined()) == Set(0..<68))
    #expect(FaceLandmarks.mirrored([SIMD2(1, 2)]) == [SIMD2(1, 2)])
  }

  /// In a real face the mirrored and renumbered points lie about where the original ones do; with
  /// a wrong table entry two points would be far apart.
  @Test(.enabled(if: TestData.has("helen/trainset"), "needs ../shared/data/helen"))
  func theMirrorTableFitsRealFaces() throws {
    let dataset = try LandmarkFolder(path: TestData.path("helen/trainset"))
    var total = [Float](repeating: 0, count: 68)
    let count = 200
    for index in 0..<count {
      let points = try #require(try dataset.labels(at: index).landmarks)
      let middle = points.reduce(SIMD2<Float>(), +) / 68
      let width = points[16].x - points[0].x
      let centred = points.map { ($0 - middle) / width }
      let mirrored = FaceLandmarks.mirrored(centred.map { SIMD2(-$0.x, $0.y) })
      for point in 0..<68 {
        // Signed differences cancel over faces turned to either side.
        total[point] += mirrored[point].x - centred[point].x
      }
    }
    let largest = total.map { abs($0) / Float(count) }.max() ?? .infinity
    #expect(largest < 0.05)
  }

  @Test func aSamplesCropDoesNotDependOnItsBatch() throws {
    let dataset = MemoryDataset.pictures(3, size: 24)
    let settings = LabelledCropSettings(size: 16)
    let all = try LabelledCrop.batch(
      dataset, indices: [0, 1, 2], settings: settings, seed: 4, epoch: 1)
    let one = try LabelledCrop.batch(dataset, indices: [1], settings: settings, seed: 4, epoch: 1)
    #expect(all.view.image(at: 1) == one.view.image(at: 0))
    #expect(all.toImage[1] == one.toImage[0])
    let other = try LabelledCrop.batch(
      dataset, indices: [1], settings: settings, seed: 4, epoch: 2)
    #expect(other.toImage != one.toImage)
  }

  @Test func drawsStayWithinTheSettings() {
    let settings = LabelledCropSettings(
      size: 32, rotationDegrees: 20, scale: 0.8...1.2, translation: 0.1, colorStrength: 0)
    var flips = 0
    for index in 0..<1_000 {
      var stream = RandomStream(seed: 1, purpose: "test", index: index)
      let plan = CropPlan.draw(settings, width: 64, height: 64, from: &stream)
      if plan.isFlipped { flips += 1 }
      let scale = abs(plan.toImage.determinant).squareRoot() / 2
      #expect(scale > 0.799 && scale < 1.201)
      let centre = plan.toImage(SIMD2(16, 16)) - 32
      #expect(abs(centre.x) < 6.41 && abs(centre.y) < 6.41)
      #expect((plan.toImage.determinant < 0) == plan.isFlipped)
      let angle = atan2(plan.toImage.c, plan.toImage.d) * 180 / .pi
      #expect(
        abs(plan.isFlipped ? atan2(-plan.toImage.c, plan.toImage.d) * 180 / .pi : angle) < 20.1)
      #expect(plan.colorSteps.isEmpty)
    }
    #expect(abs(flips - 500) < 60)
  }

  @Test func badSettingsAreErrors() {
    for settings in [
      LabelledCropSettings(size: 0), LabelledCropSettings(size: 8, scale: 0...1),
      LabelledCropSettings(size: 8, rotationDegrees: .nan),
    ] {
      let error = faceDataError {
        _ = try LabelledCrop.batch(
          MemoryDataset.pictures(1, size: 8), indices: [0], settings: settings, seed: 1, epoch: 0)
      }
      #expect(error?.code == .invalidSetting)
    }
  }
}
