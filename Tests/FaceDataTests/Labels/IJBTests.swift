import Foundation
import Testing

@testable import FaceData

@Suite struct IJBTests {
  private static let media = "1.jpg 10 100\n2.jpg 10 100\n3.jpg 20 7\n4.jpg 10 50\n5.jpg 30 8\n"
  private static let pairs = "10 20 1\n20 30 0\n10 30 0\n"

  /// Five points that keep a picture of 112 pixels as it is.
  private static func line(_ name: String, score: Double) -> String {
    let points = FivePointAlignment.template.map { "\($0.x - 0.5) \($0.y - 0.5)" }
    return "\(name) \(points.joined(separator: " ")) \(score)\n"
  }

  @Sendable private static func make(_ folder: TemporaryFolder) throws {
    try folder.write(media, "meta/ijbc_face_tid_mid.txt")
    try folder.write(pairs, "meta/ijbc_template_pair_label.txt")
    let names = (1...5).map { "\($0).jpg" }
    try folder.write(
      names.enumerated().map { line($1, score: 0.5 + Double($0) / 10) }.joined(),
      "meta/ijbc_name_5pts_score.txt")
    for name in names { try folder.writePicture("loose_crop/" + name, size: 112) }
  }

  @Sendable private static func makeSubjects(_ folder: TemporaryFolder) throws {
    try make(folder)
    let header = "TEMPLATE_ID,SUBJECT_ID,FILENAME\n"
    try folder.write(header + "20,7,a\n", "meta/ijbc_1N_gallery_G1.csv")
    try folder.write(header + "30,9,a\n", "meta/ijbc_1N_gallery_G2.csv")
    try folder.write(header + "10,7,a\n10,7,b\n", "meta/ijbc_1N_probe_mixed.csv")
  }

  @Test func templatesHoldTheirPicturesAndMedia() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let dataset = try IJBDataset(path: folder.path)
    try #require(dataset.count == 5 && dataset.unusable.isEmpty, "\(dataset.unusable)")
    let templates = dataset.templates.templates
    #expect(templates.map(\.id) == [10, 20, 30])
    #expect(templates[0].images.map(dataset.id) == [1, 2, 4].map { "loose_crop/\($0).jpg" })
    #expect(TemplateProtocol.media(of: templates[0]) == [[3], [0, 1]])
    #expect(dataset.templates.pairs.map(\.isSame) == [true, false, false])
    #expect(dataset.templates.pairs.map(\.first) == [0, 1, 0])
    #expect(dataset.templates.pairs.map(\.second) == [1, 2, 2])
    #expect(dataset.score(at: 2) == 0.7 && dataset.identityNames.isEmpty)
    #expect(try dataset.labels(at: 0).identity == nil)
    let crop = try dataset.sample(at: 0).image
    #expect(crop.width == 112 && abs(Int(crop.pixels[30_000]) - 128) < 3)
    #expect(try DatasetFormat.guess(path: folder.path).format.kind == "ijb")
  }

  @Test func galleriesAndProbesNameTheSubjects() throws {
    let folder = try TemporaryFolder()
    try Self.makeSubjects(folder)
    let dataset = try IJBDataset(path: folder.path)
    #expect(dataset.unusable.isEmpty)
    let groups = dataset.templates
    #expect(groups.galleries.map(\.name) == ["G1", "G2"] && groups.probes.map(\.name) == ["mixed"])
    #expect(groups.galleries[0].templates == [1] && groups.galleries[0].subjects == [7])
    #expect(groups.probes[0].templates == [0] && groups.probes[0].subjects == [7])
    #expect(dataset.identityNames == ["7", "9"])
    #expect(try (0..<5).map { try dataset.labels(at: $0).identity } == [0, 0, 0, 0, 1])
  }

  @Test func aMissingPictureTakesItsTemplateAndPairsAlong() throws {
    let folder = try TemporaryFolder()
    try Self.makeSubjects(folder)
    try FileManager.default.removeItem(atPath: folder.path + "/loose_crop/5.jpg")
    let dataset = try IJBDataset(path: folder.path)
    try #require(dataset.count == 4 && dataset.templates.templates.map(\.id) == [10, 20])
    #expect(dataset.templates.pairs.count == 1)
    let reasons = dataset.unusable.map(\.reason)
    #expect(
      reasons == [
        "1 lines lack their picture", "1 lines lack their picture or its points",
        "1 templates have no picture", "2 pairs lack a template",
      ])
  }

  @Test(arguments: [
    ("face_tid_mid", "1.jpg 10\n", "not “name template medium”"),
    ("face_tid_mid", "1.jpg x 1\n", "not “name template medium”"),
    ("face_tid_mid", "1.jpg 10 1\n1.jpg 10 1\n", "in this template already"),
    ("face_tid_mid", "1.jpg 10 1\n", "3 pictures are in no template"),
    ("template_pair_label", "10 20 2\n", "not “template template 0|1”"),
    ("template_pair_label", "10 20\n", "not “template template 0|1”"),
    ("template_pair_label", "10 99 1\n", "1 pairs lack a template"),
    ("name_5pts_score", "1.jpg 1 2 3 4 5 6 7 8 9 10\n", "not “name x1 y1"),
    ("name_5pts_score", "1.jpg 1 2 3 4 5 6 7 8 9 nan 1\n", "not “name x1 y1"),
    ("name_5pts_score", "1.jpg 1 1 1 1 1 1 1 1 1 1 1\n", "lie in one place"),
  ])
  func brokenListsAreReported(list: String, text: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    let sound = [
      "name_5pts_score": Self.line("2.jpg", score: 1), "face_tid_mid": "3.jpg 20 7\n",
      "template_pair_label": "10 20 1\n",
    ]
    try folder.write((sound[list] ?? "") + text, "meta/ijbc_\(list).txt")
    let dataset = try IJBDataset(path: folder.path)
    #expect(dataset.unusable.contains { $0.reason.contains(reason) }, "\(dataset.unusable)")
  }

  @Test func aTemplateOfTwoSubjectsIsReported() throws {
    let folder = try TemporaryFolder()
    try Self.makeSubjects(folder)
    try folder.write("T,S\n20,8\nx\n", "meta/ijbc_1N_probe_mixed.csv")
    let dataset = try IJBDataset(path: folder.path)
    let list = "meta/ijbc_1N_probe_mixed.csv"
    #expect(dataset.unusable.map(\.path) == [list + ":2", list + ":3", list])
    #expect(dataset.unusable[0].reason.contains("another subject already"))
  }

  @Test func twoSetsInOneFolderAreRefused() throws {
    let folder = try TemporaryFolder()
    try Self.make(folder)
    try folder.write("", "meta/ijbb_name_5pts_score.txt")
    let error = faceDataError { _ = try IJBDataset(path: folder.path) }
    #expect(error?.message.contains("IJB-B or IJB-C") == true)
    let none = faceDataError { _ = try IJBDataset(path: folder.path + "/loose_crop") }
    #expect(none?.code == .emptyDataset)
  }

  private static let check = DamageCheck(
    make: makeSubjects, open: { try IJBDataset(path: $0.path) })

  @Test(
    arguments: Damage.text,
    ["face_tid_mid.txt", "template_pair_label.txt", "name_5pts_score.txt"])
  func brokenListsAreNoticed(damage: Damage, list: String) throws {
    #expect(try Self.check.complaints(damage, file: "meta/ijbc_" + list).isEmpty)
  }

  @Test(arguments: Damage.text) func brokenSubjectsAreSound(damage: Damage) throws {
    // The templates remain without the list of their subjects.
    if case .remove = damage.change { return }
    if case .folder = damage.change { return }
    #expect(try Self.check.complaints(damage, file: "meta/ijbc_1N_gallery_G1.csv").isEmpty)
  }
}
