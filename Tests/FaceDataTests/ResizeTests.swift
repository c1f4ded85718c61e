import Foundation
import Testing

@testable import FaceData

@Suite struct ResizeTests {
  @Test func resizingGivesWhatPILGives() throws {
    let goldens = try PILGoldens.load()
    for golden in goldens.resized {
      let box = golden.box
      let crop = PixelRectangle(
        x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1])
      let planes = FloatPlanes()
      Resampler().resample(
        goldens.source, crop, width: golden.width, height: golden.height, into: planes)
      // PIL rounds between its two passes.
      #expect(
        largestDifference(planes.image().pixels, golden.pixels) <= 1,
        "\(box) to \(golden.width)×\(golden.height)")
    }
  }

  @Test func oneResamplerServesManySizes() throws {
    let goldens = try PILGoldens.load()
    let (resampler, planes) = (Resampler(), FloatPlanes())
    for golden in goldens.resized + goldens.resized.reversed() where golden.box[0] == 0 {
      let whole = PixelRectangle(x: 0, y: 0, width: goldens.width, height: goldens.height)
      resampler.resample(
        goldens.source, whole, width: golden.width, height: golden.height, into: planes)
      #expect(largestDifference(planes.image().pixels, golden.pixels) <= 1)
    }
  }

  @Test func flippingMirrorsTheResult() throws {
    let goldens = try PILGoldens.load()
    let whole = PixelRectangle(x: 0, y: 0, width: goldens.width, height: goldens.height)
    let (plain, flipped) = (FloatPlanes(), FloatPlanes())
    Resampler().resample(goldens.source, whole, width: 6, height: 5, into: plain)
    Resampler().resample(
      goldens.source, whole, width: 6, height: 5, isFlipped: true, into: flipped)
    let (a, b) = (plain.image(), flipped.image())
    for y in 0..<5 {
      for x in 0..<6 {
        for c in 0..<3 {
          #expect(a.pixels[(y * 6 + x) * 3 + c] == b.pixels[(y * 6 + 5 - x) * 3 + c])
        }
      }
    }
    #expect(a != b)
  }

  @Test func theIdentityWarpChangesNothing() throws {
    let source = try PILGoldens.load().source
    #expect(source.warped(.identity, width: source.width, height: source.height) == source)
  }

  @Test func aWarpByHalfAPixelAveragesNeighbours() {
    let image = Image(width: 3, height: 1, pixels: [0, 0, 0, 100, 50, 20, 200, 100, 40])
    let moved = image.warped(.translation(0.5, 0), width: 3, height: 1)
    #expect(moved.pixels == [50, 25, 10, 150, 75, 30, 200, 100, 40])
  }

  @Test func aWarpFarOutsideShowsTheEdge() {
    let image = Image(width: 2, height: 1, pixels: [10, 20, 30, 40, 50, 60])
    #expect(image.warped(.translation(-100, 5), width: 1, height: 1).pixels == [10, 20, 30])
    #expect(image.warped(.translation(.nan, .infinity), width: 1, height: 1).pixels.count == 3)
  }

  @Test func affineMapsComposeAndInvert() throws {
    let map = Affine.rotation(degrees: 30).then(.scale(2, 0.5)).then(.translation(3, -4))
    let point = SIMD2<Float>(5, 7)
    let turned = Affine.rotation(degrees: 30)(point)
    #expect(map(point) == SIMD2(turned.x * 2 + 3, turned.y * 0.5 - 4))
    let inverse = try #require(map.inverse)
    let back = inverse(map(point))
    #expect(abs(back.x - 5) < 1e-4 && abs(back.y - 7) < 1e-4)
    // Clockwise as seen with y down: right goes to below.
    let below = Affine.rotation(degrees: 90)(SIMD2(1, 0))
    #expect(abs(below.x) < 1e-6 && abs(below.y - 1) < 1e-6)
    #expect(Affine.scale(0, 1).inverse == nil)
  }
}
