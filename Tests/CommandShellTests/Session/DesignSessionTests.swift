import Foundation
import Notebooks
import Reporting
import Testing

@testable import CommandShell

/// The session of the design, as it is written there, for the tasks that there are.
struct DesignSessionTests {
  static let cells = [
    "let wild = synthetic wild, identities: 400, images: 20_000, seed: 1",
    "pretrain swav, on: wild, backbone: resnet18, epochs: 20, as: swav-wild",
    """
    for task in [recognition, landmarks] {
      sweep adapt task, from: [scratch, swav-wild], labels: [1%, 10%, 100%], seeds: 1...3
    }
    """,
    "results | where task == landmarks | pivot rows: from, columns: labels, value: nme",
  ]

  @Test func asWritten() throws {
    let test = try TestSession()
    #expect(
      try test.run(Self.cells[0])[0].hasPrefix(
        "wild · 20,000 faces · 400 identities · 64×64 · 68 landmarks"))
    try test.run(Self.cells[1])
    #expect(test.runner.names == ["swav-wild"])
    let sweep = try test.run(Self.cells[2])
    #expect(sweep.contains("sweep adapt recognition · 18 runs, 0 reused"))
    #expect(sweep.contains("sweep adapt landmarks · 18 runs, 0 reused"))
    #expect(test.runner.names.count == 37)
    #expect(test.runner.names[19] == "landmarks/scratch/1%/s1")
    #expect(test.runner.names.last == "landmarks/swav-wild/100%/s3")
    try checkPivot(test)
    let plot = test.folder.appendingPathComponent("reports/landmarks.pdf").path
    let lines = try test.run(
      "results | where task == landmarks | plot line, x: labels, y: nme, color: from | save \(plot)"
    )
    #expect(lines == ["line plot of nme[inter-ocular] over labels by from · saved \(plot)"])
    #expect(FileManager.default.fileExists(atPath: plot))
    try test.run(
      #"sql "SELECT name, status, duration FROM runs ORDER BY created DESC LIMIT 5""#)
    #expect(test.tables[0].table.rows.count == 5)
    try checkNotebook(test)
  }

  private func checkPivot(_ test: TestSession) throws {
    try test.run(Self.cells[3])
    let table = try #require(test.tables.first)
    #expect(table.table.columns.map(\.title) == ["from", "1%", "10%", "100%"])
    #expect(table.runs.count == 18)
    for row in table.table.rows {
      guard case .text(let from) = row.cells[0].value else { return }
      for (cell, percent) in zip(row.cells.dropFirst(), [1.0, 10, 100]) {
        guard case .measurement(let mean, let deviation, let count) = cell.value else {
          Issue.record("no measurement")
          return
        }
        let expected = FakeRunner.error(isScratch: from == "scratch", percent: percent, seed: 2)
        #expect(abs(mean - expected) < 1e-9)
        #expect(abs((deviation ?? 0) - 0.1) < 1e-9)
        #expect(count == 3)
      }
    }
  }

  private func checkNotebook(_ test: TestSession) throws {
    let path = test.folder.appendingPathComponent("few-shot.md").path
    try test.run("help sweep")
    try test.run("notebook save \(path)")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("```facet\n\(Self.cells[2])\n```"))
    #expect(!text.contains("help sweep"))
    #expect(test.failure("notebook save \(path)").contains("E0504"))
    // The notebook runs by itself, and trains nothing anew.
    let again = try TestSession(isDocument: true, folder: test.folder)
    let file = try BatchFile(path: path)
    for cell in file.notebook.cells.dropLast() { try again.session.run(file.source(of: cell)) }
    #expect(again.runner.names.isEmpty)
    #expect(again.session.reusedCount == 37)
  }
}
