import Foundation
import Graphics
import Plotting
import Statistics
import Testing

@testable import Reporting

private let bibtex = """
  @string{eccv = {Proc. ECCV}}
  @inproceedings{bulat2022,
    author = {Bulat, Adrian and Cheng, Shiyang and Tzimiropoulos, Georgios},
    title = {Pre-training strategies and datasets for {F}acial representation learning},
    booktitle = eccv # { 2022}, year = 2022, eprint = {2103.16554},
  }
  @comment{nothing}
  @article{muller, author = "M{\\"u}ller, Zo\\'{e}", title = "Why?", journal = "J. Faces", volume = 3,
    number = 2, pages = {1--9}, year = 1999}
  @misc{unused, title = {Never cited}}
  """

private func document(_ markdown: String) throws -> ReportDocument {
  var document = ReportDocument(
    title: "A title", authors: ["Somebody"], date: "2026-01-02",
    blocks: MarkdownReader.blocks(markdown))
  document.bibliography = try BibTeX.entries(bibtex)
  return document
}

private func temporary(_ suffix: String) -> URL {
  FileManager.default.temporaryDirectory
    .appendingPathComponent("reporting-\(UUID().uuidString).\(suffix)")
}

/// The text of a PDF's page, or of all; nil where poppler is not installed.
private func output(_ tool: String, _ arguments: [String]) throws -> String? {
  let path = "/usr/bin/\(tool)"
  guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  let pipe = Pipe()
  (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self)
}

/// A figure that cannot be drawn before its data are read.
private struct UnreadFigure: Figure {
  struct NotRead: Error {}

  func naturalSize(width: Double) -> Size { Size(width: width, height: width) }
  func draw(on canvas: Canvas, in box: Rectangle) throws { throw NotRead() }
  func dataFrame() throws -> DataFrame { throw NotRead() }
  var alternativeText: String { "not read" }
  func prepared() throws -> any Figure { BoxFigure() }
}

@Suite struct DocumentFeatureTests {
  @Test func bibTeXIsReadAsPeopleWriteIt() throws {
    let entries = try BibTeX.entries(bibtex)
    #expect(entries.map(\.key) == ["bulat2022", "muller", "unused"])
    #expect(
      entries[0].text.plainText == "A.\u{00A0}Bulat, S.\u{00A0}Cheng and G.\u{00A0}Tzimiropoulos. "
        + "Pre-training strategies and datasets for Facial representation learning. "
        + "Proc. ECCV 2022, 2022. arXiv:2103.16554")
    #expect(
      entries[1].text.plainText == "Z.\u{00A0}Müller. Why? J. Faces 3(2): 1–9, 1999.")
    #expect(throws: ReportingError.self) { try BibTeX.entries("@book{a, title = {open") }
  }

  @Test func citationsAreNumberedInOrderAndListed() throws {
    let cited = try document("# One\n\nFirst [@muller], then [@bulat2022; @muller].\n")
    let references = try CrossReferences(
      cited.blocks, numbersSections: true, bibliography: cited.bibliography)
    #expect(references.citations == ["muller", "bulat2022"])
    let html = try HTMLRenderer().html(cited)
    #expect(html.contains("<a href=\"#reference-muller\">[1]</a>"))
    #expect(html.contains("<li id=\"reference-bulat2022\">"))
    #expect(!html.contains("Never cited"))
    #expect(throws: ReportingError.self) {
      try HTMLRenderer().html(try document("See [@nobody]."))
    }
  }

  @Test func theContentsNameThePages() throws {
    let url = temporary("pdf")
    defer { try? FileManager.default.removeItem(at: url) }
    let document = try document(
      "\\tableofcontents\n\n# First\n\nText [@muller].\n\n\\pagebreak\n\n# Second {#sec-two}\n\nMore.\n"
    )
    #expect(try ReportRenderer().writePDF(document, to: url) == 2)
    guard let text = try output("pdftotext", ["-layout", "-l", "1", url.path, "-"]) else { return }
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.contains("1 First") && $0.hasSuffix(" 1") })
    #expect(lines.contains { $0.contains("2 Second") && $0.hasSuffix(" 2") })
    #expect(lines.contains { $0.contains("References") && $0.hasSuffix(" 2") })
  }

  @Test func thePDFSaysWhatCairoLeavesOut() throws {
    let url = temporary("pdf")
    defer { try? FileManager.default.removeItem(at: url) }
    var document = try document("# One\n\nText.\n")
    document.language = "de"
    document.blocks.append(
      .figure(BoxFigure(), caption: ["A box."], label: nil, width: .millimetres(40)))
    try ReportRenderer().writePDF(document, to: url)
    let bytes = try Data(contentsOf: url)
    try ReportRenderer().writePDF(document, to: url)
    #expect(try Data(contentsOf: url) == bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("/Lang <FEFF00640065>"))
    #expect(text.contains("/DisplayDocTitle true"))
    #expect(text.contains("<dc:title>") && text.contains("/ID [<"))
    let words = BoxFigure().alternativeText.utf16.map { String(format: "%04X", $0) }.joined()
    #expect(text.contains("/Alt <FEFF\(words)>"))
    if let structure = try output("pdfinfo", ["-struct", url.path]) {
      #expect(structure.contains("Figure"))
    }
    if let check = try output("qpdf", ["--check", url.path]) {
      #expect(check.contains("No syntax or stream encoding errors"))
    }
  }

  @Test func twoColumnsStandSideBySideUnderTheTitle() throws {
    let paragraph = String(repeating: "Faces are many and labels are few. ", count: 30)
    let text = "# One\n\n" + String(repeating: paragraph + "\n\n", count: 14)
    var settings = ReportSettings(columns: 2, isJustified: false)
    let paged = try PagedDocument(try document(text), settings)
    #expect(paged.pages[0].count == 2)
    let bottoms = paged.pages[0].map(\.bottom)
    // The title block has taken room from both.
    #expect(bottoms.allSatisfy { $0 < settings.textArea.height - 30 })
    #expect(bottoms.allSatisfy { $0 > settings.textArea.height * 0.6 })
    #expect(settings.columnWidth * 2 < settings.textArea.width)
    settings.columns = 3
    #expect(throws: ReportingError.self) { try settings.check() }
  }

  @Test("a paragraph that begins with code has its lines as far apart as others")
  func leadingOfCode() throws {
    let text = "faces and labels and pairs of them, "
    let lines = String(repeating: text, count: 12)
    let flow = try FlowBuilder.flow(
      try document(lines + "`code`.\n\n`code` \(lines)\n\n*A* \(lines)"), ReportSettings())
    let heights = flow.items[flow.headCount...].map(\.height)
    #expect(heights.count > 10)
    #expect(Set(heights).count == 1)
  }

  @Test("the rule under a page's last row is clear of its letters")
  func closingRule() throws {
    var rows = (0..<90).map { ReportTable.Row([.init(.text("run \($0)"))]) }
    rows.append(.init([.init(.text("last"))]))
    var document = try document("Text.")
    document.blocks.append(
      .table(ReportTable(columns: [.init("run")], rows: rows), caption: ["Many."], label: nil))
    let paged = try PagedDocument(document, ReportSettings())
    let last = try #require(paged.pages[0].first?.items.last)
    let closing = try #require(paged.flow.contents[last.index].drawClosing)
    let surface = try Surface.svg(size: Size(width: 600, height: 100))
    try closing(surface.canvas, Point(0, 50))
    let drawing = String(decoding: try surface.finish(), as: UTF8.self)
    let heights = drawing.matches(of: /[ML] [\d.]+ ([\d.]+)/).compactMap { Double($0.1) }
    #expect(!heights.isEmpty && heights.allSatisfy { $0 > 51 && $0 < 56 })
  }

  @Test("figures of the text stand before the list of works, whose lines are ragged")
  func referencesComeLast() throws {
    let lines = String(repeating: "Faces are many and labels are few. ", count: 40)
    var document = try document("# One\n\n" + lines + "\n\n" + lines + "See [@bulat2022].")
    document.blocks.insert(
      .figure(BoxFigure(ratio: 1), caption: ["A box."], label: "fig-a", width: nil), at: 2)
    let paged = try PagedDocument(document, ReportSettings())
    let names = paged.pages.joined().flatMap(\.items).compactMap {
      paged.flow.contents[$0.index].destination
    }
    let references = try #require(names.firstIndex { $0.hasSuffix("References") })
    #expect(try #require(names.firstIndex(of: "fig-a")) < references)
    #expect(
      paged.pages.count == 2 && paged.pages[0][0].bottom < 0.9 * paged.settings.textArea.height)
  }

  @Test("figures are read once for a page and for HTML")
  func preparedFigures() throws {
    var document = try document("Text.")
    document.blocks.append(.figure(UnreadFigure(), caption: ["A."], label: nil, width: nil))
    let url = temporary("pdf")
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(try ReportRenderer().writePDF(document, to: url) == 1)
    #expect(try HTMLRenderer().html(document).contains("aria-label=\"A line in a box.\""))
  }

  @Test func cellsLeadToTheirRuns() throws {
    var cell = ReportTable.Cell(.number(4.5))
    cell.link = "run-1"
    let results = ReportTable(
      columns: [.init("from"), .init("nme")], rows: [.init([.init(.text("swav")), cell])])
    let runs = ReportTable(
      columns: [.init("run")], rows: [.init([.init(.text("one"))], anchor: "run-1")])
    var document = try document("Text.")
    document.blocks += [
      .table(results, caption: ["Results."], label: nil), .table(runs, caption: [], label: nil),
    ]
    let html = try HTMLRenderer().html(document)
    #expect(html.contains("<a href=\"#run-1\">4.5</a>") && html.contains("<tr id=\"run-1\">"))
    let url = temporary("pdf")
    defer { try? FileManager.default.removeItem(at: url) }
    try ReportRenderer().writePDF(document, to: url)
    let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    #expect(text.contains("/Dest (run-1)") || text.contains("(run-1)"))
    #expect(results.redirectingLinks([:]).rows[0].cells[1].link == nil)
    #expect(results.redirectingLinks(["run-1": "run-2"]).rows[0].cells[1].link == "run-2")
  }

  @Test func aPageInHTMLNeedsNothingBesideIt() throws {
    var document = try document(
      "# A < B {#sec-a}\n\nSee [@sec-a][^n], `x < y` and [a](javascript:alert(1)).\n\n[^n]: A note.\n"
    )
    document.blocks.append(
      .figure(BoxFigure(), caption: ["One."], label: "fig-a", width: nil))
    document.blocks.append(
      .figure(
        Plot(
          DataFrame(
            columns: ["x", "y"], rows: [[.number(0), .number(1)], [.number(1), .number(2)]]),
          x: "x", y: "y"), caption: ["Two."], label: nil, width: nil))
    let html = try HTMLRenderer().html(document)
    #expect(try HTMLRenderer().html(document) == html)
    #expect(html.contains("<h2 id=\"sec-a\">1 A &lt; B</h2>"))
    #expect(html.contains("aria-label=\"A line in a box.\""))
    #expect(html.contains("id=\"note-1\"") && html.contains("href=\"#mark-1\""))
    #expect(!html.contains("javascript:") && !html.contains("<script"))
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("width=device-width"))
    // Ids of the two drawings differ.
    let ids = html.matches(of: /\bid="([^"]*)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    for reference in html.matches(of: /href="#([^"]*)"/) where reference.1 != "" {
      #expect(ids.contains(String(reference.1)), "\(reference.1)")
    }
    #expect(!html.contains("src=\"http") && !html.contains("url(http"))
  }
}
