import Experiments
import FaceData
import Foundation
import Plotting
import Testing

@testable import CommandShell

/// `predict`: what it asks the engine for, and what it shows and writes of the answers.
struct PredictCommandTests {
  /// A session with an adapted run, and a folder with a photo and a file that is none.
  private func session(_ task: String = "emotion") throws -> (TestSession, photos: String) {
    let test = try TestSession()
    try test.run(JobTests.data + "adapt \(task), from: scratch, width: 32, as: model")
    let folder = test.folder.appendingPathComponent("photos")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let settings = FaceWorldSettings(profile: .studio, identities: 4, images: 4, size: 64)
    let image = try FaceWorld(settings).sample(at: 1).image
    try Data(image.encodedJPEG()).write(to: folder.appendingPathComponent("me.jpg"))
    return (test, folder.path)
  }

  @Test func photosAreCutAndDataSetsTakenWhole() throws {
    let (test, photos) = try session()
    try test.run("predict model, on: \"\(photos)\", batch: 8, count: 3, width: 60%")
    try test.run("predict model, on: wild")
    let runs = try test.session.store().runs().filter { $0.kind == .predict }
    #expect(runs.count == 2 && runs.allSatisfy { $0.method == "emotion" })
    let options = runs.map { $0.specification.options }
    #expect(Set(options.map { $0["crop"] }) == [.text("face"), .text("whole")])
    // The label of the figure is not the option of the network.
    #expect(options.allSatisfy { $0["width"] == .integer(32) })
    #expect(Set(runs.map(\.name)) == ["predict/model/photos/s1", "predict/model/wild/s1"])
    // Again: the finished run is used.
    try test.run("predict model, on: \"\(photos)\", batch: 8")
    #expect(try test.session.store().runs().filter { $0.kind == .predict }.count == 2)
  }

  @Test func answersBecomeAPictureAndATable() throws {
    let (test, photos) = try session()
    let file = test.folder.appendingPathComponent("out/faces.csv").path
    let text = try test.run(
      "predict model, on: \"\(photos)\", to: \"\(file)\", caption: \"Me.\""
    ).joined(
      separator: "\n")
    #expect(text.contains("1 not usable") && text.contains("letter.jpg: no picture"), "\(text)")
    #expect(text.contains("1 without a face: wall.jpg"))
    let shown = try #require(test.figures.first)
    #expect(shown.caption == "Me." && shown.runs.count == 1)
    let sheet = try #require(shown.figure as? PredictionSheet)
    #expect(sheet.items.count == 2 && sheet.items[0].caption == "me.jpg · 1")
    #expect(sheet.items[0].bars.map(\.name) == ["happiness", "sadness", "valence"])
    #expect(sheet.items[0].bars.map(\.isStrong) == [true, false, false])
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    #expect(lines[0] == "photo,face,score,x,y,width,height,happiness,sadness,valence")
    #expect(lines[1] == "me.jpg,1,0.9,4,5,30,32,0.7,0.2,-0.5" && lines.count == 3)
    let saved = test.folder.appendingPathComponent("faces.png").path
    try test.run("predict model, on: \"\(photos)\" | save \"\(saved)\"")
    #expect(FileManager.default.fileExists(atPath: saved))
    let json = test.folder.appendingPathComponent("faces.json").path
    try test.run("predict model, on: \"\(photos)\", to: \"\(json)\"")
    let again = try JSONDecoder().decode(
      FacePredictions.self, from: Data(contentsOf: URL(fileURLWithPath: json)))
    #expect(again.faces.count == 2 && again.names.count == 3)
  }

  @Test func recognitionHasAGallery() throws {
    let (test, photos) = try session("recognition")
    try test.run("predict model, on: \"\(photos)\"")
    let runs = try test.session.store().runs().filter { $0.kind == .predict }
    let adapted = try #require(try test.session.store().run(named: "model"))
    #expect(runs[0].specification.test?.data == adapted.specification.data)
    try test.run("let others = synthetic studio, identities: 3, images: 12")
    try test.run("predict model, on: \"\(photos)\", gallery: others")
    #expect(test.runner.names.count == 3)
  }

  /// Command and a part of the message.
  static let faults: [(String, String)] = [
    ("predict model", "needs `on:`"),
    ("predict model, on: nowhere.jpg", "neither a file or folder nor a data set `nowhere.jpg`"),
    ("predict model, on: wild, gallery: wild", "no meaning for emotion"),
    ("predict model, on: wild, to: x.txt", "neither in .json nor in .csv"),
    ("predict model, on: wild, crob: face", "did you mean `crop:`?"),
    ("predict model, on: wild, crop: fce", "did you mean `face`?"),
    ("predict back, on: wild", "was made by pretrain"),
    ("predict nearest, on: wild", "nearest neighbours learn none"),
  ]

  @Test(arguments: faults)
  func whatIsWrongIsSaid(command: String, part: String) throws {
    let (test, _) = try session()
    try test.run("pretrain swav, as: back, epochs: 2")
    try test.run("adapt emotion, from: scratch, protocol: knn, as: nearest")
    let message = test.failure(command)
    #expect(message.contains(part), "\(message)")
  }

  @Test func nothingToShowIsAnErrorWithTheReason() throws {
    let (test, photos) = try session()
    test.runner.predictsNothing = true
    let message = test.failure("predict model, on: \"\(photos)\"")
    #expect(message.contains("no face to show") && message.contains("letter.jpg"), "\(message)")
  }
}
