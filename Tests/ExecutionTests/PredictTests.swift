import Experiments
import FaceData
import FaceTasks
import Foundation
import Testing
import Torch

@testable import Execution

/// Adapted models on other pictures, through `Engine`, and the record of how pictures reach them.
@Suite(.serialized)
struct PredictTests {
  static let tasks = TaskTable.tasks.map { $0.name }

  private func adapted(_ task: String, in place: Workplace) throws -> Run {
    let run = try place.makeRun(
      .adapt, task,
      options: ["steps": .integer(6), "validate-every": .integer(6), "stem": .text("small")])
    _ = try place.execute(run)
    return run
  }

  private func predictions(
    _ task: String, from parent: Run, in place: Workplace,
    options: [String: SpecValue] = ["crop": .text("whole")],
    on data: DatasetSpecification = Workplace.others, interruptAt: Int = .max
  ) throws -> (JobEnd, FacePredictions?) {
    let run = try place.makeRun(
      .predict, task, options: ["stem": .text("small")].merging(options) { $1 }, from: parent,
      on: data, test: task == "recognition" ? Workplace.faces : nil)
    let end = try place.execute(run, interruptAt: interruptAt)
    let file = place.folder.appending(path: "runs/\(run.id)/predictions.json")
    guard end == .finished else { return (end, nil) }
    return (end, try JSONDecoder().decode(FacePredictions.self, from: Data(contentsOf: file)))
  }

  @Test("every task answers for the pictures of another set, taken whole", arguments: tasks)
  func wholePictures(task: String) throws {
    let place = try Workplace()
    let parent = try adapted(task, in: place)
    let found = try #require(try predictions(task, from: parent, in: place).1)
    #expect(found.task == task && found.faces.count == 40 && found.unusable.isEmpty)
    #expect(found.faces.map(\.photo) == Array(0..<40) && found.crop == "whole")
    // The answers differ from face to face, and a 32-pixel picture's points lie about it.
    let texts = Set(
      try found.faces.map { face in
        try CanonicalJSON.encode([face.values ?? [], (face.points ?? []).flatMap { $0 }])
          + (face.neighbours ?? []).map { "\($0.name) \($0.similarity)" }.joined()
      })
    #expect(texts.count > 20)
    for face in found.faces {
      let map = try #require(face.map)
      #expect(map == .scale(32, 32))
      for point in face.points ?? [] { #expect(point.allSatisfy { (-64...96).contains($0) }) }
      #expect(face.values.map { $0.count == found.names.count } ?? true)
    }
    switch task {
    case "landmarks", "reconstruction":
      #expect(found.faces.allSatisfy { $0.points?.count == 68 } && !found.contours.isEmpty)
      let vertices = found.faces.compactMap { $0.mesh?.count }
      #expect(vertices.isEmpty == (task == "landmarks"))
      #expect(vertices.allSatisfy { $0 > 100 })
    case "recognition":
      for face in found.faces {
        let neighbours = try #require(face.neighbours)
        #expect(neighbours.count == 5 && Set(neighbours.map(\.name)).count == 5)
        #expect(neighbours.map(\.similarity) == neighbours.map(\.similarity).sorted(by: >))
      }
    default: #expect(!found.names.isEmpty)
    }
  }

  @Test("a person of the gallery is their own nearest neighbour")
  func ownNeighbour() throws {
    let place = try Workplace()
    let parent = try adapted("recognition", in: place)
    let found = try #require(
      try predictions("recognition", from: parent, in: place, on: Workplace.faces).1)
    let world = try #require(try? Workplace.faces.open(cacheFolder: nil, threads: 1))
    let right = try found.faces.count { face in
      let identity = try #require(try world.labels(at: face.photo).identity)
      return face.neighbours?.first?.name == world.identityNames[identity]
    }
    // 120 pictures of 40 people, three each, all of them in the gallery.
    #expect(right > 60, "\(right) of 120")
  }

  @Test("a stopped prediction starts anew and gives the same")
  func stopped() throws {
    let place = try Workplace()
    let parent = try adapted("head-pose", in: place)
    let stopped = try predictions("head-pose", from: parent, in: place, interruptAt: 3)
    #expect(stopped.0 == .paused)
    #expect(try predictions("head-pose", from: parent, in: place).1?.faces.count == 40)
  }

  @Test(
    "how pictures reach a model is part of its record", arguments: ["landmarks", "recognition"])
  func record(task: String) throws {
    let place = try Workplace()
    let run = try adapted(task, in: place)
    let folder = place.folder.appending(path: "runs/\(run.id)")
    let text = try Data(contentsOf: folder.appending(path: "protocol.json"))
    let record = try JSONDecoder().decode(ProtocolRecord.self, from: text)
    #expect(
      record.colours == "RGB" && record.size == 32 && record.sumsMirror == (task == "recognition"))
    #expect(record.mean == PictureStatistics.mean && record.precision == "float32")
    #expect(record.evaluationCrop.contains("whole picture"))
    #expect(record.trainingCrop.size == 32 && record.trainingCrop.flipProbability == 0.5)
    let placement = try #require(record.placement)
    #expect(placement.source == .landmarks && placement.points.count == 5)
    let (_, metadata) = try Safetensors.load(folder.appending(path: "model.safetensors"))
    #expect(try ProtocolRecord.read(metadata, of: run) == record)
    #expect(throws: EngineError.self) { try ProtocolRecord.read([:], of: run) }
  }

  /// What the record says of the colours is what happens: a red picture has a high first channel.
  @Test("red comes first, normalised as recorded")
  func colourOrder() throws {
    let view = ViewBatch(size: 1, count: 1, pixels: [255, 0, 51])
    let input = InputSettings(size: 1, batch: 1, device: .cpu, precision: .float32)
    let values = try input.images(view).floats()
    let (mean, deviation) = (PictureStatistics.mean, PictureStatistics.deviation)
    for (channel, value) in [Float(1), 0, 0.2].enumerated() {
      #expect(abs(values[channel] - (value - mean[channel]) / deviation[channel]) < 1e-4)
    }
  }

  @Test(
    "faces in photos are found and cut, bad files are listed",
    .enabled(if: (try? FaceDetector.load()) != nil, "needs libfacedetection: `make setup`"))
  func photos() throws {
    let place = try Workplace()
    let folder = place.folder.appending(path: "photos")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let large = try FaceWorld(
      FaceWorldSettings(profile: .studio, identities: 40, images: 40, size: 256))
    let sample = try large.sample(at: 6)
    try Data(sample.image.encodedJPEG()).write(to: folder.appending(path: "me.jpg"))
    try Data("no photo".utf8).write(to: folder.appending(path: "letter.jpg"))
    let parent = try adapted("landmarks", in: place)
    let found = try #require(
      try predictions(
        "landmarks", from: parent, in: place, options: [:], on: .images(path: folder.path)
      ).1)
    #expect(found.faces.count == 1 && found.unusable.map(\.path) == ["letter.jpg"])
    #expect(found.crop == "face" && found.placement != nil)
    // The points are in the photo's pixels: about the face, whose true points are known.
    let points = try #require(found.faces[0].points)
    let truth = try #require(sample.labels.landmarks)
    func centre(_ x: [Float]) -> Float { x.reduce(0, +) / Float(x.count) }
    #expect(abs(centre(points.map { $0[0] }) - centre(truth.map(\.x))) < 40)
    #expect(abs(centre(points.map { $0[1] }) - centre(truth.map(\.y))) < 40)
  }

  @Test("what was not adapted, or keeps no head, cannot predict")
  func refused() throws {
    let place = try Workplace()
    let parent = try adapted("emotion", in: place)
    #expect(throws: EngineError.self) { try predictions("landmarks", from: parent, in: place) }
  }

  @Test("intervals stand beside the results, and hold them")
  func intervals() throws {
    let place = try Workplace()
    let run = try adapted("head-pose", in: place)
    let numbers = try place.numbers(of: run, "validation-best", split: "test")
    let (value, low, high) = (
      try #require(numbers["mae[mean]"]), try #require(numbers["low95.mae[mean]"]),
      try #require(numbers["high95.mae[mean]"])
    )
    #expect(low < value && value < high)
    #expect(try place.numbers(of: run, "last", split: "test")["low95.mae[mean]"] == nil)
  }
}
