import Notebooks

/// Reads facet's command line, strictly: what nobody would look at is an error.
struct CommandLineParser {
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
      take(flag)
      return
    }
    try apply(flag, try attached ?? value(of: name, flag))
  }

  private mutating func take(_ flag: CommandLineOptions.Flag) {
    switch flag.names[0] {
    case "--version": options.action = .version
    case "--list": options.extent = .list
    case "--dry-run": options.extent = .plan
    case "--resume": options.start = .failed
    default: options.action = .help
    }
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
    case "--from": options.start = .cell(value)
    case "--format":
      guard let format = CommandLineOptions.Format(rawValue: value) else {
        throw usage(
          "there is no format \(value); there are: \(flag.choices.joined(separator: ", "))",
          suggestion: nearestName(to: value, among: flag.choices))
      }
      options.format = format
    case "--data": options.dataFolder = value
    default: options.action = .code(value)
    }
  }

  private mutating func takeCommand(_ argument: String) throws {
    let names = CommandLineOptions.commands.map(\.name)
    guard names.contains(argument) else {
      let isFile = argument.contains(".") || argument.contains("/")
      throw usage(
        "there is no command \(argument)",
        suggestion: isFile
          ? "facet run \(argument)"
          : nearestName(to: argument, among: names))
    }
    command = argument
  }

  private mutating func finished() throws -> CommandLineOptions {
    if options.action == .help || options.action == .version { return options }
    try checkFlags()
    guard !command.isEmpty else {
      if let first = operands.first { throw usage("unexpected argument \(first)") }
      return options
    }
    options.action = try action()
    return options
  }

  private func checkFlags() throws {
    for flag in given where !flag.commands.isEmpty && !flag.commands.contains(command) {
      let commands = flag.commands.filter { !$0.isEmpty }.map { "facet " + $0 }
      throw usage(
        commands.isEmpty
          ? "\(flag.names[0]) goes without a command"
          : "\(flag.names[0]) belongs to \(commands.joined(separator: " and "))")
    }
    let names = given.map { $0.names[0] }
    for (one, other) in [("--list", "--dry-run"), ("--from", "--resume")]
    where names.contains(one) && names.contains(other) {
      throw usage("\(one) and \(other) are both given")
    }
    if command.isEmpty, names.contains("--format"), !isDone {
      throw usage("--format goes with -c or facet run")
    }
  }

  private func action() throws -> CommandLineOptions.Action {
    switch command {
    case "kernel":
      switch operands.first {
      case "install" where operands.count == 1: return .installKernel
      case "run" where operands.count == 2: return .kernel(operands[1])
      default: throw usage("facet kernel goes on with install, or with run and a connection file")
      }
    case "convert":
      let paths = try self.operands(2, "two files: the notebook, and what it becomes")
      return .convert(paths[0], to: paths[1])
    case "completions":
      let shell = try self.operands(1, "a shell: bash, zsh or fish")[0]
      guard ShellCompletions.shells.contains(shell) else {
        throw usage(
          "there are no completions for \(shell)",
          suggestion: nearestName(to: shell, among: ShellCompletions.shells))
      }
      return .completions(shell)
    case "doctor":
      _ = try self.operands(0, "")
      return .doctor
    case "manual":
      _ = try self.operands(0, "")
      return .manual
    case "report" where operands.first == "template" && operands.count > 1:
      let name = try self.operands(2, "a template")[1]
      guard let template = ReportTemplate(rawValue: name) else {
        let known = ReportTemplate.allCases.map(\.rawValue)
        throw usage(
          "there is no template \(name); there are: \(known.joined(separator: ", "))",
          suggestion: nearestName(to: name, among: known))
      }
      return .template(template)
    case "report": return .report(try self.operands(1, "a file")[0])
    default: return .run(try self.operands(1, "a file")[0])
    }
  }

  /// Exactly so many operands.
  private func operands(_ count: Int, _ what: String) throws -> [String] {
    if operands.count < count { throw usage("facet \(command) needs \(what)") }
    if operands.count > count { throw usage("unexpected argument \(operands[count])") }
    return operands
  }

  private func usage(_ message: String, suggestion: String? = nil) -> ShellError {
    ShellError(
      .usage, message, suggestion: suggestion, notes: ["`facet --help` shows what there is"])
  }
}
