extension Sequence<Statement> {
  /// Every bare word in the statements, and in the interpolations of their strings: what can be a
  /// variable's name. A word with dots counts as what stands before the first, too.
  var words: Set<String> {
    var collector = WordCollector()
    for statement in self { collector.visit(statement) }
    return collector.words
  }
}

extension FunctionDefinition {
  /// Every bare word of the body and of the parameters' values.
  var words: Set<String> {
    var collector = WordCollector()
    collector.visit(self)
    return collector.words
  }
}

private struct WordCollector {
  var words: Set<String> = []

  mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .binding(_, let pipeline), .pipeline(let pipeline), .background(let pipeline, _):
      visit(pipeline)
    case .loop(_, let sequence, let body):
      visit(sequence)
      for statement in body { visit(statement) }
    case .conditional(let branches):
      for branch in branches {
        branch.condition.map { visit($0) }
        for statement in branch.body { visit(statement) }
      }
    case .function(let function): visit(function)
    }
  }

  mutating func visit(_ function: FunctionDefinition) {
    for case let value? in function.parameters.map(\.defaultValue) { visit(value) }
    for statement in function.body { visit(statement) }
  }

  mutating func visit(_ pipeline: Pipeline) {
    for stage in pipeline.stages {
      switch stage {
      case .value(let expression): visit(expression)
      case .command(let call):
        words.insert(call.name.text)
        for argument in call.arguments { visit(argument.value) }
      }
    }
  }

  mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .word(let pieces), .string(let pieces): visit(pieces, isWord: expression.isWord)
    case .list(let items): for item in items { visit(item) }
    case .record(let fields): for field in fields { visit(field.value) }
    case .range(let a, let b), .binary(_, let a, let b):
      visit(a)
      visit(b)
    case .negation(let operand), .not(let operand), .member(let operand, _): visit(operand)
    case .pipeline(let pipeline): visit(pipeline)
    case .integer, .real, .percent, .duration, .boolean: break
    }
  }

  private mutating func visit(_ pieces: [Expression.Piece], isWord: Bool) {
    for piece in pieces {
      switch piece {
      case .expression(let inner): visit(inner)
      case .text(let text) where isWord:
        words.insert(text)
        if let dot = text.firstIndex(of: ".") { words.insert(String(text[..<dot])) }
      case .text: break
      }
    }
  }
}

extension Expression {
  fileprivate var isWord: Bool { if case .word = kind { true } else { false } }
}
