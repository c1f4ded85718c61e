import Notebooks

extension Session {
  func execute(_ statements: [Statement]) throws {
    for statement in statements { try execute(statement) }
  }

  private func execute(_ statement: Statement) throws {
    try checkInterrupt()
    if plan != nil, !mattersToPlan(statement) { return }
    switch statement.kind {
    case .binding(let name, let pipeline): try bind(name, pipeline)
    case .loop(let name, let sequence, let body): try loop(name, sequence, body)
    case .conditional(let branches): try branch(branches)
    case .function(let function): try define(function)
    case .background(let pipeline, _) where plan != nil:
      _ = try evaluate(pipeline, isStatement: true)
    case .background(let pipeline, let text): try startInBackground(pipeline, text: text)
    case .pipeline(let pipeline):
      let value = try evaluate(pipeline, isStatement: true)
      // The command that carried runs out has told so.
      if case .runs = value, case .command? = pipeline.stages.last { return }
      display(value)
    }
  }

  /// A command that may stand alone would hide a variable of its name.
  func checkName(_ name: Name) throws {
    guard let command = CommandCatalog.command(name.text), command.required == 0,
      command.input != .needed
    else { return }
    throw ShellError(
      .reservedName, "`\(name.text)` is a command and cannot be a variable", at: name.range,
      expected: "another name")
  }

  private func bind(_ name: Name, _ pipeline: Pipeline) throws {
    try checkName(name)
    var value = try evaluate(pipeline, isStatement: false)
    if case .nothing = value {
      throw ShellError(
        .wrongType, "this gives no value to bind to `\(name.text)`", at: pipeline.range)
    }
    if case .dataset(let dataset) = value {
      let named = try dataset.named(name.text, in: self)
      value = .dataset(named)
      lastDataset = named
      emit(.note(named.summary(in: self)))
      emitUnusable(of: named)
    }
    scope.bind(name.text, value)
  }

  private func loop(_ name: Name, _ sequence: Expression, _ body: [Statement]) throws {
    try checkName(name)
    let values = try evaluate(sequence)
    guard values.isPlural else {
      throw ShellError(
        .wrongType, "`for` goes over a list or a range, not \(values.described)",
        at: sequence.range, expected: "a list such as [a, b] or a range such as 1...3")
    }
    for value in values.elements {
      scope.open()
      defer { scope.close() }
      scope.bind(name.text, value)
      try execute(body)
    }
  }

  private func branch(_ branches: [(condition: Expression?, body: [Statement])]) throws {
    for (condition, body) in branches {
      guard try condition.map({ try truth(of: $0) }) ?? true else { continue }
      scope.open()
      defer { scope.close() }
      return try execute(body)
    }
  }

  func truth(of expression: Expression) throws -> Bool {
    let value = try evaluate(expression)
    guard case .boolean(let truth) = value else {
      throw ShellError(
        .wrongType, "a condition is true or false, not \(value.described)", at: expression.range,
        expected: "a comparison, true or false")
    }
    return truth
  }

  // MARK: Pipelines

  func evaluate(_ pipeline: Pipeline, isStatement: Bool) throws -> Value {
    var value: Value?
    for (position, stage) in pipeline.stages.enumerated() {
      switch stage {
      case .value(let expression):
        if position > 0 {
          throw ShellError(
            .wrongInput, "after `|` stands a command", at: expression.range,
            expected: "a command such as where, pivot, plot, save")
        }
        let isAlone = isStatement && pipeline.stages.count == 1
        value = try isAlone ? statementValue(expression) : evaluate(expression)
      case .command(let call):
        var next: CommandCall?
        if position + 1 < pipeline.stages.count,
          case .command(let call) = pipeline.stages[position + 1]
        {
          next = call
        }
        value = try evaluate(
          call, input: value, next: next, isStatement: isStatement && pipeline.stages.count == 1)
      }
    }
    return value ?? .nothing
  }

  /// A lone word that is bound to nothing was meant as a command.
  private func statementValue(_ expression: Expression) throws -> Value {
    if let word = expression.plainWord, scope[word] == nil {
      let name = Name(text: word, range: expression.range)
      guard try member(path: word, at: expression.range) != nil else { throw unknownCommand(name) }
    }
    return try evaluate(expression)
  }

  private func evaluate(
    _ call: CommandCall, input: Value?, next: CommandCall?, isStatement: Bool
  ) throws -> Value {
    if let function = functions[call.name.text] {
      guard input == nil else {
        throw ShellError(
          .wrongInput, "`\(call.name.text)` takes nothing from a pipe", at: call.name.range,
          expected: "the start of a pipeline")
      }
      return try self.call(function, call)
    }
    guard let command = CommandCatalog.command(call.name.text) else {
      throw unknownCommand(call.name)
    }
    if input == nil, call.arguments.isEmpty, let variable = scope[call.name.text] {
      return variable
    }
    let (definition, call) = command.resolved(call)
    let invocation = Invocation(
      definition: definition, call: call, input: input, session: self, isStatement: isStatement,
      next: next)
    try invocation.checkShape()
    if plan != nil, definition.effect == .writes { return input ?? .nothing }
    do {
      return try definition.run(invocation)
    } catch let error as ShellError where error.range == nil {
      var error = error
      error.range = call.range
      throw error
    }
  }

  func unknownCommand(_ name: Name) -> ShellError {
    let known = CommandCatalog.names + Array(scope.names) + Array(functionNames)
    return ShellError(
      .unknownCommand, "unknown command `\(name.text)`", at: name.range,
      expected: "a command or a variable",
      suggestion: nearestName(to: name.text, among: known),
      notes: ["`help` lists the commands"])
  }
}
