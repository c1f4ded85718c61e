import Foundation
import Notebooks
import Reporting

/// The program `facet`: from its arguments to its exit status.
public struct FacetProgram {
  public static let version = "0.1.0"

  private let runner: any JobRunner
  private let standardOutput: (String) -> Void
  private let standardError: (String) -> Void
  private let usesColor: Bool

  /// Whether standard error is a terminal and `NO_COLOR` is not set.
  public static var isColorWanted: Bool { TerminalDevice.showsColor(2) }

  /// - Parameters: usesColor: for messages on standard error and, in the shell, for all.
  public init(
    runner: any JobRunner, usesColor: Bool, standardOutput: @escaping (String) -> Void,
    standardError: @escaping (String) -> Void
  ) {
    (self.runner, self.usesColor) = (runner, usesColor)
    (self.standardOutput, self.standardError) = (standardOutput, standardError)
  }

  /// - Returns: 0, or 1 where a cell failed, 2 for wrong usage, 130 after Ctrl-C.
  public func run(_ arguments: [String]) -> Int32 {
    do {
      let options = try CommandLineOptions.parse(arguments)
      switch options.action {
      case .help: standardOutput(CommandLineOptions.usage + "\n")
      case .version: standardOutput("facet \(Self.version)\n")
      case .interactive: return try interactive(options)
      case .code(let code): try runCode(code, options, name: "-c")
      case .run("-"):
        let data = FileHandle.standardInput.readDataToEndOfFile()
        try runCode(String(decoding: data, as: UTF8.self), options, name: "standard input")
      case .run(let path): try runFile(path, options)
      case .report(let path): try report(path, options)
      case .template(let template): try write(template, options)
      case .convert(let path, let target): try convert(path, to: target, options)
      case .kernel(let path): try runKernel(ConnectionFile(path: path), options)
      case .installKernel: try installKernel(options)
      case .doctor: return try doctor(options)
      case .completions(let shell): standardOutput(ShellCompletions.script(shell))
      case .manual: standardOutput(ManualPage.text)
      }
      return 0
    } catch {
      return fail(Session.shellError(error))
    }
  }

  private func fail(_ error: ShellError) -> Int32 {
    standardError(DiagnosticRenderer(isStyled: usesColor).render(error) + "\n")
    switch error.code {
    case .usage: return 2
    case .paused: return 130
    default: return 1
    }
  }

  private func interactive(_ options: CommandLineOptions) throws -> Int32 {
    let name = "session " + Session.day(Date())
    let session = Session(
      settings: .init(storePath: options.storePath, name: name), runner: runner)
    return try InteractiveShell(
      session: session, usesColor: usesColor, write: standardOutput
    ).run()
  }

  // MARK: Jupyter

  private func runKernel(_ connection: ConnectionFile, _ options: CommandLineOptions) throws {
    let session = session(
      options, name: "jupyter " + Session.day(Date()), isDocument: false)
    try Kernel(session: session, connection: connection).run()
  }

  private func installKernel(_ options: CommandLineOptions) throws {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = try KernelSpecification.install(
      dataFolder: options.dataFolder, program: program)
    standardOutput("installed \(folder)\n")
  }

  // MARK: Batches

  private func session(_ options: CommandLineOptions, name: String, isDocument: Bool) -> Session {
    TerminalSignals.install()
    let session = Session(
      settings: .init(storePath: options.storePath, name: name, isDocument: isDocument),
      runner: runner)
    session.isInterrupted = { TerminalSignals.takeInterrupt() }
    return session
  }

  private func runCode(_ code: String, _ options: CommandLineOptions, name: String) throws {
    let session = session(options, name: name, isDocument: false)
    attachOutput(options, to: session)
    try session.run(SourceText(name: name, text: code))
  }

  private func runFile(_ path: String, _ options: CommandLineOptions) throws {
    let file = try BatchFile(path: path)
    let session = session(options, name: path, isDocument: true)
    attachOutput(options, to: session)
    switch options.extent {
    case .list: file.show(in: session)
    case .plan: try plan(file, session, options)
    case .all:
      guard let start = try start(of: file, session, options) else { return }
      try file.run(in: session, assignments: options.assignments, from: start)
    }
  }

  private func plan(_ file: BatchFile, _ session: Session, _ options: CommandLineOptions) throws {
    guard let start = try start(of: file, session, options) else { return }
    let frame = try file.planTable(in: session, assignments: options.assignments, from: start)
    session.emit(.table(ShownTable(Table(frame))))
  }

  /// The position of the first cell to run; nil, having said so, where none is left.
  private func start(
    of file: BatchFile, _ session: Session, _ options: CommandLineOptions
  ) throws -> Int? {
    switch options.start {
    case .first: return 0
    case .cell(let name): return try file.position(ofCell: name)
    case .failed:
      let position = try file.positionToResume(in: session)
      session.emit(
        .note(
          position.map { "goes on at cell \($0 + 1) of \(file.notebook.cells.count)" }
            ?? "every cell of \(file.path) ran to its end: nothing is left to do"))
      return position
    }
  }

  /// Shows what cells show, in the form that `--format` asks for.
  private func attachOutput(_ options: CommandLineOptions, to session: Session) {
    console(standardOutput).attach(to: session)
    if options.format == .text { return }
    RecordOutput(format: options.format, write: standardOutput, remark: standardError)
      .attach(to: session)
  }

  // MARK: Notebooks for Jupyter

  private func convert(_ path: String, to target: String, _ options: CommandLineOptions) throws {
    let session = session(options, name: path, isDocument: true)
    let note = try NotebookConversion(path: path, target: target, session: session).run()
    standardOutput(note + "\n")
  }

  private func doctor(_ options: CommandLineOptions) throws -> Int32 {
    let findings = Doctor(storePath: options.storePath).findings()
    standardOutput(findings.map { $0.line(usesColor: TerminalDevice.showsColor(1)) }.joined())
    return findings.contains { $0.state == .failed } ? 1 : 0
  }

  private func report(_ path: String, _ options: CommandLineOptions) throws {
    let file = try BatchFile(path: path)
    guard !file.isPlain else {
      throw ShellError(
        .badNotebook, "\(path) is no Markdown notebook",
        notes: ["a report is made of a .md file with ```facet cells"])
    }
    let output = try outputPath(path, options)
    let session = session(options, name: path, isDocument: true)
    console(standardError).attach(to: session)
    let written = try DocumentExport(file: file, session: session)
      .write(to: output, assignments: options.assignments)
    standardOutput("\(output)\(written)\n")
  }

  private func write(_ template: ReportTemplate, _ options: CommandLineOptions) throws {
    guard let path = options.outputPath else { return standardOutput(template.text) }
    guard !FileManager.default.fileExists(atPath: path) else {
      throw ShellError(
        .usage, "\(path) is there already", notes: ["a template replaces no notebook"])
    }
    try FileOutput.write(template.text, to: path)
    standardOutput("\(path) · `facet report \(path)` runs it\n")
  }

  private func outputPath(_ path: String, _ options: CommandLineOptions) throws -> String {
    let output =
      options.outputPath ?? URL(fileURLWithPath: path).deletingPathExtension().relativePath + ".pdf"
    let suffix = URL(fileURLWithPath: output).pathExtension.lowercased()
    guard DocumentExport.suffixes.contains(suffix) else {
      throw ShellError(
        .usage, "a report is written as .pdf, .html, .png or .ipynb, not to \(output)",
        notes: ["`--output report.pdf`"])
    }
    return output
  }

  private func console(_ write: @escaping (String) -> Void) -> Console {
    Console(isStyled: false, progressDescriptor: 2, write: write)
  }
}

extension TerminalDevice {
  /// Whether a descriptor is a terminal that may be coloured.
  static func showsColor(_ descriptor: Int32) -> Bool {
    TerminalDevice(input: descriptor, output: descriptor).isInteractive && !isColorRefused
  }
}
