@testable import CommandShell

/// The syntax tree as one line of text, for comparison.
enum SyntaxPrinter {
  static func print(_ text: String) throws -> String {
    let source = SourceText(name: "cell", text: text)
    let commands: Set = ["pretrain", "where", "save", "print", "check", "plot", "results", "sweep"]
    let statements = try Parser.parse(source) { commands.contains($0) }
    return statements.map(show).joined(separator: "; ")
  }

  static func show(_ statement: Statement) -> String {
    switch statement.kind {
    case .binding(let name, let pipeline): return "let \(name.text) = \(show(pipeline))"
    case .loop(let name, let sequence, let body):
      return "for \(name.text) in \(show(sequence)) {\(body.map(show).joined(separator: "; "))}"
    case .conditional(let branches):
      return branches.map { branch in
        let head = branch.condition.map { "if \(show($0))" } ?? "else"
        return "\(head) {\(branch.body.map(show).joined(separator: "; "))}"
      }.joined(separator: " ")
    case .background(let pipeline, let text): return "\(show(pipeline)) & {\(text)}"
    case .function(let function):
      let parameters = function.parameters.map { parameter in
        parameter.name.text + ":" + (parameter.defaultValue.map { " " + show($0) } ?? "")
      }
      let body = function.body.map(show).joined(separator: "; ")
      return "func \(function.name.text)(\(parameters.joined(separator: ", "))) {\(body)}"
    case .pipeline(let pipeline): return show(pipeline)
    }
  }

  static func show(_ pipeline: Pipeline) -> String {
    pipeline.stages.map { stage in
      switch stage {
      case .value(let expression): return show(expression)
      case .command(let call):
        let arguments = call.arguments.map { argument in
          (argument.label.map { $0.text + ": " } ?? "") + show(argument.value)
        }
        return "<" + ([call.name.text] + arguments).joined(separator: ", ") + ">"
      }
    }.joined(separator: " | ")
  }

  static func show(_ expression: Expression) -> String {
    switch expression.kind {
    case .integer(let value): return "\(value)"
    case .real(let value): return "\(value)"
    case .percent(let value): return "\(value)%"
    case .duration(let seconds): return "\(seconds)s"
    case .member(let owner, let name): return "\(show(owner)).\(name.text)"
    case .boolean(let value): return "\(value)"
    case .string(let pieces): return "\"" + pieces.map(show).joined() + "\""
    case .word(let pieces): return pieces.map(show).joined()
    case .list(let items): return "[" + items.map(show).joined(separator: ", ") + "]"
    case .record(let fields):
      return "[" + fields.map { "\($0.name.text): \(show($0.value))" }.joined(separator: ", ") + "]"
    case .range(let lower, let upper): return "\(show(lower))...\(show(upper))"
    case .negation(let operand): return "(- \(show(operand)))"
    case .not(let operand): return "(not \(show(operand)))"
    case .binary(let symbol, let left, let right):
      return "(\(show(left)) \(symbol.rawValue) \(show(right)))"
    case .pipeline(let pipeline): return "(\(show(pipeline)))"
    }
  }

  static func show(_ piece: Expression.Piece) -> String {
    switch piece {
    case .text(let text): text
    case .expression(let expression): "\\(\(show(expression)))"
    }
  }
}
