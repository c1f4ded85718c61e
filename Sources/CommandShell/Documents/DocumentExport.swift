import Foundation
import Notebooks

/// Runs a notebook and writes what it gives: a typeset report, or Jupyter's form with outputs.
struct DocumentExport {
  let file: BatchFile
  let session: Session

  static let suffixes = ReportOptions.suffixes + ["ipynb"]

  /// - Returns: what to say of the file after its name.
  /// - Throws: the error of the first cell that fails; nothing is written then.
  func write(to path: String, assignments: [String] = []) throws -> String {
    if URL(fileURLWithPath: path).pathExtension.lowercased() == "ipynb" {
      let notebook = try JupyterBuilder(file: file, session: session)
        .notebook(assignments: assignments)
      try FileOutput.write(notebook.json(), to: path)
      return " · \(notebook.cells.count) cells"
    }
    var builder = ReportBuilder(file: file, session: session)
    let document = try builder.document(assignments: assignments)
    try FileOutput.makeFolder(of: path)
    return try ReportOptions(file: file).write(document, to: path)
  }
}
