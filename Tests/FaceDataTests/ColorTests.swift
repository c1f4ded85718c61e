import Foundation
import Testing

@testable import FaceData

@Suite struct ColorTests {
  private func apply(_ steps: [ColorStep], to image: Image) -> [UInt8] {
    let planes = FloatPlanes()
    let whole = PixelRectangle(x: 0, y: 0, width: image.width, height: image.height)
    Resampler().resample(image, whole, width: image.width, height: image.height, into: planes)
    planes.apply(steps)
    return planes.image().pixels
  }

  @Test func stepsGiveWhatPILGives() throws {
    let goldens = try PILGoldens.load()
    let cases: [(ColorStep, [UInt8])] = [
      (.brightness(1.6), goldens.brightness), (.contrast(0.4), goldens.contrast),
      (.saturation(1.7), goldens.saturation), (.saturation(0), goldens.gray),
    ]
    for (step, pixels) in cases {
      #expect(largestDifference(apply([step], to: goldens.source), pixels) <= 1, "\(step)")
    }
  }

  @Test func solarisationInvertsBrightValues() {
    let image = Image(width: 3, height: 1, pixels: [0, 127, 128, 200, 255, 90, 10, 130, 254])
    let planes = FloatPlanes()
    let whole = PixelRectangle(x: 0, y: 0, width: 3, height: 1)
    Resampler().resample(image, whole, width: 3, height: 1, into: planes)
    planes.solarize()
    #expect(planes.image().pixels == [0, 127, 127, 55, 0, 90, 10, 125, 1])
  }

  @Test func onlyTheSecondViewIsSolarised() throws {
    let image = Image(width: 16, height: 16) { _, _ in [220, 220, 220] }
    var settings = MultiCropSettings(
      globalCrops: CropGroup(count: 2, size: 16, scale: 0.5...1),
      localCrops: CropGroup(count: 1, size: 16, scale: 0.5...1),
      color: ColorJitter(probability: 0), grayscaleProbability: 0,
      blur: GaussianBlur(probability: 0))
    let plain = try MultiCropMaker(settings, seed: 1).views(of: image, number: 3, epoch: 0)
    #expect(plain.views.map { $0[0] } == [220, 220, 220])
    settings.secondView = SecondView(blurProbability: 0, solarizeProbability: 1)
    let views = try MultiCropMaker(settings, seed: 1).views(of: image, number: 3, epoch: 0)
    #expect(views.views.map { $0[0] } == [220, 35, 220])
  }

  /// PIL's HSV holds hue in 256 steps, each of up to 6 grey levels, and the shift is a whole
  /// number of them.
  @Test func hueFollowsTorchvision() throws {
    let goldens = try PILGoldens.load()
    for hue in goldens.hues {
      let shift = (hue.turns * 255).rounded(.towardZero) / 256
      let shifted = apply([.hue(shift)], to: goldens.source)
      let differences = zip(shifted, hue.pixels).map { pair -> Double in
        abs(Double(pair.0) - Double(pair.1))
      }
      #expect(differences.reduce(0, +) / Double(differences.count) < 1.2, "\(hue.turns)")
      #expect((differences.max() ?? .infinity) <= 10, "\(hue.turns)")
    }
  }

  @Test(
    arguments: [
      ([255, 0, 0], Float(1) / 3, [0, 255, 0]), ([255, 0, 0], -1 / 3, [0, 0, 255]),
      ([200, 100, 100], 0.5, [100, 200, 200]), ([90, 90, 90], 0.3, [90, 90, 90]),
      ([0, 0, 255], 1 / 6, [255, 0, 255]), ([10, 240, 30], 0, [10, 240, 30]),
    ] as [([UInt8], Float, [UInt8])])
  func hueTurnsTheColourCircle(color: [UInt8], turns: Float, expected: [UInt8]) {
    let image = Image(width: 1, height: 1, pixels: color)
    #expect(largestDifference(apply([.hue(turns)], to: image), expected) <= 1)
  }

  @Test(
    arguments: [(15, Float(1.2), 3), (40, 2, 11), (40, 0.3, 11), (40, 0.1, 11)])
  func theBlurIsTheGaussiansSum(side: Int, sigma: Float, radius: Int) {
    // One bright pixel spreads as the kernel itself.
    let middle = side / 2
    let image = Image(width: side, height: side) { x, y in
      x == middle && y == middle ? [255, 255, 255] : [0, 0, 0]
    }
    let planes = FloatPlanes()
    let whole = PixelRectangle(x: 0, y: 0, width: side, height: side)
    Resampler().resample(image, whole, width: side, height: side, into: planes)
    BlurOperation().apply(to: planes, sigma: sigma, radius: radius)
    let kernel = (0...side).map {
      $0 > radius ? 0 : exp(-Float($0 * $0) / (2 * sigma * sigma))
    }
    let total = kernel[0] + 2 * kernel.dropFirst().reduce(0, +)
    for y in 0..<side {
      for x in 0..<side {
        let expected = 255 * kernel[abs(x - middle)] * kernel[abs(y - middle)] / (total * total)
        for plane in [planes.red, planes.green, planes.blue] {
          #expect(abs(plane[y * side + x] - expected) < 1e-3)
        }
      }
    }
  }

  @Test func theBlurReflectsAtTheEdge() {
    let image = Image(width: 4, height: 1) { x, _ in [UInt8(x * 60), 0, 0] }
    let planes = FloatPlanes()
    Resampler().resample(
      image, PixelRectangle(x: 0, y: 0, width: 4, height: 1), width: 4, height: 4, into: planes)
    BlurOperation().apply(to: planes, sigma: 1, radius: 1)
    let side = exp(Float(-0.5))
    let expected = (60 * side + 0 + 60 * side) / (1 + 2 * side)
    #expect(abs(planes.red[0] - expected) < 1e-3)
  }

  @Test func kernelsAreAboutATenthOfTheCrop() {
    #expect([32, 64, 96, 224].map { GaussianBlur().radius(size: $0) } == [1, 3, 4, 11])
    #expect(GaussianBlur().radius(size: 1) == 0)
  }
}
