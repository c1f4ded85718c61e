import Foundation
import Testing

@testable import FaceData

struct DatasetSurveyTests {
  /// A set whose second picture cannot be read and whose third has its points outside.
  private struct Faulty: FaceDataset {
    let count = 5
    let fingerprint = "faulty"
    let identityNames = ["Al", "Bo"]
    let pairs: [VerificationPair] = []
    let unusable: [UnusableSample] = []
    func id(at index: Int) -> String { "\(index)" }
    func labels(at index: Int) throws -> FaceLabels { try sample(at: index).labels }
    func sample(at index: Int) throws -> FaceSample {
      var labels = FaceLabels(identity: 0)
      var image = MemoryDataset.pictures(5, size: 20).samples[index].image
      switch index {
      case 1: throw FaceDataError(.brokenImage, "cut off")
      case 2: labels.landmarks = [SIMD2(30, 5), SIMD2(40, 2), SIMD2(3, 3)]
      case 3: image = .gray(20)
      case 4: labels.identity = 2
      default: labels.landmarks = [SIMD2(3, 3)]
      }
      return FaceSample(id: id(at: index), image: image, labels: labels)
    }
  }

  @Test("what cannot be read and what cannot be right are told apart")
  func problems() throws {
    let survey = try DatasetSurvey(Faulty(), threads: 2)
    #expect(survey.pictures.map { $0 == nil } == [false, true, false, false, false])
    #expect(survey.unreadable == [.init(index: 1, reason: "cut off")])
    #expect(survey.doubtful.map(\.index) == [2, 3, 4])
    #expect(survey.doubtful[0].reason == "2 of 3 landmarks lie outside of the picture")
    #expect(survey.doubtful[1].reason.contains("plain grey of 128"))
    #expect(survey.doubtful[2].reason == "the person is number 2 of 2")
  }

  @Test("the survey does not depend on the number of threads, and can be stopped")
  func threads() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .wild, identities: 5, images: 70, size: 32, seed: 1))
    let surveys = try [0, 1, 3].map { try DatasetSurvey(world, threads: $0) }
    #expect(surveys[0].pictures == surveys[1].pictures)
    #expect(surveys[0].pictures == surveys[2].pictures)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try DatasetSurvey(world, threads: 2) { _, _ in throw Stop() }
    }
  }

  @Test("measures of pictures whose values are known")
  func measures() {
    // Left half 40, right half 120: mean 80, deviation 40, side light (120 − 40) / 160.
    let image = Image(width: 64, height: 32) { x, _ in Array(repeating: x < 32 ? 40 : 120, count: 3)
    }
    let measures = PictureMeasures(image, gray: image.grayPlane(side: 32))
    #expect(measures.width == 64 && measures.height == 32)
    #expect(abs(measures.brightness - 80) < 0.01 && abs(measures.sideLight - 0.5) < 0.02)
    #expect(abs(measures.contrast - 40) < 1)
    // ±80 at the two columns beside the edge, of 62: 2 · 6400 / 62.
    #expect(abs(measures.sharpness - 2 * 6400 / 62) < 0.1)
    let tiny = Image.gray(2)
    #expect(PictureMeasures(tiny, gray: tiny.grayPlane(side: 32)).sharpness == 0)
  }

  @Test("blur lowers sharpness, a knob of the world shows in the measures")
  func knobs() throws {
    func median(_ knob: FaceWorldSettings.Knob, _ value: Double, _ name: String) throws -> Double {
      var settings = FaceWorldSettings(profile: .studio, identities: 4, images: 40, size: 48)
      settings[knob] = value
      let survey = try DatasetSurvey(FaceWorld(settings), threads: 2)
      let measure = try #require(survey.measures.first { $0.name == name })
      return measure.quantile(0.5)
    }
    #expect(try median(.blur, 1, "sharpness") < 0.6 * median(.blur, 0, "sharpness"))
  }

  @Test("pose, units and people of a world are counted")
  func labels() throws {
    var settings = FaceWorldSettings(
      profile: .wild, identities: 10, images: 100, size: 32, seed: 2)
    settings[.nonFaces] = 0
    let world = try FaceWorld(settings)
    let survey = try DatasetSurvey(world, threads: 2)
    #expect(survey.measures.map(\.name).contains("yaw"))
    let balances = survey.balances
    #expect(balances.map(\.label) == ["identity", "emotion", "action units"])
    #expect(balances[0].counts.allSatisfy { $0.count == 10 })
    #expect(abs((balances[0].evenness ?? 0) - 1) < 1e-12)
    #expect(balances[1].labelled == 100 && balances[1].evenness ?? 0 < 1)
    #expect(balances[2].counts.map(\.name).prefix(3) == ["AU1", "AU2", "AU4"])
    #expect(balances[2].evenness == nil)
  }
}

struct LabelBalanceTests {
  @Test("evenness is entropy over its largest value")
  func evenness() throws {
    let survey = try DatasetSurvey(MemoryDataset.people([6, 2]), threads: 1)
    let balance = try #require(survey.balances.first)
    #expect(balance.counts.map(\.name) == ["person 0", "person 1"])
    let expected = -(0.75 * log(0.75) + 0.25 * log(0.25)) / log(2)
    #expect(abs((balance.evenness ?? 0) - expected) < 1e-12)
    let one = try DatasetSurvey(MemoryDataset.people([5]), threads: 1)
    #expect(one.balances.first?.evenness == nil)
  }

  @Test("quantiles lie on straight lines between the values")
  func quantiles() {
    let values = MeasuredValues("x", "", [4, 1, 3, 2])
    #expect(values.quantile(0) == 1 && values.quantile(1) == 4)
    #expect(values.quantile(0.5) == 2.5 && values.quantile(0.25) == 1.75)
    #expect(values.mean == 2.5)
  }
}
