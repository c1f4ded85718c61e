import Foundation
import Testing

@testable import FaceData

@Suite struct MultiCropTests {
  private let settings = MultiCropSettings(
    globalCrops: CropGroup(count: 2, size: 16, scale: 0.14...1),
    localCrops: CropGroup(count: 3, size: 8, scale: 0.05...0.14))

  private func parameters(_ count: Int, _ settings: MultiCropSettings) -> [ViewParameters] {
    (0..<count).map { index in
      var stream = RandomStream(seed: 5, purpose: "test", index: index)
      return ViewParameters.draw(
        settings, scale: settings.globalCrops.scale, width: 64, height: 48, from: &stream)
    }
  }

  @Test func viewsHaveTheOrderAndSizesOfTheSettings() throws {
    let batch = try MultiCrop.batch(
      MemoryDataset.pictures(3, size: 20), indices: [2, 0], settings: settings, seed: 1, epoch: 0)
    #expect(batch.indices == [2, 0])
    #expect(batch.views.map(\.size) == [16, 16, 8, 8, 8])
    #expect(batch.views.map(\.count) == [2, 2, 2, 2, 2])
    #expect(Set(batch.views.prefix(2)).count == 2)
  }

  /// A white square: its centre in the view is where the label says.
  @Test func labelsFollowTheFirstView() throws {
    let centre = SIMD2<Float>(14.5, 25.5)
    let pixels = (0..<40 * 40).flatMap { place -> [UInt8] in
      let (x, y) = (Float(place % 40) + 0.5, Float(place / 40) + 0.5)
      return Array(repeating: abs(x - centre.x) < 4 && abs(y - centre.y) < 4 ? 255 : 0, count: 3)
    }
    let sample = FaceSample(
      id: "0", image: Image(width: 40, height: 40, pixels: pixels),
      labels: FaceLabels(landmarks: [SIMD2<Float>](repeating: centre, count: 68)))
    var plain = MultiCropSettings(globalCrops: CropGroup(count: 1, size: 32, scale: 0.7...1))
    (plain.color, plain.grayscaleProbability) = (ColorJitter().scaled(by: 0), 0)
    plain.blur.probability = 0
    let maker = try MultiCropMaker(plain, seed: 3)
    var flips = Set<Bool>()
    for index in 0..<20 {
      let view = maker.views(of: sample.image, number: index, epoch: 2).views[0]
      let labels = try MultiCrop.labels(
        of: sample, index: index, settings: plain, seed: 3, epoch: 2)
      let place = try #require(labels.landmarks?.first)
      // Only squares that lie inside as a whole have their centre of mass where they lie.
      guard (6...26).contains(place.x), (6...26).contains(place.y) else { continue }
      var (sum, mass) = (SIMD2<Float>.zero, Float(0))
      for pixel in 0..<32 * 32 {
        let value = Float(view[pixel * 3])
        sum += SIMD2(Float(pixel % 32) + 0.5, Float(pixel / 32) + 0.5) * value
        mass += value
      }
      let found = sum / mass
      #expect(abs(found.x - place.x) < 0.5 && abs(found.y - place.y) < 0.5, "\(found), \(place)")
      flips.insert(place.x > 16)
    }
    #expect(flips.count == 2)
  }

  @Test func aSamplesViewsDoNotDependOnItsBatch() throws {
    let dataset = MemoryDataset.pictures(4, size: 20)
    func batch(_ indices: [Int], seed: UInt64 = 1, epoch: Int = 3) throws -> MultiCropBatch {
      try MultiCrop.batch(
        dataset, indices: indices, settings: settings, seed: seed, epoch: epoch)
    }
    let (all, one) = (try batch([0, 1, 2, 3]), try batch([2]))
    for view in all.views.indices {
      #expect(all.views[view].image(at: 2) == one.views[view].image(at: 0))
    }
    #expect(try batch([2], epoch: 4) != one)
    #expect(try batch([2], seed: 2) != one)
    #expect(try batch([2]) == one)
  }

  @Test(arguments: [1, 3])
  func threadsDoNotChangeTheBatches(threads: Int) throws {
    let dataset = MemoryDataset.pictures(6, size: 16)
    let settings = self.settings
    let prefetcher = OrderedPrefetcher(steps: 0..<3, threads: threads, depth: 3) { step in
      try MultiCrop.batch(
        dataset, indices: [2 * step, 2 * step + 1], settings: settings, seed: 9, epoch: 0)
    }
    for step in 0..<3 {
      let expected = try MultiCrop.batch(
        dataset, indices: [2 * step, 2 * step + 1], settings: settings, seed: 9, epoch: 0)
      #expect(try prefetcher.next() == expected)
    }
  }

  @Test func ratesAreThoseOfTheSettings() {
    let drawn = parameters(4_000, MultiCropSettings())
    func rate(_ holds: (ViewParameters) -> Bool) -> Double {
      Double(drawn.count(where: holds)) / Double(drawn.count)
    }
    #expect(abs(rate(\.isFlipped) - 0.5) < 0.03)
    #expect(abs(rate { !$0.colorSteps.isEmpty } - 0.8) < 0.03)
    #expect(abs(rate(\.isGrayscale) - 0.2) < 0.03)
    #expect(abs(rate { $0.blurSigma != nil } - 0.5) < 0.03)
  }

  @Test func cropsLieInThePictureWithinScaleAndRatio() {
    let drawn = parameters(2_000, MultiCropSettings())
    var shares: [Double] = []
    for crop in drawn.map(\.crop) {
      #expect(crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0)
      #expect(crop.x + crop.width <= 64 && crop.y + crop.height <= 48)
      let ratio = Double(crop.width) / Double(crop.height)
      // Rounding to whole pixels.
      #expect(ratio > 0.75 * 0.94 && ratio < 4 / 3 * 1.06)
      shares.append(Double(crop.width * crop.height) / (64 * 48))
    }
    #expect((shares.min() ?? 0) > 0.13 && (shares.min() ?? 1) < 0.2)
    #expect((shares.max() ?? 2) <= 1 && (shares.max() ?? 0) > 0.9)
  }

  @Test func colorFactorsCoverTheirRanges() {
    let steps = parameters(3_000, MultiCropSettings()).flatMap(\.colorSteps)
    func values(_ pick: (ColorStep) -> Float?) -> [Float] { steps.compactMap(pick) }
    let brightness = values { if case .brightness(let value) = $0 { value } else { nil } }
    let hue = values { if case .hue(let value) = $0 { value } else { nil } }
    #expect(abs((brightness.min() ?? 0) - 0.2) < 0.01 && abs((brightness.max() ?? 0) - 1.8) < 0.01)
    #expect(abs((hue.min() ?? 0) + 0.2) < 0.01 && abs((hue.max() ?? 0) - 0.2) < 0.01)
    let firsts = parameters(3_000, MultiCropSettings()).compactMap(\.colorSteps.first)
    let hueFirst = firsts.count { if case .hue = $0 { true } else { false } }
    #expect(abs(Double(hueFirst) / Double(firsts.count) - 0.25) < 0.04)
  }

  @Test func nothingRandomLeavesAResize() throws {
    var plain = settings
    plain.globalCrops.scale = 1...1
    plain.localCrops.count = 0
    (plain.flipProbability, plain.grayscaleProbability) = (0, 0)
    (plain.color.probability, plain.blur.probability) = (0, 0)
    plain.aspectRatio = 1...1
    let dataset = MemoryDataset.pictures(1, size: 20)
    let batch = try MultiCrop.batch(dataset, indices: [0], settings: plain, seed: 1, epoch: 0)
    #expect(batch.views[0].image(at: 0) == dataset.samples[0].image.resized(to: 16))
    #expect(batch.views[0] == batch.views[1])
  }

  @Test func aPictureOfImpossibleShapeGivesACentredCrop() {
    var stream = RandomStream(seed: 1, purpose: "test")
    let crop = ViewParameters.randomCrop(
      width: 400, height: 4, scale: 0.9...1, ratio: 0.75...(4 / 3), from: &stream)
    #expect(crop == PixelRectangle(x: 197, y: 0, width: 5, height: 4))
  }

  @Test func badSettingsAreErrors() {
    func code(_ change: (inout MultiCropSettings) -> Void) -> FaceDataError.Code? {
      var bad = settings
      change(&bad)
      return faceDataError {
        _ = try MultiCrop.batch(
          MemoryDataset.pictures(1, size: 8), indices: [0], settings: bad, seed: 1, epoch: 0)
      }?.code
    }
    #expect(code { $0.globalCrops.size = 0 } == .invalidSetting)
    #expect(code { $0.localCrops.scale = 0...0.5 } == .invalidSetting)
    #expect(code { $0.localCrops.count = -1 } == .invalidSetting)
    #expect(code { ($0.localCrops.count, $0.globalCrops.count) = (0, 0) } == .invalidSetting)
    #expect(code { $0.blur.sigma = 0...1 } == .invalidSetting)
  }
}
