import Experiments
import FaceData
import Foundation
import Testing

@testable import Execution

/// Published folds of people through `Engine`.
struct FoldTests {
  /// A folder in DISFA's layout: two people of each fold, three frames, units 1 and 12.
  private func disfa(in place: Workplace) throws -> DatasetSpecification {
    let folder = place.folder.appending(path: "disfa")
    for (number, person) in SubjectFolds.disfa.folds.flatMap({ $0.prefix(2) }).enumerated() {
      let frames = folder.appending(path: "Images/\(person)")
      let labels = folder.appending(path: "ActionUnit_Labels/\(person)")
      for url in [frames, labels] {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      }
      for unit in [1, 12] {
        let grades = (1...3).map { "\($0),\((number + $0 * unit) % 6)" }.joined(separator: "\n")
        try Data(grades.utf8).write(to: labels.appending(path: "\(person)_au\(unit).txt"))
      }
      for frame in 1...3 {
        let value = UInt8(40 * number + 10 * frame)
        let image = Image(
          width: 16, height: 16, pixels: [UInt8](repeating: value, count: 16 * 16 * 3))
        try Data(image.encodedJPEG()).write(to: frames.appending(path: "0000\(frame).jpg"))
      }
    }
    return .files(DatasetSource(kind: "disfa", path: folder.path))
  }

  @Test("a run is tested on its fold's people, says so, and so does testing it again")
  func fold() throws {
    let place = try Workplace()
    let data = try disfa(in: place)
    var samples: [Set<String>] = []
    for fold in 1...3 {
      let run = try place.makeRun(
        .adapt, "action-units",
        options: [
          "folds": .text("disfa-3-fold"), "fold": .integer(fold), "steps": .integer(2),
          "stem": .text("small"),
        ], on: data)
      _ = try place.execute(run)
      let rows = try place.store.query(
        "SELECT DISTINCT protocol FROM results JOIN runs ON runs.id = run_id WHERE uuid = ?",
        [.text(run.id)]
      ).rows
      #expect(rows == [[.text("fine-tune, disfa-3-fold \(fold)")]])
      let own = try ids(of: run, in: place)
      #expect(own.count == 6)
      samples.append(own)
      let people = Set(own.compactMap { $0.split(separator: "/").dropLast().last.map(String.init) })
      #expect(people == Set(SubjectFolds.disfa.folds[fold - 1].prefix(2)))
      let again = try place.makeRun(
        .evaluate, "action-units", options: ["stem": .text("small")], from: run, on: data)
      _ = try place.execute(again)
      #expect(try ids(of: again, in: place) == own)
    }
    #expect(samples[0].union(samples[1]).union(samples[2]).count == 18)
  }

  private func ids(of run: Run, in place: Workplace) throws -> Set<String> {
    struct Answers: Decodable {
      struct Sample: Decodable { let id: String }
      let samples: [Sample]
    }
    let file = place.folder.appending(path: "runs/\(run.id)/predictions.json")
    return Set(
      try JSONDecoder().decode(Answers.self, from: Data(contentsOf: file)).samples.map(\.id))
  }
}
