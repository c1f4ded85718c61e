import Foundation
import Testing

@testable import FaceData

struct DatasetSubsetTests {
  private static let settings = FaceWorldSettings(
    profile: .studio, identities: 6, images: 60, size: 32, seed: 4)
  private static let base = DatasetSpecification.synthetic(settings)

  private static func subset(_ indices: [Int]) throws -> DatasetSpecification {
    .subset(
      try DatasetSubset(of: base, FaceWorld(settings), rule: "some", indices: indices))
  }

  @Test("a subset travels through JSON and opens to the chosen samples")
  func json() throws {
    let subset = try Self.subset([50, 3, 3, 17])
    let text = try JSONEncoder().encode(subset)
    let read = try JSONDecoder().decode(DatasetSpecification.self, from: text)
    #expect(read == subset && read.kind == "subset" && read.whole == Self.base)
    let open = try read.open(cacheFolder: nil, threads: 1)
    #expect((0..<open.count).map { open.id(at: $0) } == ["000003", "000017", "000050"])
    let world = try FaceWorld(Self.settings)
    #expect(try open.sample(at: 1).image == world.sample(at: 17).image)
    #expect(try open.labels(at: 2).identity == world.labels(at: 50).identity)
    #expect(open.identityNames == world.identityNames)
    #expect(try open.mesh(at: 2) == world.mesh(at: 50))
    #expect(open.meshLandmarks == world.meshLandmarks && !open.meshLandmarks.isEmpty)
    let vertices = Int32(try #require(try open.mesh(at: 2)).count)
    #expect(open.meshTriangles == world.meshTriangles && open.meshTriangles.count > 1000)
    #expect(open.meshTriangles.allSatisfy { $0.min() >= 0 && $0.max() < vertices })
  }

  @Test("the fingerprint follows the samples and the base")
  func fingerprints() throws {
    func fingerprint(_ specification: DatasetSpecification) throws -> String {
      try specification.open(cacheFolder: nil, threads: 1).fingerprint
    }
    let one = try fingerprint(Self.subset([1, 2]))
    #expect(try fingerprint(Self.subset([2, 1])) == one)
    #expect(try fingerprint(Self.subset([1, 3])) != one)
    var other = Self.settings
    other.seed = 5
    let foreign = try DatasetSubset(
      of: .synthetic(other), FaceWorld(other), rule: "some", indices: [1, 2])
    #expect(foreign.fingerprint != one)
  }

  @Test("a set that is no longer the same is refused")
  func changedBase() throws {
    let folder = try TemporaryFolder()
    for name in ["a.jpg", "b.jpg", "c.jpg"] { try folder.writePicture(name) }
    let base = DatasetSpecification.images(path: folder.path)
    let subset = DatasetSpecification.subset(
      try DatasetSubset(
        of: base, base.open(cacheFolder: nil, threads: 1), rule: "two", indices: [0, 2]))
    #expect(try subset.open(cacheFolder: nil, threads: 1).id(at: 1) == "c.jpg")
    try folder.writePicture("0.jpg")
    let error = faceDataError { _ = try subset.open(cacheFolder: nil, threads: 1) }
    #expect(error?.code == .brokenLabels)
    #expect(error?.message.contains("“two”") == true)
  }

  @Test("bad choices and damaged text throw")
  func faults() throws {
    #expect(faceDataError { _ = try Self.subset([]) }?.code == .notEnoughData)
    #expect(faceDataError { _ = try Self.subset([60]) }?.code == .invalidSetting)
    #expect(faceDataError { _ = try Self.subset([-1, 2]) }?.code == .invalidSetting)
    for text in ["gA==", "////////", "%"] { #expect(SampleGaps.decode(text) == nil, "\(text)") }
  }

  @Test("gaps of any size come back")
  func gaps() {
    for indices in [[0], [0, 1, 2], [127, 128, 256, 300], [5, 1_000_000, 99_999_999]] {
      #expect(SampleGaps.decode(SampleGaps.encode(indices)) == indices)
    }
    #expect(SampleGaps.encode(Array(0..<3)) == "AAAA")
    // A tenth of a hundred thousand takes a byte each.
    let tenth = Array(stride(from: 0, to: 100_000, by: 10))
    #expect(SampleGaps.encode(tenth).utf8.count < 14_000)
  }

  @Test("pairs stay where both samples do")
  func pairs() throws {
    struct Paired: FaceDataset {
      let count = 6
      let fingerprint = "paired"
      let identityNames: [String] = []
      let pairs = [
        VerificationPair(first: 0, second: 4, isSame: true, fold: 1),
        VerificationPair(first: 0, second: 1, isSame: false, fold: 0),
      ]
      let unusable: [UnusableSample] = []
      func id(at index: Int) -> String { "\(index)" }
      func labels(at index: Int) throws -> FaceLabels { FaceLabels() }
      func sample(at index: Int) throws -> FaceSample {
        FaceSample(id: id(at: index), image: .gray(4), labels: FaceLabels())
      }
    }
    let view = DatasetSubsetView(Paired(), indices: [0, 3, 4], fingerprint: "x")
    #expect(view.pairs == [VerificationPair(first: 0, second: 2, isSame: true, fold: 1)])
  }
}

struct SubsetChoiceTests {
  private static let set = MemoryDataset.people([40, 20, 20, 10, 10])

  private func counts(_ indices: [Int]) -> [Int] {
    var counts = [0, 0, 0, 0, 0]
    for index in indices { counts[Self.set.samples[index].labels.identity ?? 0] += 1 }
    return counts
  }

  @Test("a smaller part lies in a larger one", arguments: SubsetChoice.allCases)
  func nested(choice: SubsetChoice) throws {
    guard choice != .emotion else { return }
    let parts = try [0.2, 0.4, 0.8].map {
      Set(try choice.indices(of: Self.set, budget: .share($0), seed: 7))
    }
    #expect(parts[0].isSubset(of: parts[1]) && parts[1].isSubset(of: parts[2]))
    #expect(parts[0].count < parts[2].count)
    let other = try choice.indices(of: Self.set, budget: .share(0.4), seed: 8)
    #expect(Set(other) != parts[1])
  }

  @Test("in proportion means the same share of everybody")
  func proportional() throws {
    let half = try SubsetChoice.identity.indices(of: Self.set, budget: .share(0.5), seed: 1)
    #expect(counts(half) == [20, 10, 10, 5, 5])
    let tenth = try SubsetChoice.identity.indices(of: Self.set, budget: .count(10), seed: 1)
    #expect(counts(tenth) == [4, 2, 2, 1, 1])
  }

  @Test("whole people, and as many as asked for")
  func people() throws {
    let chosen = try SubsetChoice.people.indices(of: Self.set, budget: .count(2), seed: 3)
    #expect(counts(chosen).filter { $0 > 0 }.count == 2)
    for (person, count) in counts(chosen).enumerated() where count > 0 {
      #expect(count == [40, 20, 20, 10, 10][person])
    }
  }

  @Test("a label that the set lacks is an error")
  func unlabelled() throws {
    let error = faceDataError {
      _ = try SubsetChoice.emotion.indices(of: Self.set, budget: .share(0.5), seed: 1)
    }
    #expect(error?.code == .notEnoughData)
  }

  @Test("ids lead back to samples")
  func ids() throws {
    #expect(try Self.set.indices(ofIDs: ["7", "3", "7"]) == [3, 7])
    let error = faceDataError { _ = try Self.set.indices(ofIDs: ["7", "x"]) }
    #expect(error?.message.contains("“x”") == true)
  }
}
