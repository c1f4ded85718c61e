import Foundation
import Notebooks

/// A file of cells: a Markdown notebook, or plain text in facet's language, which is one cell.
struct BatchFile {
  let path: String
  let notebook: Notebook
  /// Whether it is plain text.
  let isPlain: Bool

  static let cellAttributes = ["echo", "hide", "label", "caption"]

  /// - Throws: `ShellError` with `.missingFile` or `.badNotebook`.
  init(path: String) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ShellError(
        .missingFile, "there is no file \(path)",
        notes: ["check the path; it is taken from \(FileManager.default.currentDirectoryPath)"])
    }
    if isFolder.boolValue {
      throw ShellError(
        .missingFile, "\(path) is a folder", notes: ["name a notebook (.md) or a batch file in it"])
    }
    isPlain = !["md", "markdown"].contains(URL(fileURLWithPath: path).pathExtension.lowercased())
    do {
      if isPlain {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        notebook = Notebook(cells: [text])
      } else {
        notebook = try Notebook(contentsOf: URL(fileURLWithPath: path))
        try notebook.checkAttributes(known: Self.cellAttributes)
      }
    } catch let error as NotebookError {
      throw Self.placed(error, path: path)
    } catch {
      throw ShellError(.missingFile, "\(path) cannot be read as UTF-8 text")
    }
  }

  /// The notebook's error with the line it is about.
  private static func placed(_ error: NotebookError, path: String) -> ShellError {
    let line = error.line.map { ":\($0)" } ?? ""
    let code: ShellError.Code = error.code == .parameter ? .unknownParameter : .badNotebook
    return ShellError(code, "\(path)\(line): \(error.message)")
  }

  /// Binds the parameters, with what `--set` says.
  func bindParameters(_ assignments: [String], in session: Session) throws {
    do {
      for parameter in try notebook.parameters(setting: assignments) {
        session.scope.bind(parameter.name, Value(parameter.value))
      }
    } catch let error as NotebookError {
      throw Self.placed(error, path: path)
    }
  }

  func source(of cell: Notebooks.Cell) -> SourceText {
    SourceText(name: path, text: cell.source, firstLine: cell.firstLine)
  }

  /// Runs all cells; the first that fails ends it.
  func run(in session: Session, assignments: [String]) throws {
    try bindParameters(assignments, in: session)
    for cell in notebook.cells {
      try session.run(source(of: cell))
      if session.isOver { return }
    }
  }
}

extension Value {
  init(_ parameter: ParameterValue) {
    self =
      switch parameter {
      case .boolean(let value): .boolean(value)
      case .integer(let value): .integer(value)
      case .real(let value): .number(value)
      case .percentage(let fraction): .percent((fraction * 1e10).rounded() / 1e8)
      case .text(let text): .text(text)
      case .list(let values): .list(values.map { Value($0) })
      }
  }
}
