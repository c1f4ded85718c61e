import Testing

@testable import CommandShell

struct CommandLineTests {
  static let lines: [([String], CommandLineOptions)] = [
    ([], options(.interactive)), (["run", "a.md"], options(.run("a.md"))),
    (["run", "-"], options(.run("-"))), (["report", "a.md"], options(.report("a.md"))),
    (["--store", "x.sqlite"], options(.interactive, store: "x.sqlite")),
    (["run", "--store=x.sqlite", "a.md"], options(.run("a.md"), store: "x.sqlite")),
    (
      ["run", "a.md", "--set", "n=3", "--set=m=a=b"],
      options(.run("a.md"), assignments: ["n=3", "m=a=b"])
    ),
    (["report", "a.md", "-o", "b.pdf"], options(.report("a.md"), output: "b.pdf")),
    (["-c", "print 1"], options(.code("print 1"))), (["--help"], options(.help)),
    (["run", "-h"], options(.help)), (["--version"], options(.version)),
    (["run", "--", "--odd.md"], options(.run("--odd.md"))),
  ]

  private static func options(
    _ action: CommandLineOptions.Action, store: String = "experiments.sqlite",
    assignments: [String] = [], output: String? = nil
  ) -> CommandLineOptions {
    var options = CommandLineOptions()
    (options.action, options.storePath) = (action, store)
    (options.assignments, options.outputPath) = (assignments, output)
    return options
  }

  @Test(arguments: lines)
  func line(arguments: [String], expected: CommandLineOptions) throws {
    #expect(try CommandLineOptions.parse(arguments) == expected)
  }

  @Test(arguments: [
    (["--stor", "x"], "did you mean `--store`?"), (["rnu", "a.md"], "did you mean `run`?"),
    (["a.md"], "did you mean `facet run a.md`?"), (["run"], "facet run needs a file"),
    (["run", "a.md", "b.md"], "unexpected argument b.md"), (["--store"], "--store needs a value"),
    (["--set", "a=1"], "belongs to facet run and facet report"),
    (["run", "a.md", "-c", "print 1"], "-c goes without a command"),
    (["run", "a.md", "--output", "b.pdf"], "belongs to facet report"),
    (["--help=yes"], "--help takes no value"),
    (["-c", "print 1", "run"], "unexpected argument run"),
  ])
  func wrongUsage(arguments: [String], part: String) {
    var (output, errors) = ("", "")
    let program = FacetProgram(
      runner: FakeRunner(), usesColor: false, standardOutput: { output += $0 },
      standardError: { errors += $0 })
    #expect(program.run(arguments) == 2)
    #expect(errors.contains(part))
    #expect(errors.hasPrefix("error E0603: "))
    #expect(output.isEmpty)
  }
}
