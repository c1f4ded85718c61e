/// A command: what it is called, what it takes, and what it does.
struct CommandDefinition: Sendable {
  enum Input: Sendable {
    /// Stands at the head of a pipeline only.
    case none
    /// Stands behind a pipe only.
    case needed
    case optional
  }

  enum Group: String, Sendable, CaseIterable {
    case data = "data"
    case experiments = "experiments"
    case tables = "tables"
    case figures = "figures and files"
    case session = "session"
  }

  /// What a command does besides giving a value. A plan (`run --dry-run`) carries none of it out.
  enum Effect: Sendable {
    case none
    /// Carries runs out, or finds them finished: a plan looks them up.
    case runs
    /// Gives something a name for later cells.
    case names
    /// Writes files, or acts on processes: a plan passes it by.
    case writes
  }

  struct Label: Sendable {
    let name: String
    let summary: String

    init(_ name: String, _ summary: String) { (self.name, self.summary) = (name, summary) }
  }

  let name: String
  let group: Group
  let summary: String
  let usage: String
  /// Names of the arguments without label; those beyond `required` may be left out.
  let arguments: [String]
  let required: Int
  /// Whether the last argument may be repeated.
  let isVariadic: Bool
  let labels: [Label]
  /// Whether the labels of a method come on top; the command checks them itself.
  let acceptsOptions: Bool
  let input: Input
  let effect: Effect
  /// Commands of their own behind this one's word: `data stats`. Their names hold both words.
  let verbs: [CommandDefinition]
  let run: @Sendable (Invocation) throws -> Value

  init(
    _ name: String, _ group: Group, _ summary: String, usage: String, arguments: [String] = [],
    required: Int? = nil, isVariadic: Bool = false, labels: [Label] = [],
    acceptsOptions: Bool = false, input: Input = .none, effect: Effect = .none,
    verbs: [CommandDefinition] = [],
    run: @escaping @Sendable (Invocation) throws -> Value
  ) {
    (self.name, self.group, self.summary, self.usage) = (name, group, summary, usage)
    (self.arguments, self.required) = (arguments, required ?? arguments.count)
    (self.isVariadic, self.labels, self.acceptsOptions) = (isVariadic, labels, acceptsOptions)
    (self.input, self.effect, self.verbs, self.run) = (input, effect, verbs, run)
  }
}

extension CommandDefinition {
  /// The last word of its name: `stats` of `data stats`.
  var word: String { name.split(separator: " ").last.map(String.init) ?? name }

  func verb(_ word: String) -> CommandDefinition? { verbs.first { $0.word == word } }

  /// The verb that a call's first argument names, with the arguments behind it; else the command
  /// itself.
  func resolved(_ call: CommandCall) -> (CommandDefinition, CommandCall) {
    guard let first = call.arguments.first, first.label == nil,
      let verb = first.value.plainWord.flatMap(verb)
    else { return (self, call) }
    let name = Name(text: verb.name, range: call.name.range.joined(first.value.range))
    return (
      verb,
      CommandCall(name: name, arguments: Array(call.arguments.dropFirst()), range: call.range)
    )
  }

  /// How many arguments without label it takes: the least, and the most unless it is variadic.
  var positional: (first: Int?, last: Int?) {
    (required, isVariadic ? nil : arguments.count)
  }

  /// The first argument that is missing when there are `count`.
  func missing(_ count: Int) -> String {
    arguments.indices.contains(count) ? arguments[count] : "more arguments"
  }
}

/// All commands of the language.
enum CommandCatalog {
  static let commands: [CommandDefinition] =
    DataCommands.all + RunCommands.all + WeightCommands.all + JobCommands.all + StoreCommands.all
    + TableCommands.all + LayoutCommands.all + FigureCommands.all + SessionCommands.all

  private static let byName = Dictionary(
    commands.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  static let names: [String] = commands.map(\.name).sorted()

  static func command(_ name: String) -> CommandDefinition? { byName[name] }
}
