import Notebooks
import Statistics

/// One call of a command: its arguments, read with the types that the command needs.
struct Invocation {
  let definition: CommandDefinition
  let call: CommandCall
  /// What came through the pipe; nil at its head.
  let input: Value?
  let session: Session
  /// Whether it stands by itself, so that nothing but the screen takes what it gives.
  var isStatement = false
  /// The command that takes what this one gives.
  var next: CommandCall?

  var range: SourceRange { call.range }

  /// How many rows are of use to the next command, where that can be told beforehand; nil is all.
  var rowsNeeded: Int? {
    guard let next, next.name.text == "limit", next.arguments.count == 1,
      next.arguments[0].label == nil, case .integer(let count) = next.arguments[0].value.kind
    else { return nil }
    return max(0, count)
  }

  var positional: [Expression] {
    call.arguments.compactMap { $0.label == nil ? $0.value : nil }
  }

  var labelled: [(name: Name, value: Expression)] {
    call.arguments.compactMap { argument in argument.label.map { ($0, argument.value) } }
  }

  /// Checks the number of arguments, the labels and whether something comes through the pipe.
  func checkShape() throws {
    if input == nil, definition.input == .needed {
      throw ShellError(
        .wrongInput, "`\(definition.name)` works on what comes through a pipe", at: call.name.range,
        expected: "`results | \(definition.name) …`")
    }
    if input != nil, definition.input == .none {
      throw ShellError(
        .wrongInput, "`\(definition.name)` takes nothing from a pipe", at: call.name.range,
        expected: "the start of a pipeline")
    }
    let values = positional
    if let limit = definition.positional.last, values.count > limit {
      throw ShellError(
        .surplusArgument,
        "`\(definition.name)` takes \(limit == 0 ? "no" : "at most \(limit)") "
          + "argument\(limit == 1 ? "" : "s") without a label",
        at: values[limit].range, notes: ["usage: \(definition.usage)"])
    }
    if let least = definition.positional.first, values.count < least {
      throw ShellError(
        .missingArgument, "`\(definition.name)` needs \(definition.missing(values.count))",
        at: call.name.range, notes: ["usage: \(definition.usage)"])
    }
    if !definition.acceptsOptions { try checkLabels(definition.labels.map(\.name)) }
  }

  func checkLabels(_ known: [String], of what: String? = nil) throws {
    for (name, _) in labelled where !known.contains(name.text) {
      let topic = what ?? definition.name
      throw ShellError(
        .unknownLabel, "`\(topic)` has no option `\(name.text):`", at: name.range,
        suggestion: nearestName(to: name.text, among: known).map { $0 + ":" },
        notes: known.isEmpty
          ? ["it takes no labels"] : ["it takes: " + known.map { $0 + ":" }.joined(separator: " ")])
    }
  }

  /// Runs a body whose errors lack a place, and gives them that of an expression.
  func at<Result>(_ expression: Expression?, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as ShellError where error.range == nil {
      error.range = expression?.range ?? range
      throw error
    }
  }

  // MARK: Labelled arguments

  func argument(_ label: String) -> Expression? {
    labelled.first { $0.name.text == label }?.value
  }

  func value(_ label: String) throws -> Value? {
    try argument(label).map { try session.evaluate($0) }
  }

  func text(_ label: String) throws -> String? {
    try argument(label).map { try text($0, for: "\(label):") }
  }

  func text(_ expression: Expression, for what: String) throws -> String {
    let value = try session.evaluate(expression)
    guard let text = value.interpolated, value.text != nil || expression.isNameLike else {
      throw wrongType(what, "a text or a name", value, expression)
    }
    return text
  }

  /// A path: a word that is no variable stands for itself, dots and all.
  func path(_ expression: Expression) throws -> String {
    if let word = expression.plainWord, session.scope[word] == nil { return word }
    return try text(expression, for: "path")
  }

  func integer(_ label: String, in allowed: ClosedRange<Int>) throws -> Int? {
    guard let expression = argument(label) else { return nil }
    return try integer(expression, for: "\(label):", in: allowed)
  }

  func integer(
    _ expression: Expression, for what: String, in allowed: ClosedRange<Int>
  ) throws -> Int {
    let value = try session.evaluate(expression)
    guard case .integer(let number) = value else {
      throw wrongType(what, "a whole number", value, expression)
    }
    guard allowed.contains(number) else {
      throw ShellError(
        .outOfRange, "`\(what)` is \(number)", at: expression.range,
        expected: "\(allowed.lowerBound) to \(allowed.upperBound)")
    }
    return number
  }

  func flag(_ label: String) throws -> Bool? {
    guard let expression = argument(label) else { return nil }
    let value = try session.evaluate(expression)
    guard case .boolean(let flag) = value else {
      throw wrongType("\(label):", "true or false", value, expression)
    }
    return flag
  }

  /// One of a fixed set of words. The word itself goes before a variable of the same name.
  func keyword(
    _ expression: Expression, for what: String, among choices: [String],
    code: ShellError.Code = .unknownChoice
  ) throws -> String {
    if let word = expression.plainWord, choices.contains(word) { return word }
    let value = try session.evaluate(expression)
    if let text = value.text, choices.contains(text) { return text }
    let shown = value.text ?? value.described
    throw ShellError(
      code, "unknown \(what) `\(shown)`", at: expression.range,
      expected: "one of " + choices.joined(separator: ", "),
      suggestion: nearestName(to: shown, among: choices))
  }

  func wrongType(
    _ what: String, _ expected: String, _ value: Value, _ expression: Expression
  ) -> ShellError {
    ShellError(
      .wrongType, "`\(what)` is \(value.described)", at: expression.range,
      expected: "expected \(expected)")
  }

  // MARK: Tables

  /// The table from the pipe; a list of runs becomes the table of runs.
  func inputTable() throws -> Table {
    switch input {
    case .table(let table): return table
    case .runs(let runs): return Table(RunTables.overview(runs))
    case let value:
      throw ShellError(
        .wrongInput,
        "`\(definition.name)` works on a table, not on \(value?.typeName ?? "nothing")",
        at: call.name.range, expected: "a table, such as that of `results`")
    }
  }

  func columnName(_ expression: Expression, in frame: DataFrame) throws -> String {
    let name: String
    if let word = expression.plainWord {
      let known = ColumnResolver(frame: frame).indexIfAny(of: word) != nil
      name = known ? word : session.scope[word]?.text ?? word
    } else {
      name = try text(expression, for: "column")
    }
    return try at(expression) { frame.columns[try ColumnResolver(frame: frame).index(of: name)] }
  }

  /// One column or a list of them.
  func columnNames(_ expression: Expression, in frame: DataFrame) throws -> [String] {
    guard case .list(let items) = expression.kind else {
      return [try columnName(expression, in: frame)]
    }
    return try items.map { try columnName($0, in: frame) }
  }

  func columnName(_ label: String, in frame: DataFrame) throws -> String? {
    try argument(label).map { try columnName($0, in: frame) }
  }
}

extension Expression {
  /// Whether a percentage, number or truth value here may be taken as a name.
  fileprivate var isNameLike: Bool {
    if case .word = kind { true } else { false }
  }
}
