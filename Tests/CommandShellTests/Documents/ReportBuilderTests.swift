import Experiments
import Foundation
import Reporting
import Testing

@testable import CommandShell

struct ReportBuilderTests {
  static let notebook = """
    ---
    title: A study
    author: Ada
    date: 2026-01-02
    parameters:
      images: 40
      share: 10%
    ---

    # Data

    There are \\(images) faces, `\\(not this)`, and \\(share) of labels.

    ```facet
    let wild = synthetic wild, identities: 4, images: images, size: 48
    sheet wild, count: 4, caption: "Some *faces*.", label: fig-faces
    ```

    ```facet echo label=tab-one caption="All runs."
    adapt landmarks, labels: share, size: 48
    results | select name, nme
    print "done"
    ```

    ```facet hide
    faces landmarks/scratch/\\(share)/s1, count: 2
    ```

    ```facet
    faces landmarks/scratch/\\(share)/s1, count: 2
    ```
    """

  private func build(
    _ text: String, _ assignments: [String] = []
  ) throws -> (document: ReportDocument, test: TestSession) {
    let test = try TestSession(isDocument: true)
    let path = test.folder.appendingPathComponent("study.md").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var builder = ReportBuilder(file: try BatchFile(path: path), session: test.session)
    return (try builder.document(assignments: assignments), test)
  }

  /// One line a block.
  private func outline(_ document: ReportDocument) -> [String] {
    document.blocks.map { block in
      switch block {
      case .heading(let level, let text, _, _): "h\(level) \(text.plainText)"
      case .paragraph(let text): "p \(text.plainText)"
      case .code(let text, let language): "code \(language ?? "-") \(text.prefix(20))"
      case .table(let table, let caption, let label):
        "table \(label ?? "-") \(caption.plainText) \(table.rows.count)"
      case .figure(_, let caption, let label, _): "figure \(label ?? "-") \(caption.plainText)"
      default: "other"
      }
    }
  }

  @Test func proseAndOutputsInOrder() throws {
    let (document, _) = try build(Self.notebook)
    #expect(document.title == "A study")
    #expect(document.authors == ["Ada"])
    #expect(
      outline(document) == [
        "h1 Data", #"p There are 40 faces, \(not this), and 10% of labels."#,
        "figure fig-faces Some faces.", "code facet adapt landmarks, lab",
        "table tab-one All runs. 1", "code - done", "figure - ", "h1 Runs",
        "p The runs behind the tables and figures, as the store names them.", "table - \u{20}1",
      ])
  }

  @Test func parametersAreSet() throws {
    let (document, test) = try build(Self.notebook, ["images=60", "share=50%"])
    #expect(outline(document)[1].contains("60 faces"))
    #expect(test.runner.names == ["landmarks/scratch/50%/s1"])
    for (assignment, part) in [
      ("image=3", "images"), ("images=many", "images"), ("images", "name"),
    ] {
      #expect {
        _ = try build(Self.notebook, [assignment])
      } throws: { error in
        let error = error as? ShellError
        return error?.code == .unknownParameter && error?.message.contains(part) == true
      }
    }
  }

  @Test func errorsKnowTheLineOfTheFile() throws {
    for (text, place) in [
      ("# A\n\nprose\n\n```facet\nprint 1\nprnt 2\n```\n", ":7:1"),
      ("# A\n\nprose \\(nothing) here\n", ":3:9"),
    ] {
      #expect {
        _ = try build(text)
      } throws: { ($0 as? ShellError)?.context.hasSuffix("study.md" + place) == true }
    }
  }

  /// Cells of a pivot lead to the rows of their runs in the last table, where seeds share a row, and
  /// nowhere else.
  @Test func cellsLeadToTheRunsBehindThem() throws {
    let (document, _) = try build(
      """
      ```facet
      let wild = synthetic wild, identities: 4, images: 40, size: 48
      sweep adapt landmarks, labels: [10%, 100%], seeds: 1...2, size: 48
      results | pivot rows: from, columns: labels, value: nme | table caption: "Errors.", label: tab-a
      results | pivot rows: from, columns: labels, value: nme
      results | where seed == 2 | pivot rows: from, columns: labels, value: nme
      ```
      """)
    let tables = document.blocks.compactMap { block -> ReportTable? in
      if case .table(let table, _, _) = block { table } else { nil }
    }
    let anchors = Set(try #require(tables.last).rows.compactMap { $0.anchor })
    #expect(anchors.count == 2)
    let links = tables[0].rows.flatMap { $0.cells.compactMap { $0.link } }
    #expect(links.count == 2)
    #expect(anchors.isSuperset(of: links))
    let runs = try #require(tables.last)
    #expect(
      runs.columns.map(\.title)
        == ["run", "name", "seed", "specification", "commit", "duration", "in"])
    // What differs from the defaults, and nothing else.
    #expect(runs.rows[0].cells[3].value == .text("adapt landmarks on wild, labels 10%, size 48"))
    #expect(runs.rows[0].cells[1].value == .text("landmarks/scratch/10%"))
    #expect(runs.rows[0].cells[2].value == .text("1, 2"))
    #expect("\(runs.rows[0].cells[0].value)".split(separator: ", ").count == 2)
    // The second seed leads to the row that is named by the first.
    #expect(Set(tables[2].rows.flatMap { $0.cells.compactMap { $0.link } }) == anchors)
  }

  @Test func theAppendixSaysFromWhichRunAnotherBegan() throws {
    let (document, _) = try build(
      """
      ```facet
      let wild = synthetic wild, identities: 4, images: 40, size: 48
      pretrain swav, on: wild, as: net
      adapt landmarks, on: wild, from: net
      runs | table caption: "Runs.", label: tab-a
      ```
      """)
    guard case .table(let runs, _, _)? = document.blocks.last else {
      Issue.record("no appendix")
      return
    }
    let parent = try #require(runs.rows[0].anchor).prefix(8)
    guard case .text(let words) = runs.rows[1].cells[3].value else { return }
    #expect(words.hasPrefix("adapt landmarks on wild, from \(parent)"), "\(words)")
  }

  @Test func footnotesMayBeDefinedBehindACell() throws {
    let (document, _) = try build(
      "Text[^a].\n\n```facet\nprint 1\n```\n\nMore[^b].\n\n[^a]: First\n  goes on.\n\n[^b]: Second.\n"
    )
    let notes = document.blocks.flatMap { block -> [String] in
      guard case .paragraph(let inlines) = block else { return [] }
      return inlines.compactMap { inline in
        if case .footnote(let text) = inline { text.plainText } else { nil }
      }
    }
    #expect(notes == ["First goes on.", "Second."])
  }

  private static let front = """
    ---
    title: Options
    paper: letter
    columns: 2
    font-size: 8
    justified: false
    toc: true
    language: de
    references:
      - "one: A. Person. *A work*. 2020."
    ---

    Text [@one].
    """

  @Test func theFrontMatterSetsThePages() throws {
    let (document, test) = try build(Self.front)
    #expect(document.language == "de")
    #expect(document.bibliography.map { $0.key } == ["one"])
    let file = try BatchFile(path: test.folder.appendingPathComponent("study.md").path)
    let settings = try ReportOptions(file: file).settings()
    #expect(settings.columns == 2 && settings.fontSize == 8 && !settings.isJustified)
    let output = test.folder.appendingPathComponent("study.html").path
    #expect(try ReportOptions(file: file).write(document, to: output) == "")
    let html = try String(contentsOfFile: output, encoding: .utf8)
    #expect(html.contains("<html lang=\"de\">") && html.contains("<em>A work</em>"))
    let pages = test.folder.appendingPathComponent("study.png").path
    #expect(try ReportOptions(file: file).write(document, to: pages).hasSuffix("1 page"))
  }

  @Test(arguments: [
    "paper: a5", "columns: 3", "font-size: huge", "bibliography: none.bib", "justified: maybe",
  ])
  func unknownOptionsAreRefused(line: String) throws {
    let test = try TestSession(isDocument: true)
    let path = test.folder.appendingPathComponent("study.md").path
    try "---\n\(line)\n---\n\nText.\n".write(toFile: path, atomically: true, encoding: .utf8)
    let options = ReportOptions(file: try BatchFile(path: path))
    #expect(throws: ShellError.self) {
      _ = try options.settings()
      _ = try options.bibliography()
    }
  }

  @Test func aTitleFromTheFirstHeadingOrTheFile() throws {
    #expect(try build("# Named here\n\ntext").document.title == "Named here")
    #expect(try build("text").document.title == "study")
  }
}

/// The notebooks that facet comes with, with a runner that trains nothing.
struct SuppliedNotebookTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../reports").standardizedFileURL

  @Test func quickstart() throws {
    let path = Self.folder.appendingPathComponent("quickstart.md").path
    let test = try TestSession(isDocument: true)
    var builder = ReportBuilder(file: try BatchFile(path: path), session: test.session)
    let document = try builder.document(
      assignments: ["identities=10", "images=100", "labelled=60"])
    let output = test.folder.appendingPathComponent("quickstart.pdf")
    #expect(try ReportRenderer().writePDF(document, to: output) >= 2)
    let tables = document.blocks.filter { if case .table = $0 { true } else { false } }
    let figures = document.blocks.filter { if case .figure = $0 { true } else { false } }
    #expect(tables.count >= 3)
    #expect(figures.count >= 3)
    let trained = test.runner.names.count
    var again = ReportBuilder(file: try BatchFile(path: path), session: test.session)
    _ = try again.document(assignments: ["identities=10", "images=100", "labelled=60"])
    #expect(test.runner.names.count == trained)
  }

  static let data =
    ProcessInfo.processInfo.environment["FACET_TEST_DATA"].map { URL(fileURLWithPath: $0) }
    ?? folder.appendingPathComponent("../../shared/data").standardizedFileURL

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: data.appendingPathComponent("lfw").path),
      "needs lfw, helen and fer2013 below FACET_TEST_DATA"))
  func realFaces() throws {
    let path = Self.folder.appendingPathComponent("real-faces.md").path
    let test = try TestSession(isDocument: true)
    var builder = ReportBuilder(file: try BatchFile(path: path), session: test.session)
    let document = try builder.document(
      assignments: [("lfw", "lfw"), ("landmarks", "helen"), ("emotions", "fer2013")].map {
        "\($0)=\(Self.data.appendingPathComponent($1).path)"
      })
    let tables = document.blocks.filter { if case .table = $0 { true } else { false } }
    // Seven of results, that of the split, and the list of runs.
    #expect(tables.count == 9)
    // Two pre-trainings; 27 runs each on landmarks and emotions, 18 on people; two measurements.
    #expect(test.runner.names.count == 2 + 27 + 27 + 18 + 2)
  }

  @Test func methods() throws {
    let path = Self.folder.appendingPathComponent("methods.md").path
    let test = try TestSession(isDocument: true)
    var builder = ReportBuilder(file: try BatchFile(path: path), session: test.session)
    let document = try builder.document(
      assignments: [
        "identities=4", "images=16", "more-identities=4", "more-images=16",
        "most-identities=4", "most-images=16", "people=4", "pictures=16",
      ])
    let tables = document.blocks.filter { if case .table = $0 { true } else { false } }
    // Two of results, and the list of runs.
    #expect(tables.count == 3)
    // Every method of the catalogue once, trained and measured.
    let known = MethodCatalog.methods.filter { $0.kind == .pretrain }.map(\.name)
    let measured = known.map { "verification/\($0)/strangers/s1" }
    #expect(test.runner.names.sorted() == (known + measured).sorted())
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: data.appendingPathComponent("helen").path),
      "needs helen below FACET_TEST_DATA"))
  func syntheticToReal() throws {
    let path = Self.folder.appendingPathComponent("synthetic-to-real.md").path
    let test = try TestSession(isDocument: true)
    var builder = ReportBuilder(file: try BatchFile(path: path), session: test.session)
    let photos = Self.data.appendingPathComponent("helen/trainset").path
    _ = try builder.document(
      assignments: ["landmarks=\(photos)", "faces=[40, 80]", "seeds=2"])
    #expect(test.runner.names == ["rendered 40", "rendered 40", "rendered 80", "rendered 80"])
  }
}
