/// facet's manual page, in roff, written from the same tables as `--help`.
enum ManualPage {
  static var text: String {
    var lines = [
      ".TH FACET 1 \"\" \"facet \(FacetProgram.version)\" \"User Commands\"", ".SH NAME",
      "facet \\- compare face representations and report on them", ".SH SYNOPSIS",
      ".B facet", "[\\fIoption\\fR ...] [\\fIcommand\\fR [\\fIoperand\\fR ...]]", ".br",
      ".B facet \\-c", "\\fICODE\\fR", ".SH DESCRIPTION", escaped(CommandLineOptions.about),
      "Without a command it is a shell that works like a notebook; in it,", ".B help",
      "lists the commands of its language,", ".B help grammar",
      "shows the grammar, and", ".B examples", "shows what can be done.", ".SH COMMANDS",
    ]
    for command in CommandLineOptions.commands {
      lines += [".TP", ".B \(escaped(command.name)) \\fI\(escaped(command.operands))\\fR"]
      lines.append(escaped(command.summary) + ".")
    }
    lines.append(".SH OPTIONS")
    for flag in CommandLineOptions.flags {
      let names = flag.names.map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ")
      lines += [".TP", names + (flag.value.map { " \\fI\(escaped($0))\\fR" } ?? "")]
      lines.append(escaped(flag.summary) + ".")
    }
    lines.append(".SH EXIT STATUS")
    for (status, meaning) in CommandLineOptions.exitStatuses {
      lines += [".TP", ".B \(status)", escaped(meaning) + "."]
    }
    lines.append(".SH ENVIRONMENT")
    for (name, meaning) in environment { lines += [".TP", ".B \(name)", escaped(meaning) + "."] }
    lines += [
      ".SH FILES", ".TP", ".I experiments.sqlite",
      "The store in the folder that facet is started in: runs, results, notebooks, history.",
      ".TP", ".I runs/", "Weights, checkpoints and logs of the runs, beside the store.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static let environment: [(String, String)] = [
    ("NO_COLOR", "set to anything, shows no colour and plain diagnostics"),
    ("PAGER", "what the command pager shows long tables with; less by default"),
    ("VISUAL, EDITOR", "what the command edit and Alt-E open a cell in; vi by default"),
    ("FACET_TORCH", "an installed PyTorch to build with, in place of the one that make fetches"),
  ]

  /// roff takes `-` for a hyphen, a backslash for an escape, a dot or quote that begins a line for
  /// an order.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
