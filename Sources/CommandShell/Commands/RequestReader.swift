import Experiments
import Notebooks

/// Reads the arguments of `pretrain`, `adapt` and `evaluate` into a request, strictly: every
/// option must be one of the method, with a value that suits it.
struct RequestReader {
  struct Argument {
    let name: Name
    let value: Expression
    /// Set by `sweep`: one of the list's elements.
    var element: Value?
  }

  let invocation: Invocation
  let kind: RunSpecification.Kind
  private var session: Session { invocation.session }

  /// Labels that are no options of the method.
  private var ownLabels: [String] {
    switch kind {
    case .importing: WeightCommands.importLabels.map(\.name)
    case .evaluate: RunCommands.shared.map(\.name) + ["of"]
    case .predict: PredictCommand.definition.labels.map(\.name)
    case .pretrain: RunCommands.shared.map(\.name) + ["from"]
    case .adapt: RunCommands.shared.map(\.name) + ["from", "test"]
    }
  }

  func method(_ expression: Expression) throws -> MethodDefinition {
    let names = MethodCatalog.methods.filter { $0.kind == kind }.map(\.name)
    let what =
      switch kind {
      case .pretrain: "method"
      case .adapt: "task"
      case .evaluate: "evaluation"
      case .predict: "task"
      case .importing: "kind of import"
      }
    let name = try invocation.keyword(expression, for: what, among: names, code: .unknownMethod)
    guard let method = MethodCatalog.method(kind, name) else {
      throw ShellError(.unknownMethod, "unknown \(what) `\(name)`", at: expression.range)
    }
    return method
  }

  func request(method expression: Expression, arguments: [Argument]) throws -> JobRequest {
    try request(try method(expression), arguments: arguments)
  }

  func request(_ method: MethodDefinition, arguments: [Argument]) throws -> JobRequest {
    let options = try options(of: method, arguments)
    let parent = try parent(arguments)
    var request = JobRequest(
      kind: kind, method: method, options: options,
      dataset: try dataset(arguments, parent: parent), parent: parent)
    if kind == .adapt, let other = find("test", arguments) {
      let set = try session.dataset(try value(other), at: other.value.range)
      let fingerprint = try session.fingerprint(of: set)
      try session.register(set, fingerprint: fingerprint)
      request.test = JobRequest.Test(set: set, fingerprint: fingerprint)
    }
    if let seed = find("seed", arguments) {
      request.seed = try integer(seed, in: 0...Int(Int32.max))
    }
    if let name = find("as", arguments) { request.name = try text(name) }
    if let start = find("start", arguments) { request.isStarted = try flag(start) }
    if let fresh = find("fresh", arguments) { request.isFresh = try flag(fresh) }
    return request
  }

  /// The options that are given, checked.
  func options(of method: MethodDefinition, _ arguments: [Argument]) throws -> [String: SpecValue] {
    try checkLabels(of: method, arguments)
    var options: [String: SpecValue] = [:]
    for argument in arguments {
      guard let option = method.options.first(where: { $0.name == argument.name.text }) else {
        continue
      }
      options[option.name] = try value(of: option, argument)
    }
    return options
  }

  func checkLabels(of method: MethodDefinition, _ arguments: [Argument]) throws {
    let known = ownLabels + method.options.map(\.name)
    for argument in arguments where !known.contains(argument.name.text) {
      throw ShellError(
        .unknownLabel,
        "`\(kind.rawValue) \(method.name)` has no option `\(argument.name.text):`",
        at: argument.name.range,
        suggestion: nearestName(to: argument.name.text, among: known).map { $0 + ":" },
        notes: ["`help \(kind.rawValue) \(method.name)` lists its options"])
    }
  }

  // MARK: Where it starts, and on what

  /// The run that it starts from; nil is from scratch.
  private func parent(_ arguments: [Argument]) throws -> Run? {
    guard let argument = find(kind == .evaluate ? "of" : "from", arguments) else {
      guard kind == .evaluate else { return nil }
      throw ShellError(
        .missingArgument, "`evaluate` needs `of:`", at: invocation.call.name.range,
        notes: ["usage: \(invocation.definition.usage)"])
    }
    if try isScratch(argument) { return nil }
    let run = try run(argument)
    guard run.status == .finished else {
      throw ShellError(
        .unknownRun, "\(run.name) is \(run.status.rawValue), not finished",
        at: argument.value.range, notes: ["`resume \(run.name)` goes on with it"])
    }
    return run
  }

  private func isScratch(_ argument: Argument) throws -> Bool {
    if argument.element == nil, argument.value.plainWord == "scratch" { return true }
    return try value(argument).text == "scratch"
  }

  private func run(_ argument: Argument) throws -> Run {
    let value = try value(argument)
    if case .runs(let runs) = value, runs.count == 1 { return runs[0] }
    guard let text = value.interpolated else {
      throw invocation.wrongType(
        argument.name.text + ":", "a run or `scratch`", value, argument.value)
    }
    return try invocation.run(
      Expression(kind: .string([.text(text)]), range: argument.value.range), needsWeights: true)
  }

  private func dataset(_ arguments: [Argument], parent: Run?) throws -> NamedDataset {
    if let argument = find("on", arguments) {
      return try session.dataset(try value(argument), at: argument.value.range)
    }
    if let dataset = session.lastDataset { return dataset }
    if let parent, parent.kind != .importing { return try session.dataset(of: parent) }
    throw ShellError(
      .missingArgument, "`\(kind.rawValue)` needs a data set", at: invocation.call.name.range,
      expected: "on: DATASET",
      notes: ["define one first: let wild = synthetic wild, identities: 400, images: 20_000"])
  }

  // MARK: Values

  private func find(_ name: String, _ arguments: [Argument]) -> Argument? {
    arguments.first { $0.name.text == name }
  }

  private func value(_ argument: Argument) throws -> Value {
    let value = try argument.element ?? session.evaluate(argument.value)
    if value.isPlural {
      throw ShellError(
        .wrongType, "`\(argument.name.text):` is \(value.typeName)", at: argument.value.range,
        expected: "a single value", notes: ["`sweep \(kind.rawValue) …` goes through lists"])
    }
    return value
  }

  private func text(_ argument: Argument) throws -> String {
    let value = try value(argument)
    guard let text = value.interpolated else {
      throw invocation.wrongType(argument.name.text + ":", "a name", value, argument.value)
    }
    return text
  }

  private func integer(_ argument: Argument, in allowed: ClosedRange<Int>) throws -> Int {
    guard case .integer(let number) = try value(argument), allowed.contains(number) else {
      throw invocation.wrongType(
        argument.name.text + ":", "a whole number from \(allowed.lowerBound)",
        try value(argument), argument.value)
    }
    return number
  }

  private func flag(_ argument: Argument) throws -> Bool {
    guard case .boolean(let flag) = try value(argument) else {
      throw invocation.wrongType(
        argument.name.text + ":", "true or false", try value(argument), argument.value)
    }
    return flag
  }

  /// An option's value as the specification holds it.
  func value(of option: OptionDefinition, _ argument: Argument) throws -> SpecValue {
    if case .choice(let names) = option.kind {
      if argument.element == nil {
        return .text(
          try invocation.keyword(argument.value, for: option.name, among: names))
      }
    }
    let given = try value(argument)
    let result = Self.specValue(given, for: option.kind)
    if case .choice(let names) = option.kind, !(result?.textValue.map(names.contains) ?? false) {
      let shown = given.interpolated ?? given.typeName
      throw ShellError(
        .unknownChoice, "unknown \(option.name) `\(shown)`", at: argument.value.range,
        expected: "one of " + names.joined(separator: ", "),
        suggestion: nearestName(to: shown, among: names))
    }
    guard let result else {
      throw invocation.wrongType(option.name + ":", option.kind.expected, given, argument.value)
    }
    if let problem = option.check(result) {
      throw ShellError(
        .outOfRange, problem, at: argument.value.range, expected: option.kind.expected)
    }
    return result
  }

  /// The value in the type that the option has; nil where it has another.
  static func specValue(_ value: Value, for kind: OptionDefinition.Kind) -> SpecValue? {
    switch (kind, value) {
    case (.integer, .integer(let number)): .integer(number)
    case (.real, .integer(let number)): .integer(number)
    case (.real, .number(let number)): .real(number)
    case (.real, .percent(let share)): .real(share / 100)
    case (.boolean, .boolean(let flag)): .boolean(flag)
    case (.labelBudget, .percent): value.interpolated.map { .text($0) }
    case (.labelBudget, .integer(let count)): .integer(count)
    case (.text, _), (.choice, _): value.interpolated.map { .text($0) }
    default: nil
    }
  }
}

extension OptionDefinition.Kind {
  /// What the option takes, in a sentence.
  var expected: String {
    switch self {
    case .integer(let range): "a whole number, \(range.lowerBound) to \(range.upperBound)"
    case .real(let range):
      "a number, \(formatted(range.lowerBound)) to \(formatted(range.upperBound))"
    case .boolean: "true or false"
    case .text: "a text"
    case .choice(let names): "one of " + names.joined(separator: ", ")
    case .labelBudget: "a share such as 10%, or a count such as 60"
    }
  }
}
