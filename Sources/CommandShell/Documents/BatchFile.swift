import Foundation
import Notebooks

/// A file of cells: a notebook in Markdown or Jupyter's form, or plain text in facet's language,
/// which is one cell.
struct BatchFile {
  let path: String
  let notebook: Notebook
  /// Whether it is plain text.
  let isPlain: Bool
  private let isJupyter: Bool

  static let cellAttributes = ["echo", "hide", "label", "caption", "id", "jupyter"]

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
    let suffix = URL(fileURLWithPath: path).pathExtension.lowercased()
    isPlain = !["md", "markdown", "ipynb"].contains(suffix)
    isJupyter = suffix == "ipynb"
    if isJupyter {
      let jupyter = try Self.jupyter(path: path)
      guard jupyter.language == "facet" else {
        throw ShellError(
          .badNotebook, "the cells of \(path) are in \(jupyter.language), not in facet's language")
      }
      notebook = try Self.placing(path: path) {
        try Notebook(parsing: jupyter.markdown(), path: path)
      }
      return
    }
    notebook = try Self.placing(path: path) { [isPlain] in
      if isPlain { return Notebook(cells: [try String(contentsOfFile: path, encoding: .utf8)]) }
      let notebook = try Notebook(contentsOf: URL(fileURLWithPath: path))
      try notebook.checkAttributes(known: Self.cellAttributes)
      return notebook
    }
  }

  /// The notebook in an `.ipynb` file.
  static func jupyter(path: String) throws -> JupyterNotebook {
    try placing(path: path) {
      try JupyterNotebook(json: String(contentsOfFile: path, encoding: .utf8), path: path)
    }
  }

  /// Reads something of a file; what is wrong with it gets its place.
  static func placing<Result>(path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as NotebookError {
      throw placed(error, path: path)
    } catch let error as ShellError {
      throw error
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
    if isJupyter, let position = notebook.cells.firstIndex(of: cell) {
      return SourceText(name: "\(path)[\(position + 1)]", text: cell.source)
    }
    return SourceText(name: path, text: cell.source, firstLine: cell.firstLine)
  }

  /// Runs the cells from a position on; the first that fails ends it.
  func run(in session: Session, assignments: [String], from start: Int = 0) throws {
    try bindParameters(assignments, in: session)
    try pass(before: start, in: session)
    for cell in notebook.cells.dropFirst(start) {
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
