import Foundation
import Notebooks
import Reporting

/// A notebook that the session's cells join.
struct OpenNotebook {
  /// Where it lies; nil for a new one that was not saved yet.
  var path: String?
  /// Its text as it was opened.
  var text = ""
  var title: String?
  /// The first of the session's cells that belongs to it.
  var firstCell: Int
}

/// `notebook`: the session's cells as a file, and a file's cells in the session.
enum NotebookCommands {
  static let definition = CommandDefinition(
    "notebook", .session, "keeps the session's cells in a notebook, and runs one here",
    usage: "notebook new | open PATH | run | save PATH | export PATH", arguments: ["a verb"],
    verbs: verbs
  ) { invocation in
    _ = try invocation.keyword(
      invocation.positional[0], for: "verb", among: verbs.map(\.word))
    return .nothing
  }

  private static let force = CommandDefinition.Label("force", "overwrite the file")

  static let verbs: [CommandDefinition] = [
    CommandDefinition(
      "notebook new", .session, "begins a notebook: the cells from here on are its",
      usage: "notebook new, title: \"A study\"", labels: [.init("title", "title of the notebook")],
      effect: .writes
    ) { invocation in
      let session = invocation.session
      session.notebook = OpenNotebook(
        title: try invocation.text("title"), firstCell: session.cells.count)
      session.emit(.note("a new notebook; `notebook save PATH` writes it"))
      return .nothing
    },
    CommandDefinition(
      "notebook open", .session, "opens a Markdown notebook and shows its cells; new ones join it",
      usage: "notebook open PATH", arguments: ["a path"], effect: .writes, run: open),
    CommandDefinition(
      "notebook run", .session,
      "runs the open notebook's cells, or those of a file, in the session",
      usage: "notebook run [PATH], from: CELL", arguments: ["a path"], required: 0,
      labels: [
        .init("set", "a list of \"name=value\" for its parameters"),
        .init("from", "where to begin: a number or a label"),
      ], effect: .writes, run: run),
    CommandDefinition(
      "notebook save", .session,
      "writes the session's cells as a Markdown notebook, those of an open one behind its own",
      usage: "notebook save [PATH]", arguments: ["a path"], required: 0,
      labels: [.init("title", "title of the notebook"), force], effect: .writes, run: save),
    CommandDefinition(
      "notebook export", .session,
      "writes what `notebook save` would as .ipynb; as .pdf, .html or .png it runs the cells again",
      usage: "notebook export PATH", arguments: ["a path"], labels: [force], effect: .writes,
      run: export),
  ]

  // MARK: Verbs

  @Sendable private static func open(_ invocation: Invocation) throws -> Value {
    let argument = invocation.positional[0]
    let session = invocation.session
    let path = try invocation.path(argument)
    try invocation.at(argument) {
      let file = try BatchFile(path: path)
      guard ["md", "markdown"].contains(suffix(path)) else {
        throw ShellError(
          .badNotebook, "\(path) is no Markdown notebook",
          notes: ["`facet convert` makes one of an .ipynb file"])
      }
      session.notebook = OpenNotebook(
        path: path, text: file.notebook.serialized(), firstCell: session.cells.count)
      file.show(in: session)
    }
    return .nothing
  }

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let argument = invocation.positional.first
    guard let path = try argument.map({ try invocation.path($0) }) ?? session.notebook?.path else {
      throw ShellError(
        .wrongInput, "no notebook from a file is open", at: invocation.call.name.range,
        expected: "`notebook run PATH`, or `notebook open PATH` before")
    }
    let assignments = try settings(invocation)
    try invocation.at(argument) {
      let file = try BatchFile(path: path)
      let start = try start(invocation).map { try file.position(ofCell: $0) } ?? 0
      try file.bindParameters(assignments, in: session)
      try file.pass(before: start, in: session)
      for cell in file.notebook.cells.dropFirst(start) {
        try session.include(file.source(of: cell))
      }
    }
    return .nothing
  }

  /// The texts of `set:`, as `--set` has them.
  private static func settings(_ invocation: Invocation) throws -> [String] {
    guard let expression = invocation.argument("set") else { return [] }
    let value = try invocation.session.evaluate(expression)
    let texts = if case .list(let values) = value { values.map(\.text) } else { [value.text] }
    return try texts.map { text in
      guard let text else {
        throw invocation.wrongType("set:", "texts like \"epochs=5\"", value, expression)
      }
      return text
    }
  }

  /// A cell's number or label, as `--from` has it.
  private static func start(_ invocation: Invocation) throws -> String? {
    guard let expression = invocation.argument("from") else { return nil }
    if let word = expression.plainWord { return word }
    return try invocation.session.evaluate(expression).interpolated
  }

  @Sendable private static func save(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let argument = invocation.positional.first
    let isOwn = argument == nil
    guard let path = try argument.map({ try invocation.path($0) }) ?? session.notebook?.path else {
      throw ShellError(
        .wrongInput, "the notebook has no file yet", at: invocation.call.name.range,
        expected: "`notebook save PATH`")
    }
    if isOwn { try checkUnchanged(path, invocation) } else { try checkFree(path, invocation) }
    let (text, added) = try content(invocation)
    try invocation.at(argument) { try FileOutput.write(text, to: path) }
    if session.notebook != nil {
      session.notebook = OpenNotebook(path: path, text: text, firstCell: session.cells.count)
    }
    session.emit(.note("saved \(path) · \(added) cell\(added == 1 ? "" : "s")"))
    return .nothing
  }

  @Sendable private static func export(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let path = try invocation.path(invocation.positional[0])
    try checkFree(path, invocation)
    let text = try content(invocation).text
    try invocation.at(invocation.positional[0]) {
      guard DocumentExport.suffixes.contains(suffix(path)) else {
        throw ShellError(
          .cannotWrite, "a notebook is exported as .ipynb, .pdf, .html or .png, not to \(path)")
      }
      // The cells belong to the exported file, whose pictures and bibliography lie beside it.
      let source = "\(path).\(UUID().uuidString).md"
      try FileOutput.write(text, to: source)
      defer { try? FileManager.default.removeItem(atPath: source) }
      let file = try BatchFile(path: source)
      if suffix(path) == "ipynb" {
        let notebook = try JupyterNotebook(file.notebook)
        try FileOutput.write(notebook.json(), to: path)
        return session.emit(.note("\(path) · \(notebook.cells.count) cells"))
      }
      // Still the session's view: `results` are all of the store's.
      var settings = session.settings
      settings.name = source
      let fresh = Session(settings: settings, runner: session.runner)
      (fresh.onJob, fresh.isInterrupted) = (session.onJob, session.isInterrupted)
      let written = try DocumentExport(file: file, session: fresh).write(to: path)
      session.emit(.note(path + written))
    }
    return .nothing
  }

  // MARK: Text

  /// The open notebook with the cells that were run since; else all of the session.
  private static func content(_ invocation: Invocation) throws -> (text: String, added: Int) {
    let session = invocation.session
    let open = session.notebook
    let cells = session.cells.dropFirst(open?.firstCell ?? 0).filter { !isAboutSession($0) }
    let before = open?.text ?? ""
    // A text that is there has its own front matter.
    let title = before.isEmpty ? try invocation.text("title") ?? open?.title : nil
    let added = Notebook(cells: Array(cells), title: title).serialized()
    if before.isEmpty { return (added, cells.count) }
    let gap = before.hasSuffix("\n") ? "\n" : "\n\n"
    return (cells.isEmpty ? before : before + gap + added, cells.count)
  }

  /// Commands that ask for help, or steer runs that the notebook's own cells use again.
  private static let passing: Set<Substring> = [
    "help", "history", "notebook", "examples", "edit", "pager", "why", "jobs", "watch", "pause",
    "resume", "stop",
  ]

  /// Whether a cell is no part of an experiment.
  private static func isAboutSession(_ cell: String) -> Bool {
    let words = cell.split(whereSeparator: \.isWhitespace)
    return !cell.contains("\n") && passing.contains(words.first ?? "")
  }

  private static func suffix(_ path: String) -> String {
    URL(fileURLWithPath: path).pathExtension.lowercased()
  }

  /// What another program wrote into the open notebook's file is not to be lost.
  private static func checkUnchanged(_ path: String, _ invocation: Invocation) throws {
    guard let now = try? String(contentsOfFile: path, encoding: .utf8),
      now != invocation.session.notebook?.text, try invocation.flag("force") != true
    else { return }
    throw ShellError(
      .cannotWrite, "\(path) was changed since it was opened", at: invocation.call.name.range,
      notes: ["`notebook save PATH` writes another file", "`force: true` writes over the changes"])
  }

  private static func checkFree(_ path: String, _ invocation: Invocation) throws {
    guard FileManager.default.fileExists(atPath: path), try invocation.flag("force") != true else {
      return
    }
    throw ShellError(
      .cannotWrite, "\(path) is there already", at: invocation.positional.first?.range,
      notes: ["`force: true` writes over it"])
  }
}
