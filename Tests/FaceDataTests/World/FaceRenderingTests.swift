import Foundation
import Testing

@testable import FaceData

private func luma(_ image: Image, _ point: SIMD2<Float>) -> Float {
  let (x, y) = (
    min(max(Int(point.x), 0), image.width - 1), min(max(Int(point.y), 0), image.height - 1)
  )
  let at = (y * image.width + x) * 3
  return (0..<3).map { Float(image.pixels[at + $0]) }.reduce(0, +) / 3
}

private func mean(_ points: [SIMD2<Float>], _ indices: ClosedRange<Int>) -> SIMD2<Float> {
  points[indices].reduce(SIMD2<Float>(), +) / Float(indices.count)
}

@Suite struct FaceRenderingTests {
  private func render(
    size: Int = 128, _ change: (inout FaceScene) -> Void = { _ in }
  ) throws -> (Image, [SIMD2<Float>]) {
    var scene = try meanScene(size: size)
    change(&scene)
    let (image, labels) = FaceRenderer(size: size).render(scene)
    return (image, try #require(labels.landmarks))
  }

  @Test func pupilsAreDarkAndScleraeBright() throws {
    let (image, p) = try render()
    for eye in [36...41, 42...47] {
      let centre = mean(p, eye)
      let pupil = luma(image, centre)
      let corner = luma(image, p[eye.lowerBound] * 0.3 + centre * 0.7)
      let cheek = luma(image, centre + SIMD2(0, 22))
      #expect(pupil < cheek * 0.65, "pupil \(pupil), cheek \(cheek)")
      #expect(corner > pupil + 30)
    }
  }

  @Test func lipsAreRedderThanChin() throws {
    let (image, p) = try render()
    func redness(_ point: SIMD2<Float>) -> Float {
      let at = (Int(point.y) * image.width + Int(point.x)) * 3
      return Float(image.pixels[at]) / max(Float(image.pixels[at + 1]), 1)
    }
    #expect(redness((p[57] + p[66]) / 2) > redness((p[57] + p[8]) / 2) * 1.15)
  }

  @Test func browsAreDarkerThanForehead() throws {
    let (image, p) = try render { $0.identity.hair.colour = SIMD3(0.02, 0.02, 0.02) }
    for k in [18, 19, 20, 23, 24, 25] {
      #expect(luma(image, p[k]) < 0.7 * luma(image, p[k] - SIMD2(0, 10)), "\(k)")
    }
  }

  @Test func openMouthIsDarkInside() throws {
    let (image, p) = try render {
      $0.actionUnits[ActionUnit.au26.index] = 5
      $0.actionUnits[ActionUnit.au25.index] = 3
    }
    let inside = luma(image, (p[62] + p[66]) / 2)
    #expect(inside < 0.5 * luma(image, (p[57] + p[8]) / 2))
  }

  @Test func closedLidsHideTheEyes() throws {
    let (open, p) = try render()
    let (closed, _) = try render { $0.actionUnits[ActionUnit.au45.index] = 5 }
    let centre = mean(p, 36...41)
    #expect(luma(closed, centre) > luma(open, centre) + 20)
  }

  @Test func gazeMovesTheIris() throws {
    func darkestColumn(_ gaze: Float) throws -> Int {
      let (image, p) = try render { $0.gaze.x = gaze }
      let y = mean(p, 36...41).y
      return (Int(p[36].x) + 2..<Int(p[39].x) - 1).min {
        luma(image, SIMD2(Float($0), y)) < luma(image, SIMD2(Float($1), y))
      } ?? 0
    }
    #expect(try darkestColumn(-0.4) + 2 < darkestColumn(0.4))
  }

  @Test func lightComesFromItsSide() throws {
    func leftOverRight(_ x: Float) throws -> Float {
      let (image, p) = try render {
        $0.light.keyDirection = SIMD3(x, 0.2, 0.6) / SIMD3(repeating: (x * x + 0.4).squareRoot())
        $0.light.key = SIMD3(repeating: 0.9)
        $0.light.ambient = SIMD3(repeating: 0.2)
      }
      return luma(image, (p[2] + p[31]) / 2) / luma(image, (p[14] + p[35]) / 2)
    }
    #expect(try leftOverRight(-0.8) > 1.25)
    #expect(try leftOverRight(0.8) < 0.8)
  }

  @Test func skinFollowsMelanin() throws {
    func cheek(_ melanin: Float) throws -> Float {
      let (image, p) = try render { $0.identity.melanin = melanin }
      return luma(image, (p[2] + p[31]) / 2)
    }
    #expect(try cheek(0.05) > cheek(0.4) + 25)
    #expect(try cheek(0.4) > cheek(0.9) + 20)
  }

  @Test func wildFacesKeepTheirLandmarksInView() throws {
    var settings = FaceWorldSettings(profile: .wild, identities: 20, images: 60, size: 32, seed: 2)
    settings[.nonFaces] = 0
    let world = try FaceWorld(settings)
    for index in 0..<world.count {
      let points = try #require(try world.labels(at: index).landmarks)
      #expect(points.allSatisfy { $0.min() >= 0 && $0.max() <= 32 }, "\(index)")
    }
  }
}
