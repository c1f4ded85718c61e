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
      "needs lfw and helen below FACET_TEST_DATA"))
  func realFaces() throws {
    let path = Self.folder.appendingPathComponent("real-faces.md").path
    let test = try TestSession(isDocument: true)
    var builder = ReportBuilder(file: try BatchFile(path: path), session: test.session)
    let document = try builder.document(
      assignments: ["lfw", "helen"].map { folder in
        let name = folder == "helen" ? "landmarks" : folder
        return "\(name)=\(Self.data.appendingPathComponent(folder).path)"
      })
    let tables = document.blocks.filter { if case .table = $0 { true } else { false } }
    #expect(tables.count >= 3)
    #expect(test.runner.names.count >= 21)
  }
}
