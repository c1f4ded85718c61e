import FaceData
import Foundation
import Notebooks
import Plotting
import Statistics

/// The `plot` command: from a table's columns to a figure.
enum PlotCommand {
  static let definition = CommandDefinition(
    "plot", .figures, "draws columns of a table",
    usage: "plot line, x: labels, y: nme, color: from, caption: \"…\"",
    arguments: ["a kind: " + kinds.joined(separator: ", ")], isVariadic: true,
    labels: columnLabels + lookLabels + FigureCommands.captionLabels, input: .needed, run: run)

  /// Kinds that can be laid over each other: `plot violin point`.
  static let marks: [(name: String, mark: Plot.Mark)] = [
    ("line", .line), ("bar", .bar), ("stacked-bar", .stackedBar), ("point", .point),
    ("band", .band), ("error-bar", .errorBar), ("area", .area), ("box", .box),
    ("violin", .violin), ("text", .text),
  ]

  /// Kinds that compute what they show, or are no plot with axes.
  static let fieldKinds = [
    "histogram", "density", "heatmap", "confusion", "ced", "roc", "det", "embedding", "profile",
    "ranks", "summary", "mesh",
  ]

  static let kinds = marks.map(\.name) + fieldKinds

  private static let columnLabels: [CommandDefinition.Label] = [
    .init("x", "column along"), .init("y", "column upwards; of `summary` a list of metrics"),
    .init("z", "column towards the viewer, of `mesh`"),
    .init("color", "column that tells series apart"), .init("facet", "column of small plots"),
    .init("text", "column of words that `text` writes"),
    .init(
      "value", "column that colours the cells of `heatmap` and `mesh`; of `confusion` the counts"),
    .init("same", "column that says whether a pair of `roc` and `det` shows one person"),
    .init("features", "columns of `embedding`, or what their names begin with"),
    .init("task", "column of `profile` whose values count alike"),
    .init("cases", "columns of `ranks` that together name a case"),
    .init("triangles", "table of `mesh` with three vertices' numbers a row"),
  ]

  private static let lookLabels: [CommandDefinition.Label] = [
    .init("log", "x, y or [x, y]: logarithmic axes"),
    .init("symlog", "x, y or [x, y]: linear near zero, logarithmic beyond threshold:"),
    .init("threshold", "where `symlog` turns logarithmic"),
    .init("percent", "x, y or [x, y]: fractions with ticks in per cent"),
    .init("x-range", "ends of the x axis: [0, 1]"), .init("y-range", "ends of the y axis"),
    .init("title", "title over the plot"), .init("x-title", "title of the x axis"),
    .init("y-title", "title of the y axis"), .init("note", "words at the figure's foot"),
    .init("legend", "direct, right, top or none"), .init("theme", "paper, slides or dark"),
    .init("smooth", "weight of the past in a moving average, 0 to below 1"),
    .init("rule", "a value of y at which a line is drawn across"),
    .init("rule-x", "a value of x at which a line is drawn up"),
    .init("rule-label", "words at the rule"),
    .init("annotate", "words at a place: [[x, y, \"words\"]]"),
    .init("bins", "number of bins of `histogram`"), .init("limit", "where the axis of `ced` ends"),
    .init("method", "of `embedding`: pca or tsne"), .init("seed", "of `embedding`"),
    .init("test", "of `ranks`: wilcoxon-holm or nemenyi"),
    .init("better", "of `ranks`: lower or higher"),
  ]

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let names = try invocation.positional.map {
      try invocation.keyword($0, for: "kind of plot", among: kinds)
    }
    if table.frame.rows.isEmpty {
      throw ShellError(
        .emptyTable, "the table has no rows to plot", at: invocation.call.name.range,
        notes: ["look at the table before this stage: a `where` may have left no rows"])
    }
    if names.count > 1, let field = names.first(where: fieldKinds.contains) {
      throw ShellError(
        .surplusArgument, "`\(field)` stands alone", at: invocation.positional[1].range,
        notes: ["\(marks.map(\.name).joined(separator: ", ")) can be laid over each other"])
    }
    let builder = PlotBuilder(invocation: invocation, frame: table.frame)
    do {
      let (figure, summary) = try builder.figure(names)
      return .figure(try FigureCommands.shown(figure, summary, table.runs, invocation))
    } catch let error as PlotError {
      throw ShellError(.wrongType, error.message, at: invocation.range)
    } catch let error as StatisticsError {
      throw ShellError(.wrongType, error.message, at: invocation.range)
    }
  }
}

/// Reads a plot's options.
private struct PlotBuilder {
  let invocation: Invocation
  let frame: DataFrame

  /// The figure and a line about it for a terminal.
  func figure(_ names: [String]) throws -> (any Figure, String) {
    switch names.first {
    case "heatmap", "confusion": return (try themed(try heatmap(names[0])), "\(names[0]) plot")
    case "ranks": return (try themed(try ranks()), "critical-difference diagram")
    case "summary": return (try themed(try summary()), "dot plot of tasks")
    case "mesh": return (try themed(try mesh()), "error map of a surface")
    case let kind? where PlotCommand.fieldKinds.contains(kind):
      let plot = try dressed(try computed(kind))
      return (plot, "\(kind) plot of \(plot.x)")
    default:
      let plot = try dressed(try plain(names))
      let series = plot.color.map { " by \($0)" } ?? ""
      let kind = names.joined(separator: " and ")
      return (plot, "\(kind) plot of \(plot.y) over \(plot.x)\(series)")
    }
  }

  private func required(_ label: String) throws -> String {
    guard let name = try invocation.columnName(label, in: frame) else {
      throw TableCommands.missing(label, invocation)
    }
    return name
  }

  private func column(_ label: String) throws -> String? {
    try invocation.columnName(label, in: frame)
  }

  private func columns(_ label: String) throws -> [String] {
    guard let expression = invocation.argument(label) else {
      throw TableCommands.missing(label, invocation)
    }
    return try invocation.columnNames(expression, in: frame)
  }

  // MARK: Kinds

  private func plain(_ names: [String]) throws -> Plot {
    let marks = names.compactMap { name in PlotCommand.marks.first { $0.name == name }?.mark }
    var plot = Plot(
      frame, marks: marks, x: try required("x"), y: try required("y"),
      color: try column("color"), facet: try column("facet"))
    plot.text = try column("text")
    return plot
  }

  private func computed(_ kind: String) throws -> Plot {
    let color = try column("color")
    switch kind {
    case "histogram":
      let bins = try invocation.integer("bins", in: 1...1000)
      return try .histogram(frame, of: try required("x"), color: color, bins: bins)
    case "density": return try .density(frame, of: try required("x"), color: color)
    case "ced":
      let limit = try invocation.number("limit") ?? 0.1
      return try .cumulativeErrors(frame, error: try required("x"), color: color, limit: limit)
    case "roc", "det":
      return try .verification(
        frame, similarity: try required("x"), same: try required("same"), color: color,
        curve: kind == "roc" ? .roc : .det)
    case "profile":
      return try .performanceProfile(
        frame, score: try required("x"), method: try required("color"), task: try column("task"))
    default: return try embedding(color)
    }
  }

  private func embedding(_ color: String?) throws -> Plot {
    let names = try invocation.argument("method").map {
      try invocation.keyword(
        $0, for: "method", among: Plot.EmbeddingMethod.allCases.map(\.rawValue))
    }
    let seed = try invocation.integer("seed", in: 0...Int(Int32.max)) ?? 1
    var stream = RandomStream(seed: UInt64(seed), purpose: "embedding")
    return try .embedding(
      frame, features: try features(), color: color,
      method: names.flatMap(Plot.EmbeddingMethod.init) ?? .pca, using: &stream)
  }

  /// The columns of a list, or those whose names are the word and a number.
  private func features() throws -> [String] {
    guard let expression = invocation.argument("features") else {
      throw TableCommands.missing("features", invocation)
    }
    if case .list = expression.kind { return try columns("features") }
    let prefix = try expression.plainWord ?? invocation.text(expression, for: "features:")
    let found = frame.columns.filter { name in
      name.hasPrefix(prefix) && Int(name.dropFirst(prefix.count)) != nil
    }
    guard !found.isEmpty else {
      throw ShellError(
        .unknownColumn, "no column is called `\(prefix)` and a number", at: expression.range,
        notes: [listedColumns(frame.columns)])
    }
    return found
  }

  private func heatmap(_ kind: String) throws -> Heatmap {
    if kind == "confusion" {
      return try .confusion(
        frame, truth: try required("y"), predicted: try required("x"), count: try column("value"))
    }
    var map = try Heatmap.means(
      frame, row: try required("y"), column: try required("x"), value: try required("value"))
    if let title = try invocation.text("x-title") { map.columnTitle = title }
    if let title = try invocation.text("y-title") { map.rowTitle = title }
    return map
  }

  private func ranks() throws -> CriticalDifferenceDiagram {
    let tests = MethodRanking.Test.allCases.map(\.rawValue)
    let test = try invocation.argument("test").map {
      try invocation.keyword($0, for: "test", among: tests)
    }
    let better = try invocation.argument("better").map {
      try invocation.keyword($0, for: "direction", among: ["lower", "higher"])
    }
    return try CriticalDifferenceDiagram(
      frame, score: try required("y"), method: try required("color"),
      cases: try columns("cases"), better: better.flatMap(MetricDirection.init),
      test: test.flatMap(MethodRanking.Test.init) ?? .wilcoxonHolm)
  }

  private func summary() throws -> TaskSummary {
    try TaskSummary(frame, metrics: try columns("y"), method: try required("color"))
  }

  private func mesh() throws -> MeshErrorMap {
    func numbers(_ label: String) throws -> [Double] {
      let name = try required(label)
      return (frame.values(of: name) ?? []).map { $0.numericValue ?? .nan }
    }
    let (x, y, z) = (try numbers("x"), try numbers("y"), try numbers("z"))
    guard case .table(let corners)? = try invocation.value("triangles") else {
      throw ShellError(
        .missingArgument, "`plot mesh` needs the surface's triangles",
        at: invocation.call.name.range,
        expected: "triangles: TABLE, with the numbers of three vertices a row, from 0")
    }
    let triangles = corners.frame.rows.compactMap { row -> SIMD3<Int32>? in
      let numbers = row.compactMap(\.numericValue).compactMap { Int32(exactly: $0) }
      return numbers.count >= 3 ? SIMD3(numbers[0], numbers[1], numbers[2]) : nil
    }
    return MeshErrorMap(
      vertices: x.indices.map { SIMD3(Float(x[$0]), Float(y[$0]), Float(z[$0])) },
      triangles: triangles, errors: try numbers("value"))
  }

  // MARK: Looks

  private func theme() throws -> Theme? {
    guard let expression = invocation.argument("theme") else { return nil }
    let names = Theme.named.map(\.name)
    let name = try invocation.keyword(expression, for: "theme", among: names)
    return Theme.named.first { $0.name == name }?.theme
  }

  private func themed(_ figure: any TitledFigure) throws -> any Figure {
    var figure = figure
    figure.title = try invocation.text("title") ?? ""
    if let theme = try theme() { figure.theme = theme }
    return figure
  }

  private func dressed(_ given: Plot) throws -> Plot {
    var plot = given
    plot.title = try invocation.text("title") ?? ""
    plot.xTitle = try invocation.text("x-title") ?? plot.xTitle
    plot.yTitle = try invocation.text("y-title") ?? plot.yTitle
    plot.smoothing = try invocation.number("smooth") ?? 0
    plot.xRange = try range("x-range") ?? plot.xRange
    plot.yRange = try range("y-range") ?? plot.yRange
    if let note = try invocation.text("note") { plot.note = note }
    if let theme = try theme() { plot.theme = theme }
    try setScales(&plot)
    try setLegend(&plot)
    let words = try invocation.text("rule-label") ?? ""
    if let value = try invocation.number("rule") {
      plot.rules.append(.init(y: value, label: words))
    }
    if let value = try invocation.number("rule-x") {
      plot.rules.append(.init(x: value, label: words))
    }
    try annotate(&plot)
    // What cannot be drawn is told here, with its place, not when a report is typeset.
    _ = try plot.dataFrame()
    return plot
  }

  private func setScales(_ plot: inout Plot) throws {
    for axis in try axes("log") {
      if axis == "x" { plot.xScale = .log10 } else { plot.yScale = .log10 }
    }
    let threshold = try invocation.number("threshold") ?? 1
    for axis in try axes("symlog") {
      if axis == "x" {
        plot.xScale = .symlog(threshold: threshold)
      } else {
        plot.yScale = .symlog(threshold: threshold)
      }
    }
    for axis in try axes("percent") { plot.percentAxes.insert(axis == "x" ? .x : .y) }
  }

  private func setLegend(_ plot: inout Plot) throws {
    guard let expression = invocation.argument("legend") else { return }
    let places: [String: Plot.LegendPlacement] = [
      "direct": .direct, "right": .right, "top": .top, "none": .none,
    ]
    let name = try invocation.keyword(
      expression, for: "legend", among: ["direct", "right", "top", "none"])
    plot.legend = places[name] ?? .automatic
  }

  private func axes(_ label: String) throws -> [String] {
    guard let expression = invocation.argument(label) else { return [] }
    let items: [Expression] =
      if case .list(let items) = expression.kind { items } else { [expression] }
    return try items.map { try invocation.keyword($0, for: "axis", among: ["x", "y"]) }
  }

  private func range(_ label: String) throws -> ClosedRange<Double>? {
    guard let expression = invocation.argument(label) else { return nil }
    let ends = try invocation.session.evaluate(expression).elements.compactMap(\.fraction)
    guard let low = ends.first, let high = ends.last, low < high else {
      throw ShellError(
        .wrongType, "`\(label):` is no range", at: expression.range,
        expected: "its two ends, the lower first: [0, 0.5]")
    }
    return low...high
  }

  private func annotate(_ plot: inout Plot) throws {
    guard let expression = invocation.argument("annotate") else { return }
    for item in try invocation.session.evaluate(expression).elements {
      let parts = item.elements
      guard parts.count == 3, let x = parts[0].fraction, let y = parts[1].fraction,
        let words = parts[2].text
      else {
        throw ShellError(
          .wrongType, "`annotate:` takes places with words", at: expression.range,
          expected: "[[x, y, \"words\"], …]")
      }
      plot.annotations.append(.init(words, x: x, y: y))
    }
  }
}

extension Value {
  /// A number, or a percentage as its fraction.
  fileprivate var fraction: Double? {
    if case .percent(let share) = self { share / 100 } else { numeric }
  }
}

/// A figure whose title and theme can be set.
private protocol TitledFigure: LaidOutFigure {
  var title: String { get set }
}

extension Heatmap: TitledFigure {}
extension CriticalDifferenceDiagram: TitledFigure {}
extension TaskSummary: TitledFigure {}
extension MeshErrorMap: TitledFigure {}
