import Experiments
import Notebooks
import Statistics

// Looking at a file before it is run, and running it from its middle.
extension BatchFile {
  /// A cell as `--from` names it: by its number from 1, or by its label.
  ///
  /// - Returns: its position from 0.
  func position(ofCell name: String) throws -> Int {
    let cells = notebook.cells
    if let number = Int(name) {
      if cells.indices.contains(number - 1) { return number - 1 }
      throw ShellError(
        .usage, "\(path) has no cell \(number)",
        notes: ["it has \(cells.count); `facet run \(path) --list` shows them"])
    }
    let labels = cells.map { $0.value(of: "label") }
    if let position = labels.firstIndex(of: name) { return position }
    throw ShellError(
      .usage, "\(path) has no cell with the label \(name)",
      suggestion: nearestName(to: name, among: labels.compactMap(\.self)),
      notes: ["a number names a cell, too; `facet run \(path) --list` shows them"])
  }

  /// Where the last run of the file ended: the first cell that did not run to its end as it stands
  /// now; nil where all did.
  func positionToResume(in session: Session) throws -> Int? {
    let stored = try session.storeIfAny()?.notebookCells(path) ?? []
    // The first cells may have run before there was a store.
    let last = stored.map(\.ordinal).max() ?? -1
    return notebook.cells.enumerated().first { position, cell in
      guard let last = stored.first(where: { $0.ordinal == position }) else {
        return position > last
      }
      return last.status != .finished || last.source != cell.source
    }?.offset
  }

  /// Gives a session what the cells before a position define. Their runs must be finished: they are
  /// used again, and nothing is shown or written.
  func pass(before start: Int, in session: Session) throws {
    guard start > 0 else { return }
    let plan = RunPlan()
    session.plan = plan
    defer { session.plan = nil }
    for (position, cell) in notebook.cells.prefix(start).enumerated() {
      try session.rehearse(source(of: cell)) { throw $0 }
      if let missing = plan.entries.first(where: { $0.state != .cached }) {
        throw ShellError(
          .unknownRun, "the run \(missing.name) of cell \(position + 1) is not finished",
          notes: ["`facet run \(path) --from \(position + 1)` carries it out"])
      }
    }
  }

  // MARK: Lists

  /// Shows its parameters and cells.
  func show(in session: Session) {
    if !notebook.frontMatter.parameters.isEmpty {
      session.emit(.table(ShownTable(Table(parameterTable))))
    }
    session.emit(.table(ShownTable(Table(cellTable))))
  }

  /// The parameters: name, type, default and what the file says of it.
  private var parameterTable: DataFrame {
    DataFrame(
      columns: ["parameter", "type", "default", "about"],
      rows: notebook.frontMatter.parameters.map { parameter in
        [
          .text(parameter.name), .text(parameter.type.rawValue), .text(parameter.value.literal),
          parameter.summary.map { .text($0) } ?? .missing,
        ]
      })
  }

  /// The cells: number, label, line in the file and the first line of the code.
  private var cellTable: DataFrame {
    DataFrame(
      columns: ["cell", "label", "line", "code"],
      rows: notebook.cells.enumerated().map { position, cell in
        [
          .integer(position + 1), cell.value(of: "label").map { .text($0) } ?? .missing,
          .integer(cell.firstLine), .text(Self.firstLine(of: cell)),
        ]
      })
  }

  private static func firstLine(of cell: Notebooks.Cell) -> String {
    let lines = cell.source.split(separator: "\n")
    guard let first = lines.first else { return "" }
    return String(first.prefix(80)) + (lines.count > 1 || first.count > 80 ? " …" : "")
  }

  /// What running the file would carry out: a row for each run, one for a cell without runs, one
  /// for all runs of a cell that are finished where there are many.
  ///
  /// - Throws: an error of a cell that no run before it can have caused.
  func planTable(in session: Session, assignments: [String], from start: Int) throws -> DataFrame {
    try bindParameters(assignments, in: session)
    try pass(before: start, in: session)
    let plan = RunPlan()
    session.plan = plan
    defer { session.plan = nil }
    var rows: [[Statistics.Cell]] = []
    for (position, cell) in notebook.cells.enumerated().dropFirst(start) {
      let before = plan.entries.count
      var unknown: ShellError?
      try session.rehearse(source(of: cell)) { error in
        if plan.isAllCached { throw error }
        unknown = unknown ?? error
      }
      let place: [Statistics.Cell] = [.integer(position + 1), .integer(cell.firstLine)]
      rows += Self.rows(Array(plan.entries[before...]), unknown).map { place + $0 }
    }
    return DataFrame(columns: ["cell", "line", "run", "state", "why"], rows: rows)
  }

  private static func rows(
    _ entries: [RunPlan.Entry], _ unknown: ShellError?
  ) -> [[Statistics.Cell]] {
    let cached = entries.filter { $0.state == .cached }
    var rows: [[Statistics.Cell]] =
      cached.count > 3
      ? [[.text("\(cached.count) runs"), .text("cached"), .missing]]
      : cached.map { [.text($0.name), .text("cached"), .missing] }
    for entry in entries {
      switch entry.state {
      case .cached: break
      case .resumed: rows.append([.text(entry.name), .text("goes on"), .missing])
      case .new(let reason):
        rows.append([.text(entry.name), .text("would run"), .text(reason)])
      }
    }
    if let unknown {
      rows.append([
        .missing, .text("open"), .text("known after the runs before: \(unknown.message)"),
      ])
    }
    return rows.isEmpty ? [[.missing, .text("no runs"), .missing]] : rows
  }
}
