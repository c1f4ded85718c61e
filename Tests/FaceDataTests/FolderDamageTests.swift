import Testing

@testable import FaceData

/// Broken files in the folders that people know best: plain pictures, a folder a person, LFW with its
/// pairs, and 300-W.
@Suite struct FolderDamageTests {
  private static let names = ["Al/Al_0001.jpg", "Al/Al_0002.jpg", "Bea/Bea_0001.jpg"]
  /// A grid inside the picture.
  private static let points = (0..<68).map { "\(3 + $0 % 10) \(4 + $0 / 10)" }

  @Sendable private static func writePeople(_ folder: TemporaryFolder) throws {
    for name in names { try folder.writePicture(name, size: 16) }
  }

  @Sendable private static func writeLFW(_ folder: TemporaryFolder) throws {
    try writePeople(folder)
    try folder.write("1 1\nAl 1 2\nAl 1 Bea 1\n", "pairs.txt")
  }

  @Sendable private static func writeLandmarks(_ folder: TemporaryFolder) throws {
    let body = points.joined(separator: "\n")
    for name in ["one", "two"] {
      try folder.writePicture("\(name).jpg", size: 16)
      try folder.write("version: 1\nn_points: 68\n{\n\(body)\n}\n", "\(name).pts")
    }
  }

  private static let images = DamageCheck(make: writePeople) { try ImageFolder(path: $0.path) }
  private static let people = DamageCheck(make: writePeople) {
    try ClassFolders.people(path: $0.path)
  }
  private static let lfw = DamageCheck(make: writeLFW) { try LFWDataset(path: $0.path) }
  private static let landmarks = DamageCheck(make: writeLandmarks) {
    try LandmarkFolder(path: $0.path)
  }

  @Test(arguments: Damage.binary) func brokenPicturesAreNoticed(damage: Damage) throws {
    #expect(try Self.images.complaints(damage, file: Self.names[1]).isEmpty)
    #expect(try Self.people.complaints(damage, file: Self.names[1]).isEmpty)
    #expect(try Self.lfw.complaints(damage, file: Self.names[1]).isEmpty)
    #expect(try Self.landmarks.complaints(damage, file: "two.jpg").isEmpty)
  }

  @Test(arguments: Damage.text) func brokenPointsAreNoticed(damage: Damage) throws {
    #expect(try Self.landmarks.complaints(damage, file: "two.pts").isEmpty)
  }

  /// Without the list there are identities only, which is no damage.
  @Test(arguments: Damage.text.filter { !["missing", "a folder in its place"].contains($0.name) })
  func brokenPairsAreNoticed(damage: Damage) throws {
    #expect(try Self.lfw.complaints(damage, file: "pairs.txt").isEmpty)
  }
}
