import Testing

@testable import Notebooks

@Suite struct NotebookSerializationTests {
  /// Random documents of awkward lines come back byte for byte, or are refused.
  @Test func unchangedNotebooksRoundTrip() {
    let pieces = [
      "```facet", "```", "````", "~~~facet echo", "~~~", "text", "", "   ", "\ta", "  ```facet x=1",
      "  ```", "    ```", "<!--", "-->", "---", "title: x", "```swift", "é漢", "parameters:",
      "  a: 1", "- item",
    ]
    let endings = ["\n", "\r\n", "\n", "\r"]
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var parsed = 0
    for _ in 0..<3000 {
      let count = next(14)
      let text = (0..<count).map {
        pieces[next(pieces.count)] + ($0 == count - 1 && next(2) == 0 ? "" : endings[next(4)])
      }
      .joined()
      guard let notebook = try? Notebook(parsing: text) else { continue }
      parsed += 1
      #expect(Array(notebook.serialized().utf8) == Array(text.utf8))
    }
    #expect(parsed > 500)
  }

  @Test func writesOnlyChangedCellsAnew() throws {
    let text =
      "---\ntitle:   x # y\n---\r\na\n  ~~~~ facet  echo\n  one\n  ~~~~~\nb\n~~~facet\r\ntwo\r\n~~~"
    var notebook = try Notebook(parsing: text)
    guard case .cell(var cell) = notebook.segments[3] else {
      Issue.record("no cell")
      return
    }
    cell.source = "three\n```\nfour"
    cell.attributes = [CellAttribute(name: "caption", value: "a \"b\"\nc")]
    notebook.segments[3] = .cell(cell)
    let expected =
      "---\ntitle:   x # y\n---\r\na\n  ~~~~ facet  echo\n  one\n  ~~~~~\nb\n"
      + "````facet caption=\"a \\\"b\\\"\\nc\"\r\nthree\r\n```\r\nfour\r\n````\r\n"
    #expect(notebook.serialized() == expected)
    let again = try Notebook(parsing: expected).cells[1]
    #expect(again.source == cell.source)
    #expect(again.attributes == cell.attributes)
  }

  @Test func sessionCellsBecomeANotebook() throws {
    let sources = ["let a = 1", "for x in [1] {\n  x\n}", "```\n~~~", ""]
    let notebook = Notebook(cells: sources, title: "A: \"b\"")
    let text = notebook.serialized()
    #expect(
      text.hasPrefix(
        "---\ntitle: \"A: \\\"b\\\"\"\n---\n\n```facet\nlet a = 1\n```\n\n```facet\nfor"))
    let again = try Notebook(parsing: text)
    #expect(again.cells.map(\.source) == sources)
    #expect(again.frontMatter.title == "A: \"b\"")
  }

  @Test func aChangedHeaderKeepsWhatItHeld() throws {
    var notebook = try Notebook(parsing: FrontMatterTests.header)
    notebook.frontMatter.title = "New"
    notebook.frontMatter.parameters[2].value = .percentage(0.07)
    let again = try Notebook(parsing: notebook.serialized()).frontMatter
    #expect(again.title == "New")
    #expect(again.authors == notebook.frontMatter.authors)
    #expect(again.abstract == notebook.frontMatter.abstract)
    #expect(again.parameters.map(\.value) == notebook.frontMatter.parameters.map(\.value))
    #expect(again.parameters.map(\.summary) == notebook.frontMatter.parameters.map(\.summary))
    #expect(again.fields.map(\.name).contains("tags"))
  }

  @Test(
    arguments: [
      (.percentage(0.07), "7%"), (.percentage(0.075), "7.5%"), (.real(0.001), "0.001"),
      (.integer(-3), "-3"), (.text("a\"b"), "\"a\\\"b\""), (.boolean(true), "true"),
      (.list([.percentage(0.01), .integer(60)]), "[1%, 60]"),
    ] as [(ParameterValue, String)])
  func writesLiterals(value: ParameterValue, literal: String) {
    #expect(value.literal == literal)
  }
}
