import Experiments
import Foundation
import Notebooks
import Testing

@testable import CommandShell

/// `notebook new`, `open`, `run`, `save` and `export`.
struct NotebookCommandTests {
  private let shell: TestSession
  private let path: String
  private static let text = """
    ---
    parameters:
      n: 2
    ---

    Prose.

    ```facet label=double
    let double = n * 2
    print "n is \\(n)"
    ```

    ```facet
    print double
    ```
    """

  init() throws {
    shell = try TestSession()
    path = shell.folder.appendingPathComponent("x.md").path
    try Self.text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func file(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func openShowsRunRunsAndSaveAppends() throws {
    try shell.run("print 0")
    try shell.run("notebook open \"\(path)\"")
    #expect(shell.tables.count == 2 && shell.csv?.contains("n,integer,2") == true)
    #expect(try shell.run("notebook run") == ["n is 2", "4"])
    #expect(try shell.run("print double + 1") == ["5"])
    #expect(try shell.run("notebook run, set: [\"n=5\"]") == ["n is 5", "10"])
    try shell.run("notebook save")
    #expect(try file(path) == Self.text + "\n\n```facet\nprint double + 1\n```\n")
    try shell.run("print 7")
    try shell.run("notebook save")
    #expect(try file(path).hasSuffix("double + 1\n```\n\n```facet\nprint 7\n```\n"))
    try shell.run("notebook save")
    #expect(try file(path).components(separatedBy: "print 7").count == 2, "each cell once")
  }

  @Test("what was paused and resumed runs in the saved notebook as if it never had been")
  func steeringIsNoPartOfTheNotebook() throws {
    let cell = "let wild = synthetic wild, images: 40; pretrain swav, as: swav"
    shell.runner.outcomes = [.paused]
    #expect(shell.failure(cell).contains("paused"))
    try shell.run("resume")
    try shell.run("jobs")
    try shell.run("why swav")
    let path = shell.folder.appendingPathComponent("saved.md").path
    try shell.run("notebook save \"\(path)\"")
    #expect(try file(path) == "```facet\n\(cell)\n```\n")
    try shell.run("notebook run \"\(path)\"")
    #expect(try shell.session.store().runs().count == 1)
  }

  @Test func changesByOthersAreNotLost() throws {
    try shell.run("notebook open \"\(path)\"")
    try shell.run("print 1")
    let changed = Self.text + "\n\nMore prose.\n"
    try changed.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(shell.failure("notebook save").contains("was changed since it was opened"))
    #expect(try file(path) == changed)
    try shell.run("notebook save, force: true")
    #expect(try file(path).hasSuffix("print 1\n```\n"))
  }

  @Test func runBeginsWhereItIsTold() throws {
    try shell.run("let n = 1")
    #expect(try shell.run("notebook run \"\(path)\", from: 2") == ["4"])
    #expect(try shell.run("notebook run \"\(path)\", from: double") == ["n is 2", "4"])
    #expect(shell.failure("notebook run \"\(path)\", from: 9").contains("has no cell 9"))
    #expect(shell.failure("notebook run \"\(path)\", set: [\"m=1\"]").contains("m"))
  }

  @Test func anErrorPointsIntoTheFile() throws {
    try Self.text.replacing("print double", with: "prnt double").write(
      toFile: path, atomically: true, encoding: .utf8)
    let message = shell.failure("notebook run \"\(path)\"")
    #expect(message.contains("\(path):14:1"), "\(message)")
    #expect(message.contains("did you mean `print`?"))
  }

  @Test func aNewNotebookHoldsTheCellsFromThereOn() throws {
    try shell.run("print 1")
    try shell.run("notebook new, title: \"A study\"")
    try shell.run("print 2")
    try shell.run("help")
    let target = shell.folder.appendingPathComponent("new.md").path
    #expect(shell.failure("notebook save").contains("has no file yet"))
    try shell.run("notebook save \"\(target)\"")
    let notebook = try Notebook(parsing: file(target))
    #expect(notebook.cells.map(\.source) == ["print 2"])
    #expect(notebook.frontMatter.title == "A study")
    #expect(shell.failure("notebook save \"\(target)\"").contains("is there already"))
  }

  @Test(arguments: ["ipynb", "html", "pdf"])
  func exportWritesTheForm(suffix: String) throws {
    try shell.run("let faces = synthetic wild, identities: 4, images: 40")
    try shell.run("adapt landmarks, on: faces")
    try shell.run("notebook new")
    try shell.run("print 6 * 7")
    try shell.run("results | select name, nme")
    let target = shell.folder.appendingPathComponent("out.\(suffix)").path
    try shell.run("notebook export \"\(target)\"")
    let data = try Data(contentsOf: URL(fileURLWithPath: target))
    switch suffix {
    case "ipynb":
      let cells = try JupyterNotebook(json: String(decoding: data, as: UTF8.self)).cells
      #expect(cells.map(\.source) == ["print 6 * 7", "results | select name, nme"])
    case "html":
      let text = String(decoding: data, as: UTF8.self)
      #expect(text.contains("42") && text.contains("landmarks/scratch"))
    default: #expect(data.starts(with: Data("%PDF".utf8)))
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: shell.folder.path)
    #expect(files.filter { $0.hasSuffix(".md") } == ["x.md"])
    #expect(shell.failure("notebook export \"\(target)\"").contains("is there already"))
    #expect(shell.failure("notebook export \"x.docx\"").contains("not to x.docx"))
  }
}
