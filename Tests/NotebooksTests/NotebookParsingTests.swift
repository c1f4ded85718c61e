import Testing

@testable import Notebooks

@Suite struct NotebookParsingTests {
  @Test func keepsProseAndCellsApart() throws {
    let text =
      "# Title\n\n```facet echo label=fig-loss caption=\"Loss by epoch\"\nlet a = 1\n\nruns\n```\nend\n"
    let notebook = try Notebook(parsing: text, path: "x.md")
    #expect(notebook.segments.count == 3)
    #expect(notebook.segments.first == .prose(markdown: "# Title\n\n", lines: 1...2))
    #expect(notebook.segments.last == .prose(markdown: "end\n", lines: 8...8))
    let cell = try #require(notebook.cells.first)
    #expect(cell.source == "let a = 1\n\nruns")
    #expect(cell.firstLine == 4)
    #expect(cell.has("echo"))
    #expect(cell.value(of: "label") == "fig-loss")
    #expect(cell.value(of: "caption") == "Loss by epoch")
    #expect(cell.value(of: "echo") == nil)
  }
}
