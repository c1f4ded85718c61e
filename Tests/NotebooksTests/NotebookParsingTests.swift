import Foundation
import Testing

@testable import Notebooks

@Suite struct NotebookParsingTests {
  @Test func keepsProseAndCellsApart() throws {
    let text = """
      # Title

      ```facet echo label=fig-loss caption="Loss, \\"by\\" epoch"
      let a = 1

      runs
      ```
      end

      """
    let notebook = try Notebook(parsing: text, path: "x.md")
    #expect(notebook.segments.count == 3)
    #expect(notebook.segments.first == .prose(markdown: "# Title\n\n", lines: 1...2))
    #expect(notebook.segments.last == .prose(markdown: "end\n", lines: 8...8))
    let cell = try #require(notebook.cells.first)
    #expect(cell.source == "let a = 1\n\nruns")
    #expect(cell.firstLine == 4)
    #expect(cell.has("echo"))
    #expect(cell.value(of: "label") == "fig-loss")
    #expect(cell.value(of: "caption") == "Loss, \"by\" epoch")
    #expect(cell.value(of: "echo") == nil)
  }

  /// Text, and the sources of the cells in it.
  @Test(
    arguments: [
      ("", []),
      ("only prose", []),
      ("```facet\n```", [""]),
      ("```facet\na\n```", ["a"]),
      ("~~~ facet\na\n~~~\n", ["a"]),
      ("````facet\n```\n`````\n", ["```"]),
      ("```facet\n~~~\n``\n```\n", ["~~~\n``"]),
      ("  ```facet\n    a\n b\n  ```\n", ["  a\nb"]),
      ("    ```facet\n", []),
      ("\t```facet\n", []),
      ("```facet\na\n    ```\n```", ["a\n    ```"]),
      ("```facet\na\n``` x\n```", ["a\n``` x"]),
      ("```facets\na\n```", []),
      ("```swift\n```facet\na\n```\n", []),
      ("```facet `x`\n", []),
      ("~~~facet\r\na\r\nb\r\n~~~\r\n", ["a\nb"]),
      ("```facet\ra\r```\r", ["a"]),
      ("<!--\n```facet\na\n```\n-->\n```facet\nb\n```", ["b"]),
      ("<!-- x -->\n```facet\nb\n```", ["b"]),
      ("<pre>\n```facet\n</pre>\n```facet\nb\n```", ["b"]),
      ("---\n\n```facet\na\n```", ["a"]),
    ] as [(String, [String])])
  func followsTheFenceRules(text: String, sources: [String]) throws {
    let notebook = try Notebook(parsing: text)
    #expect(notebook.cells.map(\.source) == sources)
    #expect(notebook.serialized() == text)
  }

  /// Damaged text, the line at fault, and a word of the message.
  @Test(arguments: [
    ("a\n```facet\nb\n", 2, "never closed"),
    ("a\n\n~~~~python\n~~~\n", 3, "~~~~"),
    ("```facet echo echo\n```", 1, "twice"),
    ("```facet label=\n```", 1, "needs a value"),
    ("```facet label=\"x\n```", 1, "closing quotation mark"),
    ("```facet =x\n```", 1, "name=value"),
    ("---\ntitle: x\n", 1, "never closed"),
    ("---\ntitle: x\ntitle: y\n---\n", 3, "line 2"),
    ("---\ntitle: a: b\n---\n", 2, "quotes"),
    ("---\ntitle: \"a\n---\n", 2, "never closed"),
    ("---\ntitle: 'a\n---\n", 2, "never closed"),
    ("---\ntitle: \"a\" b\n---\n", 2, "quotes"),
    ("---\ntitle: \"\\q\"\n---\n", 2, "escape"),
    ("---\ntitle: \"\\ud800\"\n---\n", 2, "hexadecimal"),
    ("---\ntitle: &x a\n---\n", 2, "anchor"),
    ("---\ntitle: *x\n---\n", 2, "alias"),
    ("---\ntitle: !!str a\n---\n", 2, "tag"),
    ("---\nformat: {pdf: true}\n---\n", 2, "braces"),
    ("---\ntitle: >2\n  a\n---\n", 2, "|-"),
    ("---\ntitle: [a]\n---\n", 2, "one text"),
    ("---\nauthor: [a, b\n---\n", 2, "not closed"),
    ("---\nauthor: [a, [b]]\n---\n", 2, "nested list"),
    ("---\nauthor: a\nauthors: [b]\n---\n", 3, "twice"),
    ("---\ntitle: a\n  b\n---\n", 3, "indentation"),
    ("---\nparameters:\n\ta: 1\n---\n", 3, "tab"),
    ("---\nparameters:\n  a:\n    b: 1\n---\n", 4, "one level"),
    ("---\nparameters:\n  a:\n---\n", 3, "default"),
    ("---\nparameters: 3\n---\n", 2, "name: default"),
    ("---\nparameter:\n  a: 1\n---\n", 2, "“parameters”"),
    ("---\nparameters:\n  a: 1\n   b: 2\n---\n", 4, "indentation"),
    ("---\nparameters:\n    a: 1\n  b: 2\n---\n", 4, "indentation"),
    ("---\nabstract: >\n    a\n  b\n---\n", 4, "further left"),
    ("---\n- a\n---\n", 2, "key: value"),
    ("---\n\"title\": a\n---\n", 2, "key: value"),
    ("---\ntitle:a\n---\n", 2, "key: value"),
  ])
  func namesTheLineOfDamage(text: String, line: Int, word: String) {
    let error = #expect(throws: NotebookError.self) { try Notebook(parsing: text, path: "x.md") }
    #expect(error?.line == line)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    #expect(error?.path == "x.md")
  }

  @Test func refusesFilesThatAreNotText() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).md")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("a\nb\u{0}".utf8).write(to: file)
    #expect(throws: NotebookError.self) { try Notebook(contentsOf: file) }
    try Data([97, 10, 98, 10, 0xFF, 10]).write(to: file)
    let error = #expect(throws: NotebookError.self) { try Notebook(contentsOf: file) }
    #expect(error?.line == 3)
    try Data("```facet\na\n```\n".utf8).write(to: file)
    #expect(try Notebook(contentsOf: file).cells.map(\.source) == ["a"])
    try FileManager.default.removeItem(at: file)
    let missing = #expect(throws: NotebookError.self) { try Notebook(contentsOf: file) }
    #expect(missing?.code == .unreadable)
  }

  @Test func namesUnknownAttributes() throws {
    let notebook = try Notebook(parsing: "x\n\n```facet lable=a\n```\n")
    let error = #expect(throws: NotebookError.self) {
      try notebook.checkAttributes(known: ["echo", "label"])
    }
    #expect(error?.line == 3)
    #expect(error?.message.contains("did you mean “label”") == true)
    try notebook.checkAttributes(known: ["lable"])
  }

  @Test(
    arguments: [
      ("los", ["loss", "lr"], "loss"), ("epcohs", ["epochs", "steps"], "epochs"),
      ("zzz", ["epochs"], nil), ("Epochs", ["epochs"], "epochs"), ("a", [], nil),
      ("whree", ["where", "whole"], "where"), ("epoch", ["epic", "epochs"], "epochs"),
      ("backb", ["backbone"], "backbone"), ("n", ["nme"], nil), ("subtitle", ["title"], nil),
    ] as [(String, [String], String?)])
  func findsTheNearestName(name: String, known: [String], expected: String?) {
    #expect(nearestName(to: name, among: known) == expected)
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("ab", "ba", 1), ("pivto", "pivot", 1),
    ("same", "same", 0),
  ])
  func countsEdits(a: String, b: String, expected: Int) {
    #expect(editDistance(a, b) == expected)
    #expect(editDistance(b, a) == expected)
  }
}
