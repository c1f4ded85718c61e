import Foundation
import Testing

@testable import FaceData

@Suite struct FaceLabelsTests {
  @Test func contemptComesAfterTheSevenThatTheWorldShows() {
    #expect(Emotion.allCases.map { "\($0)" }.last == "contempt" && Emotion.allCases.count == 8)
    #expect(
      Emotion.basic == [.neutral, .happiness, .sadness, .surprise, .fear, .disgust, .anger])
  }

  @Test(arguments: [
    ("Happy", Emotion.happiness), ("2_sad", .sadness), ("ANGRY", .anger), ("contempt", .contempt),
    ("surprised", .surprise), ("Fear", .fear), ("disgusted", .disgust), ("neutral", .neutral),
  ])
  func wordsOfManySetsAreKnown(word: String, emotion: Emotion) {
    #expect(Emotion(word: word) == emotion)
  }

  @Test(arguments: ["", "images", "7", "happy sad"]) func otherWordsAreNone(word: String) {
    #expect(Emotion(word: word) == nil)
  }

  @Test func theMajorityNeedsMoreThanHalfOnceSingleVotesAreGone() {
    func majority(_ counts: [Int], _ unknown: Int = 0, _ notFace: Int = 0) -> Emotion? {
      EmotionVotes(counts: counts, unknown: unknown, notFace: notFace).majority
    }
    #expect(majority([1, 6, 1, 1, 1]) == .happiness)
    #expect(majority([5, 5]) == nil && majority([5, 4, 1]) == .neutral)
    #expect(majority([4, 0, 0, 0, 0, 0, 3, 0], 3) == nil)
    #expect(majority([0, 0, 2], 8) == nil && majority([0, 0, 2], 0, 8) == nil)
    #expect(majority([1, 1, 1]) == nil && majority([]) == nil)
    #expect(majority([0, 0, 0, 0, 0, 0, 0, 10]) == .contempt)
  }

  @Test func votesAreSharesOfThoseForAnEmotion() {
    let votes = EmotionVotes(counts: [4, 0, 1, 0, 0, 2, 3], unknown: 5, notFace: 1)
    #expect(votes.distribution == [0.4, 0, 0.1, 0, 0, 0.2, 0.3, 0] && votes.total == 16)
    #expect(EmotionVotes(counts: [], unknown: 10).distribution == nil)
    #expect(EmotionVotes(counts: [-3, 1]).counts == [0, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test func aUnitsIntensityIsFoundWhereverItStands() {
    var labels = FaceLabels()
    #expect(labels.intensity(ofUnit: 12) == nil)
    labels.actionUnits = ActionUnit.allCases.map { Float($0.rawValue) / 10 }
    #expect(labels.intensity(ofUnit: 12) == 1.2 && labels.intensity(ofUnit: 28) == nil)
    labels.unitIntensities = ActionUnitValues([14: 3, 12: 5])
    #expect(labels.intensity(ofUnit: 12) == 5 && labels.intensity(ofUnit: 14) == 3)
    #expect(labels.unitIntensities?.units == [12, 14])
    #expect(labels.unitIntensities?[6] == nil && labels.unitIntensities?.isEmpty == false)
  }

  @Test func theWorldSaysWhichUnitsItLabels() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 1, images: 1, size: 16, seed: 1))
    #expect(world.labelledUnits.intensities.count == ActionUnit.allCases.count)
    #expect(world.labelledUnits.intensities == world.labelledUnits.intensities.sorted())
    #expect(DecodedCache(world).labelledUnits == world.labelledUnits)
    #expect(MemoryDataset.people([1]).labelledUnits.isEmpty && world.part(at: 0) == nil)
  }
}

@Suite struct SubjectFoldsTests {
  @Test func nobodyIsInTwoFoldsAndEverybodyInOne() {
    let disfa = SubjectFolds.disfa.folds
    #expect(disfa.map(\.count) == [9, 9, 9] && Set(disfa.joined()).count == 27)
    #expect(disfa[0].prefix(2) == ["SN002", "SN010"] && disfa[2].last == "SN004")
    let everyone = Set(
      (1...23).map { "F" + ($0 < 10 ? "00" : "0") + "\($0)" }
        + (1...18).map { "M" + ($0 < 10 ? "00" : "0") + "\($0)" })
    let bp4d = SubjectFolds.bp4d.folds
    #expect(bp4d.map(\.count) == [14, 14, 13] && Set(bp4d.joined()) == everyone)
    let fera = SubjectFolds.bp4dFERA2015.folds
    #expect(fera.map(\.count) == [21, 20] && Set(fera.joined()) == everyone)
    #expect(fera[0].contains("M017") && fera[1].contains("F022"))
  }

  private static let dataset: MemoryDataset = {
    var dataset = MemoryDataset.people([2, 1, 3, 1])
    dataset.identityNames = ["SN002", "SN013", "SN003", "SN099"]
    return dataset
  }()

  @Test func aSplitFollowsTheNames() throws {
    let split = try SubjectFolds.disfa.split(Self.dataset, test: 2)
    #expect(split.test == [3, 4, 5] && split.train == [0, 1, 2])
    #expect(try SubjectFolds.disfa.split(Self.dataset, test: 0).test == [0, 1])
  }

  @Test func aFoldWithoutPeopleIsAnError() {
    let wrong = faceDataError { _ = try SubjectFolds.disfa.split(Self.dataset, test: 3) }
    #expect(wrong?.code == .invalidSetting)
    let none = faceDataError { _ = try SubjectFolds.bp4d.split(Self.dataset, test: 0) }
    #expect(none?.code == .notEnoughData && none?.message.contains("SN002") == true)
  }
}

@Suite struct FivePointAlignmentTests {
  @Test func aTurnedAndScaledTemplateIsBroughtBack() throws {
    let move = Affine.rotation(degrees: 25).then(.scale(2.5, 2.5)).then(.translation(40, -12))
    let points = FivePointAlignment.template.map { move($0) }
    let found = try #require(
      FivePointAlignment.similarity(from: points, to: FivePointAlignment.template))
    for (point, target) in zip(points, FivePointAlignment.template) {
      let error = found(point) - target
      #expect(max(abs(error.x), abs(error.y)) < 1e-3)
    }
    #expect(found.a == found.d && found.b == -found.c)
  }

  /// The least-squares solution of an overdetermined case, by numpy's lstsq.
  @Test func theErrorIsTheLeast() throws {
    let source: [SIMD2<Float>] = [SIMD2(0, 0), SIMD2(1, 0), SIMD2(0, 1)]
    let target: [SIMD2<Float>] = [SIMD2(1, 1), SIMD2(3, 1.5), SIMD2(0.5, 3.5)]
    let found = try #require(FivePointAlignment.similarity(from: source, to: target))
    #expect(abs(found.a - 2.25) < 1e-5 && abs(found.c - 0.375) < 1e-5)
    #expect(abs(found.tx - 0.875) < 1e-5 && abs(found.ty - 1.125) < 1e-5)
  }

  @Test func theCropHasTheEyesInTheirPlaces() throws {
    // White dots on black at the places of five points, turned on their head.
    let points = FivePointAlignment.template.map { SIMD2<Float>(200, 210) - $0 * 1.5 }
    let image = Image(width: 220, height: 220) { x, y in
      let place = SIMD2(Float(x) + 0.5, Float(y) + 0.5)
      let isNear = points.contains { point in
        let away = point - place
        return (away * away).sum() < 9
      }
      return isNear ? [255, 255, 255] : [0, 0, 0]
    }
    let crop = try #require(FivePointAlignment.crop(image, points: points))
    #expect(crop.width == 112 && crop.height == 112)
    for point in FivePointAlignment.template {
      #expect(crop.pixels[(Int(point.y) * 112 + Int(point.x)) * 3] > 200)
    }
    #expect(crop.pixels[0] == 0)
  }

  @Test func pointsInOnePlaceGiveNothing() {
    let same = Array(repeating: SIMD2<Float>(3, 3), count: 5)
    let template = FivePointAlignment.template
    #expect(FivePointAlignment.similarity(from: same, to: template) == nil)
    #expect(FivePointAlignment.similarity(from: [], to: []) == nil)
    #expect(FivePointAlignment.crop(.gray(4), points: same) == nil)
    let broken = [SIMD2<Float>(.nan, 0)] + template.dropFirst()
    #expect(FivePointAlignment.similarity(from: broken, to: template) == nil)
  }
}

@Suite struct FoldSplitTests {
  /// DISFA's 27 people, four frames each.
  private static let faces: MemoryDataset = {
    var faces = MemoryDataset.people(Array(repeating: 4, count: 27))
    faces.identityNames = SubjectFolds.disfa.folds.flatMap { $0 }.sorted()
    return faces
  }()

  @Test(arguments: 0..<3)
  func aFoldIsTheTestAndNobodyIsInTwoParts(fold: Int) throws {
    let split = try DatasetSplit(
      dataset: Self.faces, folds: .disfa, test: fold, validation: 0.2, seed: 0)
    func people(_ indices: [Int]) -> Set<String> {
      Set(indices.map { Self.faces.identityNames[$0 / 4] })
    }
    #expect(people(split.test) == Set(SubjectFolds.disfa.folds[fold]))
    #expect(people(split.train).isDisjoint(with: people(split.validation)))
    #expect(people(split.train + split.validation).isDisjoint(with: people(split.test)))
    #expect(split.train.count + split.validation.count + split.test.count == 108)
    #expect((8...24).contains(split.validation.count))
  }

  @Test func aFoldThatThereIsNotIsAnError() {
    let error = faceDataError {
      _ = try DatasetSplit(dataset: Self.faces, folds: .disfa, test: 3, seed: 0)
    }
    #expect(error?.code == .invalidSetting)
  }
}

@Suite struct FaceAttributeTests {
  @Test func wordsAreOpenButClean() {
    #expect(FaceAttribute(rawValue: "Bags_Under_Eyes")?.rawValue == "Bags_Under_Eyes")
    for word in ["", "two words", "a\nb", String(repeating: "x", count: 61)] {
      #expect(FaceAttribute(rawValue: word) == nil)
    }
    #expect(FaceAttribute.wflw.map(\.rawValue).prefix(2) == ["pose", "expression"])
  }

  /// Glasses and beards are a person's, hats a picture's; a packed world says what the world says.
  @Test func theWorldNamesWhatAFaceWears() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .wild, identities: 40, images: 160, size: 16, seed: 2))
    var worn: [Int: Set<FaceAttribute>] = [:]
    var seen: Set<FaceAttribute> = []
    for index in 0..<world.count {
      let labels = try world.labels(at: index)
      let attributes = try #require(labels.attributes)
      let own = attributes.intersection([.glasses, .sunglasses, .beard, .moustache])
      let person = try #require(labels.identity)
      #expect(worn[person].map { $0 == own } ?? true)
      worn[person] = own
      seen.formUnion(attributes)
    }
    #expect(seen.isSuperset(of: [.glasses, .beard, .moustache, .hat, .occlusion]))
    let folder = try TemporaryFolder()
    let pack = try world.packed(at: folder.url)
    for index in [0, 17, 80] {
      #expect(try pack.labels(at: index).attributes == world.labels(at: index).attributes)
    }
    let objects = try FaceWorld(
      FaceWorldSettings(profile: .objects, identities: 2, images: 4, size: 16))
    #expect(try objects.labels(at: 0).attributes == nil)
  }
}
