import Notebooks

/// What facet's own command line asks for.
public struct CommandLineOptions: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    case interactive
    /// `-c CODE`.
    case code(String)
    /// `run FILE`; `-` is standard input.
    case run(String)
    case report(String)
    /// `kernel run CONNECTION-FILE`.
    case kernel(String)
    case installKernel
    case help
    case version
  }

  public var action: Action = .interactive
  public var storePath = "experiments.sqlite"
  /// `name=value` of each `--set`.
  public var assignments: [String] = []
  /// Where the report goes; nil puts it beside the notebook.
  public var outputPath: String?
  /// Jupyter's data folder; nil is the user's.
  public var dataFolder: String?

  public init() {}
}

extension CommandLineOptions {
  /// One option of the command line.
  struct Flag: Sendable {
    let names: [String]
    /// Name of the value in the help; nil for a flag without one.
    let value: String?
    let summary: String
    /// Commands that it belongs to; empty is all.
    let commands: [String]
  }

  static let flags: [Flag] = [
    Flag(
      names: ["--store"], value: "PATH", summary: "the store; experiments.sqlite by default",
      commands: []),
    Flag(names: ["-c"], value: "CODE", summary: "runs the code and leaves", commands: [""]),
    Flag(
      names: ["--set"], value: "NAME=VALUE", summary: "sets a parameter of the notebook",
      commands: ["run", "report"]),
    Flag(
      names: ["--output", "-o"], value: "PATH",
      summary: "where the report goes: .pdf, .html or .png (a page a file)",
      commands: ["report"]),
    Flag(
      names: ["--data"], value: "PATH", summary: "Jupyter's data folder, for kernel install",
      commands: ["kernel"]),
    Flag(names: ["--help", "-h"], value: nil, summary: "shows this help", commands: []),
    Flag(names: ["--version"], value: nil, summary: "shows the version", commands: []),
  ]

  static let commands = ["run", "report", "kernel"]

  /// Reads the arguments, the program's own name left out.
  ///
  /// - Throws: `ShellError` with `.usage`.
  public static func parse(_ arguments: [String]) throws -> CommandLineOptions {
    var parser = CommandLineParser(arguments)
    return try parser.parse()
  }

  public static let usage: String = {
    var lines = [
      "facet compares face representations: it pre-trains backbones, adapts them to tasks,",
      "keeps every run, and writes reports.", "",
      "  facet                    the interactive shell",
      "  facet run FILE           runs a batch file or Markdown notebook; - is standard input",
      "  facet report FILE        runs a notebook and typesets it: FILE.pdf",
      "  facet -c CODE            runs a line of code",
      "  facet kernel install     tells Jupyter of facet; kernel run FILE is what Jupyter calls",
      "", "options:",
    ]
    for flag in flags {
      let name = flag.names.joined(separator: ", ") + (flag.value.map { " " + $0 } ?? "")
      let scope =
        flag.commands == [""] || flag.commands.isEmpty
        ? "" : " (\(flag.commands.joined(separator: ", ")))"
      lines.append(
        "  " + name + String(repeating: " ", count: max(1, 25 - name.count)) + flag.summary + scope)
    }
    lines += ["", "exit status: 0 done, 1 a cell failed, 2 wrong usage, 130 stopped by Ctrl-C"]
    return lines.joined(separator: "\n")
  }()
}

private struct CommandLineParser {
  private let arguments: [String]
  private var index = 0
  private var options = CommandLineOptions()
  private var command = ""
  private var operands: [String] = []
  /// Flags that were given, for the check that they belong to the command.
  private var given: [CommandLineOptions.Flag] = []

  init(_ arguments: [String]) { self.arguments = arguments }

  mutating func parse() throws -> CommandLineOptions {
    var onlyOperands = false
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      if argument == "--", !onlyOperands {
        onlyOperands = true
      } else if argument.hasPrefix("-"), argument != "-", !onlyOperands {
        try takeFlag(argument)
      } else if command.isEmpty, operands.isEmpty, !isDone {
        try takeCommand(argument)
      } else {
        operands.append(argument)
      }
    }
    return try finished()
  }

  private var isDone: Bool { if case .code = options.action { true } else { false } }

  private mutating func takeFlag(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let isLong = argument.hasPrefix("--")
    let name = isLong ? String(parts[0]) : argument
    guard let flag = CommandLineOptions.flags.first(where: { $0.names.contains(name) }) else {
      let known = CommandLineOptions.flags.flatMap(\.names)
      throw usage(
        "there is no option \(name)", suggestion: nearestName(to: name, among: known))
    }
    given.append(flag)
    let attached: String? = isLong && parts.count > 1 ? String(parts[1]) : nil
    guard flag.value != nil else {
      if attached != nil { throw usage("\(name) takes no value") }
      options.action = name == "--version" ? .version : .help
      return
    }
    try apply(flag, try attached ?? value(of: name, flag))
  }

  private mutating func value(of name: String, _ flag: CommandLineOptions.Flag) throws -> String {
    guard index < arguments.count else {
      throw usage("\(name) needs a value: \(name) \(flag.value ?? "VALUE")")
    }
    defer { index += 1 }
    return arguments[index]
  }

  private mutating func apply(_ flag: CommandLineOptions.Flag, _ value: String) throws {
    switch flag.names[0] {
    case "--store":
      if value.isEmpty { throw usage("--store needs a path") }
      options.storePath = value
    case "--set": options.assignments.append(value)
    case "--output": options.outputPath = value
    case "--data": options.dataFolder = value
    default: options.action = .code(value)
    }
  }

  private mutating func takeCommand(_ argument: String) throws {
    guard CommandLineOptions.commands.contains(argument) else {
      let isFile = argument.contains(".") || argument.contains("/")
      throw usage(
        "there is no command \(argument)",
        suggestion: isFile
          ? "facet run \(argument)"
          : nearestName(to: argument, among: CommandLineOptions.commands))
    }
    command = argument
  }

  private mutating func finished() throws -> CommandLineOptions {
    if options.action == .help || options.action == .version { return options }
    for flag in given where !flag.commands.isEmpty && !flag.commands.contains(command) {
      let place =
        flag.commands == [""]
        ? "goes without a command"
        : "belongs to facet "
          + flag.commands.joined(separator: " and facet ")
      throw usage("\(flag.names[0]) \(place)")
    }
    guard !command.isEmpty else {
      if let first = operands.first { throw usage("unexpected argument \(first)") }
      return options
    }
    if command == "kernel" { return try kernel() }
    guard let file = operands.first else { throw usage("facet \(command) needs a file") }
    if operands.count > 1 { throw usage("unexpected argument \(operands[1])") }
    options.action = command == "run" ? .run(file) : .report(file)
    return options
  }

  private mutating func kernel() throws -> CommandLineOptions {
    switch operands.first {
    case "install" where operands.count == 1: options.action = .installKernel
    case "run" where operands.count == 2: options.action = .kernel(operands[1])
    default: throw usage("facet kernel goes on with install, or with run and a connection file")
    }
    return options
  }

  private func usage(_ message: String, suggestion: String? = nil) -> ShellError {
    ShellError(
      .usage, message, suggestion: suggestion, notes: ["`facet --help` shows what there is"])
  }
}
