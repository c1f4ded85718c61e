import Experiments
import Foundation
import Notebooks

/// `facet convert`: a notebook from Markdown to Jupyter's form or back.
///
/// Markdown holds all but the outputs of facet's own cells; those go through the store, under the
/// Markdown file's path.
struct NotebookConversion {
  let path: String
  let target: String
  let session: Session

  /// What an output of an imported notebook is kept as: count and outputs as the file has them.
  static let mediaType = "application/vnd.jupyter.cell+json"

  /// - Returns: what to say of it.
  func run() throws -> String {
    let forms = [path, target].map { URL(fileURLWithPath: $0).pathExtension.lowercased() }
    switch (forms[0], forms[1]) {
    case ("md", "ipynb"), ("markdown", "ipynb"): return try toJupyter()
    case ("ipynb", "md"), ("ipynb", "markdown"): return try toMarkdown()
    default:
      throw ShellError(
        .usage, "facet convert goes from .md to .ipynb or back, not from \(path) to \(target)",
        notes: ["`facet report x.md -o x.ipynb` runs the notebook and keeps what it shows"])
    }
  }

  private func toJupyter() throws -> String {
    let file = try BatchFile(path: path)
    var notebook = try JupyterNotebook(file.notebook)
    let kept = try session.storeIfAny()?.notebookCells(path) ?? []
    var ordinal = 0
    for position in notebook.cells.indices where notebook.isExecutable(position) {
      let last = kept.first { $0.ordinal == ordinal }
      if let last, last.source == notebook.cells[position].source {
        Self.restore(last.outputs, in: &notebook.cells[position])
      }
      ordinal += 1
    }
    try FileOutput.write(notebook.json(), to: target)
    return "\(target) · \(notebook.cells.count) cells"
  }

  private func toMarkdown() throws -> String {
    let notebook = try BatchFile.jupyter(path: path)
    try FileOutput.write(BatchFile.placing(path: path) { try notebook.markdown() }, to: target)
    let shown = notebook.executableCells.enumerated().filter {
      !$1.outputs.isEmpty || $1.executionCount != nil
    }
    guard !shown.isEmpty else { return "\(target) · \(notebook.cells.count) cells" }
    let store = try session.store()
    for (ordinal, cell) in shown {
      try store.saveNotebookCell(
        NotebookCell(
          notebook: target, ordinal: ordinal, source: cell.source, status: .finished,
          outputs: [try Self.kept(cell)]))
    }
    return "\(target) · \(notebook.cells.count) cells; their outputs are in "
      + session.settings.storePath
  }

  // MARK: Outputs

  private static func kept(_ cell: JupyterCell) throws -> CellOutput {
    var fields: [String: SpecValue] = ["outputs": .list(cell.outputs)]
    fields["execution_count"] = cell.executionCount.map { .integer($0) }
    return CellOutput(mediaType: mediaType, content: .text(try CanonicalJSON.encode(fields)))
  }

  /// The outputs of a cell that was imported, or that facet ran.
  private static func restore(_ outputs: [CellOutput], in cell: inout JupyterCell) {
    for output in outputs {
      guard case .text(let text) = output.content else { continue }
      switch output.mediaType {
      case mediaType:
        guard let fields = try? CanonicalJSON.decode([String: SpecValue].self, from: text) else {
          continue
        }
        cell.outputs += fields["outputs"]?.listValue ?? []
        cell.executionCount = fields["execution_count"]?.integerValue
      case "text/plain": cell.outputs.append(JupyterOutput.stream(text + "\n"))
      case "text/csv":
        cell.outputs.append(
          JupyterOutput.display(["text/csv": .text(text), "text/plain": .text(text)]))
      case "image/svg+xml":
        cell.outputs.append(JupyterOutput.display([output.mediaType: .text(text)]))
      default: continue
      }
    }
  }
}

extension JupyterNotebook {
  /// Whether facet runs the cell at a position.
  fileprivate func isExecutable(_ position: Int) -> Bool {
    executableCells.contains { $0.id == cells[position].id && $0.source == cells[position].source }
  }
}

/// Outputs as an `.ipynb` file holds them.
enum JupyterOutput {
  static func stream(_ text: String) -> SpecValue {
    .record(["output_type": .text("stream"), "name": .text("stdout"), "text": .text(text)])
  }

  static func display(_ data: [String: SpecValue]) -> SpecValue {
    .record([
      "output_type": .text("display_data"), "data": .record(data), "metadata": .record([:]),
    ])
  }
}

/// Runs a notebook and puts what its cells show into Jupyter's form.
struct JupyterBuilder {
  let file: BatchFile
  let session: Session

  /// - Throws: the error of the first cell that fails.
  func notebook(assignments: [String]) throws -> JupyterNotebook {
    try file.bindParameters(assignments, in: session)
    var notebook = try JupyterNotebook(file.notebook)
    let positions = notebook.cells.indices.filter { notebook.isExecutable($0) }
    for (count, (position, cell)) in zip(positions, file.notebook.cells).enumerated() {
      notebook.cells[position].outputs = try outputs(of: cell)
      notebook.cells[position].executionCount = count + 1
      if session.isOver { break }
    }
    return notebook
  }

  private func outputs(of cell: Notebooks.Cell) throws -> [SpecValue] {
    var outputs: [SpecValue] = []
    let shown = session.onOutput
    defer { session.onOutput = shown }
    session.onOutput = { output in
      switch output {
      case .note(let text), .text(let text): outputs.append(JupyterOutput.stream(text + "\n"))
      case .table(let table): outputs.append(JupyterOutput.display(KernelOutput.bundle(table)))
      case .figure(let figure): outputs.append(JupyterOutput.display(KernelOutput.bundle(figure)))
      }
    }
    try session.run(file.source(of: cell))
    return outputs
  }
}
