import Foundation
import Notebooks
import Plotting
import Reporting
import Statistics

/// Commands that draw and save.
enum FigureCommands {
  static let all: [CommandDefinition] = [
    CommandDefinition(
      "plot", .figures, "draws columns of a table",
      usage: "plot line, x: labels, y: nme, color: from, caption: \"…\"",
      arguments: ["line, bar, point or band"], isVariadic: true,
      labels: [
        .init("x", "column along"), .init("y", "column upwards"),
        .init("color", "column that tells series apart"), .init("facet", "column of small plots"),
        .init("log", "x, y or [x, y]: logarithmic axes"), .init("title", "title over the plot"),
        .init("x-title", "title of the x axis"), .init("y-title", "title of the y axis"),
        .init("smooth", "weight of the past in a moving average, 0 to below 1"),
        .init("rule", "a value of y at which a line is drawn across"),
      ] + captionLabels, input: .needed, run: plot),
    SheetCommands.faces, SheetCommands.sheet,
    CommandDefinition(
      "save", .figures, "writes a table or figure; the file's suffix says how",
      usage: "save reports/nme.pdf", arguments: ["a path"],
      labels: [.init("width", "width of a drawing in millimetres")], input: .needed, run: save),
  ]

  static let captionLabels: [CommandDefinition.Label] = [
    .init("caption", "text under the figure, in Markdown; reports number what has one"),
    .init("label", "name for references"),
    .init("width", "width in a report: 80mm or 60%"),
  ]

  @Sendable private static func plot(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let frame = table.frame
    func required(_ label: String) throws -> String {
      guard let name = try invocation.columnName(label, in: frame) else {
        throw TableCommands.missing(label, invocation)
      }
      return name
    }
    var plot = Plot(
      frame, marks: try invocation.positional.map { try mark($0, invocation) },
      x: try required("x"), y: try required("y"),
      color: try invocation.columnName("color", in: frame),
      facet: try invocation.columnName("facet", in: frame))
    if frame.rows.isEmpty {
      throw ShellError(
        .emptyTable, "the table has no rows to plot", at: invocation.call.name.range,
        notes: ["look at the table before this stage: a `where` may have left no rows"])
    }
    plot.title = try invocation.text("title") ?? ""
    plot.xTitle = try invocation.text("x-title")
    plot.yTitle = try invocation.text("y-title")
    plot.smoothing = try invocation.number("smooth") ?? 0
    if let value = try invocation.number("rule") { plot.rules = [.init(y: value)] }
    for axis in try axes(invocation) {
      if axis == "x" { plot.xScale = .log10 } else { plot.yScale = .log10 }
    }
    do {
      _ = try plot.dataFrame()
    } catch let error as PlotError {
      throw ShellError(.wrongType, error.message, at: invocation.range)
    }
    let kind = invocation.positional.compactMap(\.plainWord).joined(separator: " and ")
    let series = plot.color.map { " by \($0)" } ?? ""
    return .figure(
      try shown(
        plot, "\(kind) plot of \(plot.y) over \(plot.x)\(series)", table.runs, invocation))
  }

  private static func mark(
    _ expression: Expression, _ invocation: Invocation
  ) throws -> Plot.Mark {
    let marks: [String: Plot.Mark] = [
      "line": .line, "bar": .bar, "point": .point, "band": .band, "error-bar": .errorBar,
    ]
    let choices = ["line", "bar", "point", "band", "error-bar"]
    let word = try invocation.keyword(expression, for: "kind of plot", among: choices)
    return marks[word] ?? .line
  }

  private static func axes(_ invocation: Invocation) throws -> [String] {
    guard let expression = invocation.argument("log") else { return [] }
    let items: [Expression] =
      if case .list(let items) = expression.kind { items } else { [expression] }
    return try items.map { try invocation.keyword($0, for: "axis", among: ["x", "y"]) }
  }

  /// The figure with its caption, label and width.
  static func shown(
    _ figure: any Figure, _ summary: String, _ runs: Set<String>, _ invocation: Invocation
  ) throws -> ShownFigure {
    var shown = ShownFigure(figure: figure, runs: runs, summary: summary)
    shown.caption = try invocation.text("caption")
    shown.label = try invocation.text("label")
    if let text = try invocation.text("width") {
      guard let width = FigureWidth(text) else {
        throw ShellError(
          .wrongType, "`\(text)` is no width", at: invocation.argument("width")?.range,
          expected: "80mm, 8cm or 60%")
      }
      shown.width = width
    }
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
        try FigureFile.write(figure.figure, to: path, widthMillimetres: width ?? 120)
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
