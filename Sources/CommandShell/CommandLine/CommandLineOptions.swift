/// What facet's own command line asks for.
public struct CommandLineOptions: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    case interactive
    /// `-c CODE`.
    case code(String)
    /// `run FILE`; `-` is standard input.
    case run(String)
    case report(String)
    /// `report template NAME`.
    case template(ReportTemplate)
    /// `convert FROM TO`: a notebook between Markdown and Jupyter's form.
    case convert(String, to: String)
    /// `kernel run CONNECTION-FILE`.
    case kernel(String)
    case installKernel
    case doctor
    case completions(String)
    case manual
    case help
    case version
  }

  /// What `run` does with its file.
  public enum Extent: Hashable, Sendable {
    case all
    /// `--list`: shows parameters and cells.
    case list
    /// `--dry-run`: shows what would be carried out.
    case plan
  }

  /// Where `run` begins.
  public enum Start: Hashable, Sendable {
    case first
    /// `--from CELL`: a number from 1, or a label.
    case cell(String)
    /// `--resume`: the cell at which the last run ended.
    case failed
  }

  /// How other programs are given what cells show.
  public enum Format: String, Hashable, Sendable, CaseIterable { case text, json, csv }

  public var action: Action = .interactive
  public var storePath = "experiments.sqlite"
  /// `name=value` of each `--set`.
  public var assignments: [String] = []
  public var extent = Extent.all
  public var start = Start.first
  public var format = Format.text
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
    /// Commands that it belongs to; empty is all, and "" stands for none.
    let commands: [String]
    /// The words that the value is one of, where there are few.
    var choices: [String] = []

    init(
      _ names: [String], _ value: String?, _ summary: String, _ commands: [String] = [],
      choices: [String] = []
    ) {
      (self.names, self.value, self.summary) = (names, value, summary)
      (self.commands, self.choices) = (commands, choices)
    }
  }

  static let flags: [Flag] = [
    Flag(["--store"], "PATH", "the store; experiments.sqlite by default"),
    Flag(["-c"], "CODE", "runs the code and leaves", [""]),
    Flag(["--set"], "NAME=VALUE", "sets a parameter of the notebook", ["run", "report"]),
    Flag(["--list"], nil, "shows the notebook's parameters and cells", ["run"]),
    Flag(
      ["--dry-run"], nil, "shows which runs would be carried out, and which are cached", ["run"]),
    Flag(["--from"], "CELL", "begins at a cell: its number, or its label", ["run"]),
    Flag(["--resume"], nil, "begins at the cell at which the last run ended", ["run"]),
    Flag(
      ["--format"], "FORMAT", "writes what cells show as text, json (a line each) or csv",
      ["", "run"], choices: Format.allCases.map(\.rawValue)),
    Flag(
      ["--output", "-o"], "PATH",
      "where the report goes: .pdf, .html, .png (a page a file), .ipynb; or the template",
      ["report"]),
    Flag(["--data"], "PATH", "Jupyter's data folder, for kernel install", ["kernel"]),
    Flag(["--help", "-h"], nil, "shows this help"), Flag(["--version"], nil, "shows the version"),
  ]

  /// One command of the command line.
  struct Command: Sendable {
    let name: String
    let operands: String
    let summary: String
    /// The words that the first operand is one of; none where it is a file.
    let choices: [String]

    init(_ name: String, _ operands: String, _ summary: String, choices: [String] = []) {
      (self.name, self.operands, self.summary, self.choices) = (name, operands, summary, choices)
    }
  }

  static let commands: [Command] = [
    Command("run", "FILE", "runs a batch file or notebook (.md, .ipynb); - is standard input"),
    Command(
      "report", "FILE",
      "runs a notebook and typesets it: FILE.pdf; report template NAME writes one to begin with"),
    Command("convert", "FROM TO", "writes a notebook as Markdown or for Jupyter: .md, .ipynb"),
    Command(
      "kernel", "install", "tells Jupyter of facet; kernel run FILE is what Jupyter calls",
      choices: ["install", "run"]),
    Command("doctor", "", "checks libtorch, the device, the store, fonts and the disk"),
    Command(
      "completions", "SHELL", "completions for bash, zsh or fish, for `source`",
      choices: ShellCompletions.shells),
    Command("manual", "", "the manual page, for man"),
  ]

  /// The values that the exit status takes.
  static let exitStatuses: [(status: Int, meaning: String)] = [
    (0, "done"), (1, "a cell failed"), (2, "wrong usage"), (130, "stopped by Ctrl-C"),
  ]

  /// Reads the arguments, the program's own name left out.
  ///
  /// - Throws: `ShellError` with `.usage`.
  public static func parse(_ arguments: [String]) throws -> CommandLineOptions {
    var parser = CommandLineParser(arguments)
    return try parser.parse()
  }

  static let about =
    "facet compares face representations: it pre-trains backbones, adapts them to tasks, "
    + "keeps every run, and writes reports."

  public static let usage: String = {
    var lines = [
      "facet compares face representations: it pre-trains backbones, adapts them to tasks,",
      "keeps every run, and writes reports.", "",
      row("facet", "the interactive shell"),
    ]
    lines += commands.map { row("facet \($0.name) \($0.operands)", $0.summary) }
    lines += [row("facet -c CODE", "runs a line of code"), "", "options:"]
    lines += flags.map { flag in
      let scope = flag.commands.filter { !$0.isEmpty }
      return row(
        flag.spelling, flag.summary + (scope.isEmpty ? "" : " (\(scope.joined(separator: ", ")))"))
    }
    let statuses = exitStatuses.map { "\($0.status) \($0.meaning)" }.joined(separator: ", ")
    return (lines + ["", "exit status: " + statuses]).joined(separator: "\n")
  }()

  private static func row(_ name: String, _ summary: String) -> String {
    "  " + name + String(repeating: " ", count: max(1, 25 - name.count)) + summary
  }
}

extension CommandLineOptions.Flag {
  /// `--output, -o PATH`.
  var spelling: String { names.joined(separator: ", ") + (value.map { " " + $0 } ?? "") }
}
