import Foundation
import Testing

@testable import FaceData

private typealias Knob = FaceWorldSettings.Knob

private func faces(
  _ profile: FaceWorldSettings.Profile = .studio, images: Int = 60, identities: Int = 6,
  knobs: [Knob: Double] = [:]
) throws -> FaceWorld {
  var settings = FaceWorldSettings(
    profile: profile, identities: identities, images: images, size: 32, seed: 9)
  for (knob, value) in knobs { settings[knob] = value }
  return try FaceWorld(settings)
}

/// Mean squared difference of neighbouring pixels.
private func sharpness(_ image: Image) -> Float {
  let row = image.width * 3
  var sum: Float = 0
  for at in 0..<image.pixels.count - row {
    let d = Float(image.pixels[at]) - Float(image.pixels[at + row])
    sum += d * d
  }
  return sum / Float(image.pixels.count)
}

@Suite struct FaceWorldKnobTests {
  @Test func settingsFromBeforeTheKnobsAreReadAndWrittenAlike() throws {
    let old = #"{"identities":7,"images":9,"profile":"wild","seed":3,"size":32}"#
    let settings = try JSONDecoder().decode(FaceWorldSettings.self, from: Data(old.utf8))
    #expect(
      settings
        == FaceWorldSettings(profile: .wild, identities: 7, images: 9, size: 32, seed: 3))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(settings), as: UTF8.self) == old)
  }

  @Test func everyKnobTravelsThroughJSONAndNamesAnotherSet() throws {
    let plain = try faces().fingerprint
    for knob in Knob.allCases where knob.applies(to: .studio) {
      var settings = try faces().settings
      settings[knob] = knob.range.upperBound
      let text = try JSONEncoder().encode(settings)
      let read = try JSONDecoder().decode(FaceWorldSettings.self, from: text)
      #expect(read == settings && read[knob] == knob.range.upperBound, "\(knob)")
      #expect(try FaceWorld(settings).fingerprint != plain, "\(knob)")
      settings[knob] = knob.neutral(.studio)
      #expect(try FaceWorld(settings).fingerprint == plain, "\(knob)")
    }
  }

  @Test(arguments: [
    (FaceWorldSettings.Profile.wild, "non-faces", 1.5), (.wild, "blur", -0.1),
    (.wild, "blur", .nan), (.wild, "frames", 10), (.video, "frames", 2.5), (.objects, "yaw", 20),
    (.wild, "yaw", 91), (.objects, "hats", 0.5),
  ])
  func badKnobsThrow(_ row: (FaceWorldSettings.Profile, String, Double)) throws {
    let knob = try #require(Knob(rawValue: row.1))
    let error = faceDataError { _ = try faces(row.0, knobs: [knob: row.2]) }
    #expect(error?.code == .invalidSetting)
    #expect(error?.message.contains(row.1) == true)
  }

  @Test func nonFacesHaveNoLabelsAndLeaveTheOthersAlone() throws {
    let plain = try faces(.wild, knobs: [.nonFaces: 0])
    let mixed = try faces(.wild, knobs: [.nonFaces: 0.4])
    var missing = 0
    for index in 0..<plain.count {
      let (a, b) = (try plain.sample(at: index), try mixed.sample(at: index))
      if b.labels.landmarks == nil {
        missing += 1
        #expect(b.labels == FaceLabels() && b.labels.isEmpty && b.image != a.image)
      } else {
        #expect(a.image == b.image && a.labels == b.labels)
      }
    }
    #expect((12...36).contains(missing))
  }

  @Test func someOfAnUncuratedSetAreNoFaces() throws {
    let wild = try faces(.wild, images: 500)
    let missing = try (0..<wild.count).count { try wild.labels(at: $0).isEmpty }
    #expect((8...36).contains(missing))
    let studio = try faces(images: 100)
    #expect(try (0..<studio.count).allSatisfy { try !studio.labels(at: $0).isEmpty })
  }

  @Test func wrongLabelsLeaveThePicture() throws {
    let (plain, wrong) = (try faces(), try faces(knobs: [.wrongLabels: 1]))
    for index in 0..<12 {
      let (a, b) = (try plain.sample(at: index), try wrong.sample(at: index))
      #expect(a.image == b.image && a.labels.landmarks == b.labels.landmarks)
      #expect(a.labels.identity != b.labels.identity && a.labels.emotion != b.labels.emotion)
      #expect((0..<6).contains(b.labels.identity ?? -1))
      #expect(try wrong.labels(at: index) == b.labels)
    }
  }

  @Test func noisyLandmarksMissByTheShareAsked() throws {
    let (plain, noisy) = (try faces(), try faces(knobs: [.landmarkNoise: 0.05]))
    var (squares, count): (Float, Float) = (0, 0)
    for index in 0..<20 {
      let (a, b) = (try plain.sample(at: index), try noisy.sample(at: index))
      #expect(a.image == b.image && a.labels.mesh == b.labels.mesh)
      let (truth, points) = (try #require(a.labels.landmarks), try #require(b.labels.landmarks))
      let eyes = truth[45] - truth[36]
      let scale = (eyes.x * eyes.x + eyes.y * eyes.y).squareRoot()
      for (x, y) in zip(truth, points) {
        squares += ((x - y) * (x - y)).sum() / (scale * scale)
        count += 2
      }
      #expect(try noisy.labels(at: index).landmarks == points)
    }
    #expect(abs((squares / count).squareRoot() - 0.05) < 0.002)
  }

  @Test func noisyUnitsStayInTheirRange() throws {
    let (plain, noisy) = (try faces(), try faces(knobs: [.unitNoise: 1]))
    var changed = 0
    for index in 0..<20 {
      let (a, b) = (try plain.labels(at: index), try noisy.labels(at: index))
      let (x, y) = (try #require(a.actionUnits), try #require(b.actionUnits))
      #expect(y.allSatisfy { (0...5).contains($0) })
      #expect(a.landmarks == b.landmarks && a.emotion == b.emotion)
      changed += zip(x, y).count { abs($0 - $1) > 0.5 }
    }
    // Of 360 values: an absent unit moves by more than ½ in 31 %, a present one in 62 %.
    #expect((80...250).contains(changed))
  }

  @Test(arguments: ["blur", "low-resolution"])
  func softPicturesHaveFewerEdges(_ name: String) throws {
    let knob = try #require(Knob(rawValue: name))
    let (plain, soft) = (try faces(), try faces(knobs: [knob: 1]))
    for index in 0..<8 {
      let (a, b) = (try plain.sample(at: index), try soft.sample(at: index))
      #expect(sharpness(b.image) < 0.8 * sharpness(a.image))
      #expect(a.labels == b.labels)
    }
  }

  @Test func jpegLeavesMarksButTheSameFace() throws {
    let (plain, stored) = (try faces(), try faces(knobs: [.jpeg: 1]))
    for index in 0..<8 {
      let (a, b) = (try plain.sample(at: index), try stored.sample(at: index))
      var sum = 0
      for (x, y) in zip(a.image.pixels, b.image.pixels) { sum += abs(Int(x) - Int(y)) }
      let mean = Float(sum) / Float(a.image.pixels.count)
      #expect(mean > 0.3 && mean < 25)
    }
  }

  @Test func cropErrorMovesTheFace() throws {
    func spread(_ error: Double) throws -> Float {
      let set = try faces(knobs: [.cropError: error])
      var (sum, squares): (Float, Float) = (0, 0)
      for index in 0..<40 {
        let points = try #require(try set.labels(at: index).landmarks)
        let middle = points.map(\.x).reduce(0, +) / 68
        sum += middle
        squares += middle * middle
      }
      return max(0, squares / 40 - sum * sum / 1600).squareRoot()
    }
    let (still, shaken) = (try spread(0), try spread(0.15))
    #expect(shaken > still + 2.5 && shaken < 10)
  }

  @Test func longTailFollowsZipf() throws {
    let set = try faces(images: 3000, identities: 20, knobs: [.longTail: 1])
    var counts = [Int](repeating: 0, count: 20)
    for index in 0..<set.count { counts[set.identity(at: index)] += 1 }
    // Σ 1/k to 20 is 3.598.
    for k in [0, 1, 4, 9] {
      let expected = 3000 / 3.598 / Double(k + 1)
      #expect(abs(Double(counts[k]) - expected) < 5 * expected.squareRoot(), "\(k)")
    }
  }

  @Test func yawReachesItsLimit() throws {
    func largest(_ set: FaceWorld) throws -> Float {
      var most: Float = 0
      for index in 0..<60 {
        guard let pose = try set.labels(at: index).headPose else { continue }
        most = max(most, abs(pose.yaw))
      }
      return most
    }
    #expect((48...60.1).contains(try largest(faces(.wild))))
    #expect((72...90.1).contains(try largest(faces(.wild, knobs: [.yaw: 90]))))
    #expect(try largest(faces(.wild, knobs: [.yaw: 0, .pitch: 0, .roll: 0])) < 0.01)
  }

  @Test func hatsAndHandsHideLandmarks() throws {
    func hidden(_ knob: Knob, _ share: Double, _ points: ClosedRange<Int>) throws -> Int {
      let set = try faces(knobs: [knob: share])
      var sum = 0
      for index in 0..<20 {
        let seen = try #require(try set.labels(at: index).landmarkVisibility)
        sum += seen[points].count { $0 == .hidden }
      }
      return sum
    }
    #expect(try hidden(.occlusion, 1, 0...67) > hidden(.occlusion, 0, 0...67) + 100)
    #expect(try faces(knobs: [.hats: 1]).sample(at: 0).image != faces().sample(at: 0).image)
  }
}
