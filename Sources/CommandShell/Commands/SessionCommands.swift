import Experiments
import Foundation
import Reporting

/// Commands that speak of the session itself.
enum SessionCommands {
  static let all: [CommandDefinition] = [
    CommandDefinition(
      "print", .session, "shows values", usage: "print VALUE …", arguments: ["a value"],
      isVariadic: true, run: print),
    CommandDefinition(
      "check", .session, "fails the cell where a condition does not hold",
      usage: "check CONDITION, \"message\"", arguments: ["a condition", "a message"], required: 1,
      run: check),
    CommandDefinition(
      "help", .session, "explains commands, methods and error codes",
      usage: "help [COMMAND [METHOD]]  or  help E0301", arguments: ["a command", "a method"],
      required: 0, run: Help.run),
    ExampleCommand.definition,
    CommandDefinition(
      "history", .session, "shows what was typed before",
      usage: "history [COUNT], like: \"%swav%\"",
      arguments: ["a count"], required: 0,
      labels: [.init("like", "a pattern that the entries fit: % is any text")], run: history),
    CommandDefinition(
      "edit", .session, "opens the last cell, or one of the history, in $EDITOR and runs it",
      usage: "edit [COUNT BACK]", arguments: ["how many cells back"], required: 0,
      effect: .writes, run: edit),
    CommandDefinition(
      "pager", .session, "shows a table or text by itself, all columns of it, in $PAGER",
      usage: "results | pager", input: .needed, run: page),
    NotebookCommands.definition,
    CommandDefinition("exit", .session, "leaves the shell", usage: "exit", run: leave),
    CommandDefinition("quit", .session, "leaves the shell", usage: "quit", run: leave),
  ]

  @Sendable private static func leave(_ invocation: Invocation) throws -> Value {
    invocation.session.isOver = true
    return .nothing
  }

  @Sendable private static func print(_ invocation: Invocation) throws -> Value {
    let values = try invocation.positional.map { try invocation.session.interpolated($0) }
    let isShort = values.allSatisfy { $0.interpolated != nil }
    if isShort {
      let text = values.compactMap(\.interpolated).joined(separator: " ")
      invocation.session.emit(.text(text))
    } else {
      for value in values { invocation.session.display(value) }
    }
    return .nothing
  }

  @Sendable private static func check(_ invocation: Invocation) throws -> Value {
    let arguments = invocation.positional
    guard let condition = arguments.first else { return .nothing }
    if try invocation.session.truth(of: condition) { return .nothing }
    let message = arguments.count > 1 ? try invocation.text(arguments[1], for: "message") : nil
    throw ShellError(
      .checkFailed, message ?? "the check does not hold", at: condition.range,
      expected: try found(condition, invocation.session))
  }

  /// What the sides of a comparison were: `is 14.2, not < 10`.
  private static func found(_ condition: Expression, _ session: Session) throws -> String {
    guard case .binary(let symbol, let left, let right) = condition.kind, symbol != .and,
      symbol != .or, let a = try session.evaluate(left).interpolated,
      let b = try session.evaluate(right).interpolated
    else { return "is false" }
    return "\(a) \(symbol.rawValue) \(b) is false"
  }

  @Sendable private static func history(_ invocation: Invocation) throws -> Value {
    let count =
      try invocation.positional.first.map {
        try invocation.integer($0, for: "count", in: 1...100_000)
      } ?? 20
    guard let store = try invocation.session.storeIfAny() else { return .nothing }
    let pattern = try invocation.text("like")
    let all = try store.history(limit: pattern == nil ? count : 100_000)
    let entries = all.filter { entry in pattern.map { Arithmetic.like(entry, $0) } ?? true }
      .suffix(count)
    if !entries.isEmpty { invocation.session.emit(.text(entries.joined(separator: "\n"))) }
    return .nothing
  }

  @Sendable private static func edit(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let back =
      try invocation.positional.first.map {
        try invocation.integer($0, for: "count", in: 1...100_000)
      } ?? 1
    guard let open = session.onEdit else {
      throw ShellError(
        .wrongInput, "`edit` needs a terminal", at: invocation.call.name.range,
        expected: "the interactive shell")
    }
    let entries = (try session.storeIfAny()?.history(limit: 10_000) ?? []).filter {
      $0.split(whereSeparator: \.isWhitespace).first != "edit"
    }
    let text = back <= entries.count ? entries[entries.count - back] : ""
    if let changed = try open(text) { session.pendingCell = changed }
    return .nothing
  }

  @Sendable private static func page(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let value = invocation.input ?? .nothing
    let text: String
    switch value {
    case .table, .runs:
      let table = try invocation.inputTable().reportTable
      text = TableFitting.text(table, columns: 10_000, style: .plain)
    default:
      guard let shown = value.isShownAlone ? nil : Session.shownText(value) else {
        throw ShellError(
          .wrongInput, "`pager` shows tables and texts, not \(value.typeName)",
          at: invocation.call.name.range)
      }
      text = shown
    }
    if !session.onPage(text) { session.display(value) }
    return .nothing
  }
}
