import Foundation
import Graphics
import Statistics
import Testing

@testable import Reporting

/// A folder of its own for each test.
private func temporaryFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("facet-reporting-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

struct PagedDocumentTests {
  let paged: PagedDocument

  init() throws { paged = try PagedDocument(ExampleDocument.document, ReportSettings()) }

  private var bottom: Double { paged.settings.textArea.height + 0.01 }

  @Test func nothingStandsBeyondTheText() {
    #expect(paged.pages.count >= 4)
    for page in paged.pages.joined() {
      let notes = page.notes.reduce(0) { $0 + $1.height }
      #expect(page.bottom + notes <= bottom)
      for (above, below) in zip(page.items, page.items.dropFirst()) {
        #expect(above.y + paged.flow.items[above.index].height <= below.y + 0.01)
      }
    }
  }

  @Test func everyItemStandsOnce() {
    let placed = paged.pages.joined().flatMap { $0.items.map(\.index) }
    #expect(placed.sorted() == Array(paged.flow.items.indices))
  }

  @Test func noPageEndsWithAHeading() {
    for page in paged.pages.joined() {
      let last = page.items.last.map { paged.flow.contents[$0.index] }
      #expect(last != nil)
      #expect(last?.outline == nil)
    }
  }

  @Test func theLongTableContinuesWithItsHeader() {
    let continued = paged.pages.joined().flatMap(\.items).filter(\.continues)
    #expect(continued.count >= 1)
    for placed in continued {
      #expect(placed.y == paged.flow.items[placed.index].continuationHeight)
    }
  }

  @Test func paragraphsAreNotSplitAtTheirEdges() throws {
    let text = Array(repeating: String(ExampleDocument.prose.prefix(300)), count: 60)
    let document = ReportDocument(
      title: "T", blocks: MarkdownReader.blocks(text.joined(separator: "\n\n")))
    for size in stride(from: 9.0, through: 11, by: 0.5) {
      var settings = ReportSettings(pageSize: .letter)
      settings.fontSize = size
      let paged = try PagedDocument(document, settings)
      #expect(paged.pages.count > 2)
      for page in paged.pages.joined().dropFirst() {
        // The first two items of a page belong to one paragraph, and so do the last two.
        for pair in [page.items.prefix(2), page.items.suffix(2)] {
          #expect(Set(pair.map { paged.flow.contents[$0.index].path }).count == 1)
        }
      }
    }
  }

  @Test func notesAndNumbersAnywhere() throws {
    let markdown = """
      # Head[^a]

      - item[^b]

        | a |
        |---|
        | 1 |

        : In a list[^c]. {#tbl-inner}

      > ![In a quotation](x.png){#fig-inner}

      See @tbl-inner and @fig-inner.

      [^a]: One, with[^b] another.
      [^b]: Two.
      [^c]: Three.
      """
    var settings = ReportSettings()
    settings.loadImage = { _ in PixelBuffer(width: 1, height: 1, pixels: [0, 0, 0]) }
    let document = ReportDocument(title: "T", blocks: MarkdownReader.blocks(markdown))
    let paged = try PagedDocument(document, settings)
    #expect(paged.pages.joined().flatMap { $0.notes.map(\.number) } == [1, 2, 3])
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try ReportRenderer(settings).writePDF(document, to: folder.appendingPathComponent("a.pdf"))
  }

  @Test func wideTablesAreMadeToFit() {
    let columns = (0..<14).map { ReportTable.Column("quite a long title \($0)") }
    let cells = (0..<14).map { ReportTable.Cell(.number(1234.567 + Double($0))) }
    let table = FormattedTable(
      ReportTable(columns: columns, rows: [.init(cells), .init([.init(.text("text of words"))])]))
    for width in [100.0, 250, 414] {
      let layout = TableLayout(
        table, style: TextStyle(size: 9), width: width, cache: LayoutCache())
      #expect(layout.width <= width + 0.01)
      for piece in (layout.body + [layout.header]).flatMap(\.cells).flatMap(\.pieces) {
        #expect(piece.x >= -0.01)
        #expect(piece.x + piece.layout.lines[piece.line].box.maxX <= width + 1)
      }
    }
  }

  @Test func numbersStandOnTheirPoints() throws {
    let values = [-14.25, 3.5, 102.75]
    let table = FormattedTable(
      ReportTable(columns: [.init("x")], rows: values.map { .init([.init(.number($0))]) }))
    let layout = TableLayout(table, style: TextStyle(size: 9), width: 300, cache: LayoutCache())
    let style = TextStyle(size: 9)
    let points = layout.body.map { row in
      let piece = row.cells[0].pieces[0]
      let whole = ["−14", "3", "102"][
        layout.body.firstIndex { $0.cells[0].pieces[0].x == piece.x } ?? 0]
      return piece.x + TextLayout(whole, style).size.width
    }
    #expect(points.allSatisfy { abs($0 - points[0]) < 0.01 })
  }

  @Test(arguments: [
    ReportSettings(margins: .init(top: 200, bottom: 200)), ReportSettings(fontSize: 0),
    ReportSettings(margins: .init(left: .nan)),
    ReportSettings(pageSize: Size(width: 50, height: 50)),
  ])
  func settingsThatLeaveNoRoom(settings: ReportSettings) {
    let error = #expect(throws: ReportingError.self) {
      try PagedDocument(ReportDocument(title: "T"), settings)
    }
    #expect(error?.code == .invalidSettings)
  }
}

struct PivotReportTests {
  @Test func pivotsSayWhatTheyShow() throws {
    let values: [(String, String, Int, Double)] = [
      ("scratch", "1%", 1, 14.1), ("scratch", "1%", 2, 14.3), ("swav", "1%", 1, 9.8),
      ("swav", "1%", 2, 9.9), ("swav", "10%", 1, 6.5), ("swav", "10%", 2, 6.7),
    ]
    let frame = DataFrame(
      columns: ["from", "labels", "seed", "nme[inter-ocular]"],
      rows: values.map { [.text($0.0), .text($0.1), .integer($0.2), .number($0.3)] })
    let pivot = try frame.pivot(rows: "from", columns: "labels", value: "nme[inter-ocular]")
    let table = ReportTable(pivot)
    #expect(table.spanners == [[.init("NME, inter-ocular (%) by labels ↓", columns: 1..<3)]])
    #expect(
      FormattedTable(table).rows.map { $0.cells.map(\.plainText) } == [
        ["scratch", "14.20 ± 0.14", "–"], ["swav", "9.85 ± 0.07", "6.60 ± 0.14"],
      ])
    #expect(table.rows.map { $0.cells[1].mark } == [.second, .best])
    let note = table.notes.map(\.plainText).joined()
    #expect(note.hasPrefix("Mean ± standard deviation, n = 2. Bold: the best of its column"))
    #expect(note.contains("paired t-test"))
  }
}

struct ReportRendererTests {
  @Test func theSameDocumentGivesTheSameBytes() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let urls = ["a.pdf", "b.pdf"].map(folder.appendingPathComponent)
    for url in urls { try ReportRenderer().writePDF(ExampleDocument.document, to: url) }
    let bytes = try urls.map { try Data(contentsOf: $0) }
    #expect(bytes[0] == bytes[1])
    #expect(bytes[0].count > 20_000)
  }

  @Test(
    "the notebook's date becomes the file's where it is a day",
    arguments: [
      ("2026-11-24", 1_795_478_400), ("1970-01-02", 86_400), ("27 July 2026", nil),
      ("2026-13-01", nil), ("", nil),
    ] as [(String, Int?)])
  func dates(text: String, seconds: Int?) throws {
    #expect(ReportRenderer.seconds(ofDay: text) == seconds)
    let document = ReportDocument(title: "T", date: text, blocks: [])
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("t.pdf")
    try ReportRenderer().writePDF(document, to: path)
    let bytes = try Data(contentsOf: path)
    let year = seconds == nil ? "(D:20000101" : seconds == 86_400 ? "(D:19700102" : "(D:20261124"
    #expect(bytes.range(of: Data(year.utf8)) != nil)
  }

  @Test func pagesAsImages() throws {
    let folder = try temporaryFolder().appendingPathComponent("inner/pages")
    defer { try? FileManager.default.removeItem(at: folder) }
    let document = ReportDocument(
      title: "T", blocks: [.paragraph(["a"]), .pageBreak, .paragraph(["b"])])
    let files = try ReportRenderer().writePNGs(document, folder: folder, dotsPerInch: 50)
    #expect(files.map(\.lastPathComponent) == ["page-01.png", "page-02.png"])
    for file in files {
      let data = try Data(contentsOf: file)
      #expect(data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
  }

  @Test func aPathThatCannotBeWritten() {
    let url = URL(fileURLWithPath: "/nonexistent/folder/a.pdf")
    let error = #expect(throws: ReportingError.self) {
      try ReportRenderer().writePDF(ReportDocument(title: "T"), to: url)
    }
    #expect(error?.code == .unwritable)
    let table = #expect(throws: ReportingError.self) {
      try TableFile.write(
        ExampleDocument.results, to: url.deletingPathExtension().appendingPathExtension("csv"))
    }
    #expect(table?.code == .unwritable)
  }

  @Test func imagesNeedAReader() throws {
    let blocks = MarkdownReader.blocks("![A face](face.png)")
    let error = #expect(throws: ReportingError.self) {
      try PagedDocument(ReportDocument(title: "T", blocks: blocks), ReportSettings())
    }
    #expect(error?.code == .unreadableImage)
    var settings = ReportSettings()
    settings.loadImage = { _ in
      PixelBuffer(width: 300, height: 150, pixels: Array(repeating: 9, count: 300 * 150 * 3))
    }
    let paged = try PagedDocument(ReportDocument(title: "T", blocks: blocks), settings)
    #expect(paged.flow.items.contains { abs($0.height - 72) < 0.01 })
  }

  @Test(arguments: TableFile.suffixes)
  func tablesAreWrittenByTheirSuffix(suffix: String) throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("table.\(suffix)")
    try TableFile.write(ExampleDocument.results, to: url, caption: "Errors")
    let starts = [
      "pdf": "%PDF", "png": "\u{89}PNG", "svg": "<?xml", "csv": "group,", "md": "| Init",
      "tex": "\\begin{table}", "html": "<!DOCTYPE html>",
    ]
    let expected = Array((starts[suffix] ?? "?").unicodeScalars.map { UInt8($0.value) })
    let data = try Data(contentsOf: url)
    #expect(data.starts(with: expected))
  }

  @Test func otherSuffixesAreRefusedWithTheList() {
    let error = #expect(throws: ReportingError.self) {
      try TableFile.write(ExampleDocument.results, to: URL(fileURLWithPath: "/tmp/table.docx"))
    }
    #expect(error?.code == .unknownFormat)
    #expect(error?.message.contains(".pdf, .png, .svg, .csv, .md, .tex, .html") ?? false)
  }
}

/// What other programs make of the PDF.
struct PDFToolTests {
  private static func has(_ tool: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(tool)")
  }

  private static func output(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/\(tool)")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  private static func withPDF(_ body: (String) throws -> Void) throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let kept = ProcessInfo.processInfo.environment["FACET_KEEP_REPORT"]
    let url = kept.map { URL(fileURLWithPath: $0) } ?? folder.appendingPathComponent("report.pdf")
    try ReportRenderer().writePDF(ExampleDocument.document, to: url)
    try body(url.path)
  }

  @Test(.enabled(if: has("pdftotext"), "needs pdftotext of poppler-utils"))
  func textIsReal() throws {
    try Self.withPDF { path in
      let text = try Self.output("pdftotext", ["-layout", path, "-"])
      for phrase in [
        "Pre-training for facial landmarks with few labels", "1 Introduction", "2.1 Data",
        "Table 2. Landmark error", "Figure 1. Error against label", "Figure 2. Loss.",
        "as Figure 1 and Table 2 show", "Table 3, continued", "All runs.", "(1)",
      ] {
        #expect(text.contains(phrase), "\(phrase)")
      }
      #expect(text.contains(/14\.21 ?± ?0\.62/))
      #expect(text.contains(/1 ?\/ ?5/))
    }
  }

  @Test(.enabled(if: has("pdftotext"), "needs pdftotext of poppler-utils"))
  func noWordLeavesTheText() throws {
    try Self.withPDF { path in
      let area = ReportSettings().textArea
      let boxes = try Self.output("pdftotext", ["-bbox", path, "-"])
      var count = 0
      for match in boxes.matches(of: /xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"/) {
        count += 1
        #expect((Double(match.1) ?? -1) >= area.x - 1)
        #expect((Double(match.2) ?? 1e9) <= area.maxX + 1)
      }
      #expect(count > 500)
    }
  }

  @Test(.enabled(if: has("pdfinfo"), "needs pdfinfo of poppler-utils"))
  func structureDestinationsAndProperties() throws {
    try Self.withPDF { path in
      let structure = try Self.output("pdfinfo", ["-struct", path])
      for tag in ["H1", "H2", "P", "Table", "TR", "TH", "TD", "Figure", "Caption", "L", "LI"] {
        let pattern = try Regex("(?m)^ *\(tag)( |$)")
        #expect(structure.contains(pattern), "\(tag)")
      }
      let names = try Self.output("pdfinfo", ["-dests", path])
      for name in ["fig-nme", "tbl-nme", "sec-method", "eq-loss", "note-1"] {
        #expect(names.contains("\"\(name)\""), "\(name)")
      }
      let properties = try Self.output("pdfinfo", [path])
      #expect(properties.contains("Title:           Pre-training for facial landmarks"))
      #expect(properties.contains("Author:          A. Author, B. Writer"))
      #expect(properties.contains("Tagged:          yes"))
      #expect(properties.contains(/Page size: +595\.2\d+ x 841\.8\d+ pts/))
    }
  }

  @Test(.enabled(if: has("qpdf"), "needs qpdf"))
  func qpdfFindsNoFault() throws {
    try Self.withPDF { path in
      let report = try Self.output("qpdf", ["--check", path])
      #expect(report.contains("No syntax or stream encoding errors"))
      let outline = try Self.output("qpdf", ["--json", "--json-key=outlines", path])
      for title in ["1 Introduction", "2.1 Data", "Runs"] { #expect(outline.contains(title)) }
    }
  }
}
