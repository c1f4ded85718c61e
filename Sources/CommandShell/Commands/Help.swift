import Experiments
import FaceData
import Notebooks

/// The `help` command.
enum Help {
  @Sendable static func run(_ invocation: Invocation) throws -> Value {
    let words = try invocation.positional.map { try word($0, invocation) }
    let text: String
    switch words.count {
    case 0: text = overview()
    case 1: text = try topic(words[0], invocation)
    default: text = try method(words[1], of: words[0], invocation)
    }
    invocation.session.emit(.text(text))
    return .nothing
  }

  /// The word as it stands: help is on names, not on the values of variables.
  private static func word(_ expression: Expression, _ invocation: Invocation) throws -> String {
    try expression.plainWord ?? invocation.text(expression, for: "topic")
  }

  static func overview() -> String {
    var lines: [String] = []
    for group in CommandDefinition.Group.allCases {
      lines.append(group.rawValue)
      for command in CommandCatalog.commands where command.group == group {
        lines.append("  " + padded(command.name, 12) + command.summary)
      }
    }
    lines.append("")
    lines.append("help COMMAND explains one; help pretrain swav lists a method's options;")
    lines.append("help E0301 explains an error; help grammar is the language; examples shows some.")
    return lines.joined(separator: "\n")
  }

  private static func topic(_ name: String, _ invocation: Invocation) throws -> String {
    if let code = ShellError.Code(rawValue: name.uppercased()) { return page(code) }
    if name == "grammar" { return grammar }
    if let command = CommandCatalog.command(name) { return page(command) }
    let methods = MethodCatalog.methods.filter { $0.name == name }
    if let method = methods.first { return page(method) }
    let known = CommandCatalog.names + MethodCatalog.methods.map(\.name) + ["grammar"]
    throw ShellError(
      .unknownTopic, "there is no help on `\(name)`", at: invocation.positional.first?.range,
      suggestion: nearestName(to: name, among: known))
  }

  private static func method(
    _ name: String, of command: String, _ invocation: Invocation
  ) throws -> String {
    let methods = MethodCatalog.methods.filter { $0.kind.rawValue == command }
    if let method = methods.first(where: { $0.name == name }) { return page(method) }
    let verbs = CommandCatalog.command(command)?.verbs ?? []
    if let verb = verbs.first(where: { $0.word == name }) { return page(verb) }
    let known = methods.map(\.name) + verbs.map(\.word)
    throw ShellError(
      .unknownTopic, "there is no help on `\(command) \(name)`",
      at: invocation.positional.last?.range,
      suggestion: nearestName(to: name, among: known),
      notes: known.isEmpty ? [] : ["known: " + known.joined(separator: ", ")])
  }

  /// The language's grammar, as its file has it.
  static let grammar = String(decoding: PackageResources.Grammar_md, as: UTF8.self)

  static func page(_ code: ShellError.Code) -> String {
    let example = code.example
    func block(_ text: String) -> [String] { text.split(separator: "\n").map { "  " + $0 } }
    return
      (["\(code.rawValue): \(code.explanation)", "wrong:"] + block(example.wrong)
      + ["right:"] + block(example.right)).joined(separator: "\n")
  }

  static func page(_ command: CommandDefinition) -> String {
    var lines = ["\(command.name): \(command.summary)", "usage: \(command.usage)"]
    for label in command.labels {
      lines.append("  " + padded(label.name + ":", 14) + label.summary)
    }
    let methods = MethodCatalog.methods.filter { $0.kind.rawValue == command.name }
    for method in methods { lines.append("  " + padded(method.name, 14) + method.summary) }
    if !command.verbs.isEmpty { lines += ["verbs (`help \(command.name) VERB` explains one)"] }
    for verb in command.verbs { lines.append("  " + padded(verb.word, 14) + verb.summary) }
    if command.name == "data" { lines += ["kinds"] + formats }
    return lines.joined(separator: "\n")
  }

  /// A line for each kind of data set in files.
  private static var formats: [String] {
    DatasetFormat.all.map { "  " + padded($0.kind, 18) + $0.title }
  }

  static func page(_ method: MethodDefinition) -> String {
    var lines = ["\(method.kind.rawValue) \(method.name): \(method.summary)"]
    let width = (method.options.map { $0.name.count }.max() ?? 0) + 2
    for option in method.options {
      let unit = option.unit.map { " \($0)" } ?? ""
      lines.append(
        "  " + padded(option.name + ":", width)
          + padded(option.defaultValue.shown + unit, 16)
          + "\(option.help)\(choices(option)) [\(option.source)]")
    }
    return lines.joined(separator: "\n")
  }

  private static func choices(_ option: OptionDefinition) -> String {
    switch option.kind {
    case .choice(let names): " (\(names.joined(separator: ", ")))"
    case .integer(let range): " (\(range.lowerBound) to \(range.upperBound))"
    case .real(let range): " (\(formatted(range.lowerBound)) to \(formatted(range.upperBound)))"
    default: ""
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
