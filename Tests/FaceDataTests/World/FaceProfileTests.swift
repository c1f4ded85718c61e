import Foundation
import Testing

@testable import FaceData

@Suite struct FaceProfileTests {
  private func video() throws -> FaceWorld {
    var settings = FaceWorldSettings(
      profile: .video, identities: 4, images: 200, size: 32, seed: 6)
    settings[.frames] = 50
    return try FaceWorld(settings)
  }

  private func difference(_ a: Image, _ b: Image) -> Float {
    var sum = 0
    for (x, y) in zip(a.pixels, b.pixels) { sum += abs(Int(x) - Int(y)) }
    return Float(sum) / Float(a.pixels.count)
  }

  /// Mean distance that the points have moved, in pixels.
  private func step(_ a: [SIMD2<Float>], _ b: [SIMD2<Float>]) -> Float {
    var sum: Float = 0
    for (p, q) in zip(a, b) { sum += ((p - q) * (p - q)).sum().squareRoot() }
    return sum / Float(a.count)
  }

  @Test func clipsShowOnePersonEach() throws {
    let world = try video()
    for clip in 0..<4 {
      let labels = try (0..<50).map { try world.labels(at: clip * 50 + $0) }
      #expect(Set(labels.map(\.identity)).count == 1)
      #expect(labels.map(\.frame?.number) == (0..<50).map { $0 })
      #expect(Set(labels.map(\.frame?.video)) == ["clip-000\(clip + 1)"])
    }
    let people = try (0..<4).map { try world.labels(at: $0 * 50).identity }
    #expect(Set(people).count == 4)
  }

  @Test func motionIsSmoothAndDoesNotStop() throws {
    let world = try video()
    for clip in 0..<4 {
      let samples = try (0..<50).map { try world.sample(at: clip * 50 + $0) }
      let points = samples.compactMap(\.labels.landmarks)
      let steps = zip(points, points.dropFirst()).map { step($0, $1) }
      #expect(steps.allSatisfy { $0 < 0.9 }, "largest step \(steps.max() ?? 0) pixels")
      #expect(steps.reduce(0, +) > 1)
      // Redundant: a neighbour is far more alike than another clip.
      let near = difference(samples[10].image, samples[11].image)
      let far = difference(samples[10].image, try world.sample(at: (clip * 50 + 110) % 200).image)
      #expect(near > 0 && near < far / 4)
    }
  }

  @Test func lidsBlinkAndExpressionsComeAndGo() throws {
    let world = try video()
    let labels = try (0..<200).map { try world.labels(at: $0) }
    let blinks = labels.compactMap { $0.actionUnits?[ActionUnit.au45.index] }
    #expect(blinks.contains { $0 > 3 } && blinks.count { $0 < 1 } > 150)
    #expect(Set(labels.map(\.emotion)).count >= 3)
    #expect(Set(labels.map(\.valence)).count > 20)
  }

  @Test func aFrameCanBeDrawnAloneAndPacked() throws {
    let (world, again) = (try video(), try video())
    let folder = try TemporaryFolder()
    let pack = try world.packed(at: folder.url, threads: 2)
    for index in [137, 60, 3] {
      var labels = try world.labels(at: index)
      labels.mesh = nil
      #expect(try again.sample(at: index).image == world.sample(at: index).image)
      #expect(try pack.sample(at: index).image == world.sample(at: index).image)
      #expect(try pack.labels(at: index) == labels)
    }
  }

  @Test func objectsHaveAClassAndNoFace() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .objects, identities: 12, images: 48, size: 32, seed: 2))
    #expect(world.identityNames.first == "object-0001")
    var images: Set<Image> = []
    for index in 0..<48 {
      let sample = try world.sample(at: index)
      #expect(sample.labels == FaceLabels(identity: world.identity(at: index)))
      #expect(try world.labels(at: index) == sample.labels)
      #expect(Set(sample.image.pixels).count > 20)
      images.insert(sample.image)
    }
    #expect(images.count == 48)
    let folder = try TemporaryFolder()
    let pack = try world.packed(at: folder.url, threads: 2)
    #expect(try pack.sample(at: 5).image == world.sample(at: 5).image)
    #expect(try pack.labels(at: 5) == world.labels(at: 5))
  }

  @Test func solidsStandBeforeTheBackground() throws {
    let settings = FaceWorldSettings(profile: .objects, identities: 5, images: 9, size: 32, seed: 2)
    var scene = ObjectScene(settings: settings, index: 0, objectClass: 3)
    scene.sensor.noise = 0
    scene.background = Background(isWild: false, seedOf: 1)
    let (with, _) = FaceRenderer(size: 32).render(.objects(scene))
    scene.solids = []
    let (without, _) = FaceRenderer(size: 32).render(.objects(scene))
    let changed = zip(with.pixels, without.pixels).count { $0 != $1 }
    #expect(changed > 300 && changed < 32 * 32 * 3)
  }
}

extension Background {
  fileprivate init(isWild: Bool, seedOf seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: "test")
    self.init(isWild: isWild, &stream)
  }
}
