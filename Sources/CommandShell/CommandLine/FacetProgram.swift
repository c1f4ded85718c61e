import Foundation
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
      case .kernel(let path): try runKernel(ConnectionFile(path: path), options)
      case .installKernel: try installKernel(options)
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
    console(standardOutput).attach(to: session)
    try session.run(SourceText(name: name, text: code))
  }

  private func runFile(_ path: String, _ options: CommandLineOptions) throws {
    let file = try BatchFile(path: path)
    let session = session(options, name: path, isDocument: true)
    console(standardOutput).attach(to: session)
    try file.run(in: session, assignments: options.assignments)
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
    var builder = ReportBuilder(file: file, session: session)
    let document = try builder.document(assignments: options.assignments)
    try FileOutput.makeFolder(of: output)
    let written = try ReportOptions(file: file).write(document, to: output)
    standardOutput("\(output)\(written)\n")
  }

  private func outputPath(_ path: String, _ options: CommandLineOptions) throws -> String {
    let output =
      options.outputPath ?? URL(fileURLWithPath: path).deletingPathExtension().relativePath + ".pdf"
    let suffix = URL(fileURLWithPath: output).pathExtension.lowercased()
    guard ReportOptions.suffixes.contains(suffix) else {
      throw ShellError(
        .usage, "a report is written as .pdf, .html or .png, not to \(output)",
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
