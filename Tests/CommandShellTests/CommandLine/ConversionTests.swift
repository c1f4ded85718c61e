import Experiments
import Foundation
import Notebooks
import Testing

@testable import CommandShell

/// `facet convert` and `facet report -o x.ipynb`.
struct ConversionTests {
  private static let foreign = """
    {"nbformat":4,"nbformat_minor":5,"metadata":{"kernelspec":{"name":"facet","display_name":"facet",
    "language":"facet"}},"cells":[
    {"cell_type":"markdown","id":"m","metadata":{},"source":"# Title"},
    {"cell_type":"code","id":"c1","metadata":{"tags":["keep"]},"source":"print 1","execution_count":7,
     "outputs":[{"output_type":"stream","name":"stdout","text":"1\\n"},
      {"output_type":"display_data","metadata":{"width":3},"data":{"image/png":"iVBORw0KGgo=",
       "text/html":"<b>x</b>","text/plain":"x"}}]},
    {"cell_type":"code","id":"c2","metadata":{},"source":"print 2","execution_count":null,
     "outputs":[]}]}
    """

  @Test func outputsSurviveTheWayThroughMarkdown() throws {
    let call = try ProgramCall()
    let path = try call.file("a.ipynb", Self.foreign)
    let markdown = call.folder.appendingPathComponent("a.md").path
    let back = call.folder.appendingPathComponent("b.ipynb").path
    #expect(call.run("convert", path, markdown) == 0, "\(call.errors)")
    let text = try String(contentsOfFile: markdown, encoding: .utf8)
    #expect(text.contains("# Title") && text.contains("print 1") && !text.contains("iVBOR"))
    #expect(call.run("convert", markdown, back) == 0, "\(call.errors)")
    let original = try JupyterNotebook(json: Self.foreign)
    let result = try JupyterNotebook(json: String(contentsOfFile: back, encoding: .utf8))
    #expect(result.cells == original.cells)

    // An output belongs to the source that gave it.
    try text.replacing("print 1", with: "print 3").write(
      toFile: markdown, atomically: true, encoding: .utf8)
    #expect(call.run("convert", markdown, back) == 0)
    let changed = try JupyterNotebook(json: String(contentsOfFile: back, encoding: .utf8))
    #expect(changed.cells[1].source == "print 3" && changed.cells[1].outputs.isEmpty)
  }

  @Test func aReportAsJupyterHoldsWhatTheCellsShow() throws {
    let call = try ProgramCall()
    let path = try call.file("study.md", ReportBuilderTests.notebook)
    let target = call.folder.appendingPathComponent("study.ipynb").path
    #expect(call.run("report", path, "-o", target) == 0, "\(call.errors)")
    let notebook = try JupyterNotebook(json: String(contentsOfFile: target, encoding: .utf8))
    let shown = notebook.cells.flatMap(\.outputs).compactMap { $0.fields?["data"]?.fields }
    let types = Set(shown.flatMap(\.keys))
    #expect(types.isSuperset(of: ["text/html", "text/plain", "image/svg+xml"]), "\(types)")
    let counts = notebook.cells.compactMap(\.executionCount)
    #expect(!counts.isEmpty && counts == Array(1...counts.count))
  }

  @Test(arguments: [
    ("a.ipynb", "b.pdf", "from .md to .ipynb or back"), ("none.md", "b.ipynb", "no file"),
    ("broken.ipynb", "b.md", "broken.ipynb"),
  ])
  func whatCannotBeConvertedIsSaid(from: String, to: String, reason: String) throws {
    let call = try ProgramCall()
    _ = try call.file("a.ipynb", Self.foreign)
    _ = try call.file("broken.ipynb", "{\"cells\": [")
    let place = { call.folder.appendingPathComponent($0).path }
    #expect(call.run("convert", place(from), place(to)) != 0)
    #expect(call.errors.contains(reason), "\(call.errors)")
    #expect(!FileManager.default.fileExists(atPath: place(to)))
  }
}

extension SpecValue {
  fileprivate var fields: [String: SpecValue]? {
    if case .record(let fields) = self { fields } else { nil }
  }
}
