import Foundation
import Testing

@testable import Experiments

@Suite struct NotebookCellTests {
  let store: Store

  init() throws { store = try Store(path: ":memory:") }

  @Test func aCellReadsBackAndIsReplaced() throws {
    let start = Date(timeIntervalSince1970: 1_000)
    var cell = NotebookCell(
      notebook: "reports/a.md", ordinal: 1, source: "pretrain swav", cacheKey: "k",
      status: .finished, started: start, finished: start + 2,
      outputs: [
        CellOutput(mediaType: "text/plain", content: .text("done")),
        CellOutput(mediaType: "image/png", content: .data([1, 2, 3])),
      ])
    let first = NotebookCell(notebook: "reports/a.md", ordinal: 0, source: "let x = 1")
    let id = try store.saveNotebookCell(cell)
    try store.saveNotebookCell(first)
    #expect(try store.notebookCells("reports/a.md") == [first, cell])
    (cell.status, cell.error, cell.outputs) = (.failed, "no data", [])
    #expect(try store.saveNotebookCell(cell) == id)
    #expect(try store.notebookCells("reports/a.md") == [first, cell])
    #expect(try store.notebookCells("other.md").isEmpty)
  }

  @Test func aCellNamesTheRunsItMadeOrUsed() throws {
    let cell = try store.saveNotebookCell(
      NotebookCell(notebook: "a.md", ordinal: 0, source: "adapt"))
    let used = try store.finished(adaptation())
    let made = try store.createRun(
      specification: adaptation(seed: 2), dataFingerprint: "data", notebookCell: cell)
    try store.link(cell: cell, run: used.id)
    try store.link(cell: cell, run: used.id)
    #expect(try store.runs(ofCell: cell).map(\.id) == [used.id, made.id])
    let error = #expect(throws: ExperimentsError.self) {
      try store.createRun(
        specification: adaptation(seed: 3), dataFingerprint: "data", notebookCell: 99)
    }
    #expect(error?.code == .notFound)
    #expect(try store.runs().count == 2)
  }
}
