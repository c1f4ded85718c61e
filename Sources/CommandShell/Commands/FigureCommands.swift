import Foundation
import Notebooks
import Plotting
import Reporting
import Statistics

/// Commands that draw and save.
enum FigureCommands {
  static let all: [CommandDefinition] = [
    PlotCommand.definition,
    SheetCommands.faces, SheetCommands.sheet,
    CommandDefinition(
      "save", .figures, "writes a table or figure; the file's suffix says how",
      usage: "save reports/nme.pdf", arguments: ["a path"],
      labels: [
        .init("width", "width of a drawing in millimetres"),
        .init("height", "height of a figure in millimetres"),
      ], input: .needed, effect: .writes, run: save),
  ]

  static let captionLabels: [CommandDefinition.Label] = [
    .init("caption", "text under the figure, in Markdown; reports number what has one"),
    .init("label", "name for references"),
    .init("width", "width in a report: 80mm or 60%"),
  ]

  /// The figure with its caption, label and width.
  static func shown(
    _ figure: any Figure, _ summary: String, _ runs: Set<String>, _ invocation: Invocation
  ) throws -> ShownFigure {
    var shown = ShownFigure(figure: figure, runs: runs, summary: summary)
    shown.caption = try invocation.text("caption")
    shown.label = try invocation.text("label")
    guard let expression = invocation.argument("width") else { return shown }
    let text = try invocation.session.evaluate(expression).interpolated ?? ""
    guard let width = FigureWidth(text) else {
      throw ShellError(
        .wrongType, "`\(text)` is no width", at: expression.range, expected: "80mm, 8cm or 60%")
    }
    shown.width = width
    return shown
  }

  // MARK: Saving

  @Sendable private static func save(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    let path = FileOutput.expanded(try invocation.path(expression))
    let width = try invocation.number("width")
    switch invocation.input {
    case .figure(var figure):
      try checkSuffix(path, among: FigureFile.formats, expression)
      try invocation.at(expression) {
        try FileOutput.makeFolder(of: path)
        try FigureFile.write(
          figure.figure, to: path, widthMillimetres: width ?? 120,
          heightMillimetres: try invocation.number("height"))
      }
      figure.savedPaths.append(path)
      return .figure(figure)
    case .table, .runs:
      let table = try invocation.inputTable()
      try checkSuffix(path, among: TableFile.suffixes, expression)
      try invocation.at(expression) {
        try FileOutput.makeFolder(of: path)
        try TableFile.write(
          table.reportTable, to: URL(fileURLWithPath: path), caption: table.caption,
          width: width ?? 160, precision: .full)
      }
      invocation.session.emit(.note("saved \(path)"))
      return .table(table)
    case let value:
      throw ShellError(
        .wrongInput, "`save` writes tables and figures, not \(value?.typeName ?? "nothing")",
        at: invocation.call.name.range)
    }
  }

  private static func checkSuffix(
    _ path: String, among known: [String], _ expression: Expression
  ) throws {
    let suffix = URL(fileURLWithPath: path).pathExtension.lowercased()
    if known.contains(suffix) { return }
    throw ShellError(
      .unknownChoice, suffix.isEmpty ? "the file has no suffix" : "unknown format `.\(suffix)`",
      at: expression.range, expected: "one of " + known.map { "." + $0 }.joined(separator: " "),
      suggestion: nearestName(to: suffix, among: known).map { "." + $0 })
  }
}

extension Invocation {
  /// A number or a percentage (as its fraction).
  func number(_ label: String) throws -> Double? {
    guard let expression = argument(label) else { return nil }
    let value = try session.evaluate(expression)
    if case .percent(let share) = value { return share / 100 }
    guard let number = value.numeric else {
      throw wrongType("\(label):", "a number", value, expression)
    }
    return number
  }
}
