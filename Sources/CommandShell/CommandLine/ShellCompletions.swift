/// Completions of facet's own command line, written from its table of commands and options.
enum ShellCompletions {
  static let shells = ["bash", "zsh", "fish"]

  static func script(_ shell: String) -> String {
    switch shell {
    case "bash": bash
    case "zsh": zsh
    default: fish
    }
  }

  private typealias Flag = CommandLineOptions.Flag
  private static var commands: [CommandLineOptions.Command] { CommandLineOptions.commands }

  /// The options that may stand behind a command; "" is none.
  private static func flags(of command: String) -> [Flag] {
    CommandLineOptions.flags.filter { $0.commands.isEmpty || $0.commands.contains(command) }
  }

  private static func takesFiles(_ command: CommandLineOptions.Command) -> Bool {
    command.choices.isEmpty && !command.operands.isEmpty
  }

  // MARK: bash

  private static var bash: String {
    let names = commands.map(\.name).joined(separator: " ")
    let cases = commands.map { command in
      let words = flags(of: command.name).flatMap(\.names) + command.choices
      return "    \(command.name)) words=\"\(words.joined(separator: " "))\" ;;"
    }
    let values = CommandLineOptions.flags.filter { !$0.choices.isEmpty }.map { flag in
      "    \(flag.names.joined(separator: "|"))) COMPREPLY=($(compgen -W "
        + "\"\(flag.choices.joined(separator: " "))\" -- \"$current\")); return ;;"
    }
    let own = flags(of: "").flatMap(\.names).joined(separator: " ")
    return """
      # bash completion for facet: `facet completions bash`
      _facet() {
        local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
        local command="" word words
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case "$word" in \(commands.map(\.name).joined(separator: "|"))) command="$word"; break ;; esac
        done
        case "$previous" in
      \(values.joined(separator: "\n"))
          --store|--output|-o|--data) COMPREPLY=($(compgen -f -- "$current")); return ;;
        esac
        case "$command" in
      \(cases.joined(separator: "\n"))
          *) words="\(names) \(own)" ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        case "$command" in
          \(commands.filter(takesFiles).map(\.name).joined(separator: "|")))
            COMPREPLY+=($(compgen -f -- "$current")) ;;
        esac
      }
      complete -o filenames -F _facet facet

      """
  }

  // MARK: zsh

  private static func zshQuoted(_ text: String) -> String {
    text.replacing("'", with: "'\\''").replacing("[", with: "\\[").replacing("]", with: "\\]")
      .replacing(":", with: "\\:")
  }

  private static func zshArgument(_ flag: Flag) -> [String] {
    flag.names.map { name in
      let action =
        flag.value.map { value in
          let choices = flag.choices.joined(separator: " ")
          return ":\(value):" + (choices.isEmpty ? "_files" : "(\(choices))")
        } ?? ""
      return "'\(name)[\(zshQuoted(flag.summary))]\(action)'"
    }
  }

  private static var zsh: String {
    let list = commands.map { "    '\($0.name):\(zshQuoted($0.summary))'" }
    let cases = commands.map { command in
      let operands =
        command.choices.isEmpty
        ? (command.operands.isEmpty ? [] : ["'*:file:_files'"])
        : ["'1:word:(\(command.choices.joined(separator: " ")))'", "'*:file:_files'"]
      let words = flags(of: command.name).flatMap(zshArgument) + operands
      return "    \(command.name)) _arguments \(words.joined(separator: " ")) ;;"
    }
    let own = flags(of: "").flatMap(zshArgument).joined(separator: " ")
    return """
      #compdef facet
      # zsh completion for facet: `facet completions zsh`
      _facet() {
        local -a commands
        commands=(
      \(list.joined(separator: "\n"))
        )
        if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
          _describe 'command' commands
          return
        fi
        local command=$words[2]
        (( CURRENT > 2 )) && shift words && (( CURRENT-- ))
        case $command in
      \(cases.joined(separator: "\n"))
          *) _arguments \(own) ;;
        esac
      }
      compdef _facet facet

      """
  }

  // MARK: fish

  private static func fishQuoted(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }

  private static func fishLine(_ flag: Flag) -> String {
    let words = flag.names.map {
      $0.hasPrefix("--") ? "-l \($0.dropFirst(2))" : "-s \($0.dropFirst())"
    }
    let scope = flag.commands.filter { !$0.isEmpty }
    let alone = flag.commands.contains("") ? ["__fish_use_subcommand"] : []
    let behind =
      scope.isEmpty ? [] : ["__fish_seen_subcommand_from " + scope.joined(separator: " ")]
    let condition =
      flag.commands.isEmpty ? [] : ["-n", "'\((alone + behind).joined(separator: "; or "))'"]
    let value =
      flag.value == nil
      ? []
      : flag.choices.isEmpty
        ? ["-r"] : ["-x", "-a", fishQuoted(flag.choices.joined(separator: " "))]
    return (["complete -c facet"] + condition + words + value + ["-d", fishQuoted(flag.summary)])
      .joined(separator: " ")
  }

  private static var fish: String {
    var lines = ["# fish completion for facet: `facet completions fish`"]
    for command in commands {
      lines.append(
        "complete -c facet -n '__fish_use_subcommand' -f -a \(command.name) -d "
          + fishQuoted(command.summary))
      if !command.choices.isEmpty {
        lines.append(
          "complete -c facet -n '__fish_seen_subcommand_from \(command.name)' -f -a "
            + fishQuoted(command.choices.joined(separator: " ")))
      }
    }
    return (lines + CommandLineOptions.flags.map(fishLine)).joined(separator: "\n") + "\n"
  }
}
