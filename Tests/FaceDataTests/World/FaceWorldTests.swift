import Foundation
import Testing

@testable import FaceData

@Suite struct FaceWorldTests {
  private let settings = FaceWorldSettings(
    profile: .wild, identities: 5, images: 13, size: 32, seed: 11)

  private func temporaryFolder() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("faces-\(UUID().uuidString)")
  }

  @Test func sameSeedGivesSameBytesInAnyOrder() throws {
    let (first, second) = (try FaceWorld(settings), try FaceWorld(settings))
    let forward = try (0..<first.count).map { try first.sample(at: $0) }
    for index in (0..<second.count).reversed() {
      let again = try second.sample(at: index)
      #expect(again.image == forward[index].image)
      #expect(again.labels == forward[index].labels)
      #expect(again.id == forward[index].id)
      #expect(try second.labels(at: index) == forward[index].labels)
    }
    #expect(Set(forward.map(\.image)).count == forward.count)
  }

  @Test func otherSettingsGiveOtherFaces() throws {
    var other = settings
    other.seed = 12
    let (world, changed) = (try FaceWorld(settings), try FaceWorld(other))
    #expect(world.fingerprint != changed.fingerprint)
    #expect(try world.sample(at: 0).image != changed.sample(at: 0).image)
    #expect(try world.labels(at: 0).landmarks != changed.labels(at: 0).landmarks)
  }

  @Test func prefixesAreBalancedOverIdentities() throws {
    let world = try FaceWorld(settings)
    let people = (0..<13).map { world.identity(at: $0) }
    #expect(Set(people[0..<5]) == Set(0..<5))
    #expect(Set(people[5..<10]) == Set(0..<5))
    #expect(Array(people[0..<5]) != Array(people[5..<10]) || people[10] != people[5])
    #expect(world.identityNames == (1...5).map { "id-000\($0)" })
    for count in [1, 2, 3, 7, 100, 257] {
      let shuffle = IndexShuffle(count: count, seed: 1, round: 0)
      #expect(Set((0..<count).map { shuffle[$0] }) == Set(0..<count))
    }
  }

  @Test func labelsAreComplete() throws {
    let labels = try FaceWorld(settings).labels(at: 3)
    #expect(labels.landmarks?.count == 68)
    #expect(labels.actionUnits?.count == ActionUnit.allCases.count)
    #expect(labels.emotion != nil && labels.identity != nil)
    #expect((labels.mesh?.count ?? 0) >= 3000)
  }

  @Test func emotionsCarryTheirActionUnits() throws {
    let world = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 10, images: 400, size: 16, seed: 4))
    var sums: [Emotion: (smile: Float, brow: Float, count: Float)] = [:]
    for index in 0..<world.count {
      let scene = FaceScene(settings: world.settings, index: index, identity: 0)
      let old = sums[scene.emotion] ?? (0, 0, 0)
      sums[scene.emotion] = (
        old.smile + scene.actionUnits[ActionUnit.au12.index],
        old.brow + scene.actionUnits[ActionUnit.au4.index], old.count + 1
      )
    }
    #expect(Set(sums.keys) == Set(Emotion.basic))
    let happy = try #require(sums[.happiness])
    let angry = try #require(sums[.anger])
    #expect(happy.smile / happy.count > 2 && happy.brow / happy.count < 0.5)
    #expect(angry.brow / angry.count > 2 && angry.smile / angry.count < 0.5)
  }

  @Test(arguments: [(0, 10, 64), (4, 0, 64), (4, 10, 8), (-1, 10, 64), (4, 10, 5000)])
  func badSettingsThrow(_ row: (Int, Int, Int)) {
    let settings = FaceWorldSettings(
      profile: .studio, identities: row.0, images: row.1, size: row.2, seed: 0)
    #expect(throws: FaceDataError.self) { try FaceWorld(settings) }
  }

  @Test(arguments: [-1, 13, Int.max])
  func indexOutOfRangeThrows(_ index: Int) throws {
    let world = try FaceWorld(settings)
    #expect(throws: FaceDataError.self) { try world.sample(at: index) }
    #expect(throws: FaceDataError.self) { try world.labels(at: index) }
  }

  @Test func packHoldsTheSameSamplesOnAnyNumberOfThreads() throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let world = try FaceWorld(settings)
    let one = try world.packed(at: folder.appendingPathComponent("1"), threads: 1)
    let two = try world.packed(at: folder.appendingPathComponent("2"), threads: 2)
    let name = world.fingerprint + ".faces"
    let bytes = try ["1", "2"].map {
      try Data(contentsOf: folder.appendingPathComponent($0).appendingPathComponent(name))
    }
    #expect(bytes[0] == bytes[1])
    #expect(one.count == world.count && one.fingerprint == world.fingerprint)
    for index in 0..<world.count {
      var expected = try world.sample(at: index)
      var labels = expected.labels
      labels.mesh = nil
      expected = FaceSample(id: expected.id, image: expected.image, labels: labels)
      let packed = try two.sample(at: index)
      #expect(packed.image == expected.image && packed.labels == expected.labels)
      #expect(try two.labels(at: index) == labels)
    }
    #expect(throws: FaceDataError.self) { try two.sample(at: 13) }
  }

  enum Damage: CaseIterable {
    case flippedPixel, flippedHeader, truncated, empty, longer, otherSettings
  }

  @Test(arguments: Damage.allCases) func damagedPackIsRenderedAnew(_ damage: Damage) throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let world = try FaceWorld(settings)
    _ = try world.packed(at: folder)
    let url = folder.appendingPathComponent(world.fingerprint + ".faces")
    let whole = try Data(contentsOf: url)
    var bytes = whole
    switch damage {
    case .flippedPixel: bytes[bytes.count / 2] ^= 16
    case .flippedHeader: bytes[9] ^= 1
    case .truncated: bytes.removeLast(100)
    case .empty: bytes = Data()
    case .longer: bytes += [0, 0, 0, 0]
    case .otherSettings: bytes[40] ^= 1
    }
    try bytes.write(to: url)
    var rendered = 0
    let again = try world.packed(at: folder) { done, _ in rendered = done }
    #expect(rendered == world.count)
    #expect(try Data(contentsOf: url) == whole)
    #expect(try again.sample(at: 2).image == world.sample(at: 2).image)
    // A whole file is not rendered again.
    _ = try world.packed(at: folder) { _, _ in Issue.record("rendered a whole file") }
  }

  @Test func stoppedRenderingLeavesNothing() throws {
    struct Stop: Error {}
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let world = try FaceWorld(settings)
    #expect(throws: Stop.self) { try world.packed(at: folder) { _, _ in throw Stop() } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func unwritableFolderThrows() throws {
    let file = temporaryFolder()
    defer { try? FileManager.default.removeItem(at: file) }
    try Data([1]).write(to: file)
    let world = try FaceWorld(settings)
    #expect(throws: FaceDataError.self) { try world.packed(at: file.appendingPathComponent("x")) }
  }
}
